//! The suites, one binary. The tree mirrors the URLs; what walks all of them
//! (contracts, guards, races, faults) stands beside it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, with the line that did it"
)]

mod admin;
mod api;
mod auth;
mod authorizer;
mod breaking_glass;
mod cfg;
mod chatbot;
mod contracts;
mod cors;
mod delivery;
mod device;
mod devices;
mod dialects;
mod events;
mod faults;
mod guards;
mod invariants;
mod jwt_attacks;
mod key_parts;
mod load;
mod nauth;
mod notices;
mod oauth2;
mod oidc;
mod openapi;
mod operators;
mod pages;
mod pasted;
mod pictures;
mod races;
mod rates;
mod restored;
mod roles;
mod rotation;
mod secrets;
mod stand_in;
mod storage;
mod template;
mod tokens;
mod trips;
mod vendor;
mod walks;
mod well_known;
