//! Changing a password, and the ways back to a forgotten one.

pub mod admin_reset;
pub mod change;
pub mod forgot;
