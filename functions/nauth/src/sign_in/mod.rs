//! Signing up, signing in, and staying signed in.

pub mod login;
pub mod refresh;
pub mod signup;
