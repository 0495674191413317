//! A document as the page shows it: its operations with what they take and
//! answer, then the shapes that these name.
//!
//! Only what OpenAPI 3.1 and our own generator write is read; whatever else a
//! document holds is for machines and stays in the JSON.

mod prose;
mod schema;
mod source;

use std::collections::BTreeMap;

use domain::Contract;

pub use prose::Block;
use schema::Schema;
pub use schema::{Field, Word};
use source::{Content, Document, Operation as Source, Parameter};

/// One contract.
#[derive(Debug)]
pub struct Section {
    /// Which one.
    pub contract: Contract,
    /// What can be asked of it so far.
    pub operations: Vec<Operation>,
    /// The shapes that its operations name.
    pub shapes: Vec<Shape>,
}

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// Its anchor.
    pub id: String,
    /// The method, in capitals.
    pub method: &'static str,
    /// The path.
    pub path: String,
    /// What it does.
    pub summary: Vec<Block>,
    /// What else there is to know.
    pub description: Vec<Block>,
    /// What a caller shows; empty where it is open to anyone.
    pub callers: Vec<String>,
    /// Values in the path, the query and the headers.
    pub parameters: Vec<Field>,
    /// What it takes, by media type.
    pub requests: Vec<Request>,
    /// What it answers, by status.
    pub answers: Vec<Answer>,
}

/// A body that an operation takes.
#[derive(Debug)]
pub struct Request {
    /// Its media type.
    pub media: String,
    /// What it is.
    pub kind: Vec<Word>,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// An answer of an operation.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: String,
    /// When it comes.
    pub about: Vec<Block>,
    /// What its body is; empty where there is none.
    pub kind: Vec<Word>,
}

/// A shape that operations and other shapes name.
#[derive(Debug)]
pub struct Shape {
    /// Its anchor.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is, in words.
    pub about: Vec<Block>,
    /// What it is, where it has no fields of its own.
    pub kind: Vec<Word>,
    /// Its fields.
    pub fields: Vec<Field>,
}

impl Section {
    /// What `document`, the document of `contract`, says.
    ///
    /// # Errors
    /// If it is no OpenAPI document.
    pub fn read(contract: Contract, document: &str) -> Result<Self, serde_json::Error> {
        let document: Document = serde_json::from_str(document)?;
        let reader = Reader {
            contract,
            document: &document,
        };
        let paths = document.paths.iter();
        let operations = paths.flat_map(|(path, item)| {
            let operations = item.operations();
            operations.map(|(method, source)| reader.operation(method, path, source))
        });
        let shapes = document.components.schemas.iter();
        Ok(Self {
            contract,
            operations: operations.collect(),
            shapes: shapes
                .map(|(name, schema)| reader.shape(name, schema))
                .collect(),
        })
    }
}

/// Reads one document. Anchors carry the contract's name, since two contracts
/// may use one name for different things.
struct Reader<'d> {
    contract: Contract,
    document: &'d Document,
}

impl Reader<'_> {
    fn operation(&self, method: &'static str, path: &str, source: &Source) -> Operation {
        let fallback = || format!("{method}{path}");
        let id = source.operation_id.clone().unwrap_or_else(fallback);
        let requests = source
            .request_body
            .iter()
            .flat_map(|body| self.requests(&body.content));
        let answers = source.responses.iter().map(|(status, answer)| Answer {
            status: status.clone(),
            about: prose::blocks(&answer.description),
            kind: self.kind(&answer.content),
        });
        Operation {
            id: format!("{}.{id}", self.contract.name()),
            method,
            path: path.to_owned(),
            summary: prose::blocks(&source.summary),
            description: prose::blocks(&source.description),
            callers: self.callers(source),
            parameters: source
                .parameters
                .iter()
                .map(|it| self.parameter(it))
                .collect(),
            requests: requests.collect(),
            answers: answers.collect(),
        }
    }

    /// The ways to authenticate that the operation accepts: none where one of
    /// them is to show nothing.
    fn callers(&self, source: &Source) -> Vec<String> {
        let schemes = &self.document.components.security_schemes;
        let said = |name: &String| {
            let scheme = schemes.get(name);
            scheme.map_or_else(|| name.clone(), ToString::to_string)
        };
        if source.security.iter().any(BTreeMap::is_empty) {
            return Vec::new();
        }
        let ways = source.security.iter();
        ways.map(|way| way.keys().map(said).collect::<Vec<_>>().join(" and "))
            .collect()
    }

    fn parameter(&self, source: &Parameter) -> Field {
        let mut field = source
            .schema
            .field(&source.name, source.required, self.contract);
        field.place = Some(source.place.clone());
        field.about = prose::blocks(&source.description);
        field
    }

    fn requests<'c>(&self, content: &'c Content) -> impl Iterator<Item = Request> + use<'c, '_> {
        content.iter().map(|(media, body)| Request {
            media: media.clone(),
            kind: body.schema.words(self.contract),
            fields: self.resolved(&body.schema).fields(self.contract),
        })
    }

    fn kind(&self, content: &Content) -> Vec<Word> {
        let body = content.values().next();
        body.map(|body| body.schema.words(self.contract))
            .unwrap_or_default()
    }

    fn shape(&self, name: &str, schema: &Schema) -> Shape {
        let fields = schema.fields(self.contract);
        Shape {
            id: schema::anchor(self.contract, name),
            name: name.to_owned(),
            about: prose::blocks(schema.description()),
            kind: if fields.is_empty() {
                schema.words(self.contract)
            } else {
                Vec::new()
            },
            fields,
        }
    }

    /// The schema itself, or the shape that it refers to.
    fn resolved<'s>(&'s self, schema: &'s Schema) -> &'s Schema {
        let named = schema.reference();
        named
            .and_then(|name| self.document.components.schemas.get(&*name))
            .unwrap_or(schema)
    }
}

#[cfg(test)]
mod tests;
