//! `POST /nauth/token/validate`: what an access token says.

use axum::Json;
use axum::extract::State;
use domain::AuthFailure;
use domain::account::User;
use domain::token::{AccessClaims, Audience};
use edge::nauth::{BodyRefused, Busy};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

/// The token.
#[derive(Debug, ToSchema)]
#[schema(as = ValidateAccessTokenDTO, rename_all = "camelCase")]
pub struct Asked {
    /// An access token.
    access_token: String,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let access_token = fields.text("accessToken").min(10).max(8192).required()?;
        Ok(Self { access_token })
    }
}

/// Whether it is good, and what it says or why it is not.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = ValidateAccessTokenResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Validated {
    /// Whether it is good now.
    valid: bool,
    /// What it says, if it is.
    #[schema(required = false, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<JwtPayload>,
    /// Why it is not, in a sentence.
    #[schema(required = false, value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    /// Why it is not, in a word.
    #[schema(inline, required = false, value_type = ErrorType)]
    #[serde(skip_serializing_if = "Option::is_none")]
    error_type: Option<&'static str>,
}

/// Why a token is not good.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[allow(dead_code, reason = "for the document")]
enum ErrorType {
    Expired,
    Invalid,
    Malformed,
    Blacklisted,
}

/// The claims.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JwtPayload, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct JwtPayload {
    /// The account.
    sub: String,
    /// The address; a reserved one until it is proven.
    email: String,
    /// `access`.
    #[serde(rename = "type")]
    #[schema(rename = "type", inline, value_type = TokenType)]
    kind: String,
    /// The session's number.
    session_id: String,
    /// The session, as its refresh tokens know it.
    #[schema(required = false)]
    token_family: String,
    /// When it was made, in seconds since 1970.
    #[schema(value_type = f64)]
    iat: i64,
    /// When it ends, in seconds since 1970.
    #[schema(value_type = f64)]
    exp: i64,
    /// Who made it.
    #[schema(required = false)]
    iss: String,
    /// For whom.
    #[schema(required = false)]
    aud: String,
}

/// A kind of token.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[allow(dead_code, reason = "for the document")]
enum TokenType {
    Access,
    Refresh,
}

impl JwtPayload {
    fn of(claims: AccessClaims, user: &User) -> Self {
        Self {
            sub: claims.sub.to_string(),
            // Clients of this contract cannot do without one.
            email: claims.email.unwrap_or_else(|| user.shown_email()),
            kind: claims.kind,
            session_id: claims.session_id,
            token_family: claims.token_family.to_string(),
            iat: claims.iat.0,
            exp: claims.exp.0,
            iss: claims.iss,
            aud: one(claims.aud),
        }
    }
}

/// The contract's tokens have one audience; only such are validated here.
fn one(audience: Audience) -> String {
    match audience {
        Audience::One(one) => one,
        Audience::Several(several) => several.into_iter().next().unwrap_or_default(),
    }
}

fn refused(failure: AuthFailure, token: &str) -> Validated {
    let (error_type, error) = match failure {
        AuthFailure::ExpiredToken => ("expired", "The token has expired"),
        AuthFailure::EndedSession
        | AuthFailure::ExpiredSession
        | AuthFailure::ReplayedToken
        | AuthFailure::Inactive => ("blacklisted", "The session of the token has ended"),
        _ if token.split('.').count() != 3 => ("malformed", "This is no token"),
        _ => ("invalid", "The token is not valid"),
    };
    Validated {
        error: Some(error),
        error_type: Some(error_type),
        ..Validated::default()
    }
}

/// Ask what an access token says, and whether it is good now. The answer is 200 either way.
///
/// # Errors
/// A malformed body, or a limit.
#[utoipa::path(
    post, path = "/nauth/token/validate", operation_id = "nauth_token_validate", tags = ["nauth"],
    request_body = Asked, security(()),
    responses((status = 200, body = Validated, description = "Good, or not"), BodyRefused, Busy)
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<Asked>,
) -> Reply<Validated> {
    let token = asked.access_token;
    Ok(Json(match postern.validate_access(&meta, &token).await? {
        Ok((claims, signed)) => Validated {
            valid: true,
            payload: Some(JwtPayload::of(claims, &signed.user)),
            ..Validated::default()
        },
        Err(failure) => refused(failure, &token),
    }))
}
