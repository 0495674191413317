//! `POST /nauth/refresh`: the tokens that follow a refresh token.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::session::Delivery;
use domain::{AuthFailure, Error};
use edge::nauth::{BodyRefused, Busy, Channel, Detail, Refreshed, with_cleared};
use edge::{Body, Fields, FromFields, Meta, Refusal, Rejected};
use flows::Postern;
use utoipa::ToSchema;

/// The token, unless a cookie has it.
#[derive(Debug, ToSchema)]
#[schema(as = RefreshTokenDTO, rename_all = "camelCase")]
pub struct Asked {
    /// The refresh token. Empty counts as left out.
    #[schema(value_type = String, required = false)]
    refresh_token: Option<String>,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let token = fields.text_or_null("refreshToken").max(2048).optional();
        Ok(Self {
            refresh_token: token.filter(|token| !token.is_empty()),
        })
    }
}

/// Exchange a refresh token, of the body or of the cookie, for the tokens that follow. All
/// that come within some seconds with one token get the same ones. Cookies are cleared only
/// where the session is over for good.
///
/// # Errors
/// A token that will not do, or an account that is closed.
#[utoipa::path(
    post, path = "/nauth/refresh", operation_id = "nauth_refresh", tags = ["nauth"],
    request_body = Asked, security(()),
    responses(
        (status = 200, body = inline(Refreshed), description = "The next tokens; an empty object where they travel in cookies"),
        (status = 401, body = Detail, description = "Not a token of ours, used before, or its session is over"),
        (status = 403, body = Detail, description = "The account is locked or not in use"),
        BodyRefused, Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    channel: Channel,
    Body(asked): Body<Asked>,
) -> Result<Response, Refusal> {
    let (delivery, token) = channel.refresh(asked.refresh_token.as_deref())?;
    match postern.refresh_member(&meta, token, delivery).await {
        Ok(tokens) => Ok(Refreshed::answer(&tokens)),
        Err(error) if delivery == Delivery::Cookies && is_over(&error) => {
            Ok(with_cleared(Refusal(error).into_response(), false))
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the session is dead for good, as against a token that lost a race, or a lock
/// that may be lifted.
fn is_over(error: &Error) -> bool {
    matches!(
        error,
        Error::Unauthenticated(
            AuthFailure::ReplayedToken | AuthFailure::EndedSession | AuthFailure::ExpiredSession
        )
    )
}
