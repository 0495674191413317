//! Signing in with a code by mail or text message: the guess.
//!
//! Three round trips in all: what is known about the address and the network;
//! counting the guess (and reading the account meanwhile); spending the code
//! together with what it buys ([`crate::sign_in::code::redeem`]). The guess is counted before it
//! is compared. Every failure is one answer, whatever its cause, and takes the
//! same steps whether there is an account or not, and whether a code was asked for or
//! not: else the time would tell who is signing in at this moment. The count of a guess
//! at no code is refused by its own condition.

use crypto::derive;
use delivery::Letter;
use domain::account::User;
use domain::audit::EventKind;
use domain::email_code::{CodeLedger, NetworkKind};
use domain::limit::{Limit, OTP_VERIFIES_PER_NETWORK, cashless};
use domain::{Contact, Contract, Error};
use uuid::Uuid;

use crate::notify::mail;
use crate::sign_in::code::redeem::RightGuess;
use crate::{Postern, RequestMeta, SignIn};

/// A guess that was refused.
struct Failure<'a> {
    meta: &'a RequestMeta,
    address: &'a Contact,
    network_kind: NetworkKind,
    /// The account that the failure is written down at: none where no code was there to
    /// guess, or anybody could fill another user's history without one.
    account: Option<&'a User>,
}

impl Postern {
    /// Signs in the holder of `address`, if `typed` is the code that was sent
    /// there. The first code to come back makes the account. `source` is the
    /// host of the site that asks. A `bearer` of the account itself has a first proof
    /// keep what the account has; any other is ignored.
    ///
    /// # Errors
    /// [`Error::WrongCode`] for a code that is wrong, spent, expired, never
    /// sent, out of tries, or whose account is locked; [`Error::TooMany`] by
    /// network.
    pub async fn verify_code(
        &self,
        meta: &RequestMeta,
        contract: Contract,
        address: &Contact,
        typed: &str,
        source: &str,
        bearer: Option<&str>,
    ) -> Result<SignIn, Error> {
        let (network, limit) = (self.network_key(meta), verifications(address));
        let digest = self.code_digest(address);
        let (admitted, found) = tokio::join!(
            self.limit_by_network(&limit, meta),
            self.store()
                .before_guess(address, &digest, &network, meta.now),
        );
        admitted?;
        let (found, used_up) = found?;
        let here = self.network_mark(found.holder, meta);
        let network_kind = found.ledger.as_ref().map_or(NetworkKind::Unknown, |row| {
            row.network_kind_of(&here, found.holder)
        });
        // No code is named by nothing.
        let nonce = found.ledger.and_then(|row| row.nonce).unwrap_or_default();
        if used_up(network_kind) {
            // Before anything is counted: a network that may guess no more must not use up other people's tries.
            return Err(Error::WrongCode);
        }
        let (user, counted) = tokio::join!(
            // A dummy row is read, so that an address without an account costs the same.
            self.store().user(found.holder.unwrap_or(Uuid::nil())),
            self.store()
                .count_guess(&digest, &nonce, network_kind, meta.now, self.codes(address)),
        );
        let user = user?;
        let failure = Failure {
            meta,
            address,
            network_kind,
            account: user.as_ref().filter(|_| !nonce.is_empty()),
        };
        let Some(counted) = counted? else {
            return self.refuse(&failure, None).await;
        };
        let right = derive::constant_time_eq(&self.code(address, &nonce)?, typed);
        if !right {
            return self.refuse(&failure, Some(&counted)).await;
        }
        if !self.may_sign_in(user.as_ref(), network_kind) {
            return self.refuse(&failure, None).await;
        }
        let source = if source.is_empty() {
            &counted.source
        } else {
            source
        };
        let guess = RightGuess {
            meta,
            contract,
            address,
            digest: &digest,
            nonce: &nonce,
            network_kind,
            source,
            bearer,
        };
        self.spend(&guess, user).await
    }

    /// Whether a right code is enough: not for an account that is locked, and
    /// where the settings say so, not from a new network for one with another
    /// way in.
    pub(crate) fn may_sign_in(&self, user: Option<&User>, network_kind: NetworkKind) -> bool {
        let Some(user) = user else { return true };
        let code_will_do = self.settings().code_only_from_new_networks
            || network_kind == NetworkKind::Known
            || user.ways_in.is_empty();
        user.is_active() && code_will_do
    }

    /// Writes a failure down, counts it against its network if the digits were
    /// `wrong` (the row with the guess counted), tells the person if it is time
    /// to, and answers.
    async fn refuse(
        &self,
        failure: &Failure<'_>,
        wrong: Option<&CodeLedger>,
    ) -> Result<SignIn, Error> {
        let Failure {
            meta,
            address,
            network_kind,
            account: user,
        } = *failure;
        let event = match user {
            Some(user) => self.user_event(user, EventKind::SignInFailed, None, meta)?,
            None => self.address_event(address, EventKind::SignInFailed, meta.now),
        };
        let count = async {
            if wrong.is_none() {
                return Ok(());
            }
            // That the budget is used up now is for the next guess to find out.
            let (limit, network) = (network_kind.limit_per_network(), self.network_key(meta));
            self.store().hit(&limit, &network, meta.now).await.map(drop)
        };
        let due =
            wrong.is_some_and(|counted| counted.deserves_notice(network_kind, self.codes(address)));
        let tell = mail::warn_if(due, async {
            // Never by text: each costs, and an attacker could order them by guessing.
            let to = match address {
                Contact::Email(address) => Some(address),
                Contact::Phone(_) => user.and_then(|user| user.email.as_ref()),
            };
            if let Some(to) = to {
                let language = user.map(|user| user.language.as_str()).unwrap_or_default();
                self.warn_address(user, to, &Letter::WrongGuesses, language, meta)
                    .await;
            }
        });
        let (written, counted, ()) = tokio::join!(self.store().append_audit(&event), count, tell);
        written?;
        counted?;
        Err(Error::WrongCode)
    }
}

/// What one network may try, as the contracts have it.
const fn verifications(contact: &Contact) -> Limit {
    match contact {
        Contact::Email(_) => OTP_VERIFIES_PER_NETWORK,
        Contact::Phone(_) => cashless::PHONE_VERIFICATIONS,
    }
}
