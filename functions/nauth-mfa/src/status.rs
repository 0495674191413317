//! `GET /nauth/mfa/status`: how one stands with second factors.

use axum::Json;
use axum::extract::State;
use edge::Reply;
use edge::dialect::nest::millis;
use edge::nauth::factors::{MfaDeviceMethod, factor_name};
use edge::nauth::{Member, NotSignedIn};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

/// How an account stands with second factors.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GetMFAStatusResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// Whether a factor is set up and asked for.
    enabled: bool,
    /// The same: a factor that is set up is asked for.
    required: bool,
    /// The kinds of factor that are set up.
    #[schema(value_type = Vec<MfaDeviceMethod>)]
    configured_methods: Vec<&'static str>,
    /// The kinds of factor that may be set up.
    available_methods: Vec<&'static str>,
    /// Whether there are backup codes left.
    has_backup_codes: bool,
    /// The kind that is asked for first.
    #[schema(value_type = MfaDeviceMethod, required = false, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_method: Option<&'static str>,
    /// Whether the account is excused from second factors.
    mfa_exempt: bool,
    /// Why.
    #[schema(required = true)]
    mfa_exempt_reason: Option<String>,
    /// Since when.
    #[schema(required = true, format = DateTime)]
    mfa_exempt_granted_at: Option<String>,
}

/// How one stands with second factors, by whichever contract they were set up.
///
/// # Errors
/// A caller who is not signed in.
#[utoipa::path(
    get, path = "/nauth/mfa/status", operation_id = "nauth_mfa_status", tags = ["nauth"],
    security(("jwtAuth" = [])),
    responses((status = 200, body = Standing, description = "How the account stands"), NotSignedIn)
)]
pub async fn handle(
    State(postern): State<Postern>,
    Member { signed, .. }: Member,
) -> Reply<Standing> {
    let user = &signed.user;
    let factors = postern.factors_of(user).await?;
    let enabled = factors.any_active();
    let exemption = user.mfa_exemption.as_ref();
    let configured = factors.kinds_in_force().into_iter().map(factor_name);
    let available = postern.available_factors().into_iter().map(factor_name);
    Ok(Json(Standing {
        enabled,
        required: enabled,
        configured_methods: configured.collect(),
        available_methods: available.collect(),
        has_backup_codes: enabled && !factors.backup_codes.is_empty(),
        preferred_method: factors.preferred().map(factor_name),
        mfa_exempt: user.mfa_exempt,
        mfa_exempt_reason: exemption.and_then(|exemption| exemption.reason.clone()),
        mfa_exempt_granted_at: exemption.map(|exemption| millis(exemption.at)),
    }))
}
