//! The lock-out of nauth: an account, or a name that is no account's, takes no password from
//! a network that failed five times within an hour, for a quarter of an hour.
//!
//! A failure is counted at every name of the account, so that trying one after the other
//! renews nothing; and by names, so that a sign-in need not know whose the name is before it
//! looks: it reads the count together with the rest of what it knows of the name, and waits
//! for nothing more. An operator who lets a user back in ends the lock-outs of all networks:
//! nobody knows which those are, so each name remembers when that was, and what was counted
//! before counts no more.

use domain::Error;
use domain::account::User;
use domain::limit::nauth::{FAILED_SIGN_INS, FORGIVENESS, LOCKOUT};
use domain::limit::{Exceeded, Limit};
use futures_util::future::try_join_all;

use crate::{Postern, RequestMeta};

/// Names at which a failure is counted. One that no account has costs as many writes as one
/// with an address, a username and a number.
const NAMES: usize = 3;

/// What one network has failed at one name lately.
pub(crate) struct Failures {
    /// Whether there were any within the hour, forgiven or not.
    any: bool,
    /// Whether those that there are were forgiven.
    forgiven: bool,
}

impl Failures {
    /// Whether a right password has something to forget. An ordinary sign-in costs no write.
    pub(crate) const fn any(&self) -> bool {
        self.any
    }
}

impl Postern {
    /// What the network of a request has failed at the name of this digest.
    ///
    /// # Errors
    /// [`Error::TooMany`] while it is locked out.
    pub(crate) async fn failures(
        &self,
        meta: &RequestMeta,
        digest: &str,
    ) -> Result<Failures, Error> {
        let here = self.whom_and_network(digest, meta);
        // Any window that is open is over this one, one whose failures were forgotten, too:
        // what is counted next counts in it.
        let none = Limit {
            budget: 0,
            ..FAILED_SIGN_INS
        };
        let (locked, failed, forgiven) = tokio::join!(
            self.store().exceeded(&LOCKOUT, &here, meta.now),
            self.store().exceeded(&none, &here, meta.now),
            self.store().exceeded(&FORGIVENESS, digest, meta.now),
        );
        let forgiven = forgiven?.map(|open| age(&FORGIVENESS, open));
        let is_forgiven = |limit, open| forgiven.is_some_and(|ago| ago <= age(limit, open));
        if let Some(locked) = locked?.filter(|open| !is_forgiven(&LOCKOUT, *open)) {
            return Err(Error::TooMany(locked));
        }
        let failed = failed?;
        Ok(Failures {
            any: failed.is_some(),
            forgiven: failed.is_some_and(|open| is_forgiven(&FAILED_SIGN_INS, open)),
        })
    }

    /// Counts one more failure at the name of this digest, and at every other name of `user`
    /// who has it. The last one locks the network out: whether this was it.
    pub(crate) async fn count_failure(
        &self,
        meta: &RequestMeta,
        failures: &Failures,
        digest: &str,
        user: Option<&User>,
    ) -> Result<bool, Error> {
        let mut names = user.map(|user| self.name_digests(user)).unwrap_or_default();
        if !names.iter().any(|name| name == digest) {
            names.push(digest.to_owned());
        }
        for n in names.len()..NAMES {
            names.push(format!("{digest}#{n}"));
        }
        let counts = names
            .iter()
            .map(|name| self.count_failure_at(meta, failures, self.whom_and_network(name, meta)));
        Ok(try_join_all(counts).await?.contains(&true))
    }

    async fn count_failure_at(
        &self,
        meta: &RequestMeta,
        failures: &Failures,
        here: String,
    ) -> Result<bool, Error> {
        let store = self.store();
        if failures.forgiven {
            store.restart(&FAILED_SIGN_INS, &here, meta.now).await?;
            return Ok(false);
        }
        let counted = store.hit(&FAILED_SIGN_INS, &here, meta.now).await?;
        if counted.is_ok_and(|nth| nth < FAILED_SIGN_INS.budget) {
            return Ok(false);
        }
        // Not a hit: a lock-out that was forgiven may still be open.
        store.restart(&LOCKOUT, &here, meta.now).await?;
        store.clear(&FAILED_SIGN_INS, &here).await?;
        Ok(true)
    }

    /// Forgets the failures of this network after a right password.
    pub(crate) async fn forget_failures(
        &self,
        meta: &RequestMeta,
        user: &User,
    ) -> Result<(), Error> {
        self.clear_here(meta, user, &FAILED_SIGN_INS).await
    }

    /// Ends a lock-out of this network, whose user has just proven themselves by other means.
    pub(crate) async fn let_in_here(&self, meta: &RequestMeta, user: &User) -> Result<(), Error> {
        let (ended, forgotten) = tokio::join!(
            self.clear_here(meta, user, &LOCKOUT),
            self.clear_here(meta, user, &FAILED_SIGN_INS),
        );
        ended?;
        forgotten
    }

    async fn clear_here(
        &self,
        meta: &RequestMeta,
        user: &User,
        limit: &Limit,
    ) -> Result<(), Error> {
        let names = self.name_digests(user);
        let clears = names.iter().map(async |name| {
            let here = self.whom_and_network(name, meta);
            self.store().clear(limit, &here).await
        });
        try_join_all(clears).await?;
        Ok(())
    }

    /// Ends the lock-outs of all networks from one account.
    pub(crate) async fn forgive_failures(&self, user: &User) -> Result<(), Error> {
        let (names, now) = (self.name_digests(user), self.now());
        let restarts = names
            .iter()
            .map(|name| self.store().restart(&FORGIVENESS, name, now));
        try_join_all(restarts).await?;
        Ok(())
    }
}

/// Seconds since a window that is open was opened.
const fn age(limit: &Limit, open: Exceeded) -> u64 {
    limit.window.saturating_sub(open.retry_after)
}
