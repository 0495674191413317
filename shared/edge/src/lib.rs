//! HTTP: reading requests, knowing callers, rendering answers.
//!
//! A handler sees values only: who is calling ([`caller`]), what was sent
//! ([`body`]), under what circumstances ([`meta`]). Each is an argument, so a
//! forgotten check does not compile. When something is refused, by an argument or by the
//! flow, the refusal travels as a [`domain::Error`] inside the response until the route's
//! [`dialect`] renders it. axum's own rejections never reach a client.
//!
//! Which pages may call is decided for all of them at once, in [`cors`].
//!
//! Adding a contract's style of errors is adding one file under `dialect/`. What
//! several families of one contract answer is under `contract/`, as [`djangocfg`].

pub mod contract;
pub mod cors;
pub mod dialect;
mod extract;
mod lambda;
pub mod openapi;
pub mod page;
pub mod qr;
mod refusal;
pub mod routes;
mod slashes;

pub use contract::{auth_service, cashless, djangocfg, fastapi, nauth};
pub use extract::body::{
    AnyBody, Body, Fields, File, FileForm, Form, FromFields, JsonOrForm, ListQuery, Nothing, Query,
    Rejected,
};
pub use extract::caller::{
    Admin, AgentKey, BasicClient, Bearer, Browser, BrowserCookie, FreshAdmin, FreshButFactor,
    FreshUser, Introspector, KeyOrUser, ManagementKey, Pending, PendingOrAdmin, ProvenUser,
    RequestCookie, TokenBearer, User, VendorCaller, VerifiedAdmin,
};
pub use extract::meta::{self, Meta};
pub use extract::paging::next_page;
pub use extract::path::{BodyAt, Id, Number, Segment};
pub use extract::{body, caller};
pub use flows::settings::AllowedOrigins;
pub use lambda::function::function;
pub use lambda::listen::{listen, listen_with_new_keys, listen_with_outbox};
pub use lambda::serve::{run, serve};
pub use lambda::{event, listen, serve};
pub use refusal::{Refusal, Reply};
pub use routes::Routes;
