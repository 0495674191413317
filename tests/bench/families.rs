//! The families that are measured, and the operations of each.
//!
//! A new family is a file with its operations and a line in [`ALL`]. What the
//! design allows an operation stands beside it; what it allows every process,
//! and every sign-in, stands in [`crate::budget`].

pub mod accounts;
pub mod admin;
pub mod auth;
pub mod avatar;
pub mod chatbot;
pub mod device_grant;
pub mod devices;
pub mod docs;
pub mod nauth;
pub mod nauth_admin;
pub mod nauth_mfa;
pub mod nauth_social;
pub mod oauth;
pub mod pages;
pub mod realtime;
pub mod tokens;
pub mod totp;
pub mod vendor;

use crate::operation::Operation;

/// One function.
pub struct Family {
    /// Its binary.
    pub name: &'static str,
    /// What is asked of it, in the order of the report.
    pub operations: &'static [&'static Operation],
}

/// All of them, in the order of the report.
pub const ALL: &[&Family] = &[
    &accounts::FAMILY,
    &totp::FAMILY,
    &oauth::FAMILY,
    &realtime::FAMILY,
    &avatar::FAMILY,
    &auth::FAMILY,
    &tokens::FAMILY,
    &admin::FAMILY,
    &devices::FAMILY,
    &nauth::FAMILY,
    &nauth_mfa::FAMILY,
    &nauth_social::FAMILY,
    &nauth_admin::FAMILY,
    &vendor::FAMILY,
    &chatbot::FAMILY,
    &pages::FAMILY,
    &device_grant::FAMILY,
    &docs::FAMILY,
];
