//! Programs that ask in a person's name, or in their own: OAuth clients (RFC 6749 §2).
//!
//! An operator registers each with the grants that it may use, the addresses that answers
//! go to, and how it says who it is. What a row from before does not say takes its default:
//! a public client of the device flow.

mod redirect;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::UnixTime;
use crate::account::User;
use crate::oidc::scope::Scopes;

pub use self::redirect::{RedirectUri, callback};

/// The longest `client_id`.
pub const CLIENT_ID_LENGTH: usize = 64;

/// The longest name of a client that the page has room for.
pub const CLIENT_NAME_LENGTH: usize = 60;

/// Secrets that are in force at once: the one in use, and the one that replaces it.
pub const MAX_SECRETS: usize = 2;

/// How a client says who it is at the token endpoint (OpenID Connect Core §9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// It does not: a public client (RFC 6749 §2.1), as apps and pages in browsers are.
    #[default]
    None,
    /// By its secret in the `Authorization` header (RFC 6749 §2.3.1).
    ClientSecretBasic,
    /// By its secret in the body.
    ClientSecretPost,
    /// By a JWT that its own key signs (RFC 7523).
    PrivateKeyJwt,
}

impl AuthMethod {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::None,
        Self::ClientSecretBasic,
        Self::ClientSecretPost,
        Self::PrivateKeyJwt,
    ];

    /// Its registered name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Whether it takes a secret.
    #[must_use]
    pub const fn takes_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost)
    }
}

/// What a client may begin with. A refresh token follows from any that has a person in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GrantType {
    /// A person's browser brings a code (RFC 6749 §4.1).
    #[serde(rename = "authorization_code")]
    AuthorizationCode,
    /// The client acts for itself (RFC 6749 §4.4).
    #[serde(rename = "client_credentials")]
    ClientCredentials,
    /// A person lets it in at another device (RFC 8628).
    #[serde(rename = "device_code")]
    DeviceCode,
}

impl GrantType {
    /// All of them.
    pub const ALL: [Self; 3] = [
        Self::AuthorizationCode,
        Self::ClientCredentials,
        Self::DeviceCode,
    ];

    /// What operators call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::ClientCredentials => "client_credentials",
            Self::DeviceCode => "device_code",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.name() == name)
    }
}

fn device_flow() -> Vec<GrantType> {
    vec![GrantType::DeviceCode]
}

/// A secret of a client, of which only a keyed digest is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSecret {
    /// The digest.
    pub digest: String,
    /// When it was made.
    pub created_at: UnixTime,
}

/// A registered client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Its `client_id`.
    pub id: String,
    /// What people are shown.
    pub name: String,
    /// When it was registered. What was begun for a client of the same id before that is
    /// none of this one's.
    pub created_at: UnixTime,
    /// Whether it belongs to the installation's operator, who need not ask people whether
    /// their own applications may know them.
    #[serde(default)]
    pub first_party: bool,
    /// How it says who it is.
    #[serde(default)]
    pub auth_method: AuthMethod,
    /// What it may begin with.
    #[serde(default = "device_flow")]
    pub grants: Vec<GrantType>,
    /// Where answers to it may go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<RedirectUri>,
    /// Where a browser may go once it is signed out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// What it may ask for.
    #[serde(default, skip_serializing_if = "Scopes::is_empty")]
    pub scopes: Scopes,
    /// The APIs that its tokens may be for (RFC 8707).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audiences: Vec<String>,
    /// Its secrets, the oldest first: at most [`MAX_SECRETS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<ClientSecret>,
    /// Its public keys, as the JSON of a JWK set (RFC 7517), if it signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<String>,
    /// The sector for which a person has a `sub` of their own (OpenID Connect Core §8.1);
    /// none for the one `sub` that all others know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
}

impl Client {
    /// A public client of the device flow, as each was before there were others.
    #[must_use]
    pub fn of_devices(id: &str, name: &str, created_at: UnixTime) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            created_at,
            first_party: false,
            auth_method: AuthMethod::None,
            grants: device_flow(),
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            scopes: Scopes::default(),
            audiences: Vec::new(),
            secrets: Vec::new(),
            keys: None,
            sector: None,
        }
    }

    /// Whether it may begin with `grant`.
    #[must_use]
    pub fn may(&self, grant: GrantType) -> bool {
        self.grants.contains(&grant)
    }

    /// Whether answers to it may go to `uri`.
    #[must_use]
    pub fn is_answered_at(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|own| own.takes(uri))
    }

    /// Whether a browser that it signed out may go to `uri`.
    #[must_use]
    pub fn signs_out_to(&self, uri: &str) -> bool {
        let mut own = self.post_logout_redirect_uris.iter();
        own.any(|own| own.takes(uri))
    }

    /// Whether its tokens may be for all of these APIs.
    #[must_use]
    pub fn may_call(&self, resources: &[String]) -> bool {
        resources.iter().all(|one| self.audiences.contains(one))
    }

    /// The client with one more secret, the oldest of which goes if they were too many.
    #[must_use]
    pub fn with_secret(&self, secret: ClientSecret) -> Self {
        let mut next = self.clone();
        next.secrets.push(secret);
        let over = next.secrets.len().saturating_sub(MAX_SECRETS);
        next.secrets.drain(..over);
        next
    }
}

/// A person's word that a client may know them, remembered for that client alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Its name. A session that began by it ends with it, at once.
    pub id: Uuid,
    /// The client's `client_id`.
    pub client: String,
    /// What was said yes to.
    pub scopes: Scopes,
    /// The APIs that it may call in their name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// When it was last given.
    pub given_at: UnixTime,
    /// The account's epoch of trust when it was given.
    pub trust_epoch: u64,
}

impl Consent {
    /// Whether it still stands for `user` and `client`. One that was given to a removed client
    /// of the same id says nothing to its heir; and what ends an account's trust in devices (a
    /// deletion, a forgotten password) ends it, too.
    #[must_use]
    pub fn stands(&self, user: &User, client: &Client) -> bool {
        self.client == client.id
            && client.created_at <= self.given_at
            && self.trust_epoch == user.trust_epoch
    }

    /// Whether it says yes to all of this.
    #[must_use]
    pub fn covers(&self, scopes: &Scopes, resources: &[String]) -> bool {
        scopes.are_within(&self.scopes) && resources.iter().all(|one| self.resources.contains(one))
    }

    /// The consent after another one for the same client: what either said yes to.
    #[must_use]
    pub fn and(&self, scopes: &Scopes, resources: &[String], now: UnixTime) -> Self {
        let mut all = self.resources.clone();
        all.extend(
            resources
                .iter()
                .filter(|one| !self.resources.contains(one))
                .cloned(),
        );
        Self {
            scopes: self.scopes.and(scopes),
            resources: all,
            given_at: now,
            ..self.clone()
        }
    }
}

/// Whether a text may be a `client_id`: 1 to 64 letters, digits, dots, dashes
/// and underscores.
#[must_use]
pub fn is_client_id(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (1..=CLIENT_ID_LENGTH).contains(&text.len()) && text.chars().all(plain)
}

/// A client's name as people may be shown it, or nothing: 1 to 60 characters
/// without control characters.
#[must_use]
pub fn client_name(text: &str) -> Option<String> {
    let name = text.trim();
    let fits = (1..=CLIENT_NAME_LENGTH).contains(&name.chars().count());
    (fits && !name.chars().any(char::is_control)).then(|| name.to_owned())
}

/// Whether a text may name an API: an absolute URI without a fragment (RFC 8707 §2), of at
/// most 256 printable characters.
#[must_use]
pub fn is_resource(text: &str) -> bool {
    let sound = text.len() <= 256 && text.bytes().all(|byte| byte.is_ascii_graphic());
    sound && !text.contains('#') && url::Url::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1_800_000_000);

    #[test]
    fn a_row_from_before_is_a_client_of_devices() {
        let row = serde_json::json!({ "id": "tv", "name": "TV", "created_at": NOW.0 });
        let client: Client = serde_json::from_value(row).unwrap();
        assert_eq!(client, Client::of_devices("tv", "TV", NOW));
        assert!(client.may(GrantType::DeviceCode) && !client.may(GrantType::AuthorizationCode));
    }

    #[test]
    fn a_third_secret_pushes_the_first_one_out() {
        let secret = |digest: &str| ClientSecret {
            digest: digest.to_owned(),
            created_at: NOW,
        };
        let client = Client::of_devices("a", "A", NOW);
        let three = ["1", "2", "3"]
            .into_iter()
            .fold(client, |client, digest| client.with_secret(secret(digest)));
        assert_eq!(three.secrets, [secret("2"), secret("3")]);
    }

    #[test]
    fn consent_covers_what_was_said_yes_to() {
        let consent = Consent {
            id: Uuid::from_u128(1),
            client: "a".to_owned(),
            scopes: Scopes::parse("openid email"),
            resources: Vec::new(),
            given_at: NOW,
            trust_epoch: 0,
        };
        assert!(consent.covers(&Scopes::parse("openid"), &[]));
        assert!(!consent.covers(&Scopes::parse("openid phone"), &[]));
        let api = ["https://api.example.com".to_owned()];
        assert!(!consent.covers(&Scopes::parse("openid"), &api));
        let wider = consent.and(&Scopes::parse("phone"), &api, NOW);
        assert!(wider.covers(&Scopes::parse("email phone"), &api));
    }

    #[test]
    fn an_api_is_named_by_an_absolute_uri() {
        for good in ["https://api.example.com", "urn:example:api"] {
            assert!(is_resource(good), "{good}");
        }
        for bad in [
            "",
            "api",
            "/api",
            "https://a.example/#x",
            "https://a.example/ b",
        ] {
            assert!(!is_resource(bad), "{bad}");
        }
    }
}
