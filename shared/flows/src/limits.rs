//! Counting what is asked for, by the network that asks.

use domain::limit::Limit;
use domain::{Error, UnixTime};

use crate::{Postern, RequestMeta};

impl Postern {
    /// Counts one more at the network of a request.
    ///
    /// # Errors
    /// [`Error::TooMany`] once the network has used the limit up.
    pub(crate) async fn limit_by_network(
        &self,
        limit: &Limit,
        meta: &RequestMeta,
    ) -> Result<(), Error> {
        let network = self.network_key(meta);
        let counted = self.store().hit(limit, &network, meta.now).await?;
        counted.map(drop).map_err(Error::TooMany)
    }

    /// What is counted by, where it is counted for the network of a request alone. A digest,
    /// since a row may outlive its window by two days, and an address may be one person's.
    pub(crate) fn network_key(&self, meta: &RequestMeta) -> String {
        let network = meta.network().to_string();
        self.ring().keyed_digest("counted network", &[], &network)
    }

    /// What is counted by, where it is counted for `whom` (an id, or the digest of a name)
    /// from the network of a request: a digest of both, since a row that named both
    /// would say where a person is.
    pub(crate) fn whom_and_network(&self, whom: &str, meta: &RequestMeta) -> String {
        let network = meta.network().to_string();
        self.ring()
            .keyed_digest("counted here", whom.as_bytes(), &network)
    }

    /// Counts what was refused because of `why`: returns that, or that there were too many.
    /// For what only a guesser gets wrong often: clients that behave cost no write, and an
    /// office behind one address is not held up by what is right.
    pub(crate) async fn count_refused(
        &self,
        limit: &Limit,
        meta: &RequestMeta,
        why: Error,
    ) -> Error {
        match self.limit_by_network(limit, meta).await {
            Ok(()) => why,
            Err(error) => error,
        }
    }

    /// Takes one hit of a leased budget, if there is one to take it from: for work that
    /// must not be done when it is refused.
    ///
    /// # Errors
    /// [`Error::TooMany`] once the network has used the limit up.
    pub(crate) async fn admitted(
        &self,
        limit: Option<&Limit>,
        meta: &RequestMeta,
    ) -> Result<(), Error> {
        let Some(limit) = limit else { return Ok(()) };
        let network = self.network_key(meta);
        let taken = self.store().take_or_lease(limit, &network, meta.now);
        taken.await?.map_err(Error::TooMany)
    }

    /// Does `work`, which only reads, within the leased budget of `who`: from memory if a
    /// lease is held, else while one is made.
    ///
    /// # Errors
    /// [`Error::TooMany`] once `who` has used the limit up; else what `work` says.
    pub(crate) async fn within<T>(
        &self,
        limit: &Limit,
        who: &str,
        now: UnixTime,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        if let Some(taken) = self.store().take(limit, who, now) {
            taken.map_err(Error::TooMany)?;
            return work.await;
        }
        let (leased, done) = tokio::join!(self.store().lease(limit, who, now), work);
        leased?.map_err(Error::TooMany)?;
        done
    }
}
