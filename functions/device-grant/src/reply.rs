//! Shapes that several operations answer with.

use domain::{account, agent};
use serde::Serialize;
use utoipa::ToSchema;

/// A refusal, as RFC 6749 §5.2 and RFC 8628 §3.5 have it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeviceTokenErrorResponse)]
pub struct OAuthError {
    /// A word of the registered lists.
    error: String,
    /// A sentence for people.
    error_description: String,
}

/// A refusal in a sentence.
#[derive(Debug, Serialize, ToSchema)]
pub struct Detail {
    /// The sentence.
    detail: String,
    /// A stable code, where there is one.
    #[schema(required = false)]
    code: Option<String>,
}

/// What is wrong with a form: each field's list of sentences; or, for a body
/// that could not be read at all, one sentence under `detail`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(value_type = Object)]
pub struct FieldErrors(std::collections::BTreeMap<String, Vec<String>>);

/// Whose account it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RaviUser)]
pub struct User {
    /// Integer id, below 2^53.
    id: u64,
    /// The proven address.
    #[schema(format = Email)]
    email: String,
    /// Given name.
    first_name: String,
    /// Family name.
    last_name: String,
}

impl From<&account::User> for User {
    fn from(user: &account::User) -> Self {
        Self {
            id: user.uid,
            email: address(user),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
        }
    }
}

/// The user that an agent acts as.
#[derive(Debug, Serialize, ToSchema)]
pub struct Identity {
    /// Its name for ever.
    #[schema(format = Uuid)]
    uuid: String,
    /// What people call it.
    name: String,
    /// The account's address: the only one that is proven.
    #[schema(format = Email)]
    email: String,
    /// The same, under the name by which Ravi's command line reads it.
    #[schema(format = Email)]
    inbox: String,
    /// Always null: no telephone numbers are provisioned here.
    #[schema(required = true)]
    phone: Option<String>,
    /// When it came to be.
    #[schema(format = DateTime)]
    created_dt: String,
    /// When it was last changed, which nothing does yet.
    #[schema(format = DateTime)]
    updated_dt: String,
}

impl Identity {
    /// `identity` of `user`.
    #[must_use]
    pub fn new(identity: &agent::Identity, user: &account::User) -> Self {
        Self {
            uuid: identity.id.to_string(),
            name: identity.name.clone(),
            email: address(user),
            inbox: address(user),
            phone: None,
            created_dt: identity.created_at.to_string(),
            updated_dt: identity.created_at.to_string(),
        }
    }
}

/// A key as its owner recognises it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgentKey)]
pub struct Key {
    /// By this it is revoked.
    #[schema(format = Uuid)]
    uuid: String,
    /// Its first characters.
    prefix: String,
    /// What it is for.
    label: String,
    /// The identity that it stands for; null if it stands for the account.
    #[schema(format = Uuid, required = true)]
    identity_uuid: Option<String>,
    /// When it was made.
    #[schema(format = DateTime)]
    created_dt: String,
}

impl From<&agent::AgentKey> for Key {
    fn from(key: &agent::AgentKey) -> Self {
        let identity = match key.scope {
            agent::Scope::Management => None,
            agent::Scope::Identity(id) => Some(id),
        };
        Self {
            uuid: key.id.to_string(),
            prefix: key.shown.clone(),
            label: key.label.clone(),
            identity_uuid: identity.map(|id| id.to_string()),
            created_dt: key.created_at.to_string(),
        }
    }
}

/// A key that was just made, whole for the only time.
#[derive(Serialize, ToSchema)]
#[schema(as = AgentKeyIssued)]
pub struct IssuedKey {
    /// The key.
    key: String,
    /// The rest, which can be seen again.
    #[serde(flatten)]
    kept: Key,
}

impl From<flows::IssuedAgentKey> for IssuedKey {
    fn from(issued: flows::IssuedAgentKey) -> Self {
        Self {
            kept: Key::from(&issued.kept),
            key: issued.key,
        }
    }
}

fn address(user: &account::User) -> String {
    user.shown_email()
}
