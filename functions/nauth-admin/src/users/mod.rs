//! Accounts: the list of them, and each by itself.

pub mod by_email;
pub mod delete;
pub mod force_password_change;
pub mod list;
pub mod lock;
pub mod logout_all;
pub mod read;
pub mod session_delete;
pub mod sessions;
pub mod update;
pub mod verified;
