//! A forgotten password (cashless): a mail with a token, and what the token buys.

pub mod choose;
pub mod send;
