//! Bodies that several families of the Auth Service answer with.

use domain::account::{Status, User};
use flows::{SignIn, Tokens};
use serde::Serialize;
use utoipa::ToSchema;

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserResponse {
    /// The integer id.
    id: u64,
    /// The username.
    username: String,
    /// The address; a reserved one until it is proven, but for administrators and at the
    /// registration itself.
    email: String,
    /// `user`, `operator`, `network_manager` or `admin`.
    role: &'static str,
    /// Whether it is in use, as opposed to deactivated by an administrator.
    is_active: bool,
    /// Whether a second factor is asked for.
    #[schema(required = false)]
    two_factor_enabled: bool,
    /// Failures that an operator has to undo: none, since wrong passwords only
    /// slow down whoever types them.
    #[schema(required = false)]
    failed_login_attempts: u32,
    /// Whether it is locked, which ends its use, too.
    #[schema(required = false)]
    account_locked: bool,
    /// Where the picture is.
    #[schema(required = false)]
    profile_picture: Option<String>,
    /// What clients keep about the person.
    #[schema(required = false)]
    preferences: Option<String>,
}

impl UserResponse {
    /// `user` for administrators, and for the answer to its own registration: with the
    /// claimed address, which is not proven yet.
    #[must_use]
    pub fn with_claimed_email(user: User) -> Self {
        Self {
            email: user.claimed_email(),
            ..user.into()
        }
    }
}

impl From<User> for UserResponse {
    fn from(user: User) -> Self {
        let some = |text: String| (!text.is_empty()).then_some(text);
        Self {
            id: user.uid,
            email: user.shown_email(),
            role: user.role.name(),
            is_active: !user.deactivated && user.status != Status::Deleted,
            two_factor_enabled: !user.factors.is_empty(),
            failed_login_attempts: 0,
            account_locked: user.status == Status::Locked,
            username: user.username,
            profile_picture: some(user.profile_picture),
            preferences: some(user.preferences),
        }
    }
}

/// The tokens of a session, or of a sign-in that waits for its second factor.
#[derive(Serialize, ToSchema)]
pub struct Token {
    /// The access token; with `requires_2fa` a pending one, good for
    /// `/auth/verify-2fa` only.
    access_token: String,
    /// `bearer`.
    token_type: &'static str,
    /// The session's name. Opens nothing.
    #[schema(required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token: Option<String>,
    /// The refresh token.
    #[schema(required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// Whether a second factor is still to be shown.
    #[schema(required = false)]
    requires_2fa: bool,
}

impl From<Tokens> for Token {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access,
            token_type: "bearer",
            session_token: Some(tokens.signed.session.id.simple().to_string()),
            refresh_token: Some(tokens.refresh),
            requires_2fa: false,
        }
    }
}

impl From<SignIn> for Token {
    fn from(sign_in: SignIn) -> Self {
        match sign_in {
            SignIn::Complete(tokens) => (*tokens).into(),
            SignIn::Waiting(waiting) => Self {
                access_token: waiting.pending.access,
                token_type: "bearer",
                session_token: None,
                refresh_token: None,
                requires_2fa: true,
            },
        }
    }
}

/// That it is done.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message {
    /// A sentence.
    pub message: &'static str,
}
