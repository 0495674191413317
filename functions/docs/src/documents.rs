//! The OpenAPI documents, one for each contract.
//!
//! They are made from the routes of every function and checked in under
//! `openapi/`; a test makes them again and compares. That way this function
//! needs none of the others to be linked into it.

use domain::Contract;

/// The document of `contract`, as JSON, if it is a published one.
#[must_use]
pub const fn document(contract: Contract) -> Option<&'static str> {
    Some(match contract {
        Contract::Djangocfg => include_str!("../openapi/djangocfg.json"),
        Contract::Cashless => include_str!("../openapi/cashless.json"),
        Contract::AuthService => include_str!("../openapi/auth-service.json"),
        Contract::Ravi => include_str!("../openapi/ravi.json"),
        Contract::Nauth => include_str!("../openapi/nauth.json"),
        Contract::Pages => return None,
    })
}

/// The last segment of the path at which it is published.
#[must_use]
pub fn file_name(contract: Contract) -> String {
    format!("{}.json", contract.name())
}
