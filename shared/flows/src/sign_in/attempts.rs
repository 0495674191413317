//! Counting attempts at a password, and at whatever else is counted by the same ledger.
//!
//! An attempt is counted before anything is compared. A right one is recorded once: it
//! takes its own count back, and the ledger knows its network from then on.

use domain::Error;
use domain::account::User;
use domain::audit::EventKind;
use domain::email_code::NetworkKind;
use domain::limit::nauth::LOCKOUT_EVENTS;
use domain::network::NetworkMark;
use domain::password::guesses::{GuessLedger, PASSWORDS_PER_NETWORK, free, resting};
use domain::username::LoginName;
use store::TryState;
use uuid::Uuid;

use crate::sign_in::lockout::Failures;
use crate::sign_in::password::PasswordPolicy;
use crate::{Postern, RequestMeta, log};

/// A try that was counted, in the ledger that `digest` names. It is no `Clone`, and
/// settling takes it: what was counted once is settled once, however often the flow
/// that it was for starts over.
pub(crate) struct Try {
    /// What its ledger is called.
    pub(crate) digest: String,
    pub(crate) network_kind: NetworkKind,
    /// The ledger, with this try counted.
    pub(crate) counted: GuessLedger,
    /// What its network has failed at the name lately, where that locks it out (nauth).
    pub(crate) failures: Option<Failures>,
}

impl Postern {
    /// Counts a try at the password of `name`, and reads meanwhile what belongs to
    /// its holder, or a dummy row where there is none, so that such a name costs the
    /// same.
    ///
    /// # Errors
    /// [`Error::TooMany`] by network, while it is locked out, or while the name rests after
    /// wrong tries.
    pub(crate) async fn count_try<T>(
        &self,
        meta: &RequestMeta,
        name: &LoginName,
        policy: PasswordPolicy,
        read: impl AsyncFnOnce(Uuid) -> T,
    ) -> Result<(Try, T), Error> {
        let (network, digest) = (self.network_key(meta), self.name_digest(name));
        let failures = async {
            match policy.locks_out {
                true => self.failures(meta, &digest).await.map(Some),
                false => Ok(None),
            }
        };
        let (admitted, state, failures) = tokio::join!(
            self.limit_by_network(&PASSWORDS_PER_NETWORK, meta),
            self.store()
                .before_password(name, &digest, &network, meta.now),
            failures,
        );
        admitted?;
        let state = state?;
        if let Err(Error::TooMany(_)) = failures {
            self.tell_locked_out(meta, name, &digest, state.holder)
                .await?;
        }
        let failures = failures?;
        let counted = self.count_at(meta, digest, state.holder, &state.tries, read);
        let (tried, found) = counted.await?;
        Ok((Try { failures, ..tried }, found))
    }

    /// Writes down that a lock-out turned a sign-in away, once for each lock-out.
    async fn tell_locked_out(
        &self,
        meta: &RequestMeta,
        name: &LoginName,
        digest: &str,
        holder: Option<Uuid>,
    ) -> Result<(), Error> {
        let here = self.whom_and_network(digest, meta);
        let first = self.store().hit(&LOCKOUT_EVENTS, &here, meta.now).await?;
        if first.is_err() {
            return Ok(());
        }
        let user = self.store().user(holder.unwrap_or(Uuid::nil())).await?;
        let kind = EventKind::LockedOutSignIn;
        let event = self.event_of_name(name, user.as_ref(), kind, meta)?;
        Ok(self.store().append_audit(&event).await?)
    }

    /// Counts a try in the ledger that `digest` names, and reads meanwhile what belongs to
    /// its `holder`. `known` is what was read of the ledger beforehand.
    ///
    /// # Errors
    /// [`Error::TooMany`] once the network has used up what it may try, or while the
    /// ledger rests after wrong tries.
    pub(crate) async fn count_at<T>(
        &self,
        meta: &RequestMeta,
        digest: String,
        holder: Option<Uuid>,
        known: &TryState,
        read: impl AsyncFnOnce(Uuid) -> T,
    ) -> Result<(Try, T), Error> {
        let here = self.network_mark(holder, meta);
        let network_kind = known.ledger.network_kind_of(&here, holder);
        known.admits(network_kind).map_err(Error::TooMany)?;
        let admission = known
            .ledger
            .admit(network_kind, meta.now)
            .map_err(Error::TooMany)?;
        let (found, counted) = tokio::join!(
            read(holder.unwrap_or(Uuid::nil())),
            self.store()
                .count_try(&digest, network_kind, admission, meta.now),
        );
        // Others tried meanwhile, and beyond the free ones tries come one at a time.
        let counted = counted?.ok_or(Error::TooMany(resting(1)))?;
        let tried = Try {
            digest,
            network_kind,
            counted,
            failures: None,
        };
        Ok((tried, found))
    }

    /// What the ledger of a name is called.
    pub(crate) fn name_digest(&self, name: &LoginName) -> String {
        let text = match name {
            LoginName::Email(address) => address.as_str().to_owned(),
            LoginName::Username(username) => username.form(),
            LoginName::Phone(number) => number.as_str().to_owned(),
            // No username holds a space, and no address does.
            LoginName::Vendor(address) => format!("vendor {address}"),
            LoginName::Nobody => String::new(),
        };
        self.ring().fingerprint("password guesses", &text)
    }

    /// Settles a try in the first round of a flow that may start over, and nothing in
    /// the rounds after it. The ledger may then lack a network that came to the account
    /// in between: the next try from there counts as a stranger's, and notes it.
    pub(crate) async fn record_first_success(
        &self,
        meta: &RequestMeta,
        unsettled: &mut Option<Try>,
        entered: &User,
    ) {
        if let Some(tried) = unsettled.take() {
            self.record_success(meta, tried, entered).await;
        }
    }

    /// Tells the ledger that the try was right. In the count of known networks only
    /// once tries have added up: an ordinary sign-in costs no write. A failure is only logged.
    pub(crate) async fn record_success(&self, meta: &RequestMeta, tried: Try, entered: &User) {
        let has_failed = tried.failures.as_ref().is_some_and(Failures::any);
        let forget = async {
            if has_failed && let Err(error) = self.forget_failures(meta, entered).await {
                not_settled(&error);
            }
        };
        let record = self.record_success_of(meta, tried, entered.sub, &entered.networks);
        tokio::join!(record, forget);
    }

    /// The same for the holder `sub` of the ledger, who knows these networks.
    pub(crate) async fn record_success_of(
        &self,
        meta: &RequestMeta,
        tried: Try,
        sub: Uuid,
        networks: &[NetworkMark],
    ) {
        let Try {
            digest,
            network_kind,
            counted,
            ..
        } = tried;
        let few = counted.attempts(network_kind).tries < free(network_kind) / 2;
        if network_kind == NetworkKind::Known && few {
            return;
        }
        let settled = self
            .store()
            .record_success(&digest, network_kind, sub, networks, meta.now)
            .await;
        if let Err(error) = settled {
            not_settled(&error.into());
        }
    }

    /// Has the ledgers of all names of an account know its networks, and ends a lock-out of
    /// this one: a user who has just proven themselves from here must not wait because
    /// others guess.
    pub(crate) async fn know_networks(&self, meta: &RequestMeta, user: &User) -> Result<(), Error> {
        self.let_in_here(meta, user).await?;
        for digest in self.name_digests(user) {
            self.store()
                .note_networks(&digest, Some(user.sub), &user.networks)
                .await?;
        }
        Ok(())
    }

    /// Forgets what was tried against all names of an account, and that its sign-ins are
    /// blocked. Whether there was anything to forget.
    pub(crate) async fn reset_password_attempts(&self, user: &User) -> Result<bool, Error> {
        self.forgive_failures(user).await?;
        let mut any = self.store().unblock_sign_ins(user.sub).await?;
        for digest in self.name_digests(user) {
            any |= self.store().reset_tries(&digest).await?;
        }
        Ok(any)
    }

    /// What the ledgers of an account's names are called.
    pub(crate) fn name_digests(&self, user: &User) -> Vec<String> {
        let names = [
            user.email.clone().map(LoginName::Email),
            Some(LoginName::typed(&user.username)),
            user.proven_phone().map(LoginName::Phone),
        ];
        let names = names.into_iter().flatten();
        names.map(|name| self.name_digest(&name)).collect()
    }
}

fn not_settled(error: &Error) {
    log::event(
        "guesses_not_settled",
        [("reason", error.to_string().into())],
    );
}
