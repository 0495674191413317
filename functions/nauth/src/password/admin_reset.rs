//! `POST /nauth/admin/reset-password/confirm`, also without `/admin`: replace one's
//! password by a code that an administrator had sent.

use axum::Json;
use axum::extract::State;
use domain::password::Password;
use domain::username::LoginName;
use edge::nauth::{BodyRefused, Busy, Done, fields};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{Postern, ResetCodeOf};
use utoipa::ToSchema;
use uuid::Uuid;

/// The code, and another password.
#[derive(Debug, ToSchema)]
#[schema(as = ConfirmAdminResetPasswordDTO, rename_all = "camelCase")]
pub struct Asked {
    /// The account. A name of it will do, as `identifier`.
    #[schema(value_type = String, required = false)]
    sub: Account,
    /// Six to ten digits.
    code: String,
    /// The next password: 8 to 128 characters.
    #[schema(value_type = String)]
    new_password: Password,
}

#[derive(Debug)]
enum Account {
    Sub(Uuid),
    Name(LoginName),
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let account = match fields.is_given("identifier") {
            true => fields::identifier(fields, "identifier").map(Account::Name),
            false => fields.text("sub").uuid().map(Account::Sub),
        };
        let code = fields::reset_code(fields, 10);
        let new_password = fields::new_password(fields, "newPassword");
        Ok(Self {
            sub: account?,
            code: code?,
            new_password: new_password?,
        })
    }
}

/// That the password is replaced.
#[derive(ToSchema)]
#[schema(as = ConfirmAdminResetPasswordResponseDTO)]
#[allow(dead_code, reason = "for the document")]
pub struct Replaced {
    /// Always true.
    success: bool,
}

async fn confirm(postern: &Postern, meta: &flows::RequestMeta, asked: Asked) -> Reply<Done> {
    let of = match asked.sub {
        Account::Sub(sub) => ResetCodeOf::Account(sub),
        Account::Name(name) => postern.reset_code_of(&name).await?,
    };
    postern
        .confirm_reset_code(meta, &of, &asked.code, &asked.new_password)
        .await?;
    Ok(Json(Done::YES))
}

/// Replace one's password by a code that an administrator had sent. All sessions end.
///
/// # Errors
/// A malformed body, a code that will not do, or a password that will not.
#[utoipa::path(
    post, path = "/nauth/admin/reset-password/confirm", operation_id = "nauth_admin_reset_password_confirm",
    tags = ["nauth"], request_body = Asked, security(()),
    responses((status = 200, body = Replaced, description = "Replaced"), BodyRefused, Busy)
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<Asked>,
) -> Reply<Done> {
    confirm(&postern, &meta, asked).await
}

/// The same by the path that later clients have.
///
/// # Errors
/// As the other.
#[utoipa::path(
    post, path = "/nauth/reset-password/confirm", operation_id = "nauth_reset_password_confirm",
    tags = ["nauth"], request_body = Asked, security(()),
    responses((status = 200, body = Replaced, description = "Replaced"), BodyRefused, Busy)
)]
pub async fn later_spelling(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<Asked>,
) -> Reply<Done> {
    confirm(&postern, &meta, asked).await
}
