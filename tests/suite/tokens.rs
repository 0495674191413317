//! /tokens: what other services ask of us.

mod api_key;
mod introspect;
mod revoke;
mod verify;
