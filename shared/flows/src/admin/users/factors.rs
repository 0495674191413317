//! Second factors of an account, as an administrator arranges them.

use delivery::Letter;
use domain::Error;
use domain::account::Factor;
use domain::audit::EventKind;
use uuid::Uuid;

use crate::admin::accounts::{may_go_on, not_deleted};
use crate::factors::change::FactorChange;
use crate::{
    ActedBy, AdminSession, FreshAdmin, MAX_ROUNDS, Postern, RemovedFactors, RequestMeta, contended,
};

impl Postern {
    /// Has an account's sign-ins ask for this kind first.
    ///
    /// # Errors
    /// [`Error::NoAccount`]; [`domain::factors::FactorFailure::UnknownDevice`] where there is
    /// none of it; [`Error::Unauthenticated`] if the administrator is no longer one.
    pub async fn prefer_factor_of(
        &self,
        meta: &RequestMeta,
        admin: &AdminSession,
        sub: Uuid,
        kind: Factor,
    ) -> Result<(), Error> {
        let by = ActedBy::Administrator { admin, meta };
        let user = self.account(admin, sub).await?;
        let event = self.event_by(by, &user, EventKind::PreferredFactorChanged)?;
        // Deleting an account takes its factors away, which refuses this by itself.
        self.put_first(sub, kind, &event, |so_far| {
            so_far.check_user(&admin.signed().user)
        })
        .await
    }

    /// Takes every authenticator of a kind of another user's account out of force, as its
    /// owner could ([`Postern::remove_factor`]). All sessions of that account end. There may
    /// be none of it.
    ///
    /// # Errors
    /// [`Error::NoAccount`]; [`Error::NeedsAnotherAdministrator`] for one's own;
    /// [`Error::Unauthenticated`] if the administrator is no longer one.
    pub async fn remove_factor_of(
        &self,
        meta: &RequestMeta,
        admin: &FreshAdmin,
        sub: Uuid,
        kind: Factor,
    ) -> Result<RemovedFactors, Error> {
        let admin = admin.admin();
        let by = ActedBy::Administrator { admin, meta };
        for _ in 0..MAX_ROUNDS {
            let (user, factors) = self.store().user_and_factors(sub).await?;
            let user = not_deleted(user)?;
            by.is_another(&user)?;
            let devices = factors.of_kind(kind).count();
            if devices == 0 {
                return Ok(RemovedFactors {
                    devices,
                    was_last: false,
                });
            }
            let change = FactorChange::from(factors.without_kind(kind));
            let changed = change.made_of(&user, &factors, meta);
            let so_far = by.still(self.store().transaction(), &user)?;
            let mut transaction = change
                .written(so_far, (&user, &changed), &factors)?
                .edit_user(&changed, &user)?;
            for kind in change.events(EventKind::FactorRemoved, &factors) {
                transaction = transaction.audit(&self.event_by(by, &user, kind)?)?;
            }
            let letter = Some(Letter::FactorRemoved);
            let committed = self.commit_and_notify(transaction, &changed, letter, meta);
            if may_go_on(committed.await?)?.is_none() {
                return Ok(RemovedFactors {
                    devices,
                    was_last: !change.factors.any_active(),
                });
            }
        }
        Err(contended())
    }
}
