//! Beginning a browser session: its row, and the session behind it made as short
//! as the browser's.

use aws_sdk_dynamodb::types::Update;
use domain::session::Session;

use super::{Step, Transaction};
use crate::item::{number, to_item};
use crate::key::{self, TTL};
use crate::{Browser, StoreError};

impl Transaction<'_> {
    /// Begins `browser`, whose cookie has this digest.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn begin_browser(self, digest: &str, browser: &Browser) -> Result<Self, StoreError> {
        let item = to_item(&key::browser(digest), browser, Some(browser.expires_at))?;
        self.put_new(Step::Begin, item)
    }

    /// Has `session` end when `browser` does: no client holds a token of it.
    ///
    /// # Errors
    /// As [`Transaction::begin_browser`].
    pub fn shorten_session(self, session: &Session, browser: &Browser) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET ends_at = :at, expires_at = :at, #ttl = :at")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(ended)")
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":at", number(browser.expires_at.0));
        self.update(Step::Rotate, &key::session(session.sub, session.id), update)
    }
}
