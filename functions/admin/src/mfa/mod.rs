//! The second factor of whoever is signed in (cashless).

pub mod setup;
pub mod verify;
