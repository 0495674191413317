//! `POST /nauth/admin/reset-password/initiate`: have a code sent that replaces an account's
//! password.

use axum::Json;
use axum::extract::State;
use domain::verification;
use edge::nauth::{AdminMember, BodyRefused, Busy, DeliveryMedium, Detail, fields};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{AdminReset, CodeWay, Postern};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Whose password, and how the code goes.
#[derive(Debug, ToSchema)]
#[schema(as = AdminResetPasswordDTO, rename_all = "camelCase")]
pub struct Asked {
    /// The account.
    #[schema(value_type = String)]
    sub: Uuid,
    /// By mail or by text; if left out by mail, or by text where only a number is proven.
    #[schema(inline, value_type = Asks, required = false)]
    delivery_method: Option<CodeWay>,
    /// A page that takes the code, of an origin that the installation lists; else ignored.
    #[schema(value_type = String, required = false)]
    base_url: Option<String>,
    /// Seconds for which the code is good: 300 to 86,400; an hour, if left out.
    #[schema(value_type = f64, required = false, default = 3600)]
    code_expires_in: Option<u64>,
    /// Whether all sessions end at once.
    #[schema(value_type = bool, required = false, default = false)]
    revoke_sessions: bool,
    /// Why, for the history.
    #[schema(value_type = String, required = false)]
    reason: Option<String>,
}

/// By which way a code is to go.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase", default = "email")]
#[allow(dead_code, reason = "for the document")]
enum Asks {
    Email,
    Sms,
}

fn way(name: &str) -> Option<CodeWay> {
    match name {
        "email" => Some(CodeWay::Mail),
        "sms" => Some(CodeWay::Text),
        _ => None,
    }
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let sub = fields.text("sub").uuid();
        let delivery_method = fields
            .text_or_null("deliveryMethod")
            .parsed_if_sent(domain::ProblemKind::NotAChoice, way);
        let base_url = fields.text_or_null("baseUrl").max(2048).url();
        let code_expires_in = fields.integer_within("codeExpiresIn", 300..=86_400);
        let revoke = fields.flag_or_null("revokeSessions");
        let reason = fields::reason(fields);
        Ok(Self {
            sub: sub?,
            delivery_method,
            base_url,
            code_expires_in,
            revoke_sessions: revoke.unwrap_or_default(),
            reason,
        })
    }
}

/// Where the code went.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdminResetPasswordResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// Always true.
    success: bool,
    /// Where it went, masked.
    #[schema(required = false)]
    destination: String,
    /// `email` or `sms`.
    #[schema(inline, required = false)]
    delivery_medium: DeliveryMedium,
    /// Seconds for which it is good.
    #[schema(value_type = f64, required = false)]
    expires_in: u64,
    /// Sessions that ended, if they were to.
    #[schema(value_type = f64, required = false, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    sessions_revoked: Option<usize>,
}

/// Have a code sent to a proven address or number of an account, which replaces its password
/// at `reset-password/confirm`.
///
/// # Errors
/// A caller who is no administrator, a malformed body, an account that there is not or that
/// has no password or nothing proven to write to, or a limit of texts.
#[utoipa::path(
    post, path = "/nauth/admin/reset-password/initiate", operation_id = "nauth_admin_reset_password_initiate",
    tags = ["nauth"], request_body = Asked, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Sent, description = "Sent"),
        (status = 401, body = Detail, description = "Not signed in"),
        (status = 403, body = Detail, description = "No administrator"),
        BodyRefused, Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    AdminMember(admin): AdminMember,
    Body(asked): Body<Asked>,
) -> Reply<Sent> {
    let reset = AdminReset {
        way: asked.delivery_method,
        page: asked.base_url.and_then(|url| postern.listed_page(&url)),
        lifetime: asked.code_expires_in,
        ends_sessions: asked.revoke_sessions,
        reason: asked.reason,
    };
    let sent = postern
        .initiate_reset(&meta, &admin, asked.sub, &reset)
        .await?;
    Ok(Json(Sent {
        success: true,
        destination: verification::masked_by_ends(&sent.to),
        delivery_medium: DeliveryMedium::to(&sent.to),
        expires_in: sent.lifetime,
        sessions_revoked: reset.ends_sessions.then_some(sent.ended),
    }))
}
