//! `cargo ctl keys …`: the key ring.

use clap::Subcommand;
use domain::Error;
use domain::key_ring::KeyPart;
use domain::rotation::Occasion;
use flows::{ListedPart, Postern, Rotation, Split};
use serde_json::json;

use crate::Failure;
use crate::report::{Report, columns};

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
    /// List the parts of the key ring, and the versions of their secrets.
    List,
    /// Give a part of the key ring a fresh secret, after a leak of the one that it has.
    ///
    /// It is used a minute later, when every running function knows it. What the one before
    /// made stays good: see `retire`.
    Renew {
        /// refresh, codes, factors, personal, pictures or realtime
        #[arg(value_parser = part)]
        part: KeyPart,
    },
    /// End a version of a part's secret, once a later one has been in use.
    ///
    /// What lives long and was sealed with it is sealed anew first: authenticators, pictures,
    /// the keys of histories. With an old version of `refresh` end the sessions that have not
    /// been refreshed since it was renewed; of `codes`, the codes under way; of `factors`,
    /// backup codes that were made before. `personal` is kept for three days, as letters about
    /// a change of addresses need it. Running functions know it within 30 seconds.
    Retire {
        /// As it is listed
        #[arg(value_parser = part)]
        part: KeyPart,
        /// As it is listed
        version: u32,
    },
    /// Split a key ring that an earlier version of this service made into parts.
    ///
    /// Before the functions that know parts are deployed, and within a day of it. Nobody is
    /// signed out.
    Split {
        /// Afterwards: drop what the functions before needed
        #[arg(long)]
        finish: bool,
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
            Self::List => list(&postern.key_parts()?),
            Self::Renew { part } => {
                let renewed = postern.renew_key_part(*part, postern.now()).await;
                let from = renewed.map_err(|error| match error {
                    Error::Forbidden => Failure::refused(
                        "signing keys are rotated, and what rows are found by stays",
                    ),
                    other => other.into(),
                })?;
                let (part, from) = (part.name(), from.to_string());
                Report {
                    text: format!("{part} has a fresh secret, which is used from {from} on"),
                    json: json!({ "renewed": part, "used_from": from }),
                }
            }
            Self::Retire { part, version } => {
                let now = postern.now();
                let retired = postern.retire_key_version(*part, *version, now).await;
                retired.map_err(|error| match error {
                    Error::Missing => Failure::refused(
                        "there is no such version, or no later one has been in use for long enough: see `keys list`",
                    ),
                    other => other.into(),
                })?;
                let part = part.name();
                Report {
                    text: format!("version {version} of {part} is retired"),
                    json: json!({ "retired": { "part": part, "version": version } }),
                }
            }
            Self::RealtimeSecret => {
                let secret = postern.realtime_secret()?;
                Report {
                    json: json!({ "realtime_secret": secret.as_str() }),
                    text: secret.to_string(),
                }
            }
            // It works on a ring that cannot be opened.
            Self::Split { .. } => return Err(Failure::refused("the ring is open")),
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

fn part(typed: &str) -> Result<KeyPart, String> {
    let names = || KeyPart::ALL.map(KeyPart::name).join(", ");
    KeyPart::named(typed).ok_or_else(|| format!("one of {}", names()))
}

fn list(parts: &[ListedPart]) -> Report {
    let head = ["PART", "VERSION", "USED FROM"].map(str::to_owned);
    let rows = parts.iter().flat_map(|listed| {
        let part = listed.part.name().to_owned();
        let versions = listed.versions.iter().map(move |(number, from)| {
            let from = match from.0 {
                0 => "the start".to_owned(),
                _ => from.to_string(),
            };
            [part.clone(), number.to_string(), from]
        });
        let versions: Vec<_> = versions.collect();
        match versions.is_empty() {
            true => vec![[
                listed.part.name().to_owned(),
                "-".to_owned(),
                "-".to_owned(),
            ]],
            false => versions,
        }
    });
    let rows: Vec<_> = [head].into_iter().chain(rows).collect();
    let parts = parts.iter().map(|listed| {
        let versions = listed.versions.iter();
        let versions = versions
            .map(|(number, from)| json!({ "version": number, "used_from": from.to_string() }));
        json!({ "part": listed.part.name(), "versions": versions.collect::<Vec<_>>() })
    });
    Report {
        text: columns(&rows),
        json: json!({ "parts": parts.collect::<Vec<_>>() }),
    }
}

/// What became of a wish to split the ring.
pub fn split(split: Split) -> Report {
    let (name, text) = match split {
        Split::Done => (
            "done",
            "the key ring has parts; deploy the functions that know them within a day, then `keys split --finish`",
        ),
        Split::HadParts => ("had_parts", "the key ring has parts already"),
        Split::Finished => ("finished", "the key ring is nothing but its parts now"),
    };
    Report {
        text: text.to_owned(),
        json: json!({ "split": name }),
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
