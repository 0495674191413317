//! The way back to a forgotten password.
//!
//! Asking writes a one-time token and sends a letter, whether or not an account holds
//! the address: known and unknown addresses take the same calls, and no answer
//! comes before [`FLOOR`]. Using the token replaces the password and ends what the
//! one before may have let in, all sessions and the API key; it makes no session, so
//! the next sign-in asks for a second factor as ever.

use std::time::Duration;

use crypto::derive::{fresh_letter_token, letter_token_hash};
use delivery::Letter;
use domain::account::User;
use domain::audit::EventKind;
use domain::limit::{Exceeded, Limit, Quota};
use domain::network::remember;
use domain::password::reset::{
    LETTERS_PER_ADDRESS, LIFETIME, REQUESTS_PER_NETWORK, REQUESTS_PER_NETWORK_A_DAY, ResetPolicy,
    ResetToken,
};
use domain::password::{Password, PasswordCredential};
use domain::time::MINUTE;
use domain::username::LoginName;
use domain::{Contact, EmailAddress, Error};
use store::Step;
use uuid::Uuid;

use crate::notify::mail;
use crate::notify::postage::Purpose;
use crate::password::choose::Choice;
use crate::{MAX_ROUNDS, Postern, RequestMeta, contended};

/// The least time that a request takes: a few slow calls longer than it usually does.
pub(crate) const FLOOR: Duration = Duration::from_millis(500);

impl Postern {
    /// Sends the holder of `address` a token, or the reader of its mail the news that
    /// there is no account.
    ///
    /// # Errors
    /// [`Error::TooMany`] by network or stack, or by address where `policy` says so, and
    /// [`Error::Undeliverable`] unless it hides that: the same for known and unknown
    /// addresses.
    pub async fn request_password_reset(
        &self,
        meta: &RequestMeta,
        address: &EmailAddress,
        policy: &ResetPolicy,
    ) -> Result<(), Error> {
        let send = self.send_reset(meta, address, policy.per_address);
        let (sent, ()) = tokio::join!(send, tokio::time::sleep(FLOOR));
        match sent {
            Err(
                error @ (Error::Undeliverable(_)
                | Error::TooMany(Exceeded {
                    quota: Quota::Stack,
                    ..
                })),
            ) if policy.hides_undelivered => {
                mail::not_sent(&error);
                Ok(())
            }
            sent => sent,
        }
    }

    /// Beyond `told` for its address, the caller is refused; beyond the letters that one
    /// address gets in an hour, nothing is sent.
    pub(crate) async fn send_reset(
        &self,
        meta: &RequestMeta,
        address: &EmailAddress,
        told: Option<&Limit>,
    ) -> Result<(), Error> {
        let (admitted, admitted_today, holder) = tokio::join!(
            self.limit_by_network(&REQUESTS_PER_NETWORK, meta),
            self.limit_by_network(&REQUESTS_PER_NETWORK_A_DAY, meta),
            self.store().holder(address),
        );
        admitted?;
        admitted_today?;
        let digest = self
            .ring()
            .keyed_digest("reset letters", &[], address.as_str());
        if let Some(limit) = told {
            let counted = self.store().hit(limit, &digest, meta.now).await?;
            counted.map_err(Error::TooMany)?;
        }
        let (user, may_write) = tokio::join!(
            // A dummy row is read, so that an address without an account costs the same.
            self.store().user(holder?.unwrap_or(Uuid::nil())),
            self.store().hit(&LETTERS_PER_ADDRESS, &digest, meta.now),
        );
        if may_write?.is_err() {
            return Ok(());
        }
        let user = user?;
        let token = fresh_letter_token(self.entropy());
        let token_row = ResetToken::new(user.as_ref(), meta.now);
        let kind = EventKind::PasswordResetRequested;
        let name = LoginName::Email(address.clone());
        let event = self.event_of_name(&name, user.as_ref(), kind, meta)?;
        let hash = letter_token_hash(&token);
        let (put, written) = tokio::join!(
            self.store().put_reset(&hash, &token_row),
            self.store().append_audit(&event),
        );
        put?;
        written?;
        let letter = self.reset_letter(user.as_ref(), token);
        let language = meta.language_for(user.as_ref());
        let purpose = Purpose::Asked {
            account: user.as_ref(),
        };
        self.send_mail(meta, purpose, address, &letter, language)
            .await
    }

    fn reset_letter(&self, user: Option<&User>, token: String) -> Letter {
        match user {
            None => Letter::NoAccount,
            Some(user) if !user.is_active() => Letter::ResetWhileLocked,
            Some(_) => {
                let settings = self.settings();
                let page = match &settings.password_reset_page {
                    // After a #, so that it reaches the page and no server's log.
                    Some(page) => format!("{page}#token={token}"),
                    // Our own has no script that could read a fragment; our logs have no queries.
                    None => format!("{}/password/new?token={token}", settings.issuer),
                };
                Letter::PasswordReset {
                    page: Some(page),
                    token,
                    minutes: LIFETIME / MINUTE,
                }
            }
        }
    }

    /// Makes `typed`, which came in the field `field`, the password of the user who was
    /// sent `token`.
    ///
    /// # Errors
    /// [`Error::InvalidToken`] for a token that will not do; [`Error::Invalid`] for a
    /// password that will not, which spends nothing; [`Error::TooMany`] by network.
    pub async fn reset_password(
        &self,
        meta: &RequestMeta,
        policy: &ResetPolicy,
        token: &str,
        field: &'static str,
        typed: &Password,
    ) -> Result<(), Error> {
        let hash = letter_token_hash(token);
        let (admitted, token_row) = tokio::join!(
            self.limit_by_network(policy.uses, meta),
            self.store().reset(&hash),
        );
        admitted?;
        let token_row = token_row?.ok_or(Error::InvalidToken)?;
        let sub = token_row.sub.ok_or(Error::InvalidToken)?;
        let mut chosen = None;
        for _ in 0..MAX_ROUNDS {
            let (user, before) = self.store().user_and_password(sub).await?;
            let user = user
                .filter(|user| token_row.is_good(user, meta.now))
                .ok_or(Error::InvalidToken)?;
            // A stranger's password is none of the owner's former ones; an administrator's is
            // known to another person, and may not be kept.
            let contact = user
                .email
                .clone()
                .map(Contact::Email)
                .ok_or(Error::InvalidToken)?;
            let own =
                user.has_password() && (user.ever_proved(&contact) || user.must_change_password);
            let new = match chosen.take() {
                Some(hash) => hash,
                None => {
                    let choice = Choice {
                        field,
                        password: typed,
                        names: names(&user),
                        before: before.as_ref().filter(|_| own),
                    };
                    self.choose_password(choice).await?
                }
            };
            let rev = before.as_ref().map(|before| before.rev);
            let credential = self.next_credential(before.as_ref(), own, new.clone(), meta.now);
            let Some(step) = self
                .write_reset(meta, &hash, &user, &contact, &credential, rev)
                .await?
            else {
                return Ok(());
            };
            if step == Step::SpendToken {
                return Err(Error::InvalidToken);
            }
            chosen = Some(new);
        }
        Err(contended())
    }

    /// Writes the new password and what it ends, or says which step refused.
    async fn write_reset(
        &self,
        meta: &RequestMeta,
        hash: &str,
        user: &User,
        contact: &Contact,
        credential: &PasswordCredential,
        before: Option<u64>,
    ) -> Result<Option<Step>, Error> {
        let here = self.network_mark(Some(user.sub), meta);
        let first_proof = !user.ever_proved(contact);
        let mut proven = user.clone();
        if first_proof {
            proven = User {
                networks: Vec::new(),
                ..user.first_proven_by(contact, meta.now)
            };
        }
        let reset = User {
            // One edit, however many things it changes.
            rev: user.rev + 1,
            session_epoch: user.session_epoch + 1,
            networks: remember(&proven.networks, &here),
            ..proven.with_reset_password(meta.now)
        };
        let event = self.user_event(user, EventKind::PasswordReset, None, meta)?;
        let mut transaction = self
            .store()
            .transaction()
            .spend_reset(hash, meta.now)?
            .edit_user_even_last(&reset, user)?
            .swap_names(user, &reset)?
            .put_password(user.sub, credential, before)?
            .audit(&event)?;
        transaction = self.audit_rights(transaction, user, &reset, meta)?;
        transaction = if first_proof {
            self.revoke_all_but_password(transaction, user).await?
        } else {
            transaction.remove_api_key(user)?
        };
        let letter = Some(Letter::PasswordChanged);
        let refused = self
            .commit_and_notify(transaction, &reset, letter, meta)
            .await?;
        if refused.is_none() {
            self.know_networks(meta, &reset).await?;
        }
        Ok(refused)
    }
}

/// What others know about an account.
pub(crate) fn names(user: &User) -> Vec<&str> {
    let address = user.email.as_ref().map(EmailAddress::as_str);
    let names = [user.username.as_str(), &user.first_name, &user.last_name];
    names.into_iter().chain(address).collect()
}
