//! Answering what a sign-in waits for.

pub mod challenge_data;
pub mod resend;
pub mod respond;
pub mod setup_data;
