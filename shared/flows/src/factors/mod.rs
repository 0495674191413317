//! Second factors of an account: setting up, removing, and counting what is tried at them.

pub(crate) mod attempts;
pub(crate) mod authenticators;
pub(crate) mod backup_codes;
pub(crate) mod change;
pub(crate) mod confirm;
pub(crate) mod enroll;
pub(crate) mod methods;
pub(crate) mod passkeys;
pub(crate) mod setup;
pub(crate) mod single;
