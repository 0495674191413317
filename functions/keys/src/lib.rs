//! The key ring: made once, and its signing key rotated on a schedule.
//!
//! CloudFormation calls it while a stack is deployed, as the maker of a custom resource:
//! by then it has started, and its start makes the ring ([`mod@deployment`]). No other
//! function may write the ring, so the API answers nobody before that.
//!
//! Every day it looks whether the key in force has signed for as long as the
//! settings say; if so, it makes the next one, which is published at once and
//! signs some hours later ([`domain::rotation`]). `cargo ctl keys rotate` does
//! the same on an operator's word. If a day fails, the old key goes on, and the
//! next day makes up for it.

mod deployment;

use domain::Error;
use domain::key_ring::{KeyPart, KeyParts};
use flows::{Postern, Rotation, log};
use serde_json::{Value, json};

use deployment::Notice;

/// The parts of the key ring that its operations use.
pub const KEYS: KeyParts = KeyParts::of(&[KeyPart::Signing]);

/// Tells CloudFormation that the ring is there, where it asks; for any other event, rotates
/// the key if it is time.
///
/// # Errors
/// [`Error::Unavailable`] if the table, KMS or CloudFormation does not answer.
pub async fn answer(postern: Postern, event: Value) -> Result<Value, Error> {
    match Notice::read(&event) {
        Some(notice) => notice.answer().await,
        None => {
            let rotated = rotate(postern).await?;
            log::event("schedule_served", []);
            Ok(rotated)
        }
    }
}

async fn rotate(postern: Postern) -> Result<Value, Error> {
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
