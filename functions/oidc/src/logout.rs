//! `GET`, `POST /oauth/logout`: OpenID Connect RP-Initiated Logout 1.0.

use askama::Template;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::Response;
use domain::oidc::request::Parameters;
use edge::page::{Frame, own_form};
use edge::{Fields, FromFields, Meta, Refusal, Rejected};
use flows::{LogOut, Postern, RequestMeta, SignedOutTo};

use crate::answer;
use crate::authorize::{same_by_get, see_other};
use crate::parameters::{OfForm, OfQuery, Visitor};

/// What goes along while the person is asked.
const KEPT: [&str; 4] = [
    "client_id",
    "id_token_hint",
    "post_logout_redirect_uri",
    "state",
];

/// Where the person is asked.
#[derive(Template)]
#[template(path = "sign_out.html")]
struct SignOutPage<'a> {
    frame: &'a Frame,
    address: String,
    parameters: Vec<(&'static str, String)>,
}

/// Where it ends if no client is told.
#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOutPage<'a> {
    frame: &'a Frame,
}

/// What the person's form repeats of the request.
struct Kept(Parameters);

impl FromFields for Kept {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let mut pairs = Vec::new();
        for name in KEPT {
            let value = fields.text(name).may_be_blank().optional();
            pairs.extend(value.map(|value| (name.to_owned(), value)));
        }
        Ok(Self(pairs.into_iter().collect()))
    }
}

/// Sign the browser out. At once where `id_token_hint` is of the very sign-in that it is in;
/// else the person is asked.
///
/// # Errors
/// A table that does not answer.
#[utoipa::path(
    get, path = "/oauth/logout", operation_id = "oauth_logout", tags = ["page"], security(()),
    params(
        ("id_token_hint" = Option<String>, Query, description = "An ID token of the sign-in"),
        ("client_id" = Option<String>, Query, description = "The client, where there is no hint"),
        ("post_logout_redirect_uri" = Option<String>, Query, description = "One of the client's, letter for letter"),
        ("state" = Option<String>, Query, description = "Goes along there"),
    ),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "Signed out, or the question"),
        (status = 303, description = "To the client, signed out"),
    )
)]
pub async fn get(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    visitor: Visitor,
    OfQuery(parameters): OfQuery,
) -> Result<Response, Refusal> {
    let asked = postern.log_out_browser(&meta, visitor.browser(), &parameters);
    let signed = match asked.await? {
        LogOut::Done(Some(to)) => return see_other(&to.address),
        LogOut::Done(None) => return signed_out(&postern, &meta, &visitor),
        LogOut::Asks(signed) => signed,
    };
    let user = &signed.user;
    let frame = Frame::signed_out(&postern, &meta, &visitor.cookie, Some(user));
    let proven = user.proven_email().map(ToString::to_string);
    let kept = KEPT.into_iter().filter_map(|name| {
        let value = parameters.only(name)?;
        Some((name, value.to_owned()))
    });
    frame.show(&SignOutPage {
        frame: &frame,
        address: proven.unwrap_or_else(|| user.username.clone()),
        parameters: kept.collect(),
    })
}

/// The same by a form, which goes on as a request of the other kind: browsers send the
/// cookie of a sign-in with no form that another site shows.
///
/// # Errors
/// What is no form.
#[utoipa::path(
    post, path = "/oauth/logout", operation_id = "oauth_logout_by_form", tags = ["page"], security(()),
    responses(
        (status = 303, description = "To the same by GET"),
        (status = 400, content_type = "text/html", body = String, description = "A parameter twice"),
        (status = 413, content_type = "text/html", body = String, description = "More than a query may hold"),
        (status = 415, content_type = "text/html", body = String, description = "Not a form"),
    )
)]
pub async fn post(OfForm(parameters): OfForm) -> Result<Response, Refusal> {
    same_by_get("/oauth/logout", &parameters)
}

/// Sign the browser out, as the person said.
///
/// # Errors
/// A form that was not shown to this browser.
#[utoipa::path(
    post, path = "/oauth/logout/confirm", operation_id = "oauth_logout_confirm", tags = ["page"], security(()),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "Signed out, and the way back to the client if there is one"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 415, content_type = "text/html", body = String, description = "Not a form"),
    )
)]
pub async fn confirm(
    State(postern): State<Postern>,
    request: Request,
) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    let Meta(meta) = Meta::from_request_parts(&mut parts, &postern).await?;
    let Ok(visitor) = Visitor::from_request_parts(&mut parts, &postern).await;
    let request = Request::from_parts(parts, body);
    let Kept(parameters) = own_form(request, &postern, &visitor.cookie).await?;
    let done = postern.log_out_as_asked(&meta, visitor.browser(), &parameters);
    match done.await? {
        Some(SignedOutTo { address, client }) => {
            answer::back(&postern, &meta, &visitor, &client, &address)
        }
        None => signed_out(&postern, &meta, &visitor),
    }
}

fn signed_out(
    postern: &Postern,
    meta: &RequestMeta,
    visitor: &Visitor,
) -> Result<Response, Refusal> {
    let frame = Frame::signed_out(postern, meta, &visitor.cookie, None);
    frame.show(&SignedOutPage { frame: &frame })
}
