//! `GET /nauth/mfa/devices`: one's second factors, one by one.

use axum::Json;
use axum::extract::State;
use domain::factors::{Authenticator, AuthenticatorKind};
use domain::{Contact, verification};
use edge::Reply;
use edge::dialect::nest::millis;
use edge::nauth::factors::{MfaDeviceMethod, factor_name};
use edge::nauth::{Member, NotSignedIn};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

/// One's second factors.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GetUserDevicesResponseDTO)]
pub struct Devices {
    /// Those in force, oldest first.
    devices: Vec<Device>,
}

/// A second factor of an account. Neither a secret nor a key is ever told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IMFADevice, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// Its number.
    #[schema(value_type = f64)]
    id: u64,
    /// The account's.
    #[schema(value_type = f64)]
    user_id: u64,
    /// Which kind of factor.
    #[serde(rename = "type")]
    #[schema(rename = "type", value_type = MfaDeviceMethod)]
    method: &'static str,
    /// What its owner calls it.
    name: String,
    /// Always null.
    #[schema(required = true)]
    secret: Option<String>,
    /// The passkey's id.
    #[schema(required = true)]
    credential_id: Option<String>,
    /// Always null.
    #[schema(required = true)]
    public_key: Option<String>,
    /// How often a passkey says it was used.
    #[schema(required = true, value_type = Option<f64>)]
    counter: Option<u32>,
    /// How a browser reaches the passkey.
    #[schema(required = true)]
    transports: Option<Vec<String>>,
    /// The number that codes go to, masked.
    #[schema(required = false)]
    phone_number: Option<String>,
    /// The address that codes go to, masked.
    #[schema(required = false)]
    email: Option<String>,
    /// Whether its kind is asked for first.
    #[schema(required = false)]
    is_primary: bool,
    /// Always true: what is out of force is not listed.
    is_active: bool,
    /// When it was last shown.
    #[schema(required = true, format = DateTime)]
    last_used_at: Option<String>,
    /// When it was set up.
    #[schema(format = DateTime)]
    created_at: String,
}

impl Device {
    /// `device` of the account `user_id`, whose codes go to `contact` now, if they are sent.
    fn of(device: &Authenticator, contact: Option<&Contact>, user_id: u64) -> Self {
        let masked = contact.map(verification::masked);
        let (phone_number, email) = match device.kind {
            AuthenticatorKind::Totp(_) | AuthenticatorKind::Passkey(_) => (None, None),
            AuthenticatorKind::Sms(_) => (masked, None),
            AuthenticatorKind::Email(_) => (None, masked),
        };
        let passkey = device.kind.passkey();
        Self {
            id: device.number,
            user_id,
            method: factor_name(device.kind.factor()),
            name: device.name.clone(),
            secret: None,
            credential_id: passkey.map(|passkey| passkey.credential_id.clone()),
            public_key: None,
            counter: passkey.map(|passkey| passkey.counter),
            transports: passkey.map(|passkey| passkey.transports.clone()),
            phone_number,
            email,
            is_primary: device.primary,
            is_active: device.is_active(),
            last_used_at: device.last_used_at.map(millis),
            created_at: millis(device.created_at),
        }
    }
}

/// List one's second factors, by whichever contract they were set up.
///
/// # Errors
/// A caller who is not signed in.
#[utoipa::path(
    get, path = "/nauth/mfa/devices", operation_id = "nauth_mfa_devices", tags = ["nauth"],
    security(("jwtAuth" = [])),
    responses((status = 200, body = Devices, description = "Those in force"), NotSignedIn)
)]
pub async fn handle(
    State(postern): State<Postern>,
    Member { signed, .. }: Member,
) -> Reply<Devices> {
    let user = &signed.user;
    let factors = postern.factors_of(user).await?;
    let shown = factors.active().map(|device| {
        let contact = factors.destination(user, device.kind.factor());
        Device::of(device, contact.as_ref(), user.uid)
    });
    Ok(Json(Devices {
        devices: shown.collect(),
    }))
}
