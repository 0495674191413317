//! `DELETE /admin/vendor/{vendor_id}`: delete a vendor. Of no contract.

use axum::Json;
use axum::extract::State;
use edge::auth_service::Message;
use edge::fastapi::{Detail, Invalid, Unavailable};
use edge::{FreshAdmin, Meta, Number, Reply};
use flows::{ActedByFresh, Postern, WhichVendor};

/// Delete a vendor: it is anonymised, everything of it ends, and its address is free
/// again. Its integer id stays its own. Wants a sign-in of the last ten minutes.
///
/// # Errors
/// A caller who may not, or an id that no vendor has.
#[utoipa::path(
    delete, path = "/admin/vendor/{vendor_id}",
    operation_id = "delete_vendor_admin_vendor__vendor_id__delete",
    tags = ["auth-service", "admin"], security(("jwtAuth" = [])),
    params(("vendor_id" = i64, Path, description = "The integer id")),
    responses(
        (status = 200, body = Message, description = "Deleted"),
        (status = 401, body = Detail, description = "No bearer"),
        (status = 403, body = Detail, description = "Not an administrator, one who signed in too long ago, or a bearer that is no good"),
        (status = 404, body = Detail, description = "No vendor has the id"),
        (status = 422, body = Invalid, description = "Not a number"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    FreshAdmin(admin): FreshAdmin,
    Number(id): Number,
) -> Reply<Message> {
    let which = WhichVendor::Id(id);
    let by = ActedByFresh::Administrator {
        admin: &admin,
        meta: &meta,
    };
    postern.delete_vendor(by, &which).await?;
    Ok(Json(Message {
        message: "Vendor deleted successfully",
    }))
}
