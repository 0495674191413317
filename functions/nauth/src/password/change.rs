//! `POST /nauth/change-password` and `/nauth/request-password-change`: change one's own
//! password, now or at the next sign-in.

use axum::Json;
use axum::extract::State;
use domain::password::Password;
use edge::nauth::{
    BodyRefused, Busy, Detail, Done, Member, NotFresh, PasswordChangeRequired, fields,
};
use edge::{Body, Fields, FromFields, Meta, Nothing, Rejected, Reply};
use flows::{Postern, WholeSession};
use utoipa::ToSchema;

/// The password, and another.
#[derive(Debug, ToSchema)]
#[schema(as = ChangePasswordDTO, rename_all = "camelCase")]
pub struct Asked {
    /// The one that there is; empty for an account without one.
    #[schema(value_type = String)]
    old_password: Password,
    /// The next one: 8 to 128 characters.
    #[schema(value_type = String)]
    new_password: Password,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let old = fields.password_or_empty("oldPassword");
        let new = fields::new_password(fields, "newPassword");
        Ok(Self {
            old_password: old?,
            new_password: new?,
        })
    }
}

/// That it is changed.
#[derive(ToSchema)]
#[schema(as = ChangePasswordResponseDTO)]
#[allow(dead_code, reason = "for the document")]
pub struct Changed {
    /// Always true.
    success: bool,
}

/// Change one's own password. All sessions end, the one that asks too.
///
/// # Errors
/// A malformed body, a password that is not theirs or will not do, or a limit.
#[utoipa::path(
    post, path = "/nauth/change-password", operation_id = "nauth_change_password", tags = ["nauth"],
    request_body = Asked, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Changed, description = "Changed"),
        NotFresh, BodyRefused, Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Member { signed, .. }: Member,
    Body(asked): Body<Asked>,
) -> Reply<Done> {
    let Asked {
        old_password,
        new_password,
    } = asked;
    let own = WholeSession::of(signed)?;
    postern
        .change_password(&meta, &own, &old_password, &new_password)
        .await?;
    Ok(Json(Done::YES))
}

/// Have oneself choose another password at the next sign-in.
///
/// # Errors
/// A caller who is not signed in, or has no password.
#[utoipa::path(
    post, path = "/nauth/request-password-change", operation_id = "nauth_request_password_change",
    tags = ["nauth"], security(("jwtAuth" = [])),
    responses(
        (status = 200, body = PasswordChangeRequired, description = "It has to be changed"),
        (status = 401, body = Detail, description = "Not signed in"),
        (status = 403, body = Detail, description = "The account is locked or not in use"),
        BodyRefused, Busy,
    )
)]
pub async fn require(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Member { signed, .. }: Member,
    Body(Nothing): Body<Nothing>,
) -> Reply<Done> {
    let own = WholeSession::of(signed)?;
    postern.require_own_password_change(&meta, &own).await?;
    Ok(Json(Done::YES))
}
