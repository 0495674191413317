//! The keys that Firebase signs ID tokens with.

use domain::UnixTime;
use domain::id_token::PublishedKey;

use crate::Failure;
use crate::published_keys::PublishedKeys;

/// A Firebase project, as its operator names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirebaseProject {
    /// Its id: `aud` of its tokens.
    pub id: String,
    /// Where its keys are published.
    pub keys_url: String,
}

/// A project, and its keys as far as they are known.
#[derive(Debug)]
pub struct Firebase {
    id: String,
    keys: PublishedKeys,
}

impl Firebase {
    /// A project. Nothing is asked yet.
    #[must_use]
    pub fn new(project: FirebaseProject) -> Self {
        Self {
            id: project.id,
            keys: PublishedKeys::new(project.keys_url),
        }
    }

    /// The project's id.
    #[must_use]
    pub fn project(&self) -> &str {
        &self.id
    }

    /// The key called `kid`, if there is one.
    ///
    /// # Errors
    /// [`Failure`], if the keys that are known are too old and there are no others.
    pub async fn key(&self, kid: &str, now: UnixTime) -> Result<Option<PublishedKey>, Failure> {
        self.keys.key(kid, now).await
    }
}
