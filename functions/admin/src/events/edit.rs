//! `PATCH /admin/events/{event_id}`: rename an event, end it, or have it go on. Of no
//! contract.

use axum::Json;
use axum::extract::State;
use domain::pos::MAX_NAME_LENGTH;
use edge::fastapi::{BodyRefused, Detail, Invalid, NotSignedIn, Unavailable};
use edge::{Admin, BodyAt, Fields, FromFields, Meta, Rejected, Reply};
use flows::{ActedBy, EventEdit, Postern};
use utoipa::ToSchema;

use crate::provisioned::EventResponse;

/// What is to become of it.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "for the document")]
pub struct EventUpdate {
    /// Its new name.
    #[schema(required = false, min_length = 1, max_length = 100)]
    name: String,
    /// Whether it is over: nothing is issued for it then, and what was is no good.
    #[schema(required = false)]
    ended: bool,
}

/// What was asked for.
pub struct Edit(EventEdit);

impl FromFields for Edit {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let name = fields.text("name").min(1).max(MAX_NAME_LENGTH).optional();
        let ended = fields.flag("ended");
        fields.deny_unknown(&["name", "ended"]);
        Ok(Self(EventEdit { name, ended }))
    }
}

/// Rename an event, end it, or have it go on.
///
/// # Errors
/// A caller that may not, an event that is none, or a malformed body.
#[utoipa::path(
    patch, path = "/admin/events/{event_id}", operation_id = "edit_event", tags = ["cashless", "admin"],
    request_body = EventUpdate, security(("jwtAuth" = [])),
    params(("event_id" = i64, Path, description = "Its integer id")),
    responses(
        (status = 200, body = EventResponse, description = "The event as it is now"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Not an administrator"),
        (status = 404, body = Detail, description = "No such event"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Admin(admin): Admin,
    BodyAt(id, Edit(edit)): BodyAt<Edit>,
) -> Reply<EventResponse> {
    let by = ActedBy::Administrator {
        admin: &admin,
        meta: &meta,
    };
    let event = postern.edit_event(by, id, &edit).await?;
    Ok(Json(event.into()))
}
