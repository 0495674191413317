//! `GET`, `POST /oauth/userinfo`: OpenID Connect Core §5.3.

use axum::Json;
use axum::extract::State;
use domain::oidc::claims::UserInfo;
use domain::{AuthFailure, Error};
use edge::{Bearer, Fields, Form, FromFields, Meta, Refusal, Rejected, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

use crate::reply::OAuthError;

/// A token in the body (RFC 6750 §2.2), for clients that send no header.
#[derive(ToSchema)]
pub struct UserInfoRequest {
    /// The access token.
    #[schema(required = false)]
    access_token: Option<String>,
}

impl FromFields for UserInfoRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        Ok(Self {
            access_token: fields.text("access_token").optional(),
        })
    }
}

/// The claims, `sub` among them.
#[derive(Serialize, ToSchema)]
#[schema(as = UserInfoResponse, value_type = Object)]
pub struct Told(UserInfo);

/// What the token shows of its person, by its scopes.
///
/// # Errors
/// `invalid_token`, or `insufficient_scope`.
#[utoipa::path(
    get, path = "/oauth/userinfo", operation_id = "oauth_userinfo", tags = ["ravi", "OAuth"],
    security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Told, description = "Claims, `sub` among them"),
        (status = 401, body = OAuthError, description = "No good token, or none for this"),
        (status = 403, body = OAuthError, description = "A token without the scope `openid`"),
        (status = 503, body = OAuthError, description = "AWS did not answer in time; Retry-After says when to try again"),
    )
)]
pub async fn get(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Bearer(token): Bearer,
) -> Reply<Told> {
    let missing = Error::Unauthenticated(AuthFailure::Missing);
    let token = token.ok_or(missing)?;
    Ok(Json(Told(postern.userinfo(&meta, &token).await?)))
}

/// The same by POST, with the token in the header or in the form.
///
/// # Errors
/// As [`get`].
#[utoipa::path(
    post, path = "/oauth/userinfo", operation_id = "oauth_userinfo_by_form", tags = ["ravi", "OAuth"],
    security(("jwtAuth" = [])),
    request_body(content((UserInfoRequest = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, body = Told, description = "Claims, `sub` among them"),
        (status = 401, body = OAuthError, description = "No good token, or none for this"),
        (status = 403, body = OAuthError, description = "A token without the scope `openid`"),
        (status = 503, body = OAuthError, description = "AWS did not answer in time; Retry-After says when to try again"),
    )
)]
pub async fn post(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Bearer(header): Bearer,
    sent: Result<Form<UserInfoRequest>, Refusal>,
) -> Reply<Told> {
    let missing = Error::Unauthenticated(AuthFailure::Missing);
    // What is no such form holds no token.
    let in_form = || sent.ok().and_then(|Form(sent)| sent.access_token);
    let token = header.or_else(in_form).ok_or(missing)?;
    Ok(Json(Told(postern.userinfo(&meta, &token).await?)))
}
