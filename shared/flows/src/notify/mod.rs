//! Mails and text messages: what they cost, sending them, and those that have to wait.

pub(crate) mod budget;
pub(crate) mod mail;
pub(crate) mod notices;
pub(crate) mod postage;
pub(crate) mod text;
pub(crate) mod topic;
