//! The user's own account.

pub mod read;
pub mod update;
