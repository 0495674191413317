//! The harness that every suite stands on.
//!
//! A test gets a [`World`] of its own: a fresh engine with the template's tables, a clock
//! that stands still until it is told, entropy that repeats, an inbox, and the functions
//! behind the local stack's gateway. It speaks to that world as a caller: [`Anyone`], or
//! a [`Member`] who has signed in. Between the SDK and the engine sits a [`Tap`], which
//! sees every call, can make one fail, and can take the conditions out of writes, so that
//! a race test can show that it is able to fail.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a harness fails the test by panicking, with the line that did it"
)]

mod admin;
mod answer;
mod authenticator;
pub mod contract;
mod entropy;
pub mod forge;
mod golden;
mod passkey;
mod persona;
pub mod places;
pub mod site;
mod tally;
mod tap;
mod visitor;
mod world;

pub use admin::{Admin, Service};
pub use answer::Answer;
pub use authenticator::Authenticator;
pub use entropy::{SeededEntropy, TestClock};
pub use golden::golden;
pub use passkey::SecurityKey;
pub use persona::{Anyone, Member};
pub use tally::{Answers, Tally};
pub use tap::{Call, Fault, Tap, Twist};
pub use visitor::Visitor;
pub use world::{START, World, other_engine, root};
