//! `GET /nauth/social/can-set-password` and `POST /nauth/social/set-password`: the first
//! password of somebody who came through a provider.

use axum::Json;
use axum::extract::State;
use domain::Error;
use domain::password::Password;
use edge::nauth::{BodyRefused, Busy, Detail, Member, NotSignedIn};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{FreshSession, Postern};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Whether there is none yet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CanSetPasswordResponseDTO)]
#[serde(rename_all = "camelCase")]
pub struct May {
    /// Whether a first one can be set.
    can_set_password: bool,
}

/// Whether one may set a first password.
///
/// # Errors
/// A caller who is not signed in.
#[utoipa::path(
    get, path = "/nauth/social/can-set-password", operation_id = "nauth_social_can_set_password",
    tags = ["nauth"], security(("jwtAuth" = [])),
    responses((status = 200, body = May, description = "Whether"), NotSignedIn)
)]
pub async fn may(
    State(_): State<Postern>,
    Meta(_): Meta,
    Member { signed, .. }: Member,
) -> Reply<May> {
    let can_set_password = !signed.user.has_password();
    Ok(Json(May { can_set_password }))
}

/// The password, and whose it is to be.
#[derive(Debug, ToSchema)]
#[schema(as = SetPasswordForSocialUserDTO)]
pub struct Asked {
    /// The caller, and nobody else; it may be left out.
    #[schema(value_type = String, required = false)]
    sub: Option<Uuid>,
    /// 8 to 128 characters.
    #[schema(value_type = String)]
    password: Password,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let sub = fields
            .text_or_null("sub")
            .parsed_if_sent(domain::ProblemKind::NotAUuid, |text| {
                Uuid::try_parse(text).ok()
            });
        let password = fields.password_of("password", 8..=128)?;
        Ok(Self { sub, password })
    }
}

/// That it is set.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SetPasswordForSocialUserResponseDTO)]
pub struct Set {
    /// A sentence.
    message: &'static str,
}

/// Set one's first password. Sessions go on.
///
/// # Errors
/// A caller who has not signed in lately or has a password, a malformed body, or a limit.
#[utoipa::path(
    post, path = "/nauth/social/set-password", operation_id = "nauth_social_set_password",
    tags = ["nauth"], request_body = Asked, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Set, description = "Set"),
        (status = 401, body = Detail, description = "Not signed in"),
        (status = 403, body = Detail, description = "Another's, the sign-in is too old, or the account not in use"),
        BodyRefused, Busy,
    )
)]
pub async fn set(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Member { signed, .. }: Member,
    Body(asked): Body<Asked>,
) -> Reply<Set> {
    if asked.sub.is_some_and(|sub| sub != signed.user.sub) {
        return Err(Error::Forbidden.into());
    }
    let own = FreshSession::of(signed, meta.now)?;
    postern
        .set_first_password(&meta, &own, &asked.password)
        .await?;
    Ok(Json(Set {
        message: "The password is set",
    }))
}
