//! `cargo ctl origin …`: from which origins browsers and apps may call.

use clap::Subcommand;
use domain::Error;
use domain::origin::{Origin, OriginKind, Origins};
use flows::Postern;
use serde_json::json;

use crate::Failure;
use crate::report::{Report, columns};

/// What can be done about origins.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// List one more origin, beside those that the stack's parameters allow.
    ///
    /// Running functions know it within a minute. Pictures that a page puts into the
    /// bucket by itself need an AllowedOrigin parameter of the stack all the same.
    Add {
        /// Scheme, host and perhaps port, such as https://app.example.com
        #[arg(value_parser = origin)]
        origin: Origin,
        /// It is an app's, such as capacitor://localhost: it gets tokens in bodies, not in
        /// cookies
        #[arg(long)]
        native: bool,
    },
    /// List the origins.
    List,
    /// Remove an origin: within a minute its pages may call no more.
    Remove {
        /// As it is listed
        #[arg(value_parser = origin)]
        origin: Origin,
    },
}

/// Any origin: a native one may have the form of a site's, too.
fn origin(typed: &str) -> Result<Origin, String> {
    Origin::parse(OriginKind::Native, typed).ok_or_else(|| {
        "scheme://host or scheme://host:port, without a path and without *".to_owned()
    })
}

impl Command {
    /// Refuses what makes no sense, before anything is opened.
    ///
    /// # Errors
    /// A scheme that no site has.
    pub fn check(&self) -> Result<(), Failure> {
        match self {
            Self::Add {
                origin,
                native: false,
            } if as_a_site(origin).is_none() => {
                let problem = format!("{origin} is no site's origin: an app's needs --native");
                Err(Failure::Usage(problem))
            }
            _ => Ok(()),
        }
    }

    /// Does it.
    ///
    /// # Errors
    /// An origin that is listed already, or is not.
    pub async fn run(&self, postern: &Postern) -> Result<Report, Failure> {
        match self {
            Self::Add { origin, native } => {
                let kind = match native {
                    true => OriginKind::Native,
                    false => OriginKind::Web,
                };
                let added = postern.add_origin(kind, origin).await;
                let origins = added.map_err(|error| match error {
                    Error::Conflict => Failure::refused(
                        "that origin is listed already: to change its kind, remove it first",
                    ),
                    other => other.into(),
                })?;
                Ok(Report {
                    text: format!("{origin} is listed as {}", kind.name()),
                    json: json!(*origins),
                })
            }
            Self::List => Ok(list(&postern.origins())),
            Self::Remove { origin } => {
                let removed = postern.remove_origin(origin).await;
                let origins = removed.map_err(|error| match error {
                    Error::Missing => Failure::refused("that origin is not listed"),
                    other => other.into(),
                })?;
                Ok(Report {
                    text: format!("{origin} is removed"),
                    json: json!(*origins),
                })
            }
        }
    }
}

fn as_a_site(origin: &Origin) -> Option<Origin> {
    Origin::parse(OriginKind::Web, origin.as_str())
}

fn list(origins: &Origins) -> Report {
    let row = |kind: OriginKind| move |one: &Origin| [kind.name().to_owned(), one.to_string()];
    let web = origins.web.iter().map(row(OriginKind::Web));
    let native = origins.native.iter().map(row(OriginKind::Native));
    let rows: Vec<_> = web.chain(native).collect();
    Report {
        text: columns(&rows),
        json: json!(origins),
    }
}

#[cfg(test)]
mod tests;
