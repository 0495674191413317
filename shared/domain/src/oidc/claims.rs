//! What a client is told of a person (OpenID Connect Core §2, §5.1).
//!
//! An address or a number is a claim only once it is proven: clients find accounts of theirs
//! by it. What scopes give is told at the userinfo endpoint; the ID token says who signed
//! in, when and how.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::UnixTime;
use crate::account::User;
use crate::oidc::code::Authorization;
use crate::oidc::scope;
use crate::session::Session;
use crate::sign_in::Amr;
use crate::time::HOUR;
use crate::token::Audience;

/// Seconds for which an ID token may be read.
pub const ID_TOKEN_LIFETIME: u64 = HOUR;

/// What `acr` says of a sign-in with more than one factor (REFEDS MFA Profile). Of any other
/// it says nothing: how strong one factor is, is not for it to tell.
pub const ACR_MFA: &str = "https://refeds.org/profile/mfa";

/// Claims of an ID token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdTokenClaims {
    /// The installation's public URL.
    pub iss: String,
    /// The person, as this client knows them.
    pub sub: Uuid,
    /// The client.
    pub aud: String,
    /// When it was made.
    pub iat: UnixTime,
    /// When it ends.
    pub exp: UnixTime,
    /// When the person proved who they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<UnixTime>,
    /// What the request asked to repeat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// How identity was proven.
    pub amr: Vec<Amr>,
    /// How well, where there is a name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// The sign-in in the browser: the same for all clients, so that one sign-out can name
    /// it to each.
    pub sid: Uuid,
    /// The left half of the access token's digest, where one came along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<String>,
}

impl IdTokenClaims {
    /// The claims for `client` about the sign-in that `session` was granted from.
    #[must_use]
    pub fn new(
        issuer: &str,
        client: &str,
        sub: Uuid,
        (session, authorization): (&Session, &Authorization),
        now: UnixTime,
    ) -> Self {
        let is_mfa = session.amr.contains(&Amr::Mfa);
        Self {
            iss: issuer.to_owned(),
            sub,
            aud: client.to_owned(),
            iat: now,
            exp: now.plus(ID_TOKEN_LIFETIME),
            auth_time: session.proven_at(),
            nonce: None,
            amr: session.amr.clone(),
            acr: is_mfa.then(|| ACR_MFA.to_owned()),
            sid: authorization.sign_in,
            at_hash: None,
        }
    }
}

/// Claims of the access token of a client that acts for itself (RFC 9068 §2.2): there is no
/// person in it, and it opens nothing here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientClaims {
    /// The installation's public URL.
    pub iss: String,
    /// The APIs that it is for.
    pub aud: Audience,
    /// The client.
    pub sub: String,
    /// The client again.
    pub client_id: String,
    /// What it may do there.
    pub scope: String,
    /// The token's own name.
    pub jti: String,
    /// When it was made.
    pub iat: UnixTime,
    /// When it ends.
    pub exp: UnixTime,
}

/// What the userinfo endpoint says, by the scopes of the token.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize)]
pub struct UserInfo {
    /// The person, as the ID token has them.
    pub sub: Uuid,
    /// The whole name (`profile`, as down to `updated_at`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// The family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// The username.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    /// Where a picture of them is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Their time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoneinfo: Option<String>,
    /// Their language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// When that was last changed, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<UnixTime>,
    /// The proven address (`email`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Always true where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
    /// The proven number in E.164 (`phone`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// Always true where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number_verified: Option<bool>,
}

impl UserInfo {
    /// What a token of these scopes shows of `user`, whom its client knows as `sub`.
    #[must_use]
    pub fn new(user: &User, sub: Uuid, scopes: &scope::Scopes) -> Self {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let mut info = Self {
            sub,
            ..Self::default()
        };
        if scopes.have(scope::PROFILE) {
            let name = [user.first_name.as_str(), user.last_name.as_str()].join(" ");
            info.name = text(name.trim()).or_else(|| text(&user.username));
            info.given_name = text(&user.first_name);
            info.family_name = text(&user.last_name);
            info.preferred_username = text(&user.username);
            info.picture = user.avatar().and_then(text);
            info.zoneinfo = text(&user.timezone);
            info.locale = text(&user.language);
            info.updated_at = user.updated_at.or(Some(user.created_at));
        }
        if scopes.have(scope::EMAIL) {
            info.email = user.proven_email().map(ToString::to_string);
            info.email_verified = info.email.as_ref().map(|_| true);
        }
        if scopes.have(scope::PHONE) {
            let number = user.proven_phone();
            info.phone_number = number.map(|number| number.as_str().to_owned());
            info.phone_number_verified = info.phone_number.as_ref().map(|_| true);
        }
        info
    }
}
