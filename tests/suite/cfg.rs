//! /cfg: the DjangoCFG contract.

mod accounts;
