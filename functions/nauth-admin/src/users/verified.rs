//! `POST /nauth/admin/users/{sub}/verified-status`: say what of an account is proven.

use axum::Json;
use axum::extract::State;
use domain::{EmailAddress, PhoneNumber};
use edge::nauth::{
    AdminMember, BodyRefused, CutPath, NotAdmin, UserBody, UserPath, UserResponse, fields,
};
use edge::{Fields, FromFields, Meta, Rejected, Reply};
use flows::{Postern, SaidProven};
use utoipa::ToSchema;

/// What is proven; what is left out or null stays as it is.
#[derive(Debug, ToSchema)]
#[schema(as = UpdateVerifiedStatusRequestDTO, rename_all = "camelCase")]
pub struct Asked {
    /// Not read: the path names the account.
    #[schema(value_type = String, required = false)]
    #[allow(dead_code, reason = "for the document")]
    sub: Option<String>,
    /// Whether the address is, as it is shown.
    #[schema(value_type = bool, required = false)]
    is_email_verified: Option<bool>,
    /// Whether the number is.
    #[schema(value_type = bool, required = false)]
    is_phone_verified: Option<bool>,
    /// The address that is meant. It has to be there if the account named another after the
    /// administrator signed in.
    #[schema(value_type = String, required = false)]
    email: Option<EmailAddress>,
    /// The number that is meant, likewise.
    #[schema(value_type = String, required = false)]
    phone: Option<PhoneNumber>,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        Ok(Self {
            sub: None,
            is_email_verified: fields.flag_or_null("isEmailVerified"),
            is_phone_verified: fields.flag_or_null("isPhoneVerified"),
            email: fields::email_if_sent(fields),
            phone: fields::phone_if_sent(fields),
        })
    }
}

/// Say what of an account is proven. That something is, only of another user's, within ten
/// minutes of signing in.
///
/// # Errors
/// A caller who may not, a malformed body, an account that there is not, or one without such
/// an address or number.
#[utoipa::path(
    post, path = "/nauth/admin/users/{sub}/verified-status", operation_id = "nauth_admin_user_verified_status",
    tags = ["nauth"], params(UserPath), request_body = Asked, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = UserResponse, description = "The account as it is now"),
        BodyRefused, NotAdmin, CutPath,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    AdminMember(admin): AdminMember,
    UserBody(sub, asked): UserBody<Asked>,
) -> Reply<UserResponse> {
    let said = SaidProven {
        email: asked.is_email_verified,
        phone: asked.is_phone_verified,
        meant_email: asked.email,
        meant_phone: asked.phone,
    };
    let user = postern.say_proven(&meta, &admin, sub, &said).await?;
    Ok(Json(UserResponse::shown(&postern, &user, meta.now).await?))
}
