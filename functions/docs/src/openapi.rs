//! `GET /openapi/{contract}.json`: a contract's document.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::{Contract, Error};
use edge::Refusal;

use crate::documents::{document, file_name};
use crate::published::Published;

static DOCUMENTS: LazyLock<BTreeMap<String, Published>> = LazyLock::new(|| {
    let published = |contract| {
        let document = Published::new("application/json", document(contract)?);
        Some((file_name(contract), document))
    };
    Contract::ALL.into_iter().filter_map(published).collect()
});

/// A contract's document, as Postern answers it.
///
/// # Errors
/// A name that no contract has.
#[utoipa::path(
    get, path = "/openapi/{document}", operation_id = "openapi_document", tags = ["docs"], security(()),
    params(("document" = String, Path, description = "A contract's name and `.json`")),
    responses(
        (status = 200, content_type = "application/json", body = serde_json::Value, description = "OpenAPI 3.1"),
        (status = 304, description = "The caller has it"),
        (status = 404, description = "No such contract"),
    )
)]
pub async fn handle(
    // A segment that is not UTF-8 names no contract either; axum would say it in its own words.
    name: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let document = name.ok().and_then(|Path(name)| DOCUMENTS.get(&name));
    Ok(document.ok_or(Error::Missing)?.answer(&headers))
}
