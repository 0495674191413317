//! Codes by mail and text message: asking for one, trying one, and what the right one buys.

pub(crate) mod redeem;
pub(crate) mod request;
pub(crate) mod verify;
