//! How far a browser has come in a sign-in.
//!
//! What the next page has to know travels in its address and its form: sealed, since a name
//! or the number of a sign-in that waits has no business in anybody's log, and for this
//! browser's cookie alone, so that nobody can send another person into a sign-in of theirs.
//! It proves nothing. What counts was written where it happened: a code's row, a challenge.

use domain::Error;
use domain::next_page::NextPage;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Postern;

/// What a page of a sign-in has to know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageStep {
    /// The address, number or username that was typed.
    #[serde(default, rename = "n", skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Where the browser goes in the end.
    #[serde(default, rename = "c", skip_serializing_if = "Option::is_none")]
    pub next: Option<NextPage>,
    /// The language that was asked for, where another than the browser's was.
    #[serde(default, rename = "l", skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The sign-in that waits for an answer.
    #[serde(default, rename = "w", skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Uuid>,
    /// Whether the person came to make an account.
    #[serde(default, rename = "u", skip_serializing_if = "std::ops::Not::not")]
    pub signs_up: bool,
}

impl Postern {
    /// `step` for the next page of the browser that bears `cookie`.
    ///
    /// # Errors
    /// A function that does not hold the part of the key ring.
    pub fn seal_step(&self, cookie: &str, step: &PageStep) -> Result<String, Error> {
        let plain = serde_json::to_vec(step)
            .map_err(|error| Error::Internal(format!("a step of a sign-in: {error}")))?;
        self.seal_personal(&self.step_context(cookie), &plain)
    }

    /// What was sealed for the browser that bears `cookie`; `None` for anything else.
    #[must_use]
    pub fn open_step(&self, cookie: &str, sealed: &str) -> Option<PageStep> {
        let plain = self.open_personal(&self.step_context(cookie), sealed);
        serde_json::from_slice(&plain.ok()?).ok()
    }

    fn step_context(&self, cookie: &str) -> String {
        format!("page step/{}", self.cookie_digest(cookie))
    }
}
