//! What administrators and the command line do to accounts.

pub(crate) mod accounts;
pub(crate) mod directory;
pub(crate) mod erase;
pub(crate) mod exemption;
pub(crate) mod import;
pub(crate) mod look_up;
pub(crate) mod name_review;
pub(crate) mod restore;
pub(crate) mod users;
