//! What handlers take as arguments: callers, bodies, parts of the path, circumstances.

pub mod body;
pub mod caller;
pub(crate) mod cookies;
pub mod meta;
pub(crate) mod paging;
pub(crate) mod path;
