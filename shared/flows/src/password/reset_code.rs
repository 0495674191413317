//! The way back to a forgotten password by a code (nauth).
//!
//! Asking takes the same calls and at least [`FLOOR`], whether an account has the name or
//! not, and the answer masks the name that was typed. The code goes to a proven address or
//! number only: an unproven one may be a stranger's.

use crypto::derive::constant_time_eq;
use delivery::{Letter, Postage, TextMessage};
use domain::account::User;
use domain::audit::EventKind;
use domain::email_code::NetworkKind;
use domain::limit::nauth::RESETS_PER_NAME;
use domain::network::remember;
use domain::password::Password;
use domain::password::guesses::PASSWORDS_PER_NETWORK;
use domain::password::reset::{REQUESTS_PER_NETWORK, REQUESTS_PER_NETWORK_A_DAY};
use domain::password::reset_code::{ADMIN_LIFETIME, ResetCode};
use domain::time::MINUTE;
use domain::username::LoginName;
use domain::{Contact, Error, ResetCodeFailure};
use store::{AuditEvent, Step};
use uuid::Uuid;

use crate::admin::accounts::may_go_on;
use crate::notify::mail;
use crate::notify::postage::Purpose;
use crate::password::choose::Choice;
use crate::password::reset::{FLOOR, names};
use crate::{
    AccountRef, ActedBy, AdminSession, ListedPage, MAX_ROUNDS, Postern, RequestMeta, broken,
    contended,
};

/// What a code is kept by.
#[derive(Clone, Debug)]
pub enum ResetCodeOf {
    /// The name that its owner typed.
    Name(LoginName),
    /// The account that an administrator sent it to.
    Account(Uuid),
}

/// By which way a code is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeWay {
    /// To the address.
    Mail,
    /// To the number.
    Text,
}

/// What an administrator says of a code that they have sent.
#[derive(Clone, Debug, Default)]
pub struct AdminReset {
    /// By which way; by whichever there is, if nothing is said.
    pub way: Option<CodeWay>,
    /// A page of the client's own that takes the code.
    pub page: Option<ListedPage>,
    /// Seconds for which the code is good; [`ADMIN_LIFETIME`], if nothing is said.
    pub lifetime: Option<u64>,
    /// Whether the account's sessions end now.
    pub ends_sessions: bool,
    /// Why.
    pub reason: Option<String>,
}

/// A code that an administrator has had sent.
#[derive(Clone, Debug)]
pub struct InitiatedReset {
    /// Where it went.
    pub to: Contact,
    /// Seconds for which it is good.
    pub lifetime: u64,
    /// How many sessions ended.
    pub ended: usize,
}

impl AdminReset {
    /// Where the code for `user` goes: to what it has proven.
    fn contact(&self, user: &User) -> Option<Contact> {
        match self.way {
            None => any_proven_contact(user),
            Some(CodeWay::Mail) => user.proven_email().cloned().map(Contact::Email),
            Some(CodeWay::Text) => user.proven_phone().map(Contact::Phone),
        }
    }
}

const WRONG: Error = Error::ResetCode(ResetCodeFailure::Wrong);

impl Postern {
    /// Sends the user who is called `name` a code, if there is one with a proven address
    /// or number. `page` is a page of the client's own that takes the code.
    ///
    /// # Errors
    /// [`Error::TooMany`] by network or name, known or not.
    pub async fn request_reset_code(
        &self,
        meta: &RequestMeta,
        name: &LoginName,
        page: Option<&ListedPage>,
    ) -> Result<(), Error> {
        let send = self.try_reset_code(meta, name, page);
        let (sent, ()) = tokio::join!(send, tokio::time::sleep(FLOOR));
        sent
    }

    async fn try_reset_code(
        &self,
        meta: &RequestMeta,
        name: &LoginName,
        page: Option<&ListedPage>,
    ) -> Result<(), Error> {
        let digest = self.reset_digest(&ResetCodeOf::Name(name.clone()));
        let (admitted, admitted_today, holder) = tokio::join!(
            self.limit_by_network(&REQUESTS_PER_NETWORK, meta),
            self.limit_by_network(&REQUESTS_PER_NETWORK_A_DAY, meta),
            self.store().holder_of_name(name),
        );
        admitted?;
        admitted_today?;
        // A dummy row is read, so that an unknown name costs the same.
        let user = self.store().user(holder?.unwrap_or(Uuid::nil())).await?;
        let to = user.as_ref().and_then(|user| proven_contact(user, name));
        let user = user.filter(|user| to.is_some() && user.is_active());
        let holder = user.as_ref();
        let known = holder.is_some_and(|user| self.knows_network(user, meta));
        let (network_kind, of_its_own) = match known {
            true => (NetworkKind::Known, "known"),
            false => (NetworkKind::Unknown, "unknown"),
        };
        let who = format!("{digest}#{of_its_own}");
        let counted = self.store().hit(&RESETS_PER_NAME, &who, meta.now).await?;
        counted.map_err(Error::TooMany)?;
        let kind = EventKind::PasswordResetRequested;
        let event = self.event_of_name(name, user.as_ref(), kind, meta)?;
        let code = self
            .keep_reset_code(&digest, &event, |before, nonce| {
                ResetCode::asked_for(before, user.as_ref(), network_kind, nonce, meta.now)
            })
            .await?;
        if let Some((user, to)) = user.zip(to) {
            let sent = async {
                if let Contact::Phone(number) = &to {
                    self.check_country(&to)?;
                    self.admit_text(meta, number).await?;
                }
                self.send_reset_code(meta, &user, (&to, None), (&digest, &code), page)
                    .await
            };
            // Nothing is sent to a name without an account, so whatever keeps a code from
            // being sent would tell that there is one.
            if let Err(error) = sent.await {
                mail::not_sent(&error);
            }
        }
        Ok(())
    }

    /// Sends an account a code, for whoever is at the command line. Where it went.
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::NoPassword`] for an account without a password or a
    /// proven address; [`Error::Undeliverable`].
    pub async fn send_admin_reset_code(
        &self,
        meta: &RequestMeta,
        whose: &AccountRef,
    ) -> Result<Contact, Error> {
        let asked = AdminReset::default();
        let sent = self.admin_reset(meta, ActedBy::CommandLine, whose, &asked);
        Ok(sent.await?.to)
    }

    /// The same for an administrator, whose requests are not limited: the letters and texts
    /// are.
    ///
    /// # Errors
    /// [`Error::NoAccount`]; [`Error::NoPassword`] for an account without a password, or
    /// without a proven address or number of that kind; [`Error::TooMany`] texts;
    /// [`Error::Undeliverable`]; [`Error::Unauthenticated`] if the administrator is no
    /// longer one.
    pub async fn initiate_reset(
        &self,
        meta: &RequestMeta,
        admin: &AdminSession,
        sub: Uuid,
        asked: &AdminReset,
    ) -> Result<InitiatedReset, Error> {
        let by = ActedBy::Administrator { admin, meta };
        self.admin_reset(meta, by, &AccountRef::Sub(sub), asked)
            .await
    }

    async fn admin_reset(
        &self,
        meta: &RequestMeta,
        by: ActedBy<'_>,
        whose: &AccountRef,
        asked: &AdminReset,
    ) -> Result<InitiatedReset, Error> {
        let mut user = self.find(whose).await?;
        if !user.has_password() {
            return Err(Error::NoPassword);
        }
        let to = asked.contact(&user).ok_or(Error::NoContact)?;
        // Before anything is written: a refusal is not to leave sessions ended and the code of
        // before void. No stranger's request pays for what an administrator asks for.
        let paid = match &to {
            Contact::Email(address) => {
                let purpose = Purpose::Notice { account: &user };
                Some(self.postage(meta, purpose, address).await?)
            }
            Contact::Phone(number) => {
                self.check_country(&to)?;
                if let ActedBy::Administrator { .. } = by {
                    self.admit_text(meta, number).await?;
                }
                None
            }
        };
        let ended = match asked.ends_sessions {
            true => self.sessions(&user, meta.now).await?.len(),
            false => 0,
        };
        let digest = self.reset_digest(&ResetCodeOf::Account(user.sub));
        for _ in 0..MAX_ROUNDS {
            let kind = EventKind::AdminResetInitiated;
            let event = self.event_because(by, &user, kind, asked.reason.as_deref())?;
            let after = User {
                rev: user.rev + 1,
                session_epoch: user.session_epoch + 1,
                ..user.clone()
            };
            let transaction = by.still(self.store().transaction(), &user)?;
            let (transaction, user_then) = match asked.ends_sessions {
                true => (transaction.edit_user(&after, &user)?, &after),
                false => (transaction, &user),
            };
            let before = self.store().reset_code(&digest).await?;
            let nonce = self.code_nonce()?;
            let life = asked.lifetime.unwrap_or(ADMIN_LIFETIME);
            let code = ResetCode::new(before.as_ref(), Some(user_then), nonce, life, meta.now);
            let transaction = transaction.put_reset_code(&digest, &code)?.audit(&event)?;
            if may_go_on(self.commit(transaction).await?)?.is_none() {
                let page = asked.page.as_ref();
                self.send_reset_code(meta, user_then, (&to, paid), (&digest, &code), page)
                    .await?;
                return Ok(InitiatedReset {
                    to,
                    lifetime: life,
                    ended,
                });
            }
            user = self.find(whose).await?;
        }
        Err(contended())
    }

    /// Keeps what `make` makes of the row as it is and of a fresh nonce, with its event.
    async fn keep_reset_code(
        &self,
        digest: &str,
        event: &AuditEvent,
        make: impl Fn(Option<&ResetCode>, String) -> ResetCode,
    ) -> Result<ResetCode, Error> {
        for _ in 0..MAX_ROUNDS {
            let before = self.store().reset_code(digest).await?;
            let nonce = self.code_nonce()?;
            let code = make(before.as_ref(), nonce);
            let transaction = self.store().transaction();
            let transaction = transaction.put_reset_code(digest, &code)?.audit(event)?;
            if self.commit(transaction).await?.is_none() {
                return Ok(code);
            }
        }
        Err(contended())
    }

    async fn send_reset_code(
        &self,
        meta: &RequestMeta,
        user: &User,
        (to, paid): (&Contact, Option<Postage>),
        (digest, kept): (&str, &ResetCode),
        page: Option<&ListedPage>,
    ) -> Result<(), Error> {
        let code = self
            .ring()
            .reset_code(digest, &kept.nonce)
            .map_err(broken)?;
        let minutes = kept.expires_at.seconds_since(meta.now) / MINUTE;
        let language = meta.language_for(Some(user));
        match to {
            Contact::Email(address) => {
                let page = page.map(|page| page.with_code(&code));
                let letter = Letter::ResetCode {
                    code,
                    page,
                    minutes,
                };
                let postage = match paid {
                    Some(paid) => paid,
                    None => {
                        let account = Some(user);
                        let purpose = Purpose::Asked { account };
                        self.postage(meta, purpose, address).await?
                    }
                };
                self.deliver(postage, address, &letter, language, meta.now)
                    .await
            }
            Contact::Phone(number) => {
                self.check_country(to)?;
                let known = self.knows_network(user, meta);
                let text = TextMessage::SignInCode { code, minutes };
                self.text(number, &text, language, known, meta.now).await
            }
        }
    }

    /// Whose account an administrator's code is for, by its `sub` or by a name.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn reset_code_of(&self, name: &LoginName) -> Result<ResetCodeOf, Error> {
        let holder = self.store().holder_of_name(name).await?;
        Ok(ResetCodeOf::Account(holder.unwrap_or(Uuid::nil())))
    }

    /// Makes `typed` the password of the user who was sent the code. All sessions end.
    ///
    /// # Errors
    /// [`Error::ResetCode`]; [`Error::Invalid`] for a password that will not do, which
    /// spends nothing; [`Error::TooMany`] by network.
    pub async fn confirm_reset_code(
        &self,
        meta: &RequestMeta,
        of: &ResetCodeOf,
        code: &str,
        typed: &Password,
    ) -> Result<(), Error> {
        let digest = self.reset_digest(of);
        let (admitted, kept) = tokio::join!(
            self.limit_by_network(&PASSWORDS_PER_NETWORK, meta),
            self.store().reset_code(&digest),
        );
        admitted?;
        let kept = kept?.ok_or(WRONG)?;
        let network_kind = kept.network_kind_of(&self.network_mark(kept.sub, meta));
        kept.may_be_tried(network_kind, meta.now)
            .map_err(Error::ResetCode)?;
        let (counted, found) = tokio::join!(
            self.store()
                .count_reset_try(&digest, &kept.nonce, network_kind, meta.now),
            self.store()
                .user_and_password(kept.sub.unwrap_or(Uuid::nil())),
        );
        let counted = counted?.ok_or(Error::ResetCode(ResetCodeFailure::NoAttempts))?;
        let (user, before) = found?;
        let own = self
            .ring()
            .reset_code(&digest, &kept.nonce)
            .map_err(broken)?;
        let right = constant_time_eq(&own, code);
        let user = user.filter(|user| {
            kept.sub == Some(user.sub)
                && user.is_active()
                && user.session_epoch == kept.session_epoch
        });
        if let (ResetCodeOf::Account(_), Some(user), false) = (of, &user, right) {
            let event = self.user_event(user, EventKind::AdminResetFailed, None, meta)?;
            self.store().append_audit(&event).await?;
        }
        let Some(mut user) = user.filter(|_| right) else {
            return Err(Error::ResetCode(counted.wrong(network_kind)));
        };
        let choice = Choice {
            field: "newPassword",
            password: typed,
            names: names(&user),
            before: before.as_ref().filter(|_| user.has_password()),
        };
        let hash = match self.choose_password(choice).await {
            Ok(hash) => hash,
            Err(error) => {
                self.store()
                    .refund_reset_try(&digest, &kept.nonce, network_kind)
                    .await?;
                return Err(error);
            }
        };
        let own = user.has_password();
        let credential = self.next_credential(before.as_ref(), own, hash, meta.now);
        let kind = match of {
            ResetCodeOf::Name(_) => EventKind::PasswordReset,
            ResetCodeOf::Account(_) => EventKind::AdminResetCompleted,
        };
        for _ in 0..MAX_ROUNDS {
            let here = self.network_mark(Some(user.sub), meta);
            let reset = User {
                rev: user.rev + 1,
                session_epoch: user.session_epoch + 1,
                networks: remember(&user.networks, &here),
                ..user.with_reset_password(meta.now)
            };
            let event = self.user_event(&user, kind, None, meta)?;
            let transaction = self
                .store()
                .transaction()
                .spend_reset_code(&digest, &kept.nonce)?
                .edit_user(&reset, &user)?
                .put_password(
                    user.sub,
                    &credential,
                    before.as_ref().map(|before| before.rev),
                )?
                .remove_api_key(&user)?
                .audit(&event)?;
            let letter = Some(Letter::PasswordChanged);
            match self
                .commit_and_notify(transaction, &reset, letter, meta)
                .await?
            {
                None => return self.know_networks(meta, &reset).await,
                Some(Step::SpendToken | Step::EditPassword) => return Err(WRONG),
                Some(_) => {}
            }
            let now = self.store().user(user.sub).await?;
            user = now
                .filter(|now| now.is_active() && now.session_epoch == kept.session_epoch)
                .ok_or(WRONG)?;
        }
        Err(contended())
    }

    pub(crate) fn reset_digest(&self, of: &ResetCodeOf) -> String {
        match of {
            ResetCodeOf::Name(name) => {
                let name = self.name_digest(name);
                self.ring().fingerprint("reset code of a name", &name)
            }
            ResetCodeOf::Account(sub) => {
                let sub = sub.to_string();
                self.ring().fingerprint("reset code of an account", &sub)
            }
        }
    }
}

/// Where a code goes that was asked for by `name`: that address or number if it is proven,
/// or for a username whichever is.
fn proven_contact(user: &User, name: &LoginName) -> Option<Contact> {
    match name {
        LoginName::Email(address) => {
            let proven = user.proven_email().filter(|own| *own == address);
            proven.cloned().map(Contact::Email)
        }
        LoginName::Phone(number) => {
            let proven = user.proven_phone().filter(|own| own == number);
            proven.map(Contact::Phone)
        }
        LoginName::Username(_) => any_proven_contact(user),
        LoginName::Vendor(_) | LoginName::Nobody => None,
    }
}

fn any_proven_contact(user: &User) -> Option<Contact> {
    let address = user.proven_email().cloned().map(Contact::Email);
    address.or_else(|| user.proven_phone().map(Contact::Phone))
}
