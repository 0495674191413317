//! `POST /nauth/admin/mfa/exemption`: excuse an account from second factors.

use axum::Json;
use axum::extract::State;
use edge::dialect::nest::millis;
use edge::nauth::{AdminMember, BodyRefused, NotAdmin, fields};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Whether an account is excused, and why.
#[derive(Debug, ToSchema)]
#[schema(as = SetMFAExemptionDTO, rename_all = "camelCase")]
pub struct Asked {
    /// The account.
    #[schema(value_type = String)]
    sub: Uuid,
    /// True to excuse it, false to take that back.
    exempt: bool,
    /// Why.
    #[schema(required = false)]
    reason: Option<String>,
    /// Not read: it is the caller.
    #[schema(required = false)]
    #[allow(dead_code, reason = "for the document")]
    granted_by: Option<String>,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let sub = fields.text("sub").uuid();
        let reason = fields::reason(fields);
        let exempt = fields.required_flag("exempt");
        Ok(Self {
            sub: sub?,
            exempt: exempt?,
            reason,
            granted_by: None,
        })
    }
}

/// How an account stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SetMFAExemptionResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Exemption {
    /// Whether it is excused.
    mfa_exempt: bool,
    /// Why.
    #[schema(required = true)]
    mfa_exempt_reason: Option<String>,
    /// Since when.
    #[schema(required = true, format = DateTime)]
    mfa_exempt_granted_at: Option<String>,
}

/// Excuse an account from second factors, or take that back. To excuse it only for another
/// user, within ten minutes of signing in. Its sessions live on.
///
/// # Errors
/// A caller who may not, a malformed body, or an account that there is not.
#[utoipa::path(
    post, path = "/nauth/admin/mfa/exemption", operation_id = "nauth_admin_mfa_exemption", tags = ["nauth"],
    request_body = Asked, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Exemption, description = "How the account stands now"),
        BodyRefused, NotAdmin,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    AdminMember(admin): AdminMember,
    Body(asked): Body<Asked>,
) -> Reply<Exemption> {
    let reason = asked.reason.as_deref();
    let user = postern
        .excuse_from_factors(&meta, &admin, asked.sub, asked.exempt, reason)
        .await?;
    let exemption = user.mfa_exemption.as_ref();
    Ok(Json(Exemption {
        mfa_exempt: user.mfa_exempt,
        mfa_exempt_reason: exemption.and_then(|exemption| exemption.reason.clone()),
        mfa_exempt_granted_at: exemption.map(|exemption| millis(exemption.at)),
    }))
}
