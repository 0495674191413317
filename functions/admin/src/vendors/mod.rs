//! Vendors, as administrators lock and delete them.

pub mod delete;
pub mod lock;
pub mod unlock;
