//! The standard's own endpoints: RFC 8628 for registered public clients.

pub mod device_authorization;
pub mod token;
