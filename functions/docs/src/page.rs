//! `GET /docs`: every contract on one page, for people.
//!
//! The page is made once, from the documents that are published beside it. It
//! runs no script and loads nothing: its policy admits one style, by its digest.

use std::sync::LazyLock;

use askama::Template;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::response::Response;
use domain::{Contract, Error};
use edge::Refusal;

use crate::documents::{document, file_name};
use crate::outline::Section;
use crate::published::{Published, digest};

const STYLE: &str = include_str!("../templates/docs.css");

static PAGE: LazyLock<Result<Published, String>> = LazyLock::new(|| {
    let read = |contract| Some(Section::read(contract, document(contract)?));
    let sections: Result<_, _> = Contract::ALL.into_iter().filter_map(read).collect();
    let html = html(sections.map_err(|error| error.to_string())?)?;
    Ok(Published::new("text/html; charset=utf-8", html)
        .with(CONTENT_SECURITY_POLICY, &policy())
        .with(REFERRER_POLICY, "no-referrer"))
});

/// All contracts and their operations, to read.
///
/// # Errors
/// A document that is none, which a test would notice.
#[utoipa::path(
    get, path = "/docs", operation_id = "docs_page", tags = ["docs"], security(()),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "The page"),
        (status = 304, description = "The caller has it"),
    )
)]
pub async fn handle(headers: HeaderMap) -> Result<Response, Refusal> {
    let page = PAGE.as_ref();
    let page = page.map_err(|problem| Error::Internal(format!("the page of /docs: {problem}")))?;
    Ok(page.answer(&headers))
}

#[derive(Template)]
#[template(path = "docs.html")]
struct Page {
    style: &'static str,
    sections: Vec<Section>,
}

impl Page {
    fn json(section: &Section) -> String {
        format!("/openapi/{}", file_name(section.contract))
    }
}

fn html(sections: Vec<Section>) -> Result<String, String> {
    let page = Page {
        style: STYLE,
        sections,
    };
    page.render().map_err(|error| error.to_string())
}

/// Nothing may load, run, frame or send anything. `data:` is the empty icon that
/// keeps browsers from asking for one.
fn policy() -> String {
    let style = digest(STYLE);
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests;
