//! What a person and a chatbot said to each other, for the topic's subscribers.

use serde::Serialize;
use uuid::Uuid;

use crate::UnixTime;
use crate::account::User;
use crate::limit::{Limit, Quota};
use crate::time::MINUTE;

/// The most characters of what kind of thing was said.
pub const LONGEST_TYPE: usize = 64;

/// The most characters of what was said, by either: both together, as JSON may
/// escape them, are well under the 256 KiB that a topic takes.
pub const LONGEST_MESSAGE: usize = 8000;

/// Interactions, per account. The contract names no limit; a person types slower.
pub const INTERACTIONS_PER_ACCOUNT: Limit = Limit {
    name: "interaction",
    window: MINUTE,
    budget: 60,
    quota: Quota::Network,
};

/// What a client says was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interaction {
    /// Whose it is, if the client says so: see [`Interaction::is_of`].
    pub user_id: Option<u64>,
    /// The vendor that it is about.
    pub vendor_id: Option<u64>,
    /// What kind of thing was said.
    pub interaction_type: Option<String>,
    /// What the person said.
    pub message: Option<String>,
    /// What the chatbot said.
    pub response: Option<String>,
}

/// What is published: the same, by the account whose session brought it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Published {
    /// Its own name, by which a subscriber knows a repetition.
    pub id: Uuid,
    /// When it was brought.
    pub published_at: UnixTime,
    /// The account.
    pub sub: Uuid,
    /// The account's integer id.
    pub user_id: u64,
    /// The vendor that it is about.
    pub vendor_id: Option<u64>,
    /// What kind of thing was said.
    pub interaction_type: Option<String>,
    /// What the person said.
    pub message: Option<String>,
    /// What the chatbot said.
    pub response: Option<String>,
}

impl Interaction {
    /// Whether `user` may bring it: only their own, where the original service took any
    /// `user_id` that its caller typed.
    #[must_use]
    pub fn is_of(&self, user: &User) -> bool {
        self.user_id.is_none_or(|id| id == user.uid)
    }

    /// As `user` brings it at `now`.
    #[must_use]
    pub fn of(self, user: &User, id: Uuid, now: UnixTime) -> Published {
        Published {
            id,
            published_at: now,
            sub: user.sub,
            user_id: user.uid,
            vendor_id: self.vendor_id,
            interaction_type: self.interaction_type,
            message: self.message,
            response: self.response,
        }
    }
}
