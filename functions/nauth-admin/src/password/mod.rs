//! The password of an account.

pub mod reset;
pub mod set;
