//! `POST /cfg/accounts/profile/avatar/upload/confirm/`: make what was sent past
//! the API the picture.

use axum::Json;
use axum::extract::State;
use edge::djangocfg::{BodyRefused, Detail, FieldErrors, User};
use edge::{Body, Fields, FromFields, KeyOrUser, Meta, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;
use uuid::Uuid;

/// Which upload.
#[derive(Debug, ToSchema)]
pub struct AvatarConfirmRequest {
    /// What the leave to upload answered with.
    #[schema(max_length = 64)]
    upload_id: String,
}

impl FromFields for AvatarConfirmRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        Ok(Self {
            upload_id: fields.text("upload_id").max(64).required()?,
        })
    }
}

/// Make a picture that was sent past the API the profile picture, as if it had
/// come through it. Each leave to upload is good for one picture.
///
/// # Errors
/// A caller that is not signed in; no such upload of theirs; a file that is no
/// picture; a limit.
#[utoipa::path(
    post, path = "/cfg/accounts/profile/avatar/upload/confirm/", operation_id = "postern_avatar_upload_confirm_create",
    tags = ["djangocfg", "cfg_accounts_profile"], security(("apiKeyAuth" = []), ("jwtAuth" = [])), request_body = AvatarConfirmRequest,
    responses(
        (status = 200, body = User, description = "The profile, with the picture"),
        (status = 400, body = FieldErrors, description = "A sentence under `error` if nothing was sent or it is no picture; otherwise each field's sentences"),
        (status = 401, body = Detail, description = "Not signed in, or not an API key"),
        (status = 404, body = Detail, description = "No such upload of theirs: unknown, expired, replaced, or confirmed already"),
        BodyRefused,
        (status = 429, body = Detail, description = "Too many pictures in an hour"),
        (status = 503, body = Detail, description = "AWS did not answer in time, or there is no bucket"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    KeyOrUser(caller): KeyOrUser,
    Body(asked): Body<AvatarConfirmRequest>,
) -> Reply<User> {
    // A text that is no id names no upload.
    let id = Uuid::parse_str(&asked.upload_id).unwrap_or_default();
    let profile = postern.confirm_picture(&meta, caller, id).await?;
    Ok(Json(profile.into()))
}
