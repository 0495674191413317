//! Saying that an address or a number is proven, or is not.
//!
//! An administrator who says so answers for the account as it is: unlike a first proof by a
//! stranger's bearer, it ends nothing that was set up before. Rights that waited for the
//! proof come with it. What was proven once stays so in one respect when the flag is taken
//! away: no later proof is a first one again. Rights that hung on it wait for the next proof.
//!
//! An administrator vouches for what they have seen. A user may name another address or
//! number at any moment, also between the look and the word. So what came up after the
//! administrator signed in, which is ten minutes ago at most, has to be named beside the word.

use delivery::Letter;
use domain::account::{Role, User};
use domain::audit::EventKind;
use domain::provider::{OauthFailure, has_way_in};
use domain::username::LoginName;
use domain::{Contact, EmailAddress, Error, PhoneNumber, Problem, ProblemKind, UnixTime};
use store::{AuditEvent, Step};
use uuid::Uuid;

use crate::admin::accounts::may_go_on;
use crate::{ActedBy, AdminSession, FreshAdmin, MAX_ROUNDS, Postern, RequestMeta, contended};

/// What an administrator says of an account's contacts; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct SaidProven {
    /// Whether the address is proven: the one that is shown, so one that waits for its
    /// proof.
    pub email: Option<bool>,
    /// Whether the number is.
    pub phone: Option<bool>,
    /// The address that is meant, where it is named.
    pub meant_email: Option<EmailAddress>,
    /// The number that is meant, where it is named.
    pub meant_phone: Option<PhoneNumber>,
}

impl SaidProven {
    /// `user` as it is said to be by an administrator who signed in at `signed_in`; `None` if
    /// it is so.
    fn of(&self, user: &User, signed_in: UnixTime, now: UnixTime) -> Result<Option<User>, Error> {
        let mut after = user.clone();
        let mut problems = Vec::new();
        let pending = user.pending_email(now).cloned();
        let waits_since = user.pending_email.as_ref().filter(|_| pending.is_some());
        let email_is_seen = waits_since.is_none_or(|pending| pending.since < signed_in);
        // Nothing says since when a number has been there but the last edit of anything.
        let phone_is_seen = user.updated_at.unwrap_or(user.created_at) < signed_in;
        match (self.email, pending.or_else(|| user.email.clone())) {
            (Some(true), None) => problems.push(Problem::of("email", ProblemKind::Required)),
            (Some(true), Some(shown)) => {
                problems.extend(unmeant(
                    "email",
                    &shown,
                    self.meant_email.as_ref(),
                    email_is_seen,
                ));
                if user.email.as_ref() != Some(&shown) || !user.email_verified {
                    after = after.moved_by_bearer(&shown, now);
                }
            }
            (Some(false), Some(shown)) => after = after.unproven(&Contact::Email(shown)),
            (Some(false), None) => {}
            (None, _) => {}
        }
        match (self.phone, PhoneNumber::parse(&user.phone)) {
            (Some(true), None) => {
                let kind = match user.phone.is_empty() {
                    true => ProblemKind::Required,
                    false => ProblemKind::NotAPhone,
                };
                problems.push(Problem::of("phone", kind));
            }
            (Some(true), Some(number)) if !user.phone_verified => {
                problems.extend(unmeant(
                    "phone",
                    &number,
                    self.meant_phone.as_ref(),
                    phone_is_seen,
                ));
                after = after.proven_by_bearer(&Contact::Phone(number), now);
            }
            (Some(false), Some(number)) => after = after.unproven(&Contact::Phone(number)),
            (Some(false), None) => {}
            (Some(true) | None, _) => {}
        }
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        if user.phone_verified && !after.phone_verified && !has_way_in(&after) {
            return Err(Error::Oauth(OauthFailure::LastWayIn));
        }
        let taken = user.may_have_rights() && !after.may_have_rights();
        if taken && after.role != Role::User {
            after = after.with_rights_waiting().with_sign_ins_ended(now);
            after.trust_epoch += 1;
        }
        if after == *user {
            return Ok(None);
        }
        after.rev = user.rev + 1;
        after.updated_at = Some(now);
        Ok(Some(after))
    }
}

impl Postern {
    /// Says what of another user's account is proven, by a fresh sign-in, if it says that
    /// anything is. The account then.
    ///
    /// # Errors
    /// [`Error::NoAccount`]; [`Error::StaleSignIn`]; [`Error::NeedsAnotherAdministrator`];
    /// [`Error::Invalid`] for what there is not, or that has to be named; [`Error::Taken`] for what is another
    /// account's; [`OauthFailure::LastWayIn`]; [`Error::Unauthenticated`] if the
    /// administrator is no longer one.
    pub async fn say_proven(
        &self,
        meta: &RequestMeta,
        admin: &AdminSession,
        sub: Uuid,
        said: &SaidProven,
    ) -> Result<User, Error> {
        let by = ActedBy::Administrator { admin, meta };
        let vouches = [said.email, said.phone].contains(&Some(true));
        if vouches {
            FreshAdmin::of(admin.clone(), meta.now)?;
        }
        for _ in 0..MAX_ROUNDS {
            let user = self.account(admin, sub).await?;
            by.is_another(&user)?;
            let signed_in = admin.signed().session.auth_time;
            let Some(after) = said.of(&user, signed_in, meta.now)? else {
                return Ok(user);
            };
            let moves = after.email != user.email;
            let mut transaction = by
                .still(self.store().transaction(), &user)?
                .edit_user(&after, &user)?
                .swap_names(&user, &after)?
                .appoint(&after, &user)?;
            for kind in events(&user, &after) {
                let event = AuditEvent {
                    role: (kind == EventKind::RoleChanged).then_some(after.role),
                    ..self.event_by(by, &user, kind)?
                };
                transaction = transaction.audit(&event)?;
            }
            let letter = (moves && user.email_verified).then_some(Letter::AddressChanged);
            let committed = self.commit_and_notify(transaction, &user, letter, meta);
            match may_go_on(committed.await?)? {
                None => {
                    self.notify_of_rights(by, &user, &after).await;
                    return Ok(after);
                }
                Some(Step::Create) => {
                    let email = after.email.clone().map(LoginName::Email);
                    let number = after.proven_phone().map(LoginName::Phone);
                    self.say_what_is_taken(email.into_iter().chain(number), Some(sub))
                        .await?;
                }
                Some(_) => {}
            }
        }
        Err(contended())
    }
}

/// That `shown` has to be named: it came up after the administrator had signed in, or another
/// was meant.
fn unmeant<T: PartialEq>(
    field: &'static str,
    shown: &T,
    meant: Option<&T>,
    is_seen: bool,
) -> Option<Problem> {
    let is_meant = match meant {
        Some(meant) => meant == shown,
        None => is_seen,
    };
    (!is_meant).then(|| Problem::of(field, ProblemKind::Required))
}

/// The events of what became of `before`.
fn events(before: &User, after: &User) -> Vec<EventKind> {
    let moved = (after.email != before.email).then_some(EventKind::EmailChanged);
    let email = (after.email_verified && !before.email_verified).then_some(EventKind::EmailProven);
    let phone = (after.phone_verified && !before.phone_verified).then_some(EventKind::PhoneProven);
    let role = (after.role != before.role).then_some(EventKind::RoleChanged);
    let taken = (before.email_verified && !after.email_verified)
        || (before.phone_verified && !after.phone_verified);
    let taken = taken.then_some(EventKind::ProfileUpdated);
    [moved, email, phone, role, taken]
        .into_iter()
        .flatten()
        .collect()
}
