//! Changing one's own password by the one before, and demanding that it be changed (nauth).
//!
//! The password that is shown proves who asks, so the sign-in may be an old one. Where a
//! second factor is in force it may not: a password alone would then change what it cannot
//! open. A session that lacks rights of the account is refused before anything is compared:
//! it would learn by the answer whether a password is right. An account that has no
//! password yet gets its first from a fresh sign-in.

use delivery::Letter;
use domain::account::User;
use domain::audit::EventKind;
use domain::password::Password;
use domain::pos::Capacity;
use domain::session::{ProvenWhen, Session};
use domain::sign_in::Amr;
use domain::username::LoginName;
use domain::{AuthFailure, Error};
use store::Step;

use crate::password::choose::Choice;
use crate::password::reset::names;
use crate::sign_in::password::PasswordPolicy;
use crate::{FreshSession, MAX_ROUNDS, Postern, RequestMeta, Signed, WholeSession, contended};

impl Postern {
    /// Replaces the password of the signed-in user. All sessions end, the caller's too.
    ///
    /// # Errors
    /// [`Error::WrongCode`] if `old` is not theirs; [`Error::StaleSignIn`];
    /// [`Error::Invalid`] for a password that will not do; [`Error::TooMany`].
    pub async fn change_password(
        &self,
        meta: &RequestMeta,
        own: &WholeSession,
        old: &Password,
        new: &Password,
    ) -> Result<(), Error> {
        let fresh = self.shown_again(meta, own.signed(), old).await?;
        let (user, before) = self.store().user_and_password(fresh.user().sub).await?;
        let own = fresh.user().has_password();
        let choice = Choice {
            field: "newPassword",
            password: new,
            names: names(fresh.user()),
            before: before.as_ref().filter(|_| own),
        };
        let hash = self.choose_password(choice).await?;
        let credential = self.next_credential(before.as_ref(), own, hash, meta.now);
        let before = before.map(|before| before.rev);
        let mut user = user;
        for _ in 0..MAX_ROUNDS {
            let now = user
                .filter(|now| fresh.session().is_alive(now, self.moment(meta.now)))
                .ok_or(Error::Unauthenticated(AuthFailure::EndedSession))?;
            let changed = User {
                rev: now.rev + 1,
                ..now.with_password().with_sign_ins_ended(meta.now)
            };
            let session = Some(fresh.session().id);
            let event = self.user_event(&now, EventKind::PasswordChanged, session, meta)?;
            let transaction = self
                .store()
                .transaction()
                .edit_user(&changed, &now)?
                .put_password(now.sub, &credential, before)?
                .audit(&event)?;
            let letter = Some(Letter::PasswordChanged);
            match self
                .commit_and_notify(transaction, &changed, letter, meta)
                .await?
            {
                None => return Ok(()),
                // Another request changed it: the one that was shown is no longer theirs.
                Some(Step::EditPassword) => return Err(Error::WrongCode),
                Some(_) => {}
            }
            user = self.store().user(now.sub).await?;
        }
        Err(contended())
    }

    /// The session of a user who shows their password once more.
    async fn shown_again(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
        old: &Password,
    ) -> Result<FreshSession, Error> {
        let user = &signed.user;
        if !user.has_password() {
            if !old.as_str().is_empty() {
                return Err(Error::WrongCode);
            }
            return FreshSession::of(signed.clone(), meta.now);
        }
        if user.owes_factor() {
            FreshSession::of(signed.clone(), meta.now)?;
        }
        let name = match &user.email {
            Some(address) => LoginName::Email(address.clone()),
            None => LoginName::typed(&user.username),
        };
        let policy = PasswordPolicy::PLAIN;
        let shown = self.show_password(meta, &name, old, Capacity::Anybody, policy);
        let (tried, shown) = shown.await?;
        if shown.sub != user.sub {
            return Err(Error::WrongCode);
        }
        self.record_success(meta, tried, &shown).await;
        let mut amr = signed.session.amr.clone();
        amr.push(Amr::Pwd);
        let session = Session {
            amr,
            auth_time: meta.now,
            proven: ProvenWhen::AtSignIn,
            ..signed.session.clone()
        };
        let user = signed.user.clone();
        FreshSession::of(Signed { user, session }, meta.now)
    }

    /// Has the signed-in user replace their password at the next sign-in.
    ///
    /// # Errors
    /// [`Error::NoPassword`] without one; [`AuthFailure::EndedSession`].
    pub async fn require_own_password_change(
        &self,
        meta: &RequestMeta,
        own: &WholeSession,
    ) -> Result<(), Error> {
        let signed = own.signed();
        let Signed { user, session } = signed;
        let mut user = user.clone();
        for _ in 0..MAX_ROUNDS {
            if !user.has_password() {
                return Err(Error::NoPassword);
            }
            if user.must_change_password {
                return Ok(());
            }
            let changed = User {
                rev: user.rev + 1,
                must_change_password: true,
                ..user.clone()
            };
            let kind = EventKind::PasswordChangeRequired;
            let event = self.user_event(&user, kind, Some(session.id), meta)?;
            let transaction = self
                .store()
                .transaction()
                .edit_user(&changed, &user)?
                .audit(&event)?;
            if self.commit(transaction).await?.is_none() {
                return Ok(());
            }
            user = self.reread(meta, signed).await?;
        }
        Err(contended())
    }

    /// The account of a session as it is now.
    ///
    /// # Errors
    /// [`AuthFailure::EndedSession`] once that has ended.
    pub(crate) async fn reread(&self, meta: &RequestMeta, signed: &Signed) -> Result<User, Error> {
        let user = self.store().user(signed.user.sub).await?;
        user.filter(|user| signed.session.is_alive(user, self.moment(meta.now)))
            .ok_or(Error::Unauthenticated(AuthFailure::EndedSession))
    }
}
