//! Sessions: whose a token is, what its session may do, refreshing it and ending it.

pub(crate) mod authenticate;
pub(crate) mod browser;
pub(crate) mod caller;
pub(crate) mod fresh;
pub(crate) mod list;
pub(crate) mod log_out;
pub(crate) mod member;
pub(crate) mod refresh;
pub(crate) mod sign_out;
pub(crate) mod tokens;
