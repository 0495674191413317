//! The inbox over HTTP: a page for people, JSON for tests.
//!
//! | request | answer |
//! |---|---|
//! | `GET /` (`?to=`, `?id=`) | the page; without `id` it shows the newest message |
//! | `POST /empty` | empties the inbox, back to the page |
//! | `GET /events` (`?to=`, `?id=`) | the same page with the events on the bus; `to` is a type |
//! | `GET /api/messages` (`?to=`) | the messages, newest first |
//! | `GET /api/events` (`?to=`) | the events, newest first |
//! | `DELETE /api/messages` | empties the inbox, of events too |
//!
//! A mail's HTML is shown in a sandboxed frame that runs no scripts, and the
//! page's policy lets nothing load from elsewhere, so a letter looks here as
//! it would in a mail program that blocks remote content.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

use super::{Channel, Inbox, Message};

/// `style-src` holds for the framed letters too, whose styles are inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; \
    style-src 'self' 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// Where the page of events is.
const EVENTS: &str = "/events";

/// The inbox's page and its JSON.
pub fn router(inbox: Inbox) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/events", get(show_events))
        .route("/empty", post(empty))
        .route("/api/messages", get(list).delete(clear))
        .route("/api/events", get(list_events))
        .route("/inbox.css", get(style))
        .route("/inbox.js", get(script))
        .with_state(inbox)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Choice {
    to: Option<String>,
    id: Option<String>,
}

impl Choice {
    /// The address asked for; an empty search field asks for none.
    fn to(&self) -> Option<&str> {
        self.to
            .as_deref()
            .map(str::trim)
            .filter(|to| !to.is_empty())
    }
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct Page {
    /// Where it is: of messages or of events.
    path: &'static str,
    to: String,
    messages: Vec<Message>,
    open: Option<Message>,
    follows: bool,
}

impl Page {
    /// The link to a message, which keeps the search.
    fn link(&self, message: &Message) -> String {
        let path = format!("{}?", self.path);
        let mut query = url::form_urlencoded::Serializer::for_suffix(path.clone(), path.len());
        if !self.to.is_empty() {
            query.append_pair("to", &self.to);
        }
        query.append_pair("id", &message.id).finish()
    }

    fn shows_events(&self) -> bool {
        self.path == EVENTS
    }

    fn is_open(&self, message: &Message) -> bool {
        self.open.as_ref().is_some_and(|open| open.id == message.id)
    }
}

impl Message {
    fn is_mail(&self) -> bool {
        self.channel == Channel::Mail
    }

    /// What it is, in a word.
    fn kind(&self) -> &'static str {
        match self.channel {
            Channel::Mail => "Mail",
            Channel::Text => "Text",
            Channel::Topic => "Topic",
            Channel::Event => "Event",
        }
    }

    /// What a list shows of it: the subject, or the first line of a text.
    fn headline(&self) -> &str {
        match self.subject.as_str() {
            "" => self.text.lines().next().unwrap_or_default(),
            subject => subject,
        }
    }

    fn time(&self) -> String {
        self.sent_at.strftime("%H:%M:%S").to_string()
    }
}

async fn show(State(inbox): State<Inbox>, Query(choice): Query<Choice>) -> Response {
    page("/", &choice, inbox.messages(choice.to()))
}

async fn show_events(State(inbox): State<Inbox>, Query(choice): Query<Choice>) -> Response {
    page(EVENTS, &choice, inbox.events(choice.to()))
}

fn page(path: &'static str, choice: &Choice, messages: Vec<Message>) -> Response {
    let open = match &choice.id {
        Some(id) => messages.iter().find(|message| message.id == *id),
        None => messages.first(),
    };
    let page = Page {
        path,
        to: choice.to().unwrap_or_default().to_owned(),
        open: open.cloned(),
        follows: choice.id.is_none(),
        messages,
    };
    match page.render() {
        Ok(html) => ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(html)).into_response(),
        Err(problem) => (StatusCode::INTERNAL_SERVER_ERROR, problem.to_string()).into_response(),
    }
}

async fn list(State(inbox): State<Inbox>, Query(choice): Query<Choice>) -> Json<Vec<Message>> {
    Json(inbox.messages(choice.to()))
}

async fn list_events(
    State(inbox): State<Inbox>,
    Query(choice): Query<Choice>,
) -> Json<Vec<Message>> {
    Json(inbox.events(choice.to()))
}

async fn clear(State(inbox): State<Inbox>) -> StatusCode {
    inbox.clear();
    StatusCode::NO_CONTENT
}

async fn empty(State(inbox): State<Inbox>) -> Redirect {
    inbox.clear();
    Redirect::to("/")
}

async fn style() -> impl IntoResponse {
    let text = include_str!("../../templates/inbox.css");
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], text)
}

async fn script() -> impl IntoResponse {
    let text = include_str!("../../templates/inbox.js");
    (
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
        text,
    )
}

#[cfg(test)]
mod tests;
