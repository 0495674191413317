//! A forgotten password: a mail with a token, and what the token buys.

pub mod choose;
pub mod request;
