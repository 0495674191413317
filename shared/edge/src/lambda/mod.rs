//! From an event of Lambda to a request of the family's router, and back.

pub mod event;
pub mod function;
pub mod listen;
pub(crate) mod log;
pub mod serve;
