//! The suites, one binary. The tree mirrors the URLs; what walks all of them
//! (contracts, guards, races, faults) stands beside it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, with the line that did it"
)]

mod auth;
mod cfg;
mod contracts;
mod delivery;
mod dialects;
mod faults;
mod guards;
mod openapi;
mod operators;
mod races;
mod rates;
mod stand_in;
mod storage;
mod template;
mod trips;
