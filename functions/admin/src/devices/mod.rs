//! The points of sale of events.

pub mod edit;
pub mod list;
pub mod register;
