//! Who works at an event.

pub mod appoint;
pub mod dismiss;
pub mod edit;
pub mod list;
