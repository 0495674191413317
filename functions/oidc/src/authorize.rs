//! `GET`, `POST /oauth/authorize`: a client sends a browser here (OpenID Connect Core
//! §3.1.2.1).

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::Error;
use domain::oidc::request::Parameters;
use edge::{Meta, Refusal};
use flows::Postern;

use crate::answer;
use crate::parameters::{OfForm, OfQuery, Visitor};

/// Ask who the person is. The answer is a code in the query of the redirect URI, or a form
/// that goes there (`response_mode=form_post`); a mistake goes there, too, unless the client
/// or the redirect URI is what is wrong.
///
/// # Errors
/// A page: an unknown client, or a redirect URI that is none of its.
#[utoipa::path(
    get, path = "/oauth/authorize", operation_id = "oauth_authorize", tags = ["page"], security(()),
    params(
        ("client_id" = Option<String>, Query, description = "A registered client"),
        ("redirect_uri" = Option<String>, Query, description = "One of its redirect URIs, letter for letter"),
        ("response_type" = Option<String>, Query, description = "`code`"),
        ("response_mode" = Option<String>, Query, description = "`query` or `form_post`"),
        ("scope" = Option<String>, Query, description = "`openid` and more, between spaces"),
        ("state" = Option<String>, Query, description = "Comes back with the answer"),
        ("nonce" = Option<String>, Query, description = "Comes back in the ID token"),
        ("code_challenge" = Option<String>, Query, description = "Of PKCE, demanded of every client"),
        ("code_challenge_method" = Option<String>, Query, description = "`S256`"),
        ("prompt" = Option<String>, Query, description = "`none`, or `login`, `consent`, `select_account`"),
        ("max_age" = Option<String>, Query, description = "Seconds that the sign-in may be old"),
        ("login_hint" = Option<String>, Query, description = "What the person would type"),
        ("id_token_hint" = Option<String>, Query, description = "An ID token of the person who is expected"),
        ("ui_locales" = Option<String>, Query, description = "Languages that the person reads"),
        ("resource" = Option<String>, Query, description = "An API that tokens are for; may stand several times"),
    ),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "A form for the client"),
        (status = 303, description = "To the client, to the sign-in, or to the question whether the client may know them"),
        (status = 400, content_type = "text/html", body = String, description = "No such client, or not its redirect URI"),
        (status = 429, content_type = "text/html", body = String, description = "Too many from one network"),
    )
)]
pub async fn get(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    visitor: Visitor,
    OfQuery(parameters): OfQuery,
) -> Result<Response, Refusal> {
    let authorized = postern
        .authorize(&meta, visitor.browser(), &parameters)
        .await?;
    answer::directly(&postern, &meta, &visitor, authorized)
}

/// The same by a form. It goes on as a request of the other kind: browsers send the cookie
/// of a sign-in with no form that another site shows.
///
/// # Errors
/// What is no form.
#[utoipa::path(
    post, path = "/oauth/authorize", operation_id = "oauth_authorize_by_form", tags = ["page"], security(()),
    responses(
        (status = 303, description = "To the same by GET"),
        (status = 400, content_type = "text/html", body = String, description = "A parameter twice"),
        (status = 413, content_type = "text/html", body = String, description = "More than a query may hold"),
        (status = 415, content_type = "text/html", body = String, description = "Not a form"),
    )
)]
pub async fn post(OfForm(parameters): OfForm) -> Result<Response, Refusal> {
    same_by_get("/oauth/authorize", &parameters)
}

/// Sends a browser to `path` with these parameters in its query.
///
/// # Errors
/// More than fits into a request line and its headers, of which API Gateway takes 10,240 bytes.
pub fn same_by_get(path: &str, parameters: &Parameters) -> Result<Response, Refusal> {
    const LONGEST: usize = 6 * 1024;
    let to = format!("{path}?{}", parameters.query());
    match to.len() > LONGEST {
        true => Err(Error::TooLarge { limit: LONGEST }.into()),
        false => see_other(&to),
    }
}

/// Sends a browser on.
///
/// # Errors
/// What cannot stand in a header.
pub fn see_other(to: &str) -> Result<Response, Refusal> {
    let to = HeaderValue::from_str(to)
        .map_err(|_| Error::Internal("an answer has no address".to_owned()))?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response())
}
