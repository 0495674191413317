//! `POST /cfg/accounts/profile/avatar/upload/`: leave to send a picture past the
//! API. Not of the contract: it is how the contract's 5 MB get in, where a Lambda
//! event carries 4.5.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use edge::djangocfg::{BodyRefused, Detail};
use edge::{Body, Fields, FromFields, KeyOrUser, Meta, Rejected, Reply};
use flows::{Postern, UploadGrant};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What will be sent.
#[derive(Debug, ToSchema)]
pub struct AvatarUploadRequest {
    /// `image/jpeg`, `image/png`, `image/gif` or `image/webp`.
    #[schema(max_length = 32)]
    content_type: String,
    /// Its exact size in bytes, at most 5,242,880.
    #[schema(minimum = 1, maximum = 5_242_880)]
    content_length: usize,
}

impl FromFields for AvatarUploadRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let content_type = fields.text("content_type").max(32).required();
        let content_length = fields.text("content_length").count();
        Ok(Self {
            content_type: content_type?,
            content_length: content_length?,
        })
    }
}

/// The request that carries the picture, and what confirms it.
#[derive(Serialize, ToSchema)]
#[schema(as = AvatarUpload)]
pub struct Allowed {
    /// What to confirm with.
    upload_id: Uuid,
    /// Where to send the picture.
    #[schema(format = Uri)]
    url: String,
    /// By what method.
    method: String,
    /// With what headers. All of them are signed: another length or type is refused.
    headers: BTreeMap<String, String>,
    /// When it is too late to send and confirm it.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl From<UploadGrant> for Allowed {
    fn from(UploadGrant { upload, grant }: UploadGrant) -> Self {
        Self {
            upload_id: upload.id,
            url: grant.url,
            method: grant.method,
            headers: grant.headers.into_iter().collect(),
            expires_at: upload.expires_at.to_string(),
        }
    }
}

/// Leave to send a picture of up to 5 MB to the storage itself: send it there
/// as the answer says, then confirm it. One at a time: asking again ends the leave
/// before.
///
/// # Errors
/// A caller that is not signed in, a file that would not do, a limit.
#[utoipa::path(
    post, path = "/cfg/accounts/profile/avatar/upload/", operation_id = "postern_avatar_upload_create",
    tags = ["djangocfg", "cfg_accounts_profile"], security(("apiKeyAuth" = []), ("jwtAuth" = [])), request_body = AvatarUploadRequest,
    responses(
        (status = 200, body = Allowed, description = "Where and how to send it"),
        (status = 400, body = edge::djangocfg::FieldErrors, description = "A sentence under `error` if no such file would do; otherwise each field's sentences"),
        (status = 401, body = Detail, description = "Not signed in, or not an API key"),
        BodyRefused,
        (status = 429, body = Detail, description = "Too many pictures in an hour"),
        (status = 503, body = Detail, description = "AWS did not answer in time, or there is no bucket"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    KeyOrUser(caller): KeyOrUser,
    Body(asked): Body<AvatarUploadRequest>,
) -> Reply<Allowed> {
    let leave = postern
        .allow_picture(&meta, &caller, &asked.content_type, asked.content_length)
        .await?;
    Ok(Json(leave.into()))
}
