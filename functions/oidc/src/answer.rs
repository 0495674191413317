//! How an answer gets to a client through a browser.
//!
//! A request that has just come is answered by a redirect. One that went on after a form of
//! ours (a sign-in, a yes) is answered by a page that goes there by itself, and has a link:
//! some browsers hold the whole way that a form leads to against its page's `form-action`,
//! which names nobody but us, and a redirect away would be the end of it.
//!
//! A client that wants its answer in a form gets a page with that form. Its policy lets the
//! form go to the client's origin and to no other, and runs the one line that sends it;
//! where scripts are off, there is a button.

use askama::Template;
use axum::http::header;
use axum::response::Response;
use domain::client::callback;
use domain::oidc::request::ResponseMode;
use edge::page::{ContentPolicy, Frame};
use edge::{Refusal, RequestCookie};
use flows::{Authorized, AwaitedStep, ClientAnswer, Postern, RequestMeta, Waits};
use url::Url;

use crate::authorize::see_other;
use crate::parameters::Visitor;

/// The SHA-256 of the script in `post.html`, in base64.
pub const SCRIPT_DIGEST: &str = "ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE=";

/// The page that goes back to the client.
#[derive(Template)]
#[template(path = "back.html")]
struct BackPage<'a> {
    frame: &'a Frame,
    client: &'a str,
    to: &'a str,
}

/// The page with a form for the client.
#[derive(Template)]
#[template(path = "post.html")]
struct PostPage<'a> {
    frame: &'a Frame,
    client: &'a str,
    to: &'a str,
    parameters: &'a [(&'static str, String)],
}

/// Answers a request that has just come.
///
/// # Errors
/// What cannot stand in a header or a page, here and below.
pub fn directly(
    postern: &Postern,
    meta: &RequestMeta,
    visitor: &Visitor,
    authorized: Authorized,
) -> Result<Response, Refusal> {
    match authorized {
        Authorized::Waits(waits) => wait(&waits),
        Authorized::Answer(answer) => match answer.reply_to.mode {
            ResponseMode::Query => {
                see_other(&callback(&answer.reply_to.redirect_uri, &answer.parameters))
            }
            ResponseMode::FormPost => post(postern, meta, visitor, &answer),
        },
    }
}

/// Answers a request that went on after a form of ours.
///
/// # Errors
/// As [`directly`].
pub fn after_a_form(
    postern: &Postern,
    meta: &RequestMeta,
    visitor: &Visitor,
    authorized: Authorized,
) -> Result<Response, Refusal> {
    match authorized {
        Authorized::Waits(waits) => wait(&waits),
        Authorized::Answer(answer) => match answer.reply_to.mode {
            ResponseMode::Query => {
                let to = callback(&answer.reply_to.redirect_uri, &answer.parameters);
                back(postern, meta, visitor, &answer.client, &to)
            }
            ResponseMode::FormPost => post(postern, meta, visitor, &answer),
        },
    }
}

/// The page that goes to an address of `client` by itself.
///
/// # Errors
/// As [`directly`].
pub fn back(
    postern: &Postern,
    meta: &RequestMeta,
    visitor: &Visitor,
    client: &str,
    to: &str,
) -> Result<Response, Refusal> {
    let frame = Frame::signed_out(postern, meta, &visitor.cookie, None);
    frame.show(&BackPage {
        frame: &frame,
        client,
        to,
    })
}

fn post(
    postern: &Postern,
    meta: &RequestMeta,
    visitor: &Visitor,
    answer: &ClientAnswer,
) -> Result<Response, Refusal> {
    let frame = Frame::signed_out(postern, meta, &visitor.cookie, None);
    let to = answer.reply_to.redirect_uri.as_str();
    let mut response = frame.show(&PostPage {
        frame: &frame,
        client: &answer.client,
        to,
        parameters: &answer.parameters,
    })?;
    let policy = ContentPolicy::sending_to(&source_of(to), Some(SCRIPT_DIGEST));
    if let Some(policy) = policy {
        response.extensions_mut().insert(policy);
    }
    Ok(response)
}

/// The source expression (CSP) of an address: its origin, or the scheme of an app's own.
fn source_of(to: &str) -> String {
    match Url::parse(to) {
        Ok(url) if url.origin().is_tuple() => url.origin().ascii_serialization(),
        Ok(url) => format!("{}:", url.scheme()),
        Err(_) => "'none'".to_owned(),
    }
}

/// Sends the browser to what the request waits for.
fn wait(waits: &Waits) -> Result<Response, Refusal> {
    let here = format!("/oauth/authorize/{}", waits.name);
    let to = match &waits.for_what {
        AwaitedStep::Consent => here,
        AwaitedStep::SignIn {
            login_hint,
            ui_locales,
            anew,
        } => {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("continue", &here);
            if let Some(hint) = login_hint {
                query.append_pair("login_hint", hint);
            }
            if let Some(locales) = ui_locales {
                query.append_pair("ui_locales", locales);
            }
            if *anew {
                query.append_pair("prompt", "login");
            }
            format!("/sign-in?{}", query.finish())
        }
    };
    let mut response = see_other(&to)?;
    if let Some(cookie) = RequestCookie::set(&waits.waits_by) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
