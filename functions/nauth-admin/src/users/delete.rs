//! `DELETE /nauth/admin/users/{sub}`: delete an account.

use axum::Json;
use axum::extract::State;
use edge::nauth::{BodyRefused, CutPath, FreshAdminMember, NotAdmin, OneUser, UserPath};
use edge::{Meta, Reply};
use flows::{DeletedRecords, Postern};
use serde::Serialize;
use utoipa::ToSchema;

/// What went with an account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeleteUserResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Deleted {
    /// Always true.
    success: bool,
    /// The account.
    deleted_user_id: String,
    /// How much went, by kind.
    #[schema(inline)]
    deleted_records: Records,
}

/// How much went, by kind.
#[derive(Debug, Serialize, ToSchema)]
#[schema(rename_all = "camelCase")]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Records {
    /// Sessions that were alive.
    #[schema(value_type = f64)]
    sessions: u64,
    /// Codes that an administrator had sent.
    #[schema(value_type = f64)]
    verification_tokens: u64,
    /// Second factors.
    #[schema(value_type = f64)]
    mfa_devices: u64,
    /// Devices that were trusted.
    #[schema(value_type = f64)]
    trusted_devices: u64,
    /// Accounts at providers.
    #[schema(value_type = f64)]
    social_accounts: u64,
    /// One if failed sign-ins counted against it.
    #[schema(value_type = f64)]
    login_attempts: u64,
    /// Challenges that were open.
    #[schema(value_type = f64)]
    challenge_sessions: u64,
    /// Events of its history that nobody can read to the full any more.
    #[schema(value_type = f64)]
    audit_logs: u64,
}

impl From<DeletedRecords> for Records {
    fn from(records: DeletedRecords) -> Self {
        Self {
            sessions: records.sessions,
            verification_tokens: records.codes,
            mfa_devices: records.factors,
            trusted_devices: records.trusted_devices,
            social_accounts: records.links,
            login_attempts: records.attempts,
            challenge_sessions: records.challenges,
            audit_logs: records.events,
        }
    }
}

/// Delete another user's account, within ten minutes of signing in: its sessions end in every
/// contract, its names are free, and what its history says of clients cannot be read any
/// more.
///
/// # Errors
/// A caller who may not, or an account that there is not.
#[utoipa::path(
    delete, path = "/nauth/admin/users/{sub}", operation_id = "nauth_admin_user_delete", tags = ["nauth"],
    params(UserPath), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Deleted, description = "Deleted"),
        BodyRefused, NotAdmin, CutPath,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    FreshAdminMember(admin): FreshAdminMember,
    OneUser(sub): OneUser,
) -> Reply<Deleted> {
    let records = postern.delete_account(&meta, &admin, sub).await?;
    Ok(Json(Deleted {
        success: true,
        deleted_user_id: sub.to_string(),
        deleted_records: records.into(),
    }))
}
