//! A Lambda authorizer for HTTP APIs of the customer's own: payload format 2.0,
//! simple responses.
//!
//! API Gateway asks it about each request with a credential, and it says what
//! `/tokens/verify` would: a logout, a lock or a revoked key counts at once. That holds
//! as long as API Gateway keeps no answer, so its cache must be off
//! (`AuthorizerResultTtlInSeconds: 0`); with a cache of a minute a locked account would
//! have a minute more.
//!
//! It takes access tokens and API keys of services. For devices' tokens or persons' keys
//! to open the API as well, name their kinds in `POSTERN_AUTHORIZER_KINDS`.
//!
//! What the API's own functions find in `requestContext.authorizer.lambda`:
//!
//! | name | for a person | for a service |
//! |---|---|---|
//! | `sub` | the account's UUID | the API key's id |
//! | `role` | what the session may do | `service` |
//! | `event_id` | the session's event, if it has one | the key's |
//! | `scopes` | empty | the key's, with spaces between |

use std::collections::HashMap;

use domain::Error;
use domain::account::Role;
use domain::key_ring::KeyParts;
use flows::{Credential, Postern};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The parts of the key ring that its operations use.
pub const KEYS: KeyParts = KeyParts::of(&[]);

/// What API Gateway asks, as far as it matters here.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Question {
    /// The values that the authorizer's identity sources point at.
    identity_source: Option<Vec<String>>,
    /// All headers of the request.
    headers: HashMap<String, String>,
}

impl Question {
    /// What the request bears: what the identity source points at, or else its
    /// `Authorization`. With `Bearer` before it or not, as an identity source may
    /// be a header of another name.
    fn credential(&self) -> Option<&str> {
        let named = |name: &str| {
            let mut headers = self.headers.iter();
            headers.find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
        };
        let source = self.identity_source.as_ref().and_then(|all| all.first());
        let text = source.or_else(|| named("authorization"))?.trim();
        match text.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Some(token.trim()),
            Some(_) => None,
            None => Some(text),
        }
    }
}

/// What API Gateway is told.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Decision {
    is_authorized: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Context>,
}

/// What the API's own functions are told.
#[derive(Debug, Serialize)]
struct Context {
    sub: String,
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<u64>,
    scopes: String,
    token_type: &'static str,
}

impl From<Credential> for Context {
    fn from(credential: Credential) -> Self {
        match credential {
            Credential::Access(claims) => Self {
                sub: claims.sub.to_string(),
                role: role(&claims.role),
                event_id: claims.event_id,
                scopes: String::new(),
                token_type: "access",
            },
            Credential::Offline(claims) => Self {
                sub: claims.sub.to_string(),
                role: role(&claims.role),
                event_id: Some(claims.event_id),
                scopes: String::new(),
                token_type: "offline",
            },
            Credential::Operator(claims) => Self {
                sub: claims.sub.to_string(),
                role: role(&claims.role),
                event_id: claims.event_id,
                scopes: String::new(),
                token_type: "operator",
            },
            Credential::Service(key) => Self {
                sub: key.id.to_string(),
                role: "service",
                event_id: Some(key.event_id),
                scopes: key.scope(),
                token_type: "api_key",
            },
            Credential::Personal(user) => Self {
                sub: user.sub.to_string(),
                role: Role::User.name(),
                event_id: None,
                scopes: String::new(),
                token_type: "api_key",
            },
        }
    }
}

/// A role that only a later version knows counts as a user's.
fn role(named: &str) -> &'static str {
    Role::parse(named).unwrap_or_default().name()
}

/// Whether a request may pass, and as whose. One without a good credential may not (API
/// Gateway answers 403); where we cannot tell there is no answer (500).
///
/// # Errors
/// [`Error::Unavailable`] if the table does not answer.
pub async fn authorize(postern: Postern, event: Value) -> Result<Value, Error> {
    let now = postern.now();
    postern.keep_keys_current(now).await;
    // An event of another form has no credential.
    let question: Question = serde_json::from_value(event).unwrap_or_default();
    let worth = match question.credential() {
        Some(credential) => {
            let kinds = &postern.settings().authorizer_kinds;
            postern.introspect(credential, kinds, now).await?
        }
        None => None,
    };
    let context = worth.map(Context::from);
    let decision = Decision {
        is_authorized: context.is_some(),
        context,
    };
    serde_json::to_value(decision).map_err(|error| Error::Internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn borne(event: Value) -> Option<String> {
        let question: Question = serde_json::from_value(event).unwrap();
        question.credential().map(str::to_owned)
    }

    #[test]
    fn the_identity_source_comes_first() {
        let headers = json!({ "authorization": "Bearer a.b.c" });
        assert_eq!(
            borne(json!({ "headers": headers })).as_deref(),
            Some("a.b.c")
        );
        let both = json!({ "headers": headers, "identitySource": ["key"] });
        assert_eq!(borne(both).as_deref(), Some("key"));
        let none = json!({ "headers": headers, "identitySource": null });
        assert_eq!(borne(none).as_deref(), Some("a.b.c"));
    }

    #[test]
    fn another_scheme_bears_nothing() {
        assert_eq!(
            borne(json!({ "headers": { "Authorization": "Basic YTpi" } })),
            None
        );
        assert_eq!(borne(json!({})), None);
    }
}
