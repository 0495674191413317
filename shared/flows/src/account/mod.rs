//! What users do with their own account: registering, the profile, the address, leaving.

pub(crate) mod attributes;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod email_change;
pub(crate) mod email_page;
pub(crate) mod picture;
pub(crate) mod profile;
pub(crate) mod register;
pub(crate) mod sign_up;
