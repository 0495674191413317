//! `PUT` and `PATCH` of `/cfg/accounts/profile/update/` and `…/partial/`: edit one's own
//! profile. The contract has four routes for it: no field is required on any of them.

use axum::Json;
use axum::extract::State;
use domain::profile::{ProfileEdit, collapse_spaces};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;

use edge::djangocfg::{BodyRefused, FieldErrors, NotSignedIn, Unavailable, User};

/// The fields to change; those left out stay as they are.
#[derive(Debug, ToSchema)]
pub struct CfgUserUpdateRequest {
    /// Given name.
    #[schema(value_type = String, required = false, max_length = 50)]
    first_name: Option<String>,
    /// Family name.
    #[schema(value_type = String, required = false, max_length = 50)]
    last_name: Option<String>,
    /// Where they work.
    #[schema(value_type = String, required = false, max_length = 100)]
    company: Option<String>,
    /// A telephone number, or nothing to clear it: with its country's code behind a `+`
    /// at least eight digits, without it ten. Signs between them are left out.
    #[schema(value_type = String, required = false, max_length = 20)]
    phone: Option<String>,
    /// What they do.
    #[schema(value_type = String, required = false, max_length = 100)]
    position: Option<String>,
    /// Language of letters.
    #[schema(value_type = String, required = false, max_length = 10)]
    language: Option<String>,
    /// IANA time zone. Beats the `X-Timezone` header.
    #[schema(value_type = String, required = false, max_length = 64)]
    timezone: Option<String>,
}

impl FromFields for CfgUserUpdateRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        Ok(Self {
            first_name: fields.text("first_name").may_be_blank().max(50).optional(),
            last_name: fields.text("last_name").may_be_blank().max(50).optional(),
            company: fields
                .text("company")
                .may_be_blank()
                .max(100)
                .optional()
                .as_deref()
                .map(collapse_spaces),
            phone: fields.text("phone").may_be_blank().max(20).phone(),
            position: fields
                .text("position")
                .may_be_blank()
                .max(100)
                .optional()
                .as_deref()
                .map(collapse_spaces),
            language: fields.text("language").may_be_blank().max(10).optional(),
            timezone: fields.text("timezone").may_be_blank().max(64).time_zone(),
        })
    }
}

impl From<CfgUserUpdateRequest> for ProfileEdit {
    fn from(asked: CfgUserUpdateRequest) -> Self {
        let CfgUserUpdateRequest {
            first_name,
            last_name,
            company,
            phone,
            position,
            language,
            timezone,
        } = asked;
        Self {
            first_name,
            last_name,
            company,
            phone,
            position,
            language,
            timezone,
        }
    }
}

async fn edit(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    edge::User(signed): edge::User,
    Body(asked): Body<CfgUserUpdateRequest>,
) -> Reply<User> {
    let profile = postern.edit_profile(&meta, signed, asked.into()).await?;
    Ok(Json(profile.into()))
}

/// One of the four routes: the same operation under its own method and path.
macro_rules! route {
    ($name:ident, $method:ident, $path:literal, $operation:literal) => {
        /// Edit the profile of whoever is signed in.
        ///
        /// # Errors
        /// A caller that is not signed in, or fields that will not do.
        #[utoipa::path(
                    $method, path = $path, operation_id = $operation,
                    tags = ["djangocfg", "cfg_accounts_profile"], security(("jwtAuth" = [])),
                    request_body(content = Option<CfgUserUpdateRequest>),
                    responses(
                        (status = 200, body = User, description = "The profile as it is now"),
                        (status = 400, body = FieldErrors, description = "FieldErrors"),
                        NotSignedIn,
                        BodyRefused,
                        Unavailable,
                    )
                )]
        pub async fn $name(
            state: State<Postern>,
            meta: Meta,
            user: edge::User,
            body: Body<CfgUserUpdateRequest>,
        ) -> Reply<User> {
            edit(state, meta, user, body).await
        }
    };
}

route!(
    put_update,
    put,
    "/cfg/accounts/profile/update/",
    "cfg_accounts_profile_update_update"
);
route!(
    patch_update,
    patch,
    "/cfg/accounts/profile/update/",
    "cfg_accounts_profile_update_partial_update"
);
route!(
    put_partial,
    put,
    "/cfg/accounts/profile/partial/",
    "cfg_accounts_profile_partial_update"
);
route!(
    patch_partial,
    patch,
    "/cfg/accounts/profile/partial/",
    "cfg_accounts_profile_partial_partial_update"
);
