//! `POST /admin/operators`: appoint an operator or network manager. Of no contract.

use axum::Json;
use axum::extract::State;
use domain::ProblemKind;
use domain::account::Role;
use edge::fastapi::{BodyRefused, Detail, Invalid, NotSignedIn, Unavailable};
use edge::{Body, Fields, FreshAdmin, FromFields, Meta, Rejected, Reply};
use flows::{ActedByFresh, NewOperator, Postern};
use utoipa::ToSchema;

use crate::provisioned::OperatorResponse;

/// A role of those who work at an event, by its name.
pub(crate) fn operators_role(name: &str) -> Option<Role> {
    Role::parse(name).filter(|role| matches!(role, Role::Operator | Role::NetworkManager))
}

/// Whom to appoint.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "for the document")]
pub struct OperatorCreate {
    /// Their address. Whoever has no account yet gets one.
    #[schema(format = Email)]
    email: String,
    /// A first password for an account that is made now; without one its owner is
    /// sent a letter to choose it. An account that exists keeps its own.
    #[schema(required = false, min_length = 8, max_length = 128)]
    password: Option<String>,
    /// A username for it.
    #[schema(required = false, max_length = 64)]
    username: Option<String>,
    /// What they are to be.
    #[schema(
        required = false,
        default = "operator",
        pattern = "^(operator|network_manager)$"
    )]
    role: String,
    /// The event that they are to work at.
    event_id: u64,
    /// What they are to work with: 3 to 6 one kind of device each, else POS.
    #[schema(required = false, default = 0, maximum = 255)]
    mode: u64,
}

/// What was asked for.
pub struct New(NewOperator);

impl FromFields for New {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let email = fields.text("email").email();
        let password = fields.new_password_if_sent("password");
        let username = fields.text_or_null("username").username_if_sent();
        let role = if fields.was_sent("role") {
            fields
                .text("role")
                .parsed(ProblemKind::NotAChoice, operators_role)
        } else {
            Ok(Role::Operator)
        };
        let event = fields.integer("event_id");
        let mode = fields.small_number("mode");
        fields.deny_unknown(&["email", "password", "username", "role", "event_id", "mode"]);
        Ok(Self(NewOperator {
            email: email?,
            password,
            username,
            role: role?,
            event: event?,
            mode: mode.unwrap_or_default(),
        }))
    }
}

/// Appoint a user to work at an event. Wants an administrator who signed in within ten
/// minutes. Whoever is appointed signs in anew.
///
/// # Errors
/// A caller that may not, an event that is over, a name that is taken, or a malformed
/// body.
#[utoipa::path(
    post, path = "/admin/operators", operation_id = "appoint_operator", tags = ["cashless", "admin"],
    request_body = OperatorCreate, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = OperatorResponse, description = "Whoever was appointed"),
        (status = 400, body = Detail, description = "The username is another user's"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Not an administrator, or signed in too long ago; or oneself"),
        (status = 404, body = Detail, description = "No event that takes place"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    FreshAdmin(admin): FreshAdmin,
    Body(New(new)): Body<New>,
) -> Reply<OperatorResponse> {
    let by = ActedByFresh::Administrator {
        admin: &admin,
        meta: &meta,
    };
    let appointed = postern.appoint_operator(by, &new).await?;
    Ok(Json(appointed.into()))
}
