//! A user's own account.

pub mod confirm_email;
pub mod profile_update;
pub mod register;
pub mod verify_user;
