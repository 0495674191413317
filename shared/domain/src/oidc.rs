//! OpenID Connect: a person's browser brings a client a code, and the code buys tokens that
//! say who the person is.
//!
//! | module | what it is |
//! |---|---|
//! | [`scope`] | what a client may ask for |
//! | [`request`] | what a client asks for, and what is wrong with it |
//! | [`code`] | what a code stands for until it is exchanged |
//! | [`claims`] | what a client is told of a person |
//!
//! Clients and the consent that people give them are in [`crate::client`].

pub mod claims;
pub mod code;
pub mod request;
pub mod scope;
