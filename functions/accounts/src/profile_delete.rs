//! `POST /cfg/accounts/profile/delete/`: delete one's own account.

use axum::Json;
use axum::extract::State;
use edge::{FreshUser, Meta, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

use edge::djangocfg::{Detail, NotSignedIn, Unavailable};

/// That it is gone.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountDeleteResponse)]
pub struct Deleted {
    /// Always true.
    success: bool,
    /// A sentence.
    message: &'static str,
}

/// Delete the account of whoever is signed in: it is anonymised, every token of
/// it stops working in every contract, and its address is free again.
///
/// # Errors
/// A caller that is not signed in, or that another deletion came before.
#[utoipa::path(
    post, path = "/cfg/accounts/profile/delete/", operation_id = "cfg_accounts_profile_delete_create",
    tags = ["djangocfg", "cfg_accounts_profile"], security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Deleted, description = "Deleted"),
        (status = 400, body = Detail, description = "Already deleted, or the last administrator"),
        (status = 403, body = Detail, description = "`stale_sign_in`: sign in again"),
        NotSignedIn,
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    FreshUser(session): FreshUser,
) -> Reply<Deleted> {
    postern.delete_own_account(&meta, session).await?;
    Ok(Json(Deleted {
        success: true,
        message: "Your account has been successfully deleted.",
    }))
}
