//! Second factors of an account.

pub mod exemption;
pub mod preferred;
pub mod remove;
pub mod status;
