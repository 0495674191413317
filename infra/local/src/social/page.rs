//! The browser's side, and where everything is.
//!
//! | request | answer |
//! |---|---|
//! | `GET /google/o/oauth2/v2/auth` | Google's question |
//! | `POST /google/decision` | the way back |
//! | `POST /google/token`, `GET /google/oauth2/v3/certs` | what the application asks |

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
        // A form's redirects count as its action: the way back has to be named, and where
        // that leads on to.
        let policy = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; \
             frame-ancestors 'none'";
        match self.render() {
            Ok(html) => {
                let policy = [(header::CONTENT_SECURITY_POLICY, policy)];
                (status, policy, Html(html)).into_response()
            }
            Err(problem) => {
                (StatusCode::INTERNAL_SERVER_ERROR, problem.to_string()).into_response()
            }
        }
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

fn by_address(redirect_uri: &str, brought: &[(&str, String)]) -> Response {
    let Ok(mut back) = url::Url::parse(redirect_uri) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    back.query_pairs_mut().extend_pairs(brought);
    Redirect::to(back.as_str()).into_response()
}
