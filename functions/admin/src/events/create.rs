//! `POST /admin/events`: make an event. Of no contract: cashless presumes that there
//! are some.

use axum::Json;
use axum::extract::State;
use domain::pos::MAX_NAME_LENGTH;
use edge::fastapi::{BodyRefused, Detail, Invalid, NotSignedIn, Unavailable};
use edge::{Admin, Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{ActedBy, Postern};
use utoipa::ToSchema;

use crate::provisioned::EventResponse;

/// The event to make.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventCreate {
    /// What people call it.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
}

impl FromFields for EventCreate {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let name = fields.text("name").max(MAX_NAME_LENGTH).required();
        fields.deny_unknown(&["name"]);
        Ok(Self { name: name? })
    }
}

/// Make an event.
///
/// # Errors
/// A caller that may not, or a malformed body.
#[utoipa::path(
    post, path = "/admin/events", operation_id = "create_event", tags = ["cashless", "admin"],
    request_body = EventCreate, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = EventResponse, description = "The event"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Not an administrator"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Admin(admin): Admin,
    Body(asked): Body<EventCreate>,
) -> Reply<EventResponse> {
    let by = ActedBy::Administrator {
        admin: &admin,
        meta: &meta,
    };
    let event = postern.create_event(by, &asked.name).await?;
    Ok(Json(event.into()))
}
