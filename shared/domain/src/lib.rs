//! What Postern knows about people, sign-ins and sessions, and nothing about
//! how any of it is stored, sent or worded.
//!
//! Everything here is a value or a function of values: `now` and random bytes
//! come in as arguments, verdicts go out. That keeps every rule readable on one
//! screen and testable without a table, and it is why the five contracts can
//! share it: they disagree about words and shapes, never about what happened.
//!
//! Where to look:
//!
//! - [`account`] and [`profile`]: a person, and what they may change of it;
//! - [`email_code`] and [`phone_code`]: one-time codes by mail and text message, and
//!   the arithmetic of guessing them;
//! - [`password`]: which will do, and what is kept of one;
//! - [`sign_in`]: what a proven identity still has to do before it gets tokens;
//! - [`factors`]: second factors, and what changing them takes;
//! - [`provider`], [`firebase`] and [`id_token`]: whose sign-in it is that comes from
//!   elsewhere;
//! - [`session`] and [`token`]: what a sign-in leaves behind, and its rotation;
//! - [`trusted_device`]: where a second factor is not asked for;
//! - [`risk`] and [`place`]: how far a sign-in differs from those before it;
//! - [`api_key`] and [`realtime`]: what a person's programs and browsers hold;
//! - [`device_grant`] and [`agent`]: how a program without a keyboard gets in, and
//!   the identities and keys that it gets;
//! - [`client`] and [`oidc`]: applications that a person signs in to with us;
//! - [`picture`]: what a profile picture may be, and what is kept of it;
//! - [`pos`]: events, the devices that work at them, and their operators;
//! - [`service_key`]: what other services hold;
//! - [`vendor`] and [`interaction`]: who sells, and what is said to a chatbot;
//! - [`origin`]: from where browsers and apps may call;
//! - [`rotation`]: when a signing key signs, and how long it is published;
//! - [`limit`] and [`network`]: who may try how often, counted by what;
//! - [`error`]: the closed list of everything that can go wrong.

pub mod accent;
pub mod account;
pub mod agent;
mod amr;
pub mod api_key;
pub mod audit;
pub mod client;
pub mod contact;
pub mod contract;
pub mod device_grant;
pub mod email;
pub mod email_change;
pub mod email_code;
pub mod error;
pub mod factors;
pub mod firebase;
pub mod id_token;
pub mod interaction;
pub mod key_ring;
pub mod letter_budget;
pub mod limit;
pub mod network;
pub mod next_page;
pub mod oidc;
pub mod origin;
pub mod password;
pub mod paste;
pub mod phone;
pub mod phone_code;
pub mod picture;
pub mod place;
pub mod platform;
pub mod pos;
pub mod profile;
pub mod provider;
pub mod realtime;
pub mod recaptcha;
pub mod risk;
pub mod rotation;
pub mod secret;
pub mod service_key;
pub mod session;
pub mod sign_in;
pub mod time;
pub mod token;
pub mod trusted_device;
pub mod username;
pub mod vendor;
pub mod verification;

pub use contact::Contact;
pub use contract::Contract;
pub use email::EmailAddress;
pub use error::{
    AuthFailure, ClaimKind, Closed, Error, GrantFailure, Part, Problem, ProblemKind,
    ResetCodeFailure,
};
pub use network::ClientNetwork;
pub use phone::PhoneNumber;
pub use platform::{Clock, Entropy};
pub use time::UnixTime;
