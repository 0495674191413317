//! The lock-out of nauth: an account, or a name that is no account's, takes no password from
//! a network that failed five times within an hour, for a quarter of an hour.
//!
//! All names of an account are counted as one, or each of them would renew the count. An
//! operator who lets a user back in ends the lock-outs of all networks: nobody knows which
//! those are, so the account remembers when that was, and what was counted before counts no
//! more.

use domain::Error;
use domain::limit::nauth::{FAILED_SIGN_INS, FORGIVENESS, LOCKOUT};
use domain::limit::{Exceeded, Limit};
use domain::username::LoginName;
use uuid::Uuid;

use crate::{Postern, RequestMeta};

/// What one network has failed at one account lately.
pub(crate) struct Failures {
    who: String,
    /// Whether there were any within the hour, forgiven or not.
    any: bool,
    /// Whether those that there are were forgiven.
    forgiven: bool,
}

impl Postern {
    /// What the network of a request has failed at the holder of `name`, or at the name if
    /// there is none.
    ///
    /// # Errors
    /// [`Error::TooMany`] while it is locked out.
    pub(crate) async fn failures(
        &self,
        meta: &RequestMeta,
        name: &LoginName,
    ) -> Result<Failures, Error> {
        let account = match self.store().holder_of_name(name).await? {
            Some(sub) => sub.to_string(),
            None => self.name_digest(name),
        };
        let who = failures_at(&account, meta);
        // Any window that is open is over this one, one whose failures were forgotten, too:
        // what is counted next counts in it.
        let none = Limit {
            budget: 0,
            ..FAILED_SIGN_INS
        };
        let (locked, failed, forgiven) = tokio::join!(
            self.store().exceeded(&LOCKOUT, &who, meta.now),
            self.store().exceeded(&none, &who, meta.now),
            self.store().exceeded(&FORGIVENESS, &account, meta.now),
        );
        let forgiven = forgiven?.map(|open| age(&FORGIVENESS, open));
        let is_forgiven = |limit, open| forgiven.is_some_and(|ago| ago <= age(limit, open));
        if let Some(locked) = locked?.filter(|open| !is_forgiven(&LOCKOUT, *open)) {
            return Err(Error::TooMany(locked));
        }
        let failed = failed?;
        Ok(Failures {
            who,
            any: failed.is_some(),
            forgiven: failed.is_some_and(|open| is_forgiven(&FAILED_SIGN_INS, open)),
        })
    }

    /// Counts one more failure, the last of which locks the network out.
    pub(crate) async fn count_failure(
        &self,
        meta: &RequestMeta,
        failures: &Failures,
    ) -> Result<(), Error> {
        let who = &failures.who;
        if failures.forgiven {
            return Ok(self
                .store()
                .restart(&FAILED_SIGN_INS, who, meta.now)
                .await?);
        }
        let counted = self.store().hit(&FAILED_SIGN_INS, who, meta.now).await?;
        if counted.is_ok_and(|nth| nth < FAILED_SIGN_INS.budget) {
            return Ok(());
        }
        // Not a hit: a lock-out that was forgiven may still be open.
        self.store().restart(&LOCKOUT, who, meta.now).await?;
        Ok(self.store().clear(&FAILED_SIGN_INS, who).await?)
    }

    /// Forgets the failures after a right password. An ordinary sign-in costs no write.
    pub(crate) async fn forget_failures(&self, failures: &Failures) -> Result<(), Error> {
        match failures.any {
            true => Ok(self.store().clear(&FAILED_SIGN_INS, &failures.who).await?),
            false => Ok(()),
        }
    }

    /// Ends a lock-out of this network, whose user has just proven themselves by other means.
    pub(crate) async fn let_in_here(&self, meta: &RequestMeta, sub: Uuid) -> Result<(), Error> {
        let who = failures_at(&sub.to_string(), meta);
        let (ended, forgotten) = tokio::join!(
            self.store().clear(&LOCKOUT, &who),
            self.store().clear(&FAILED_SIGN_INS, &who),
        );
        ended?;
        Ok(forgotten?)
    }

    /// Ends the lock-outs of all networks from one account.
    pub(crate) async fn forgive_failures(&self, sub: Uuid) -> Result<(), Error> {
        let (who, now) = (sub.to_string(), self.now());
        Ok(self.store().restart(&FORGIVENESS, &who, now).await?)
    }
}

fn failures_at(account: &str, meta: &RequestMeta) -> String {
    format!("{account}#{}", meta.network())
}

/// Seconds since a window that is open was opened.
const fn age(limit: &Limit, open: Exceeded) -> u64 {
    limit.window.saturating_sub(open.retry_after)
}
