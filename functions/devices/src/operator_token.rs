//! `POST /devices/operator-token`: an operator's password at a device.

use axum::Json;
use axum::extract::State;
use domain::password::Password;
use domain::pos::{DeviceMac, DeviceType};
use domain::username::LoginName;
use domain::{EmailAddress, ProblemKind};
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, Unavailable};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

/// Who is at which device.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorLoginRequest {
    /// The operator's address.
    #[schema(value_type = String, min_length = 3, max_length = 254)]
    email: LoginName,
    /// The password.
    #[schema(value_type = String, min_length = 1, max_length = 256)]
    password: Password,
    /// The kind of device.
    #[schema(value_type = String, pattern = "^(POS|REPORT|FASTPASS|KIDS|DISPATCH)$")]
    dev_type: DeviceType,
    /// What the device calls itself, a MAC address as a rule.
    #[schema(value_type = String, min_length = 1, max_length = 64)]
    dev_mac: DeviceMac,
}

impl FromFields for OperatorLoginRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let email = fields.text("email").min(3).max(254).required();
        let password = fields.password_up_to("password", 256);
        let dev_type = fields
            .text("dev_type")
            .parsed(ProblemKind::NotAChoice, DeviceType::parse);
        let dev_mac = fields
            .text("dev_mac")
            .max(64)
            .parsed(ProblemKind::NotText, DeviceMac::parse);
        fields.deny_unknown(&["email", "password", "dev_type", "dev_mac"]);
        let address = EmailAddress::parse(&email?);
        Ok(Self {
            email: address.map_or(LoginName::Nobody, LoginName::Email),
            password: password?,
            dev_type: dev_type?,
            dev_mac: dev_mac?,
        })
    }
}

/// An operator at a device.
#[derive(Serialize, ToSchema)]
#[schema(as = OperatorLoginResponse)]
pub struct SignedIn {
    /// The operator's integer id.
    user_id: u64,
    /// The event that they work at.
    #[schema(required = false)]
    event_id: Option<u64>,
    /// Their address.
    email: String,
    /// The token: the same for this operator on this device until it is given back.
    token: String,
    /// What they may work with.
    mode: u8,
    /// The kind of device.
    dev_type: &'static str,
}

/// Sign in on a device by an operator's password. Each kind of device has its modes;
/// an operator of another one looks like a wrong password, as does one with a second
/// factor, which cannot be shown there. The token is good for 72 hours.
///
/// # Errors
/// A malformed body, a pair that will not do, or a limit.
#[utoipa::path(
    post, path = "/devices/operator-token",
    operation_id = "issue_operator_session_token_devices_operator_token_post",
    tags = ["cashless", "devices"], request_body = OperatorLoginRequest, security(()),
    responses(
        (status = 200, body = SignedIn, description = "The token"),
        (status = 401, body = Detail, description = "Wrong, unknown, locked, or no operator of such devices"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Over 10 a minute from one network, or too many wrong ones"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<OperatorLoginRequest>,
) -> Reply<SignedIn> {
    let at = (asked.dev_type, &asked.dev_mac);
    let signed_in = postern
        .operator_token(&meta, &asked.email, &asked.password, at)
        .await?;
    let email = signed_in.user.proven_email();
    Ok(Json(SignedIn {
        user_id: signed_in.user.uid,
        event_id: signed_in.session.event,
        email: email.map(ToString::to_string).unwrap_or_default(),
        token: signed_in.token,
        mode: signed_in.session.mode,
        dev_type: signed_in.session.dev_type.name(),
    }))
}
