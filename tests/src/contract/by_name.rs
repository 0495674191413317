//! The schemas of a contract whose document has no operations.
//!
//! Its clients import the schemas by name, so each is compared under its name as
//! if it were an operation that takes it, answers it, or both.

use std::collections::BTreeMap;

use domain::Contract;
use serde_json::Value;

use super::document::{elements, members, text};
use super::fields::Side;
use super::schema::Reader;
use super::{Content, Operation, Operations};

/// The contract whose document has schemas alone.
pub const BY_NAME: Contract = Contract::Nauth;

/// The schemas of `document` by name. One of several objects has no flat form: it
/// is one body for each of them.
///
/// # Errors
/// Something that there is no place for, or that is not OpenAPI.
pub fn schemas(document: &Value) -> Result<Operations, String> {
    let reader = Reader(document);
    let mut found = Operations::new();
    for (name, schema) in members(&document["components"]["schemas"]) {
        let body = reader
            .bodies(schema)
            .map_err(|problem| format!("{name}: {problem}"))?;
        let mut read = Operation::default();
        if side(name) != Some(Side::Response) {
            read.request = body.clone();
        }
        if side(name) != Some(Side::Request) {
            read.responses = BTreeMap::from([("200".to_owned(), body)]);
        }
        found.insert(name.clone(), read);
    }
    Ok(found)
}

impl Reader<'_> {
    fn bodies(&self, schema: &Value) -> Result<Content, String> {
        let alternatives = ["anyOf", "oneOf"].map(|word| elements(&schema[word]));
        let mut bodies = Content::new();
        for one in alternatives.into_iter().flatten() {
            if self.resolve(one)?["properties"].is_object() {
                bodies.insert(text(&one["$ref"]), self.fields(one, false)?);
            }
        }
        if bodies.is_empty() {
            bodies.insert("application/json".to_owned(), self.fields(schema, false)?);
        }
        Ok(bodies)
    }
}

/// Which way the schema called `name` goes; `None` for a part of bodies of both
/// kinds. The contract has two naming habits and a few names of neither.
fn side(name: &str) -> Option<Side> {
    let ends = |end| name.ends_with(end);
    match name {
        "AuthResponseUser" | "IAuthAudit" | "IMFADevice" | "JwtPayload" | "TokenResponse"
        | "UserSessionInfo" => Some(Side::Response),
        _ if ends("ResponseDTO") || ends("ResponseDto") => Some(Side::Response),
        // What answers a challenge is sent by the client.
        "ChallengeResponseData" => Some(Side::Request),
        _ if ends("DTO") || ends("Response") => Some(Side::Request),
        _ => None,
    }
}
