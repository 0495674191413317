//! /cfg: the DjangoCFG contract.

pub mod accounts;
mod centrifugo;
mod totp;
