//! Choosing a password, and replacing a forgotten one.

pub(crate) mod choose;
pub(crate) mod reset;
