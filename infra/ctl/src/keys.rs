//! `cargo ctl keys …`: the key ring.

use clap::Subcommand;
use flows::Postern;
use serde_json::json;

use crate::report::Report;

/// What can be done to the key ring.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Make the key ring, unless there is one.
    ///
    /// The first function that starts would make it too. Doing it before the
    /// first request shows that the key and the tables can be reached.
    Init,
    /// Print the secret that a Centrifugo server checks our tokens with.
    ///
    /// It goes into the server's configuration as `token_hmac_secret_key`, and
    /// nowhere else: whoever knows it can be anybody there.
    RealtimeSecret,
}

impl Command {
    /// Does it. Opening an installation makes its ring, so that is done by now.
    pub fn run(&self, postern: &Postern) -> Report {
        match self {
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
        }
    }
}
