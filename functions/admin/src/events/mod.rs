//! Events of cashless, and the query that names one.

pub mod at_event;
pub mod create;
pub mod edit;
pub mod list;
