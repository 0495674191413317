//! Events: what operators and devices are for.

use serde::{Deserialize, Serialize};

use crate::UnixTime;

/// The most characters of an event's or a device's name.
pub const MAX_NAME_LENGTH: usize = 100;

/// An event, such as a festival.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PosEvent {
    /// Its integer id.
    pub id: u64,
    /// What people call it.
    pub name: String,
    /// Counts edits of this row.
    pub rev: u64,
    /// When it was made.
    pub created_at: UnixTime,
    /// When it ended. Nothing is issued for it since, and what was is no good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<UnixTime>,
}

impl PosEvent {
    /// Whether it goes on.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.ended_at.is_none()
    }
}
