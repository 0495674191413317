//! HTTP: reading requests, knowing callers, wording answers.
//!
//! A handler sees values only: who is calling ([`caller`]), what was sent
//! ([`body`]), under what circumstances ([`meta`]). Each is an argument, so a
//! forgotten check does not compile. When something is refused, by an argument
//! or by the flow, the refusal travels as a [`domain::Error`] inside the
//! response until the route's [`dialect`] words it. axum's own rejections never
//! reach a client.
//!
//! Adding a contract's style of errors is adding one file under `dialect/`. What
//! several families of one contract answer stands beside it, as [`djangocfg`].

pub mod auth_service;
pub mod body;
pub mod caller;
pub mod cashless;
pub mod dialect;
pub mod djangocfg;
pub mod event;
pub mod fastapi;
pub mod function;
pub mod listen;
mod log;
pub mod meta;
pub mod openapi;
pub mod page;
mod paging;
mod path;
mod refusal;
pub mod routes;
pub mod serve;
mod slashes;

pub use body::{
    AnyBody, Body, Fields, File, FileForm, Form, FromFields, JsonOrForm, Query, Rejected,
};
pub use caller::{
    Admin, AgentKey, Bearer, Browser, BrowserCookie, FreshAdmin, FreshButFactor, FreshUser,
    Introspector, KeyOrUser, ManagementKey, Pending, PendingOrAdmin, ProvenUser, TokenBearer, User,
    VendorCaller, VerifiedAdmin,
};
pub use function::function;
pub use listen::listen;
pub use meta::Meta;
pub use paging::next_page;
pub use path::{BodyAt, Id, Number, Segment};
pub use refusal::{Refusal, Reply};
pub use routes::Routes;
pub use serve::{run, serve};
