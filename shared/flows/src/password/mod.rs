//! Choosing a password, and replacing a forgotten one.

pub(crate) mod change;
pub(crate) mod choose;
mod first;
pub(crate) mod reset;
pub(crate) mod reset_code;
