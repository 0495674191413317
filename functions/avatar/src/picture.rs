//! `GET /cfg/accounts/profile/avatar/{id}/`: the picture itself.
//!
//! It takes no sign-in, as an `<img>` cannot sign in: the address is enough. That ends in
//! 122 random bits and changes with the picture, so a browser may keep the picture for a
//! day, and a shared cache not at all: for that long a browser that has shown a removed
//! picture can show it again.

use axum::extract::{Path, State};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse as _, Response};
use domain::Error;
use edge::Refusal;
use edge::djangocfg::Detail;
use flows::Postern;
use utoipa::ToSchema;
use uuid::Uuid;

/// A picture.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "documented: the answer is bytes")]
pub struct Picture(Vec<u8>);

/// What is said of every picture: it is one and nothing else, whatever a browser
/// makes of its bytes, and any page may show it.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "private, max-age=86400, immutable"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; sandbox",
    ),
    (header::CONTENT_DISPOSITION, "inline"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "cross-origin",
    ),
];

/// A profile picture, by its address in a profile.
///
/// # Errors
/// An address that is no account's picture, or not any more.
#[utoipa::path(
    get, path = "/cfg/accounts/profile/avatar/{id}/", operation_id = "postern_avatar_retrieve",
    tags = ["djangocfg", "cfg_accounts_profile"], security(()),
    params(("id" = Uuid, Path, description = "The end of the address")),
    responses(
        (status = 200, description = "The picture", content(
            (Picture = "image/jpeg"),
            (Picture = "image/png"),
        )),
        (status = 404, body = Detail, description = "No such picture"),
        (status = 503, body = Detail, description = "AWS did not answer in time, or there is no bucket"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let id = Uuid::parse_str(&id).map_err(|_| Error::Missing)?;
    let picture = postern.look_at_picture(id).await?;
    let media_type = [(header::CONTENT_TYPE, picture.format.media_type())];
    Ok((HEADERS, media_type, picture.bytes).into_response())
}
