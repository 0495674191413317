//! Points of sale (cashless): their devices, and who works at them.

pub(crate) mod offline_token;
pub(crate) mod operator_token;
pub(crate) mod provisioning;
