//! Codes that are sent by text message or by mail: what is kept of where they go.
//!
//! Both are weaker than an app. A text can be led astray on its way
//! ([`crate::phone_code`]), and whoever reads the mailbox of an account may reset its
//! password as well, so that a code by mail is a second factor only against those who know
//! the password alone.

use serde::{Deserialize, Serialize};

use crate::{EmailAddress, PhoneNumber};

/// What only a telephone has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmsState {
    /// The number that was proven when it was set up.
    pub phone: PhoneNumber,
}

/// What only a mailbox has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailState {
    /// The address that was proven when it was set up.
    pub email: EmailAddress,
}
