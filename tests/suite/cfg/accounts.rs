//! /cfg/accounts

mod api_key;
mod avatar;
pub mod oauth;
mod otp_request;
mod otp_verify;
mod profile;
mod profile_delete;
mod token_refresh;
