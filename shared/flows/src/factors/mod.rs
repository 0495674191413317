//! Second factors of an account: setting up, removing, and counting what is tried at them.

pub(crate) mod attempts;
pub(crate) mod authenticators;
pub(crate) mod backup_codes;
pub(crate) mod setup;
pub(crate) mod single;
