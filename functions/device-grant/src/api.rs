//! Ravi's contract: its two device routes, and the routes of keys and identities
//! that its own programs use after a sign-in.

pub mod identities;
pub mod key_revoke;
pub mod keys_identity;
pub mod keys_management;
pub mod start;
pub mod token;
