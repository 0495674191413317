//! The claims of our tokens: one set for all contracts, the union of what their
//! clients read, so that a token made through one works in every other.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::User;
use crate::session::{Session, TokenLifetimes};
use crate::sign_in::{Amr, Challenge};
use crate::{Contract, UnixTime};

/// The integer id as a contract's clients expect it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum UserId {
    /// A JSON number.
    Number(u64),
    /// A decimal string (djangocfg).
    Text(String),
}

impl UserId {
    fn of(user: &User, contract: Contract) -> Self {
        match contract {
            Contract::Djangocfg => Self::Text(user.uid.to_string()),
            _ => Self::Number(user.uid),
        }
    }
}

/// For whom a token is (RFC 7519 §4.1.3): one name stands without a list around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Audience {
    /// These, in their order.
    #[must_use]
    pub fn of(mut names: Vec<String>) -> Self {
        match (names.pop(), names.is_empty()) {
            (Some(one), true) => Self::One(one),
            (last, _) => Self::Several(names.into_iter().chain(last).collect()),
        }
    }

    /// Whether `name` is among them.
    #[must_use]
    pub fn names(&self, name: &str) -> bool {
        match self {
            Self::One(one) => one == name,
            Self::Several(several) => several.iter().any(|one| one == name),
        }
    }
}

/// The audience of tokens that show what a client was told of a person, and open nothing
/// else here: our userinfo endpoint.
#[must_use]
pub fn userinfo_audience(issuer: &str) -> String {
    format!("{issuer}/oauth/userinfo")
}

/// Claims of an access token (RFC 9068, `typ` `at+jwt`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// The installation's public URL.
    pub iss: String,
    /// For whom: the installation's own API and those that trust it; a token that a client
    /// got by an authorization code only if it may use the whole account. Else the APIs that
    /// the client named, and our userinfo endpoint.
    pub aud: Audience,
    /// The account, or the name that its client has for it.
    pub sub: Uuid,
    /// The account, masked, where `sub` is that of one client.
    #[serde(default, rename = "masked", skip_serializing_if = "Option::is_none")]
    pub masked_account: Option<Uuid>,
    /// The client that it was given to (RFC 9068), if a person let one in by a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// What that client may do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The account's integer id, which no client is told that may not use the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The session.
    pub sid: Uuid,
    /// The session's integer id in decimal digits, as nauth's clients know it.
    #[serde(rename = "sessionId")]
    pub session_id: String,
    /// The session again: a family of refresh tokens is a session.
    #[serde(rename = "tokenFamily")]
    pub token_family: Uuid,
    /// The account's address, once it is proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What the session may do.
    pub role: String,
    /// The event that the session is bound to (cashless).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<u64>,
    /// When the session last showed a second factor (cashless).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mfa_verified_at: Option<UnixTime>,
    /// How the identity was proven.
    pub amr: Vec<Amr>,
    /// When it was proven; absent where the provider that vouched for it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<UnixTime>,
    /// `access`, as nauth's clients read it.
    #[serde(rename = "type")]
    pub kind: String,
    /// `access`, as djangocfg's clients read it.
    pub token_type: String,
    /// The token's own name: 32 hexadecimal digits.
    pub jti: String,
    /// When it was made.
    pub iat: UnixTime,
    /// When it ends.
    pub exp: UnixTime,
}

impl AccessClaims {
    /// The claims of a token for `session` of `user`. It is as old as the session's
    /// generation: requests that refresh at one moment get equal claims.
    #[must_use]
    pub fn new(
        issuer: &str,
        user: &User,
        session: &Session,
        lives: &TokenLifetimes,
        jti: String,
    ) -> Self {
        let now = session.rotated_at;
        let opens_account = session.opens_account();
        let granted = session.authorization.as_ref();
        Self {
            iss: issuer.to_owned(),
            aud: match granted {
                None => Audience::One(issuer.to_owned()),
                Some(granted) => granted.audience(issuer),
            },
            sub: user.sub,
            masked_account: None,
            client_id: granted.and_then(|_| session.granted_to.clone()),
            scope: granted.map(|granted| granted.scopes.to_string()),
            user_id: opens_account.then(|| UserId::of(user, session.contract)),
            sid: session.id,
            session_id: session.number.to_string(),
            token_family: session.id,
            // Services take the claim for the person's own address, so an unproven one is left out.
            email: user
                .proven_email()
                .filter(|_| opens_account)
                .map(ToString::to_string),
            role: session.role(user).name().to_owned(),
            event_id: session.event,
            mfa_verified_at: session.mfa_at,
            amr: session.amr.clone(),
            auth_time: session.proven_at(),
            kind: "access".to_owned(),
            token_type: "access".to_owned(),
            jti,
            iat: now,
            exp: now.plus(lives.access).min(session.ends_at),
        }
    }
}

/// Claims of a refresh token (`typ` `rt+jwt`). It holds nothing that its row
/// does not, so the successor of a replaced one can be made again, byte for
/// byte, from the row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshClaims {
    /// The installation's public URL.
    pub iss: String,
    /// The installation itself: no other service can read it.
    pub aud: String,
    /// The account.
    pub sub: Uuid,
    /// The account, masked, where `sub` is that of one client.
    #[serde(default, rename = "masked", skip_serializing_if = "Option::is_none")]
    pub masked_account: Option<Uuid>,
    /// The account's integer id, as in the access token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The session.
    pub sid: Uuid,
    /// The generation for which it is good.
    pub generation: u64,
    /// `refresh`, as djangocfg's clients read it.
    pub token_type: String,
    /// The token's own name: 32 hexadecimal digits.
    pub jti: String,
    /// When it was made.
    pub iat: UnixTime,
    /// When it ends.
    pub exp: UnixTime,
}

impl RefreshClaims {
    /// The claims of the refresh token that is in force for `session`.
    #[must_use]
    pub fn new(issuer: &str, user: &User, session: &Session, jti: String) -> Self {
        Self {
            iss: issuer.to_owned(),
            aud: issuer.to_owned(),
            sub: session.sub,
            masked_account: None,
            user_id: session
                .opens_account()
                .then(|| UserId::of(user, session.contract)),
            sid: session.id,
            generation: session.generation,
            token_type: "refresh".to_owned(),
            jti,
            iat: session.rotated_at,
            exp: session.expires_at,
        }
    }
}

/// Claims of the token of a sign-in that waits for its second factor (`typ`
/// `pt+jwt`), in contracts that have no other name for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingClaims {
    /// The installation's public URL.
    pub iss: String,
    /// What it is good for, and nothing else: see [`PendingClaims::audience`].
    pub aud: String,
    /// The account.
    pub sub: Uuid,
    /// The sign-in that waits, which is also the token's own name.
    pub jti: Uuid,
    /// When the sign-in began.
    pub iat: UnixTime,
    /// When it ends.
    pub exp: UnixTime,
}

impl PendingClaims {
    /// The claims for a sign-in that waits.
    #[must_use]
    pub fn new(issuer: &str, challenge: &Challenge) -> Self {
        Self {
            iss: issuer.to_owned(),
            aud: Self::audience(issuer),
            sub: challenge.sub,
            jti: challenge.id,
            iat: challenge.created_at,
            exp: challenge.expires_at,
        }
    }

    /// The audience of such tokens: those of our routes that take a second factor.
    #[must_use]
    pub fn audience(issuer: &str) -> String {
        format!("{issuer}#second-factor")
    }

    /// The audience of the tokens that renew such tokens, and do nothing else.
    #[must_use]
    pub fn renewal_audience(issuer: &str) -> String {
        format!("{issuer}#second-factor-renewal")
    }

    /// The claims of the token that renews this one.
    #[must_use]
    pub fn renewal(&self) -> Self {
        Self {
            aud: Self::renewal_audience(&self.iss),
            ..self.clone()
        }
    }
}
