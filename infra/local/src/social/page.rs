//! The browser's side, and where everything is.
//!
//! | request | answer |
//! |---|---|
//! | `GET /google/o/oauth2/v2/auth`, `/apple/auth/authorize`, `/facebook/v23.0/dialog/oauth` | the question |
//! | `POST /google/decision`, `/apple/decision`, `/facebook/decision` | the way back; Apple's is a form that posts itself |
//! | `POST /google/token`, `GET /google/oauth2/v3/certs` | what the application asks Google |
//! | `POST /google/app-token`, and so on | the token that an app on a phone gets, for the `email` of the body |
//! | `POST /apple/auth/token`, `GET /apple/auth/keys` | what it asks Apple |
//! | `POST /facebook/v23.0/oauth/access_token`, `GET /facebook/v23.0/me`, `/facebook/v23.0/debug_token` | what it asks Facebook |

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use domain::provider::Provider;
use serde::Deserialize;

use super::{CLIENT_ID, Person, Request, Social, endpoints};

/// The providers.
pub fn router(social: Social) -> Router {
    Router::new()
        .route("/google/o/oauth2/v2/auth", get(ask_google))
        .route("/google/decision", post(decide_google))
        .route("/google/token", post(endpoints::google_token))
        .route("/google/oauth2/v3/certs", get(endpoints::keys))
        .route("/google/app-token", post(endpoints::google_app_token))
        .route("/apple/app-token", post(endpoints::apple_app_token))
        .route("/facebook/app-token", post(endpoints::facebook_app_token))
        .route("/apple/auth/authorize", get(ask_apple))
        .route("/apple/decision", post(decide_apple))
        .route("/apple/auth/token", post(endpoints::apple_token))
        .route("/apple/auth/keys", get(endpoints::keys))
        .route("/apple/post.js", get(script))
        .route("/facebook/v23.0/dialog/oauth", get(ask_facebook))
        .route("/facebook/decision", post(decide_facebook))
        .route(
            "/facebook/v23.0/oauth/access_token",
            post(endpoints::facebook_token),
        )
        .route("/facebook/v23.0/me", get(endpoints::facebook_me))
        .route(
            "/facebook/v23.0/debug_token",
            get(endpoints::facebook_debug),
        )
        .route(
            "/facebook/.well-known/oauth/openid/jwks/",
            get(endpoints::keys),
        )
        .with_state(social)
}

/// A provider's question.
#[derive(Template)]
#[template(path = "social.html")]
struct Question<'a> {
    provider: Provider,
    request: &'a Request,
    problem: &'static str,
}

impl Question<'_> {
    fn show(self, status: StatusCode) -> Response {
        (status, page(&self)).into_response()
    }
}

/// Apple's answer, which posts itself.
#[derive(Template)]
#[template(path = "social-post.html")]
struct PostedAnswer<'a> {
    redirect_uri: &'a str,
    brought: &'a [(&'a str, String)],
}

fn page(page: &impl Template) -> Response {
    // What a form's answer redirects to counts as its action, and that may be any site that
    // the application lists, so nothing is said of actions.
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; \
         base-uri 'none'; frame-ancestors 'none'";
    match page.render() {
        Ok(html) => ([(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response(),
        Err(problem) => (StatusCode::INTERNAL_SERVER_ERROR, problem.to_string()).into_response(),
    }
}

/// Whether the request is of the one application that there is.
fn makes_sense(request: &Request) -> bool {
    let web =
        request.redirect_uri.starts_with("http://") || request.redirect_uri.starts_with("https://");
    web && request.client_id == CLIENT_ID
}

fn ask(provider: Provider, request: &Request) -> Response {
    if !makes_sense(request) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let problem = "";
    let question = Question {
        provider,
        request,
        problem,
    };
    question.show(StatusCode::OK)
}

async fn ask_apple(Query(request): Query<Request>) -> Response {
    ask(Provider::Apple, &request)
}

async fn ask_facebook(Query(request): Query<Request>) -> Response {
    ask(Provider::Facebook, &request)
}

async fn ask_google(Query(request): Query<Request>) -> Response {
    ask(Provider::Google, &request)
}

#[derive(Deserialize)]
struct Decision {
    #[serde(flatten)]
    request: Request,
    #[serde(default)]
    email: String,
    /// A box that is ticked or not sent.
    unverified: Option<String>,
    decision: String,
}

/// What a browser brings back, or the question once more.
fn decided(
    social: &Social,
    provider: Provider,
    given: Decision,
) -> Result<[(&'static str, String); 2], Box<Response>> {
    let Decision {
        request,
        email,
        unverified,
        decision,
    } = given;
    if !makes_sense(&request) {
        return Err(StatusCode::NOT_FOUND.into_response().into());
    }
    let state = ("state", request.state.clone());
    if decision != "allow" {
        return Ok([("error", "access_denied".to_owned()), state]);
    }
    if !email.contains('@') {
        let question = Question {
            provider,
            request: &request,
            problem: "An address is needed.",
        };
        return Err(question.show(StatusCode::UNPROCESSABLE_ENTITY).into());
    }
    let person = Person {
        verified: unverified.is_none(),
        ..Person::new(&email)
    };
    Ok([("code", social.approve(provider, request, person)), state])
}

async fn decide_google(State(social): State<Social>, Form(given): Form<Decision>) -> Response {
    let redirect_uri = given.request.redirect_uri.clone();
    match decided(&social, Provider::Google, given) {
        Ok(brought) => by_address(&redirect_uri, &brought),
        Err(response) => *response,
    }
}

async fn decide_facebook(State(social): State<Social>, Form(given): Form<Decision>) -> Response {
    let redirect_uri = given.request.redirect_uri.clone();
    match decided(&social, Provider::Facebook, given) {
        Ok(brought) => by_address(&redirect_uri, &brought),
        Err(response) => *response,
    }
}

/// Apple tells the name each time here, as nobody's first consent is remembered.
async fn decide_apple(State(social): State<Social>, Form(given): Form<Decision>) -> Response {
    let redirect_uri = given.request.redirect_uri.clone();
    match decided(&social, Provider::Apple, given) {
        Ok(brought) => {
            let mut brought = brought.to_vec();
            if brought.iter().any(|(name, _)| *name == "code") {
                let name = r#"{"name":{"firstName":"Ada","lastName":"King Lovelace"}}"#;
                brought.push(("user", name.to_owned()));
            }
            page(&PostedAnswer {
                redirect_uri: &redirect_uri,
                brought: &brought,
            })
        }
        Err(response) => *response,
    }
}

async fn script() -> Response {
    let script = "document.forms[0].submit();";
    ([(header::CONTENT_TYPE, "text/javascript")], script).into_response()
}

fn by_address(redirect_uri: &str, brought: &[(&str, String)]) -> Response {
    let Ok(mut back) = url::Url::parse(redirect_uri) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    back.query_pairs_mut().extend_pairs(brought);
    Redirect::to(back.as_str()).into_response()
}
