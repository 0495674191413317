//! `/oauth/…`: OpenID Connect, by what can be done and by what must not.

mod attacks;
pub mod client;
mod codes;
mod consent;
mod logout;
mod machines;
mod prompts;
mod requests;
mod tokens;
