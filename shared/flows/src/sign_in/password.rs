//! Signing in by password.
//!
//! Three round trips: what is known of the name and the network; counting the try
//! (and reading the account meanwhile); the sign-in. The try is counted before
//! anything is compared, and something is compared in any case: a name that no account
//! holds, one whose account has no password and one that is locked cost and look
//! like a wrong password.

use crypto::password::{self, Verdict};
use delivery::Letter;
use domain::account::{Role, User};
use domain::audit::EventKind;
use domain::password::guesses::limit_per_network;
use domain::password::{Password, PasswordCredential};
use domain::pos::Capacity;
use domain::session::Delivery;
use domain::sign_in::Amr;
use domain::username::LoginName;
use domain::{AuthFailure, Contract, Error};
use uuid::Uuid;

use crate::notify::mail;
use crate::sign_in::Proof;
use crate::sign_in::attempts::Try;
use crate::sign_in::circumstances::Judgement;
use crate::{MAX_ROUNDS, Postern, RequestMeta, SignIn, SignInDevice, broken, contended};

/// What a contract makes of passwords that open nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PasswordPolicy {
    /// Whether the right password of an account that is locked or out of use is told from a
    /// wrong one.
    pub(crate) tells_closed: bool,
    /// Whether failures lock their network out ([`crate::sign_in::lockout`]).
    pub(crate) locks_out: bool,
}

impl PasswordPolicy {
    /// That of all contracts but nauth.
    pub(crate) const PLAIN: Self = Self {
        tells_closed: false,
        locks_out: false,
    };
    /// That of nauth's sign-ins.
    pub(crate) const NAUTH: Self = Self {
        tells_closed: true,
        locks_out: true,
    };
}

/// What a right password is to become.
pub(crate) struct SignInAs {
    pub(crate) contract: Contract,
    pub(crate) capacity: Capacity,
    pub(crate) delivery: Delivery,
    pub(crate) device: SignInDevice,
    /// What the sign-in was judged by beside its proof (nauth).
    pub(crate) judgement: Judgement,
}

impl SignInAs {
    /// A session whose tokens travel in bodies, of a device that is not named.
    fn plain(contract: Contract, capacity: Capacity) -> Self {
        Self {
            contract,
            capacity,
            delivery: Delivery::Body,
            device: SignInDevice::default(),
            judgement: Judgement::default(),
        }
    }
}

impl Postern {
    /// Signs in the user called `name`, in the capacity that is asked for, if the
    /// password is theirs.
    ///
    /// # Errors
    /// [`Error::WrongCode`] for any pair that will not do, whatever the reason;
    /// [`Error::TooMany`] by network, or while the name rests after wrong tries;
    /// [`AuthFailure::PasswordChangeRequired`] after the right one, where `contract` has no
    /// words for the replacement of a password.
    pub async fn sign_in_by_password(
        &self,
        meta: &RequestMeta,
        contract: Contract,
        name: &LoginName,
        typed: &Password,
        capacity: Capacity,
    ) -> Result<SignIn, Error> {
        // Each on the heap, as one future would hold both.
        let (tried, user) = match self.sign_in_policy(contract).replaces_passwords {
            true => {
                let policy = PasswordPolicy::PLAIN;
                Box::pin(self.show_password(meta, name, typed, capacity, policy)).await?
            }
            false => Box::pin(self.prove_password(meta, name, typed, capacity)).await?,
        };
        self.complete_by_password(meta, SignInAs::plain(contract, capacity), tried, user)
            .await
    }

    /// The same for administrators alone, where others are told so once they have shown
    /// the right password (Auth Service).
    ///
    /// # Errors
    /// As [`Postern::sign_in_by_password`], and [`Error::Forbidden`].
    pub async fn sign_in_administrator(
        &self,
        meta: &RequestMeta,
        name: &LoginName,
        typed: &Password,
    ) -> Result<SignIn, Error> {
        let (contract, capacity) = (Contract::AuthService, Capacity::Anybody);
        let (tried, user) = self.prove_password(meta, name, typed, capacity).await?;
        if user.role != Role::Admin {
            self.refuse_entry(meta, tried, &user).await?;
            return Err(Error::Forbidden);
        }
        self.complete_by_password(meta, SignInAs::plain(contract, capacity), tried, user)
            .await
    }

    /// Writes down that a right password did not open what it was shown for.
    async fn refuse_entry(&self, meta: &RequestMeta, tried: Try, user: &User) -> Result<(), Error> {
        let event = self.user_event(user, EventKind::SignInRefused, None, meta)?;
        let (written, ()) = tokio::join!(
            self.store().append_audit(&event),
            self.record_success(meta, tried, user),
        );
        Ok(written?)
    }

    /// The user called `name`, if they may sign in like that and the password is theirs.
    /// A wrong one is counted, written down and told; a right one is the caller's to
    /// [record](Self::record_success).
    ///
    /// # Errors
    /// As [`Postern::sign_in_by_password`].
    pub(crate) async fn prove_password(
        &self,
        meta: &RequestMeta,
        name: &LoginName,
        typed: &Password,
        capacity: Capacity,
    ) -> Result<(Try, User), Error> {
        let policy = PasswordPolicy::PLAIN;
        let shown = self.show_password(meta, name, typed, capacity, policy);
        let (tried, user) = shown.await?;
        // A terminal has no way to change a password.
        let can_change = !matches!(capacity, Capacity::AtDevice(_));
        if user.must_change_password && can_change {
            self.refuse_entry(meta, tried, &user).await?;
            let failure = AuthFailure::PasswordChangeRequired;
            return Err(Error::Unauthenticated(failure));
        }
        Ok((tried, user))
    }

    /// The same for what is no sign-in, where a password that has to be replaced will do.
    ///
    /// # Errors
    /// As [`Postern::sign_in_by_password`], but for the last.
    pub(crate) async fn show_password(
        &self,
        meta: &RequestMeta,
        name: &LoginName,
        typed: &Password,
        capacity: Capacity,
        policy: PasswordPolicy,
    ) -> Result<(Try, User), Error> {
        let nothing = async |_| Ok(());
        let shown = self.show_password_reading(meta, name, typed, (capacity, policy), nothing);
        let (tried, user, ()) = shown.await?;
        Ok((tried, user))
    }

    /// The same with something more that is read of the account meanwhile: of a dummy one
    /// where nobody holds the name.
    ///
    /// # Errors
    /// As [`Postern::show_password`].
    pub(crate) async fn show_password_reading<T>(
        &self,
        meta: &RequestMeta,
        name: &LoginName,
        typed: &Password,
        (capacity, policy): (Capacity, PasswordPolicy),
        read: impl AsyncFnOnce(Uuid) -> Result<T, Error>,
    ) -> Result<(Try, User, T), Error> {
        let (tried, (found, takes_place, more)) = self
            .count_try(meta, name, policy, async |sub| {
                tokio::join!(
                    self.store().user_and_password(sub),
                    self.takes_place(capacity),
                    read(sub),
                )
            })
            .await?;
        let (user, credential) = found?;
        let credential = credential.filter(|_| user.as_ref().is_some_and(User::has_password));
        let hash = credential
            .as_ref()
            .map_or(password::DUMMY, |credential| credential.hash.as_str());
        let verdict = password::verify(typed, hash);
        let (takes_place, more) = (takes_place?, more?);
        let welcome = |user: &User| user.is_active() && takes_place && capacity.admits(user);
        match (user, credential) {
            (Some(user), Some(credential)) if verdict != Verdict::Wrong && welcome(&user) => {
                if verdict == Verdict::Outdated {
                    self.rehash(&user, &credential, typed).await?;
                }
                Ok((tried, user, more))
            }
            (Some(user), Some(_)) if verdict != Verdict::Wrong && policy.tells_closed => {
                self.refuse_entry(meta, tried, &user).await?;
                Err(user.closed().map_or(Error::WrongCode, Error::Closed))
            }
            (user, _) => {
                let refused = self.refuse_password(meta, &tried, user.as_ref(), name);
                Err(refused.await?)
            }
        }
    }

    /// Whether the event that the user signs in for, if they name one, takes place.
    async fn takes_place(&self, capacity: Capacity) -> Result<bool, Error> {
        let Some(id) = capacity.event() else {
            return Ok(true);
        };
        match self.event_on(id).await {
            Ok(_) => Ok(true),
            Err(Error::Missing) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Replaces a hash that is weaker than those made today. Lost if the password is
    /// changed at this moment, as it should be.
    async fn rehash(
        &self,
        user: &User,
        credential: &PasswordCredential,
        typed: &Password,
    ) -> Result<(), Error> {
        let hash = password::hash(typed, self.entropy()).map_err(broken)?;
        let rehashed = credential.rehashed(hash);
        Ok(self
            .store()
            .rehash_password(user.sub, &rehashed, credential.rev)
            .await?)
    }

    /// The sign-in of a right password. Starts over when an edit of the account
    /// came between, as long as the password is still the same.
    pub(crate) async fn complete_by_password(
        &self,
        meta: &RequestMeta,
        sign_in: SignInAs,
        tried: Try,
        mut user: User,
    ) -> Result<SignIn, Error> {
        let session_epoch = user.session_epoch;
        let mut unsettled = Some(tried);
        let Judgement {
            circumstances,
            mut held,
            history,
            mut notice,
            // Told whatever is still asked for, and therefore by themselves.
            events: mut untold,
        } = sign_in.judgement;
        for _ in 0..MAX_ROUNDS {
            let entered = self.seen(&user, meta);
            let proof = Proof {
                event: sign_in.capacity.event_of(&user),
                delivery: sign_in.delivery,
                device: sign_in.device.clone(),
                circumstances: circumstances.clone(),
                held: held.take(),
                history: history.clone(),
                ..Proof::new(meta, sign_in.contract, vec![Amr::Pwd])
            };
            let nothing = self.store().transaction();
            let told = std::mem::take(&mut untold);
            let notice = notice.take();
            let (signed_in, (), told, notified) = tokio::join!(
                self.sign_in(&proof, nothing, &user, entered.clone()),
                self.record_first_success(meta, &mut unsettled, &entered),
                self.append_all(&told),
                Box::pin(self.tell_owner(meta, &user, notice.as_ref())),
            );
            told?;
            notified?;
            if let Ok(signed_in) = signed_in? {
                return Ok(signed_in);
            }
            // A password that was changed meanwhile has moved the epoch on, as a lock has.
            let now = self.store().user(user.sub).await?;
            user = now
                .filter(|now| now.session_epoch == session_epoch)
                .ok_or(Error::WrongCode)?;
        }
        Err(contended())
    }

    /// Writes a failure down, counts it against its network, and tells the person if it
    /// is time to. What the caller answers.
    async fn refuse_password(
        &self,
        meta: &RequestMeta,
        tried: &Try,
        user: Option<&User>,
        name: &LoginName,
    ) -> Result<Error, Error> {
        let Try {
            digest,
            network_kind,
            failures,
            ..
        } = tried;
        let network_kind = *network_kind;
        let event = self.event_of_name(name, user, EventKind::PasswordFailed, meta)?;
        let network = self.network_key(meta);
        let networks = user
            .map(|user| user.networks.as_slice())
            .unwrap_or_default();
        let limit = limit_per_network(network_kind);
        let tell = mail::warn_if(tried.counted.deserves_notice(network_kind), async {
            if let Some(user) = user.filter(|user| user.has_password()) {
                self.warn(user, &Letter::WrongPasswords, meta).await;
            }
        });
        let fail = async {
            match failures {
                Some(failures) => self.count_failure(meta, failures, digest, user).await,
                None => Ok(false),
            }
        };
        let (written, failed, counted, noted, ()) = tokio::join!(
            self.store().append_audit(&event),
            fail,
            // That the budget is used up now is for the next try to find out.
            self.store().hit(&limit, &network, meta.now),
            self.store()
                .note_networks(digest, user.map(|user| user.sub), networks),
            tell,
        );
        written?;
        if failed? {
            let event = self.event_of_name(name, user, EventKind::NetworkLockedOut, meta)?;
            self.store().append_audit(&event).await?;
        }
        let _ = counted?;
        noted?;
        Ok(Error::WrongCode)
    }
}
