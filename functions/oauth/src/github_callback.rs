//! `POST /cfg/accounts/oauth/github/callback/`: sign in with what came back.

use axum::Json;
use axum::extract::State;
use domain::Contract;
use domain::account;
use domain::provider::Provider;
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{AuthorizationResponse, FederatedSignIn, Postern, SignIn};
use serde::Serialize;
use utoipa::ToSchema;

use crate::reply::OauthError;
use edge::djangocfg::BodyRefused;

/// What GitHub sent back.
#[derive(ToSchema)]
pub struct OAuthCallbackRequestRequest {
    /// The code.
    #[schema(min_length = 10, max_length = 500)]
    code: String,
    /// The state that the sign-in began with.
    #[schema(min_length = 20, max_length = 100)]
    state: String,
    /// The redirect URI that it began with, if it named one.
    #[schema(value_type = String, format = Uri, required = false)]
    redirect_uri: Option<String>,
}

impl FromFields for OAuthCallbackRequestRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let code = fields.text("code").min(10).max(500).required();
        let state = fields.text("state").min(20).max(100).required();
        let redirect_uri = fields.text("redirect_uri").url();
        Ok(Self {
            code: code?,
            state: state?,
            redirect_uri,
        })
    }
}

/// Tokens and who they are for, or the second factor that is still missing.
#[derive(Serialize, ToSchema)]
#[schema(as = OAuthTokenResponse)]
pub struct SignedIn {
    /// Whether a second factor is asked for.
    #[schema(required = false, default = false)]
    requires_2fa: bool,
    /// The 2FA session in which to show it.
    #[schema(format = Uuid, required = false)]
    session_id: Option<String>,
    /// The access token.
    #[schema(required = false)]
    access: Option<String>,
    /// The refresh token.
    #[schema(required = false)]
    refresh: Option<String>,
    /// Who signed in.
    #[schema(required = false)]
    user: Option<User>,
    /// Whether the account was made by this.
    is_new_user: bool,
    /// Whether the connection was made by this.
    is_new_connection: bool,
    /// Whether to suggest setting up a second factor.
    #[schema(required = false)]
    should_prompt_2fa: bool,
}

/// Who signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = OAuthUser)]
pub struct User {
    /// Integer id, below 2^53.
    id: u64,
    /// The proven address.
    #[schema(format = Email)]
    email: String,
    /// Coined at sign-up.
    username: String,
    /// Given name.
    first_name: String,
    /// Family name.
    last_name: String,
}

impl From<&account::User> for User {
    fn from(user: &account::User) -> Self {
        Self {
            id: user.uid,
            email: user.shown_email(),
            username: user.username.clone(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
        }
    }
}

/// Complete a sign-in through GitHub. The first one makes the account, or links
/// the one whose owner has proven the same address.
///
/// # Errors
/// A malformed body, a state or a code that will not do, or a limit.
#[utoipa::path(
    post, path = "/cfg/accounts/oauth/github/callback/", operation_id = "cfg_accounts_oauth_github_callback_create",
    tags = ["djangocfg", "cfg_accounts_oauth"], request_body = OAuthCallbackRequestRequest, security(()),
    responses(
        (status = 200, body = SignedIn, description = "Tokens, or a 2FA session"),
        (status = 400, body = OauthError, description = "Malformed, a state or a code that will not do, or no verified address"),
        BodyRefused,
        (status = 429, body = OauthError, description = "Too many returns to one network"),
        (status = 500, body = OauthError, description = "GitHub or another dependency failed"),
        (status = 503, body = OauthError, description = "GitHub is not configured"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<OAuthCallbackRequestRequest>,
) -> Reply<SignedIn> {
    let back = AuthorizationResponse {
        code: asked.code,
        state: asked.state,
        redirect_uri: asked.redirect_uri,
    };
    let arrived = postern
        .complete_oauth(&meta, Provider::Github, Contract::Djangocfg, &back)
        .await?;
    Ok(Json(arrived.into()))
}

impl From<FederatedSignIn> for SignedIn {
    fn from(arrived: FederatedSignIn) -> Self {
        let FederatedSignIn {
            sign_in,
            is_new_user,
            is_new_connection,
        } = arrived;
        match sign_in {
            SignIn::Complete(tokens) => Self {
                requires_2fa: false,
                session_id: None,
                user: Some(User::from(&tokens.signed.user)),
                should_prompt_2fa: tokens.should_prompt_2fa,
                access: Some(tokens.access),
                refresh: Some(tokens.refresh),
                is_new_user,
                is_new_connection,
            },
            SignIn::Waiting(waiting) => Self {
                requires_2fa: true,
                session_id: Some(waiting.challenge.id.to_string()),
                user: None,
                should_prompt_2fa: false,
                access: None,
                refresh: None,
                is_new_user,
                is_new_connection,
            },
        }
    }
}
