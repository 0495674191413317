//! `PATCH /admin/devices/{device_id}`: rename a device, take it out of use, give it
//! into hands. Of no contract.

use axum::Json;
use axum::extract::State;
use domain::pos::MAX_NAME_LENGTH;
use edge::fastapi::{BodyRefused, Detail, Invalid, NotSignedIn, Unavailable};
use edge::{Admin, BodyAt, Fields, FromFields, Meta, Rejected, Reply};
use flows::{ActedBy, DeviceEdit, Postern};
use utoipa::ToSchema;

use crate::provisioned::DeviceResponse;

/// What is to become of it.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "for the document")]
pub struct DeviceUpdate {
    /// Its new name.
    #[schema(required = false, max_length = 100)]
    name: String,
    /// Whether it is out of use: every token that it holds ends.
    #[schema(required = false)]
    archived: bool,
    /// The operator into whose hands it is given for a day; null takes it out of
    /// anybody's.
    #[schema(required = false)]
    operator_id: Option<u64>,
}

/// What was asked for.
pub struct Edit(DeviceEdit);

impl FromFields for Edit {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let name = fields
            .text("name")
            .max(MAX_NAME_LENGTH)
            .may_be_blank()
            .optional();
        let archived = fields.flag("archived");
        let operator = fields
            .was_sent("operator_id")
            .then(|| fields.integer_or_null("operator_id"));
        fields.deny_unknown(&["name", "archived", "operator_id"]);
        Ok(Self(DeviceEdit {
            name,
            archived,
            operator,
        }))
    }
}

/// Rename a device, take it out of use or into use again, give it into an operator's
/// hands or take it out of them.
///
/// # Errors
/// A caller that may not, a device or operator that will not do, or a malformed body.
#[utoipa::path(
    patch, path = "/admin/devices/{device_id}", operation_id = "edit_device", tags = ["cashless", "admin"],
    request_body = DeviceUpdate, security(("jwtAuth" = [])),
    params(("device_id" = i64, Path, description = "Its integer id")),
    responses(
        (status = 200, body = DeviceResponse, description = "The device as it is now"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Not an administrator"),
        (status = 404, body = Detail, description = "No such device, or no operator of its event"),
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
) -> Reply<DeviceResponse> {
    let by = ActedBy::Administrator {
        admin: &admin,
        meta: &meta,
    };
    let device = postern.edit_device(by, id, &edit).await?;
    Ok(Json(DeviceResponse::of(device, meta.now)))
}
