//! The browser's side.
//!
//! | request | answer |
//! |---|---|
//! | `GET /` | a small site with a button that signs in |
//! | `GET /callback` | the same site, where the sign-in comes back and is completed |
//! | `GET`, `POST /login/oauth/authorize` | GitHub's question, and the way back |
//! | `POST /login/oauth/access_token`, `GET /user`, `/user/emails` | what the app asks |

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;

use super::{CLIENT_ID, GitHub, Person, Request, exchange};

/// The provider, and the site that signs in at the API at `api`.
pub fn router(github: GitHub, api: &str) -> Router {
    let site = Site {
        api: api.to_owned(),
    };
    let site = move || {
        let site = site.clone();
        async move { site.show() }
    };
    Router::new()
        .route("/", get(site.clone()))
        .route("/callback", get(site))
        .route("/login/oauth/authorize", get(ask).post(answer))
        .route("/login/oauth/access_token", post(exchange::access_token))
        .route("/user", get(exchange::user))
        .route("/user/emails", get(exchange::emails))
        .route("/avatar.svg", get(avatar))
        .route("/github.css", get(style))
        .route("/github.js", get(script))
        .with_state(github)
}

/// The page of the site.
#[derive(Clone, Template)]
#[template(path = "github-site.html")]
struct Site {
    api: String,
}

impl Site {
    fn show(&self) -> Response {
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; \
             connect-src {}; base-uri 'none'; frame-ancestors 'none'",
            self.api
        );
        page(self, policy)
    }
}

/// GitHub's question.
#[derive(Template)]
#[template(path = "github.html")]
struct Question {
    request: Request,
    problem: &'static str,
}

impl Question {
    fn show(self, status: StatusCode) -> Response {
        // A form's redirects count as its action: the way back has to be named.
        let origin = url::Url::parse(&self.request.redirect_uri);
        let origin =
            origin.map_or_else(|_| String::new(), |url| url.origin().ascii_serialization());
        let policy = format!(
            "default-src 'none'; style-src 'self'; img-src data:; form-action 'self' {origin}; \
             base-uri 'none'; frame-ancestors 'none'"
        );
        (status, page(&self, policy)).into_response()
    }
}

fn page(page: &impl Template, policy: String) -> Response {
    match page.render() {
        Ok(html) => ([(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response(),
        Err(problem) => (StatusCode::INTERNAL_SERVER_ERROR, problem.to_string()).into_response(),
    }
}

/// The way back, if the request makes sense.
fn way_back(request: &Request, name: &str, value: &str) -> Option<String> {
    let web =
        request.redirect_uri.starts_with("http://") || request.redirect_uri.starts_with("https://");
    let back = request.back(name, value)?;
    (web && request.client_id == CLIENT_ID).then_some(back)
}

async fn ask(Query(request): Query<Request>) -> Response {
    if way_back(&request, "code", "").is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    Question {
        request,
        problem: "",
    }
    .show(StatusCode::OK)
}

#[derive(Deserialize)]
struct Answer {
    #[serde(flatten)]
    request: Request,
    #[serde(flatten)]
    person: Person,
    answer: String,
}

async fn answer(State(github): State<GitHub>, Form(given): Form<Answer>) -> Response {
    let Answer {
        request,
        person,
        answer,
    } = given;
    let back = if answer == "approve" {
        if person.login.trim().is_empty() || !person.email.contains('@') {
            return Question {
                request,
                problem: "A login and an address are needed.",
            }
            .show(StatusCode::UNPROCESSABLE_ENTITY);
        }
        let code = github.approve(request.clone(), person);
        way_back(&request, "code", &code)
    } else {
        way_back(&request, "error", "access_denied")
    };
    match back {
        Some(back) => Redirect::to(&back).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn avatar() -> impl IntoResponse {
    let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" fill="#0b5d4f"/></svg>"##;
    ([(header::CONTENT_TYPE, "image/svg+xml")], svg)
}

async fn style() -> impl IntoResponse {
    let text = include_str!("../../templates/github.css");
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], text)
}

async fn script() -> impl IntoResponse {
    let text = include_str!("../../templates/github.js");
    (
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
        text,
    )
}
