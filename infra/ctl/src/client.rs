//! `cargo ctl client …`: programs that people sign in to with us, and that ask for themselves.

mod shown;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::client::{
    AuthMethod, Client, Consent, GrantType, RedirectUri, client_name, is_client_id, is_resource,
};
use domain::oidc::scope::{Scopes, is_scope};
use domain::{EmailAddress, Error};
use flows::{Postern, RequestMeta};
use serde_json::json;

use self::shown::described;
use crate::Failure;
use crate::report::{Report, columns, shown};

/// What can be done about clients.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Register a client: a site or an app with a redirect URI, a machine, or a device.
    ///
    /// With --redirect-uri it signs people in (OpenID Connect); with --grant
    /// client_credentials it acts for itself; with neither it is a public client of the
    /// device flow (RFC 8628). A secret is printed once, and only its digest is kept.
    Add(Box<New>),
    /// Show all that is known of a client, but no secret.
    Show {
        /// Its `client_id`
        #[arg(long, value_parser = id)]
        id: String,
    },
    /// List the registered clients.
    List,
    /// List the clients that a person agreed may know them, and with what.
    Consents {
        /// The person's address
        #[arg(long, value_parser = address)]
        email: EmailAddress,
    },
    /// Take a person's consent to a client back: its tokens end at once.
    Withdraw {
        /// The person's address
        #[arg(long, value_parser = address)]
        email: EmailAddress,
        /// The `client_id`
        #[arg(long, value_parser = id)]
        id: String,
    },
    /// Work with a client's secret.
    #[command(subcommand)]
    Secret(Secret),
    /// Remove a client: it begins, exchanges and refreshes nothing more.
    Remove {
        /// Its `client_id`
        #[arg(long, value_parser = id)]
        id: String,
    },
}

/// What can be done about a client's secret.
#[derive(Clone, Debug, Subcommand)]
pub enum Secret {
    /// Make another secret. The one before stays good until the next rotation.
    Rotate {
        /// The `client_id`
        #[arg(long, value_parser = id)]
        id: String,
    },
}

/// A client to register.
#[derive(Clone, Debug, Args)]
pub struct New {
    /// Its `client_id`: letters, digits, dots, dashes, underscores
    #[arg(long, value_parser = id)]
    id: String,
    /// What people are shown
    #[arg(long, value_parser = name)]
    name: String,
    /// It is one of your own applications: people are not asked whether it may know them
    #[arg(long)]
    first_party: bool,
    /// Where answers go, letter for letter; may stand several times. The port of
    /// http://127.0.0.1 and http://[::1] is free
    #[arg(long, value_parser = redirect)]
    redirect_uri: Vec<RedirectUri>,
    /// Where a browser may go once it is signed out; may stand several times
    #[arg(long, value_parser = redirect)]
    post_logout_redirect_uri: Vec<RedirectUri>,
    /// What it may ask for: openid, profile, email, phone, address, offline_access, account
    /// (the whole account), and scopes of your own APIs; may stand several times. Without
    /// it, a client that signs people in has openid, profile, email and phone
    #[arg(long, value_parser = scope)]
    scope: Vec<String>,
    /// An API that its tokens may be for (RFC 8707), as an absolute URI; may stand several
    /// times
    #[arg(long, value_parser = audience)]
    audience: Vec<String>,
    /// What it may begin with: authorization_code, client_credentials, device_code; may stand
    /// several times. Without it: authorization_code where there is a redirect URI, else
    /// device_code
    #[arg(long, value_parser = grant)]
    grant: Vec<GrantType>,
    /// How it says who it is: none, client_secret_basic, client_secret_post or
    /// private_key_jwt
    #[arg(long, value_parser = method, default_value = "none")]
    auth_method: AuthMethod,
    /// A file with its public keys as a JWK set, for private_key_jwt
    #[arg(long)]
    jwks: Option<PathBuf>,
    /// People have a `sub` of their own for the clients of this sector, such as
    /// shop.example.com
    #[arg(long, value_parser = sector)]
    pairwise: Option<String>,
}

fn id(typed: &str) -> Result<String, String> {
    match is_client_id(typed) {
        true => Ok(typed.to_owned()),
        false => Err("1 to 64 letters, digits, dots, dashes and underscores".to_owned()),
    }
}

fn address(typed: &str) -> Result<EmailAddress, String> {
    EmailAddress::parse(typed).ok_or_else(|| "an e-mail address".to_owned())
}

fn name(typed: &str) -> Result<String, String> {
    client_name(typed).ok_or_else(|| "1 to 60 characters".to_owned())
}

fn redirect(typed: &str) -> Result<RedirectUri, String> {
    RedirectUri::parse(typed).ok_or_else(|| {
        "https, or http on 127.0.0.1, [::1] or localhost, or an app's own scheme with a dot in it; \
         written as a browser would, without a fragment"
            .to_owned()
    })
}

fn scope(typed: &str) -> Result<String, String> {
    match is_scope(typed) {
        true => Ok(typed.to_owned()),
        false => Err("1 to 64 printable characters without quotes and spaces".to_owned()),
    }
}

fn audience(typed: &str) -> Result<String, String> {
    match is_resource(typed) {
        true => Ok(typed.to_owned()),
        false => Err("an absolute URI without a fragment".to_owned()),
    }
}

fn grant(typed: &str) -> Result<GrantType, String> {
    let names = || GrantType::ALL.map(GrantType::name).join(", ");
    GrantType::parse(typed).ok_or_else(|| format!("one of {}", names()))
}

fn method(typed: &str) -> Result<AuthMethod, String> {
    let names = || AuthMethod::ALL.map(AuthMethod::name).join(", ");
    AuthMethod::parse(typed).ok_or_else(|| format!("one of {}", names()))
}

fn sector(typed: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    match (1..=253).contains(&typed.len()) && typed.chars().all(plain) {
        true => Ok(typed.to_ascii_lowercase()),
        false => Err("a host name".to_owned()),
    }
}

impl New {
    /// The client, if what was typed goes together.
    fn client(&self, postern: &Postern) -> Result<Client, Failure> {
        let grants = match (self.grant.is_empty(), self.redirect_uri.is_empty()) {
            (false, _) => self.grant.clone(),
            (true, false) => vec![GrantType::AuthorizationCode],
            (true, true) => vec![GrantType::DeviceCode],
        };
        let signs_in = grants.contains(&GrantType::AuthorizationCode);
        let acts = grants.contains(&GrantType::ClientCredentials);
        if signs_in == self.redirect_uri.is_empty() {
            return Err(Failure::refused(
                "authorization_code and --redirect-uri go together",
            ));
        }
        if acts && (self.auth_method == AuthMethod::None || self.audience.is_empty()) {
            return Err(Failure::refused(
                "client_credentials wants an --auth-method and an --audience",
            ));
        }
        let keys = match (&self.jwks, self.auth_method) {
            (None, AuthMethod::PrivateKeyJwt) => {
                return Err(Failure::refused("private_key_jwt wants --jwks"));
            }
            (None, _) => None,
            (Some(file), AuthMethod::PrivateKeyJwt) => {
                let text = std::fs::read_to_string(file)
                    .map_err(|error| Failure::Refused(format!("{}: {error}", file.display())))?;
                if !crypto::client_assertion::is_key_set(&text) {
                    return Err(Failure::refused(
                        "--jwks is no JWK set of public RSA, P-256 or Ed25519 keys",
                    ));
                }
                Some(text)
            }
            (Some(_), _) => return Err(Failure::refused("--jwks is for private_key_jwt")),
        };
        let scopes = match (self.scope.is_empty(), signs_in) {
            (true, true) => "openid profile email phone".to_owned(),
            _ => self.scope.join(" "),
        };
        Ok(Client {
            first_party: self.first_party,
            auth_method: self.auth_method,
            grants,
            redirect_uris: self.redirect_uri.clone(),
            post_logout_redirect_uris: self.post_logout_redirect_uri.clone(),
            scopes: Scopes::parse(&scopes),
            audiences: self.audience.clone(),
            keys,
            sector: self.pairwise.clone(),
            ..Client::of_devices(&self.id, &self.name, postern.now())
        })
    }

    async fn run(&self, postern: &Postern) -> Result<Report, Failure> {
        let client = postern.register_client(self.client(postern)?).await;
        let client = client.map_err(|error| match error {
            Error::Conflict => Failure::refused("a client of that id is registered already"),
            other => other.into(),
        })?;
        let text = format!(
            "the client {} is registered as {}",
            client.id,
            shown(&client.name)
        );
        if !client.auth_method.takes_secret() {
            return Ok(Report {
                text,
                json: described(&client),
            });
        }
        let issued = postern.rotate_client_secret(&client.id).await?;
        let mut json = described(&issued.client);
        if let Some(json) = json.as_object_mut() {
            json.insert("client_secret".to_owned(), json!(issued.secret));
        }
        Ok(Report {
            text: format!("{text}\nits secret, shown once: {}", issued.secret),
            json,
        })
    }
}

impl Secret {
    async fn run(&self, postern: &Postern) -> Result<Report, Failure> {
        let Self::Rotate { id } = self;
        let issued = postern.rotate_client_secret(id).await;
        let issued = issued.map_err(|error| match error {
            Error::Missing => Failure::refused("no client of that id is registered"),
            Error::Forbidden => Failure::refused("that client has no secret"),
            other => other.into(),
        })?;
        Ok(Report {
            text: format!("the new secret of {id}, shown once: {}", issued.secret),
            json: json!({ "client_id": id, "client_secret": issued.secret }),
        })
    }
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// A `client_id` that is taken, or unknown; what does not go together.
    pub async fn run(&self, postern: &Postern) -> Result<Report, Failure> {
        match self {
            Self::Add(new) => new.run(postern).await,
            Self::Secret(secret) => secret.run(postern).await,
            Self::Show { id } => {
                let clients = postern.list_clients().await?;
                let client = clients.iter().find(|client| client.id == *id);
                let unknown = || Failure::refused("no client of that id is registered");
                let json = described(client.ok_or_else(unknown)?);
                let text = serde_json::to_string_pretty(&json);
                Ok(Report {
                    text: text.unwrap_or_default(),
                    json,
                })
            }
            Self::Consents { email } => {
                let user = postern.find_user(email).await?;
                let consents = postern.consents(&user).await?;
                let row = |one: &Consent| {
                    let given = one.given_at.to_string();
                    [one.client.clone(), one.scopes.to_string(), given]
                };
                let rows: Vec<[String; 3]> = consents.iter().map(row).collect();
                Ok(Report {
                    text: columns(&rows),
                    json: json!(consents),
                })
            }
            Self::Withdraw { email, id } => {
                let user = postern.find_user(email).await?;
                let meta = RequestMeta::of_command_line(postern.now());
                let withdrawn = postern.withdraw_consent(&meta, &user, id).await;
                withdrawn.map_err(|error| match error {
                    Error::Missing => Failure::refused("there is no such consent"),
                    other => other.into(),
                })?;
                Ok(Report {
                    text: format!("the consent of {email} to {id} is taken back"),
                    json: json!({ "withdrawn": id }),
                })
            }
            Self::List => {
                let clients = postern.list_clients().await?;
                let rows: Vec<[String; 3]> = clients
                    .iter()
                    .map(|one| [one.id.clone(), shown(&one.name), one.created_at.to_string()])
                    .collect();
                let all: Vec<_> = clients.iter().map(described).collect();
                Ok(Report {
                    text: columns(&rows),
                    json: json!(all),
                })
            }
            Self::Remove { id } => {
                let removed = postern.remove_client(id).await;
                removed.map_err(|error| match error {
                    Error::Missing => Failure::refused("no client of that id is registered"),
                    other => other.into(),
                })?;
                Ok(Report {
                    text: format!("the client {id} is removed"),
                    json: json!({ "removed": id }),
                })
            }
        }
    }
}
