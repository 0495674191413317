//! `POST /admin/devices`: register a device at an event. Of no contract.

use axum::Json;
use axum::extract::State;
use domain::ProblemKind;
use domain::pos::{DeviceMac, MAX_NAME_LENGTH};
use edge::fastapi::{BodyRefused, Detail, Invalid, NotSignedIn, Unavailable};
use edge::{Admin, Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{ActedBy, NewDevice, Postern};
use utoipa::ToSchema;

use crate::provisioned::DeviceResponse;

/// The device to register.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "for the document")]
pub struct DeviceCreate {
    /// What it calls itself, a MAC address as a rule.
    #[schema(min_length = 1, max_length = 64)]
    dev_mac: String,
    /// The event that it is to work at.
    event_id: u64,
    /// What people call it.
    #[schema(required = false, max_length = 100)]
    name: Option<String>,
    /// The operator into whose hands it is given for a day.
    #[schema(required = false)]
    operator_id: Option<u64>,
}

/// What was asked for.
pub struct New(NewDevice);

impl FromFields for New {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let mac = fields
            .text("dev_mac")
            .max(64)
            .parsed(ProblemKind::NotText, DeviceMac::parse);
        let event = fields.integer("event_id");
        let name = fields
            .text_or_null("name")
            .max(MAX_NAME_LENGTH)
            .may_be_blank()
            .optional();
        let operator = fields.integer_or_null("operator_id");
        fields.deny_unknown(&["dev_mac", "event_id", "name", "operator_id"]);
        Ok(Self(NewDevice {
            mac: mac?,
            event: event?,
            name: name.unwrap_or_default(),
            operator,
        }))
    }
}

/// Register a device at an event, and give it into an operator's hands if one is
/// named.
///
/// # Errors
/// A caller that may not, an event or operator that will not do, a device that the
/// event has, or a malformed body.
#[utoipa::path(
    post, path = "/admin/devices", operation_id = "register_device", tags = ["cashless", "admin"],
    request_body = DeviceCreate, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = DeviceResponse, description = "The device"),
        (status = 400, body = Detail, description = "The event has such a device"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Not an administrator"),
        (status = 404, body = Detail, description = "No event that takes place, or no operator of it"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Admin(admin): Admin,
    Body(New(new)): Body<New>,
) -> Reply<DeviceResponse> {
    let by = ActedBy::Administrator {
        admin: &admin,
        meta: &meta,
    };
    let device = postern.register_device(by, &new).await?;
    Ok(Json(DeviceResponse::of(device, meta.now)))
}
