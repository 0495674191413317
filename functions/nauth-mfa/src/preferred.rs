//! `POST /nauth/mfa/preferred-method`: which kind of factor is asked for first.

use axum::Json;
use axum::extract::State;
use domain::account::Factor;
use edge::nauth::factors::factor;
use edge::nauth::{BodyRefused, Busy, Detail, Member, PreferredFactor};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{Postern, WholeSession};
use utoipa::ToSchema;

/// Which kind of factor.
#[derive(Debug, ToSchema)]
#[schema(as = SetPreferredMethodDTO, rename_all = "camelCase")]
pub struct Asked {
    /// `totp`, `sms`, `email` or `passkey`. The toolkit's client calls it `method`.
    #[schema(value_type = String)]
    method_type: Factor,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let name = match fields.is_given("method") && !fields.is_given("methodType") {
            true => "method",
            false => "methodType",
        };
        Ok(Self {
            method_type: factor(fields, name)?,
        })
    }
}

/// Say which kind of factor a sign-in asks for first.
///
/// # Errors
/// A malformed body, or a kind that is not set up.
#[utoipa::path(
    post, path = "/nauth/mfa/preferred-method", operation_id = "nauth_mfa_preferred_method", tags = ["nauth"],
    request_body = Asked, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = PreferredFactor, description = "It is asked for first"),
        (status = 401, body = Detail, description = "Not signed in"),
        (status = 403, body = Detail, description = "The session may not, or the account is not in use"),
        BodyRefused, Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Member { signed, .. }: Member,
    Body(asked): Body<Asked>,
) -> Reply<PreferredFactor> {
    let session = WholeSession::of(signed)?;
    postern
        .prefer_factor(&meta, &session, asked.method_type)
        .await?;
    Ok(Json(PreferredFactor::SET))
}
