//! /cfg: the DjangoCFG contract.

mod accounts;
mod centrifugo;
mod totp;
