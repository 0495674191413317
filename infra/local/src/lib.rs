//! Postern on one machine: what `cargo dev` runs, and what tests build on.
//!
//! Everything that AWS would stand for is here, made from the same
//! `template.yaml` that is deployed there:
//!
//! | part | stands for |
//! |---|---|
//! | [`gateway`] | API Gateway: routes, events, limits |
//! | [`engine`] | DynamoDB: the tables, their TTL |
//! | [`event_source`] | Lambda's reading of a table's stream |
//! | [`sinks`] | SES, SNS and EventBridge, whose messages land in the [`inbox`], and S3, whose objects land in a folder |
//! | [`github`] | GitHub, and a site that signs in through it |
//! | [`firebase`] | Firebase Authentication: its keys, and tokens for any person asked for |
//! | [`social`] | Google, Apple and Facebook: their questions, codes and tokens |
//! | [`recaptcha`] | reCAPTCHA's verifier |
//! | [`stack`] | the functions' configuration, and the wrapping key in place of KMS |
//!
//! [`template`] reads the template, [`local_stack`] knows ports and paths, and
//! [`server`] puts the gateway on a socket. The binary `dev` ties them
//! together; a test needs no socket: [`gateway::Gateway::handle`] takes a
//! request and gives the response.

pub mod clock;
pub mod engine;
pub mod event_source;
pub mod firebase;
pub mod gateway;
pub mod github;
pub mod inbox;
pub mod local_stack;
pub mod recaptcha;
pub mod server;
mod signing;
pub mod sinks;
pub mod social;
pub mod stack;
pub mod template;
