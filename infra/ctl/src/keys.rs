//! `cargo ctl keys …`: the key ring.

use clap::Subcommand;
use domain::rotation::Occasion;
use flows::{Postern, Rotation};
use serde_json::json;

use crate::Failure;
use crate::report::Report;

/// What can be done to the key ring.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Make the key ring, unless there is one.
    ///
    /// The first function that starts would make it too. Doing it before the
    /// first request shows that the key and the tables can be reached.
    Init,
    /// Make and publish the next signing key, without waiting for the schedule.
    ///
    /// It signs three hours later, when every service that verifies our tokens has
    /// learned of it. Tokens that the old key signed stay good. While a key waits for its
    /// time no other is made.
    Rotate,
    /// Print the secret that a Centrifugo server checks our tokens with.
    ///
    /// It goes into the server's configuration as `token_hmac_secret_key`, and nowhere
    /// else: with it an attacker can be any user there.
    RealtimeSecret,
}

impl Command {
    /// Does it. Opening an installation makes its ring, so that is done by now.
    ///
    /// # Errors
    /// If the ring cannot be read or written.
    pub async fn run(&self, postern: &Postern) -> Result<Report, Failure> {
        Ok(match self {
            Self::Rotate => {
                let rotated = postern.rotate_signing_key(Occasion::Operator, postern.now());
                rotation(rotated.await?)
            }
            Self::RealtimeSecret => {
                let secret = postern.realtime_secret();
                Report {
                    json: json!({ "realtime_secret": secret }),
                    text: secret,
                }
            }
            Self::Init => {
                let key_id = postern.signing_key_id();
                let since = postern.signing_key_since().map(|since| since.to_string());
                let made = since
                    .as_ref()
                    .map_or_else(String::new, |since| format!(", made {since}"));
                Report {
                    text: format!(
                        "the key ring is ready; tokens are signed with the key {key_id}{made}"
                    ),
                    json: json!({ "signing_key_id": key_id, "made_at": since }),
                }
            }
        })
    }
}

fn rotation(rotated: Rotation) -> Report {
    match rotated {
        Rotation::Published { kid, signs_from } => Report {
            text: format!("the key {kid} is published, and signs from {signs_from} on"),
            json: json!({ "published": kid, "signs_from": signs_from.to_string() }),
        },
        Rotation::NotDue => Report {
            text: "a key is published already and waits for its time".to_owned(),
            json: json!({ "published": null }),
        },
    }
}
