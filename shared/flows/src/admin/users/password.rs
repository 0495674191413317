//! Giving an account another password.

use delivery::Letter;
use domain::account::User;
use domain::audit::EventKind;
use domain::password::Password;
use domain::{Error, UnixTime};
use store::Step;
use uuid::Uuid;

use crate::admin::accounts::{may_go_on, not_deleted};
use crate::password::choose::Choice;
use crate::password::reset::names;
use crate::{ActedBy, FreshAdmin, MAX_ROUNDS, Postern, RequestMeta, contended};

/// A password that an administrator gives an account.
#[derive(Clone, Debug)]
pub struct GivenPassword {
    /// The password.
    pub password: Password,
    /// Whether its owner has to replace it first: the administrator knows it, too.
    pub must_change: bool,
    /// Whether what the one before may have let in ends: sessions, trusted devices, the API
    /// key.
    pub ends_sessions: bool,
}

impl Postern {
    /// Gives another user's account this password. How many sessions ended.
    ///
    /// # Errors
    /// [`Error::NoAccount`]; [`Error::NeedsAnotherAdministrator`] for one's own;
    /// [`Error::Invalid`] for a password that will not do; [`Error::Conflict`] if it was
    /// changed meanwhile; [`Error::Unauthenticated`] if the administrator is no longer one.
    pub async fn set_password_of(
        &self,
        meta: &RequestMeta,
        admin: &FreshAdmin,
        sub: Uuid,
        given: &GivenPassword,
    ) -> Result<usize, Error> {
        let admin = admin.admin();
        let by = ActedBy::Administrator { admin, meta };
        let (user, before) = self.store().user_and_password(sub).await?;
        let mut user = not_deleted(user)?;
        by.is_another(&user)?;
        let own = user.has_password();
        let choice = Choice {
            field: "newPassword",
            password: &given.password,
            names: names(&user),
            before: before.as_ref().filter(|_| own),
        };
        let hash = self.choose_password(choice).await?;
        let credential = self.next_credential(before.as_ref(), own, hash, meta.now);
        let before = before.map(|before| before.rev);
        let ended = match given.ends_sessions {
            true => self.sessions(&user, meta.now).await?.len(),
            false => 0,
        };
        for _ in 0..MAX_ROUNDS {
            let changed = with_given(&user, given, meta.now);
            let event = self.event_by(by, &user, EventKind::PasswordChanged)?;
            let transaction = by
                .still(self.store().transaction(), &user)?
                .edit_user(&changed, &user)?
                .put_password(sub, &credential, before)?
                .audit(&event)?;
            let transaction = match given.ends_sessions {
                true => transaction.remove_api_key(&user)?,
                false => transaction,
            };
            let letter = Some(Letter::PasswordChanged);
            let committed = self.commit_and_notify(transaction, &changed, letter, meta);
            match may_go_on(committed.await?)? {
                None => return Ok(ended),
                Some(Step::EditPassword) => return Err(Error::Conflict),
                Some(_) => user = self.account(admin, sub).await?,
            }
        }
        Err(contended())
    }
}

/// `user` with that password. A sign-in that the one before opened ends in any case.
fn with_given(user: &User, given: &GivenPassword, now: UnixTime) -> User {
    let base = match given.ends_sessions {
        true => user.with_reset_password(now),
        false => user.with_password(),
    };
    User {
        rev: user.rev + 1,
        session_epoch: user.session_epoch + u64::from(given.ends_sessions),
        sign_in_epoch: user.sign_in_epoch + 1,
        must_change_password: given.must_change,
        ..base
    }
}
