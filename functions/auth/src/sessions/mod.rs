//! Sessions: refreshing, listing and ending them.

pub mod delete;
pub mod list;
pub mod logout;
pub mod refresh;
pub mod token_refresh;
