//! Sign-ins that wait for an answer, and go on with it.
//!
//! A sign-in that lacks something opens a challenge ([`open`]). Each right answer spends
//! the challenge and writes what it proves in one transaction, and either brings tokens or
//! opens the next challenge ([`answer`], and a file for each kind of answer). The codes that
//! prove addresses are in [`code`].

pub(crate) mod answer;
pub(crate) mod code;
mod contact;
mod new_password;
mod number;
pub(crate) mod open;
pub(crate) mod passkey;
pub(crate) mod resend;
mod set_up_factor;
