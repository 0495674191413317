//! Letting a device in (RFC 8628): its request, the user's answer, and the exchange.

pub(crate) mod answer;
pub(crate) mod exchange;
pub(crate) mod request;
