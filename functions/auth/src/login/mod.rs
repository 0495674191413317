//! Every way to sign in.

pub mod device;
pub mod firebase;
pub mod form;
pub mod json;
pub mod phone;
pub mod phone_verify;
