//! `PATCH /admin/operators/{user_id}`: move an operator or network manager to another
//! role, event or mode. Of no contract.

use axum::Json;
use axum::extract::State;
use domain::ProblemKind;
use edge::fastapi::{BodyRefused, Detail, Invalid, NotSignedIn, Unavailable};
use edge::{BodyAt, Fields, FreshAdmin, FromFields, Meta, Rejected, Reply};
use flows::{ActedByFresh, OperatorEdit, Postern};
use utoipa::ToSchema;

use crate::operators::appoint::operators_role;
use crate::provisioned::OperatorResponse;

/// What is to become of them.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "for the document")]
pub struct OperatorUpdate {
    /// What they are to be.
    #[schema(required = false, pattern = "^(operator|network_manager)$")]
    role: String,
    /// The event that they are to work at.
    #[schema(required = false)]
    event_id: u64,
    /// What they are to work with.
    #[schema(required = false, maximum = 255)]
    mode: u64,
}

/// What was asked for.
pub struct Edit(OperatorEdit);

impl FromFields for Edit {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let role = fields
            .was_sent("role")
            .then(|| {
                fields
                    .text("role")
                    .parsed(ProblemKind::NotAChoice, operators_role)
                    .ok()
            })
            .flatten();
        let event = fields
            .was_sent("event_id")
            .then(|| fields.integer("event_id").ok())
            .flatten();
        let mode = fields.small_number("mode");
        fields.deny_unknown(&["role", "event_id", "mode"]);
        Ok(Self(OperatorEdit { role, event, mode }))
    }
}

/// Move a user who works at an event to another role, event or mode. Wants an
/// administrator who signed in within ten minutes. Whoever is moved signs in anew.
///
/// # Errors
/// A caller that may not, a user who is no operator, an event that is over, or a
/// malformed body.
#[utoipa::path(
    patch, path = "/admin/operators/{user_id}", operation_id = "edit_operator", tags = ["cashless", "admin"],
    request_body = OperatorUpdate, security(("jwtAuth" = [])),
    params(("user_id" = i64, Path, description = "Their integer id")),
    responses(
        (status = 200, body = OperatorResponse, description = "As they are now"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Not an administrator, or signed in too long ago"),
        (status = 404, body = Detail, description = "No such operator, or no event that takes place"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    FreshAdmin(admin): FreshAdmin,
    BodyAt(id, Edit(edit)): BodyAt<Edit>,
) -> Reply<OperatorResponse> {
    let by = ActedByFresh::Administrator {
        admin: &admin,
        meta: &meta,
    };
    let edited = postern.edit_operator(by, id, edit).await?;
    Ok(Json(edited.into()))
}
