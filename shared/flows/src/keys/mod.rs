//! Keys that outlast sessions: of a user, of a service, of a user's agents.

pub(crate) mod agent;
pub(crate) mod personal;
pub(crate) mod service;
