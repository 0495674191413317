//! Tokens for other services: introspection (RFC 7662), revocation (RFC 7009), realtime.

pub(crate) mod introspect;
pub(crate) mod realtime;
pub(crate) mod revoke;
pub(crate) mod validate;
