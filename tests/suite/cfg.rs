//! /cfg: the DjangoCFG contract.

mod accounts;
mod totp;
