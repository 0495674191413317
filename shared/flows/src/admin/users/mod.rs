//! What administrators see of accounts and do to them by name, one by one (nauth).
//!
//! What guards an account (its names, its password, its factors, what it has proven) an
//! administrator changes for others only, by a fresh sign-in: for their own there is what
//! every user has, which asks for more. Whatever only withdraws access takes no fresh
//! sign-in. Each change holds the administrator to being one still, by a condition in the
//! transaction that makes it.

pub(crate) mod attributes;
pub(crate) mod delete;
pub(crate) mod factors;
pub(crate) mod lock;
pub(crate) mod look;
pub(crate) mod password;
pub(crate) mod people;
pub(crate) mod sessions;
pub(crate) mod sign_up;
pub(crate) mod verified;
