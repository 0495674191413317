//! The caller's own second factor (cashless).

pub mod setup;
pub mod verify;
