//! `cargo ctl keys …`: the key ring.

use clap::Subcommand;
use domain::Error;
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
    /// Deploying a stack makes it too, by the one function that may. Doing it again shows
    /// that the key and the tables can be reached.
    Init,
    /// Make and publish the next signing key, without waiting for the schedule.
    ///
    /// It signs three hours later, when every service that verifies our tokens has
    /// learned of it. Tokens that the old key signed stay good. While a key waits for its
    /// time no other is made.
    Rotate,
    /// End a signing key that has leaked: its tokens are refused from now on.
    ///
    /// Running functions know it within 30 seconds; if the key signs now, another takes
    /// over at once. Users stay signed in, as their clients refresh. Copies of the public
    /// keys that other services keep go on for as long as those keep them: an hour at most
    /// where they heed Cache-Control, two at API Gateway's own JWT authorizer. A key that
    /// has not leaked retires by itself: see `rotate`.
    Revoke {
        /// Its name, as tokens and the published key set have it
        #[arg(value_name = "KID", allow_hyphen_values = true)]
        kid: String,
        /// Now, and not when its tokens have ended by themselves
        #[arg(long, required = true)]
        now: bool,
    },
    /// Print the secret that a Centrifugo server checks our tokens with.
    ///
    /// It goes into the server's configuration as `token_hmac_secret_key`, and nowhere
    /// else: with it an attacker can be any user there.
    RealtimeSecret,
}

impl Command {
    /// Does it. `Init` opens the installation in a way that makes its ring, so that is
    /// done by now.
    ///
    /// # Errors
    /// If the ring cannot be read or written.
    pub async fn run(&self, postern: &Postern) -> Result<Report, Failure> {
        Ok(match self {
            Self::Rotate => {
                let rotated = postern.rotate_signing_key(Occasion::Operator, postern.now());
                rotation(rotated.await?)
            }
            Self::Revoke { kid, now: _ } => {
                let revoked = postern.revoke_signing_key(kid, postern.now()).await;
                revoked.map_err(|error| match error {
                    Error::Missing => Failure::refused("the ring has no such key"),
                    other => other.into(),
                })?;
                let signs = postern.signing_key_id();
                Report {
                    text: format!("{kid} is revoked; tokens are signed with the key {signs}"),
                    json: json!({ "revoked": kid, "signing_key_id": signs }),
                }
            }
            Self::RealtimeSecret => {
                let secret = postern.realtime_secret()?;
                Report {
                    json: json!({ "realtime_secret": secret.as_str() }),
                    text: secret.to_string(),
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
