//! Rotation of the signing key, on a schedule.
//!
//! Every day it looks whether the key in force has signed for as long as the
//! settings say; if so, it makes the next one, which is published at once and
//! signs some hours later ([`domain::rotation`]). `cargo ctl keys rotate` does
//! the same on an operator's word. If a day fails, the old key goes on, and the
//! next day makes up for it.

use domain::Error;
use flows::{Postern, Rotation, log};
use serde_json::{Value, json};

/// Rotates the key if it is time, whatever the event says. Returns what became of it.
///
/// # Errors
/// [`Error::Unavailable`] if the table or KMS does not answer.
pub async fn rotate(postern: Postern, _: Value) -> Result<Value, Error> {
    Ok(match postern.rotate_if_due().await? {
        Rotation::Published { kid, signs_from } => {
            let signs_from = signs_from.to_string();
            let fields = [
                ("kid", kid.as_str().into()),
                ("signs_from", signs_from.as_str().into()),
            ];
            log::event("signing_key_published", fields);
            json!({ "published": kid, "signs_from": signs_from })
        }
        Rotation::NotDue => json!({ "published": null }),
    })
}
