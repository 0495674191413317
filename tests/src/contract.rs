//! Whether the house keeps to what the contracts' clients were built against.
//!
//! tests/contracts holds the facts of each contract, taken from its own
//! document by extract.py: what a client can see of an operation and no
//! sentence. The routers generate a document of the house for the same contract
//! ([`generated`]), [`read`] brings it into the same form, and [`differences`]
//! lays one beside the other. Nothing may be missing, nothing narrower:
//!
//! - whatever the contract lets a client send is taken, so each request of the
//!   contract must be a request of ours;
//! - whatever we answer can be read by its clients, so each answer of ours must
//!   be an answer of the contract. Further fields do no harm, where the contract
//!   does not close the object.
//!
//! Both are one question asked in two directions, whether the values of one
//! schema are values of another. A keyword that the reader does not know stops
//! it, because a limit that goes unread is a check that cannot fail.
//!
//! Differences that are meant stand in accepted.md, each with its reason;
//! operations to come stand in not-yet.txt. A line there that no longer says
//! anything fails too, so both lists shrink as the house grows.
//!
//! One contract's document has schemas and no operations ([`BY_NAME`]). It is held
//! to those by name, and publishes all of them: what no operation of ours brings
//! is built from the facts, and told in our words by nauth-words.json.

mod by_name;
mod combine;
mod compare;
mod document;
mod facets;
mod fields;
mod lists;
mod problems;
mod schema;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use domain::Contract;
use serde_json::{Map, Value};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub use by_name::{BY_NAME, schemas};
pub use compare::{Difference, differences};
pub use document::read;
pub use lists::{Accepted, accepted, facts, not_yet};
pub use problems::problems;
pub use words::{Words, words};

/// The contracts that have a document whose facts are kept. The Auth Service's is
/// prose: its facts were written down from that by hand.
pub const WITH_FACTS: [Contract; 5] = [
    Contract::Djangocfg,
    Contract::Cashless,
    Contract::AuthService,
    Contract::Ravi,
    BY_NAME,
];

/// What is true of one place in a body: its type, its limits, whether it must
/// be there. Named as in JSON Schema.
pub type Facets = Map<String, Value>;

/// The places of a body: `.` is the body, `.user.email` a property,
/// `.channels[]` the items of a list, `.ctx.*` the values of a map.
pub type Fields = BTreeMap<String, Facets>;

/// Bodies by media type, or parameters by `place name`.
pub type Content = BTreeMap<String, Fields>;

/// Operations by `METHOD /path`.
pub type Operations = BTreeMap<String, Operation>;

/// What a client can see of an operation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Operation {
    /// Its `operationId`, from which generated clients name their functions.
    pub id: String,
    /// The ways to call it, by what is sent; `anyone` if nothing has to be.
    pub callers: BTreeSet<String>,
    /// Its parameters, as `path id`.
    pub parameters: Content,
    /// The bodies that it takes.
    pub request: Content,
    /// The bodies that it answers, by status.
    pub responses: BTreeMap<String, Content>,
}

/// The functions with their documents.
#[must_use]
pub fn functions() -> Vec<(&'static str, OpenApi)> {
    vec![
        ("accounts", described(accounts::routes())),
        ("admin", described(admin::routes())),
        ("auth", described(auth::routes())),
        ("auth", described(auth::shared_routes())),
        ("avatar", described(avatar::routes())),
        ("device-grant", described(device_grant::routes())),
        ("chatbot", described(chatbot::routes())),
        ("devices", described(devices::routes())),
        ("docs", described(docs::routes())),
        ("oauth", described(oauth::routes())),
        ("oidc", described(oidc::routes())),
        ("pages", described(pages::routes())),
        ("realtime", described(realtime::routes())),
        ("tokens", described(tokens::routes())),
        ("totp", described(totp::routes())),
        ("nauth", described(nauth::routes())),
        ("nauth-social", described(nauth_social::routes())),
        ("nauth-mfa", described(nauth_mfa::routes())),
        ("nauth-admin", described(nauth_admin::routes())),
        ("vendor", described(vendor::routes())),
    ]
}

fn described<S: Clone + Send + Sync + 'static>(routes: OpenApiRouter<S>) -> OpenApi {
    routes.into_openapi()
}

/// What the routes say of `contract`.
#[must_use]
pub fn of_routes(contract: Contract) -> OpenApi {
    edge::openapi::document(
        contract,
        functions().into_iter().map(|(_, document)| document),
    )
}

/// The house's own document of `contract`, made from the routes.
#[must_use]
pub fn generated(contract: Contract) -> OpenApi {
    let mut document = of_routes(contract);
    if contract == BY_NAME {
        words::complete(&mut document);
    }
    document
}
