//! `POST /tokens/revoke`: token revocation (RFC 7009).

use axum::extract::State;
use axum::http::StatusCode;
use edge::{Fields, Form, FromFields, Meta, Refusal, Rejected};
use flows::Postern;
use utoipa::ToSchema;

use crate::reply::OAuthError;

/// The token to end.
#[derive(ToSchema)]
pub struct RevocationRequest {
    /// An access or refresh token, or an API key of a service.
    #[schema(min_length = 1)]
    token: String,
    /// Ignored: the token itself tells what it is.
    #[schema(required = false)]
    #[allow(dead_code, reason = "documented, and ignored as RFC 7009 §2.1 allows")]
    token_type_hint: Option<String>,
}

impl FromFields for RevocationRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let token = fields.text("token").required();
        Ok(Self {
            token: token?,
            token_type_hint: None,
        })
    }
}

/// End what a token opens (RFC 7009): the session of an access or refresh token,
/// with every other token of it, or an API key of a service. Holding it is proof
/// enough. A token that opens nothing is no error.
///
/// # Errors
/// A malformed body, or a limit.
#[utoipa::path(
    post, path = "/tokens/revoke", operation_id = "revoke_token",
    tags = ["cashless", "tokens"], security(()),
    request_body(content = RevocationRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "It opens nothing now"),
        (status = 400, body = OAuthError, description = "`invalid_request`"),
        (status = 413, body = OAuthError, description = "Larger than any form of ours"),
        (status = 415, body = OAuthError, description = "Not a form"),
        (status = 429, body = OAuthError, description = "Too many from one network that were no tokens"),
        (status = 503, body = OAuthError, description = "AWS did not answer in time; Retry-After says when to try again"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Form(asked): Form<RevocationRequest>,
) -> Result<StatusCode, Refusal> {
    postern.revoke_token(&meta, &asked.token).await?;
    Ok(StatusCode::OK)
}
