//! The suites, one binary. The tree mirrors the URLs; what walks all of them
//! (contracts, guards, races, faults) stands beside it.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing member fails the test, with its line"
)]

mod cfg;
mod dialects;
mod faults;
mod guards;
mod operators;
mod races;
mod storage;
mod template;
