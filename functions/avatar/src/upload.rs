//! `POST /cfg/accounts/profile/avatar/`: send a picture.

use axum::Json;
use axum::extract::State;
use domain::picture::{FIELD, MAX_BYTES};
use edge::djangocfg::{Detail, User};
use edge::{File, FileForm, KeyOrUser, Meta, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

/// The form that a picture is sent in.
#[derive(Debug, ToSchema)]
#[schema(as = CfgAccountsProfileAvatarCreateRequest)]
pub struct Sent {
    /// JPEG, PNG, GIF or WebP, at most 5 MB; what fits through the gateway is about
    /// 4.5 MB.
    #[schema(value_type = String, format = Binary)]
    #[allow(dead_code, reason = "documented here, read by `edge::File`")]
    avatar: Vec<u8>,
}

impl FileForm for Sent {
    const FIELD: &'static str = FIELD;
    const MAX: usize = MAX_BYTES;
}

/// Why a picture will not do: a sentence under `error`; or, for a body that could
/// not be read at all, under `detail`.
#[derive(Debug, Serialize, ToSchema)]
pub struct AvatarError {
    /// The sentence.
    #[schema(required = false)]
    error: Option<String>,
    /// The sentence about a body that is no form.
    #[schema(required = false)]
    detail: Option<String>,
}

/// Send a profile picture. It is made anew from its first frame, at most 512
/// pixels a side; nothing else of the file is kept. A picture that is too large
/// for the gateway (413) goes by `avatar/upload/`.
///
/// # Errors
/// A caller that is not signed in, a file that is no picture, a limit.
#[utoipa::path(
    post, path = "/cfg/accounts/profile/avatar/", operation_id = "cfg_accounts_profile_avatar_create",
    tags = ["djangocfg", "cfg_accounts_profile"], security(("apiKeyAuth" = []), ("jwtAuth" = [])),
    request_body(content = Option<Sent>, content_type = "multipart/form-data"),
    responses(
        (status = 200, body = User, description = "The profile, with the picture"),
        (status = 400, body = AvatarError, description = "No file, too large, or no picture"),
        (status = 401, body = Detail, description = "Not signed in, or not an API key"),
        (status = 413, description = "Larger than the gateway lets through, in its words"),
        (status = 415, body = Detail, description = "Not multipart/form-data"),
        (status = 429, body = Detail, description = "Too many pictures in an hour"),
        (status = 503, body = Detail, description = "AWS did not answer in time, or there is no bucket"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    KeyOrUser(caller): KeyOrUser,
    File { bytes, .. }: File<Sent>,
) -> Reply<User> {
    let profile = postern.set_picture(&meta, caller, bytes.into()).await?;
    Ok(Json(profile.into()))
}
