//! The user's own sessions.

pub mod delete;
pub mod list;
pub mod logout;
