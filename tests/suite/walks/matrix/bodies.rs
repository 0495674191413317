//! One valid request for every operation of every contract.
//!
//! Valid means: a principal who may do this gets what they ask for. What a request uses
//! up (a code, a token, an account to lock) is made for the cell. What the principal's
//! own account would have to hold (an app whose secret waits to be confirmed, a link) is
//! put there by its owner where the principal cannot: a device that may not begin setting
//! up a factor may not complete what its owner began, either.

mod accounts;
mod admin;
mod auth;
mod devices;
mod nauth;
mod nauth_admin;
mod pages;
mod ravi;
mod totp;
mod vendors;

use super::cell::Row;

/// All rows, in the order of the table.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    [
        auth::ROWS,
        accounts::ROWS,
        totp::ROWS,
        admin::ROWS,
        devices::ROWS,
        ravi::ROWS,
        pages::ROWS,
        vendors::ROWS,
        nauth::ROWS,
        nauth_admin::ROWS,
    ]
    .into_iter()
    .flatten()
}
