//! Clients, and what a person's browser brings them (OpenID Connect).
//!
//! ```text
//! authorize ─ signed in, agreed? ── yes ─▶ code ─▶ token_endpoint ─▶ session, ID token
//!                    │ no                                 ▲
//!                    ▼                                    │
//!          the request waits ─ sign-in, consent ─ go_on ──┘
//! ```

pub(crate) mod authorize;
pub(crate) mod client_auth;
pub(crate) mod clients;
pub(crate) mod code;
pub(crate) mod consent;
pub(crate) mod go_on;
pub(crate) mod logout;
pub(crate) mod token_endpoint;
pub(crate) mod userinfo;
