//! From which origins browsers and apps may call.
//!
//! A deployment names a few ([`crate::settings::AllowedOrigins`]). Lists that grow are a
//! row of the main table, as the environment of a function has room for 4 KB: operators
//! edit it, and no deployment is needed. A running function keeps a copy, and looks at the
//! row again once a minute at most, so a change has reached all of them a minute later.

use std::sync::{Arc, PoisonError, RwLock};

use domain::origin::{LOOK_EVERY, Origin, OriginKind, Origins, Page};
use domain::{Error, UnixTime};
use store::Store;

use crate::last_look::LastLook;
use crate::{MAX_ROUNDS, Postern, log};

/// The origins as a running function knows them.
pub(crate) struct OriginsCache {
    origins: RwLock<Arc<Origins>>,
    last_look: LastLook,
}

impl OriginsCache {
    /// Reads the row. There may be none: then nothing is listed.
    pub(crate) async fn open(store: &Store, now: UnixTime) -> Result<Self, Error> {
        let origins = store.origins().await?.unwrap_or_default();
        Ok(Self {
            origins: RwLock::new(Arc::new(origins)),
            last_look: LastLook::at(now),
        })
    }

    fn origins(&self) -> Arc<Origins> {
        let origins = self.origins.read();
        origins.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn adopt(&self, origins: Origins) -> Arc<Origins> {
        let origins = Arc::new(origins);
        let mut copy = self.origins.write().unwrap_or_else(PoisonError::into_inner);
        *copy = origins.clone();
        origins
    }
}

/// A page of an origin that the installation lists: the one kind of a client's URL that our
/// letters link. Only [`Postern::listed_page`] makes any.
#[derive(Clone, Debug)]
pub struct ListedPage(Page);

impl ListedPage {
    /// Its URL with `code` in the query.
    pub(crate) fn with_code(&self, code: &str) -> String {
        self.0.with_parameter("code", code)
    }
}

impl Postern {
    /// The origins that operators have listed, as of the last look.
    #[must_use]
    pub fn origins(&self) -> Arc<Origins> {
        self.0.origins_cache.origins()
    }

    /// What runs at `origin`, or nothing if it may not call. What the deployment allows is
    /// a site, unless operators have listed it as an app.
    #[must_use]
    pub fn origin_kind(&self, origin: &str) -> Option<OriginKind> {
        let listed = self.origins().kind(origin);
        let allowed = || self.settings().allowed_origins.contains(origin);
        listed.or_else(|| allowed().then_some(OriginKind::Web))
    }

    /// The page that `url` is, if its origin is one that the installation lists.
    #[must_use]
    pub fn listed_page(&self, url: &str) -> Option<ListedPage> {
        let page = Page::parse(url)?;
        self.origin_kind(page.origin().as_str())?;
        Some(ListedPage(page))
    }

    /// Looks at the row again if that was a minute ago. If it cannot be read now, the copy
    /// at hand will do for another one: to forget it would shut every application out.
    pub async fn keep_origins_current(&self, now: UnixTime) {
        if !self.0.origins_cache.last_look.is_due(LOOK_EVERY, now) {
            return;
        }
        match self.store().origins().await {
            Ok(origins) => drop(self.0.origins_cache.adopt(origins.unwrap_or_default())),
            Err(error) => {
                let cause = Error::from(error).to_string();
                log::event("origins_unread", [("cause", cause.into())]);
            }
        }
    }

    /// Lists one more origin.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it is listed already, as either kind.
    pub async fn add_origin(
        &self,
        kind: OriginKind,
        origin: &Origin,
    ) -> Result<Arc<Origins>, Error> {
        self.edit_origins(|origins| origins.with(kind, origin.clone()).ok_or(Error::Conflict))
            .await
    }

    /// Takes an origin from the lists. What a page of it was answered stays with it.
    ///
    /// # Errors
    /// [`Error::Missing`] if it is not listed.
    pub async fn remove_origin(&self, origin: &Origin) -> Result<Arc<Origins>, Error> {
        self.edit_origins(|origins| origins.without(origin).ok_or(Error::Missing))
            .await
    }

    async fn edit_origins(
        &self,
        edit: impl Fn(&Origins) -> Result<Origins, Error>,
    ) -> Result<Arc<Origins>, Error> {
        for _ in 0..MAX_ROUNDS {
            let before = self.store().origins().await?;
            let next = match &before {
                Some(before) => edit(before)?,
                None => edit(&Origins::default())?,
            };
            if self.store().replace_origins(before.as_ref(), &next).await? {
                return Ok(self.0.origins_cache.adopt(next));
            }
        }
        Err(Error::Unavailable("the origins stay contended".to_owned()))
    }

    /// Lists these, unless anything was ever listed. Whether it did.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn create_origins(&self, origins: Origins) -> Result<bool, Error> {
        let created = self.store().replace_origins(None, &origins).await?;
        if created {
            self.0.origins_cache.adopt(origins);
        }
        Ok(created)
    }
}
