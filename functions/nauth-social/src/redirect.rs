//! `GET /nauth/social/{provider}/redirect`: send a browser to a provider.

use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::Response;
use domain::provider::social_state::APP_STATE;
use edge::nauth::{Busy, Channel, CutPath, Detail, Member, redirect};
use edge::{Fields, FromFields, Meta, Query, Refusal, Rejected};
use flows::{FreshSession, Postern, SocialStart};
use utoipa::{IntoParams, ToSchema};

use crate::provider::Named;

/// Where the browser goes in the end, and what for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct Asked {
    /// A path of the frontend, or a page of an origin that the installation lists.
    #[param(value_type = String, required = false, default = "/auth/callback")]
    return_to: Option<String>,
    /// What the client gets back as it is. No secret: it stands in addresses.
    #[param(value_type = String, required = false)]
    app_state: Option<String>,
    /// `link` links the provider's account to the caller's own.
    #[param(inline, value_type = Action, required = false)]
    action: Action,
}

/// What a browser is sent to a provider for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum Action {
    /// To sign in.
    Login,
    /// To link the provider's account.
    Link,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let return_to = fields.text("returnTo").max(2048).optional();
        let app_state = fields.text("appState").max(APP_STATE).optional();
        let action = fields.text("action").one_of(&["login", "link"]).optional();
        let action = match action.as_deref() {
            Some("link") => Action::Link,
            _ => Action::Login,
        };
        Ok(Self {
            return_to: return_to.filter(|text| !text.is_empty()),
            app_state: app_state.filter(|text| !text.is_empty()),
            action,
        })
    }
}

/// Send a browser to a provider, to sign in or to link the account there.
///
/// # Errors
/// A provider that is not set up, a page to go to that is not of the installation's
/// applications, a caller who links and is not signed in lately, or a limit.
#[utoipa::path(
    get, path = "/nauth/social/{provider}/redirect", operation_id = "nauth_social_redirect",
    tags = ["nauth"], params(Named, Asked), security((), ("jwtAuth" = [])),
    responses(
        (status = 302, description = "To the provider's page"),
        (status = 400, body = Detail, description = "Malformed, a page that is not listed, or a provider that is not set up"),
        (status = 401, body = Detail, description = "To link, and not signed in; or tokens do not travel this way here"),
        (status = 403, body = Detail, description = "To link, and the sign-in is too old"),
        Busy, CutPath,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Named(provider): Named,
    channel: Channel,
    Query(asked): Query<Asked>,
    request: Request,
) -> Result<Response, Refusal> {
    let link = match asked.action {
        Action::Login => None,
        Action::Link => {
            let (mut parts, _) = request.into_parts();
            let member = Member::from_request_parts(&mut parts, &postern).await?;
            Some(FreshSession::of(member.signed, meta.now)?)
        }
    };
    let delivery = channel.at_departure()?;
    let start = SocialStart {
        return_to: asked.return_to,
        app_state: asked.app_state,
        device: channel.device(delivery.unwrap_or_default()),
        delivery,
        link,
    };
    let page = postern.begin_social(&meta, provider, &start).await?;
    Ok(redirect(&page))
}
