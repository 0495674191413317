//! `template.yaml`, as far as the local stack needs it.
//!
//! The deployable stack is described once. The local one reads its tables,
//! its buckets' names and its routes from that same description, so that nothing
//! works here only because it was written down twice. What the template says
//! about permissions, alarms or keys is of no use on a laptop and is skipped.
//!
//! * `value` turns YAML with CloudFormation's short tags into plain JSON and
//!   answers the references that a template answers by itself (parameters'
//!   defaults, the stack's name, conditions).
//! * [`Table`] is a DynamoDB table: a CreateTable request and its TTL.
//! * [`Route`] is one route of the HTTP API, with the function that it leads to.
//! * [`Template::watch_router`] writes the routes for `cargo lambda watch`.

mod route;
mod table;
mod value;
mod watch;

use std::path::Path;

use serde_json::Value;

pub use route::{PathParameters, Route};
pub use table::Table;

/// The parts of a SAM template that a local stack is made from.
#[derive(Clone, Debug)]
pub struct Template {
    tables: Vec<Table>,
    buckets: Vec<String>,
    routes: Vec<Route>,
}

/// Why a template could not be read.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file could not be opened.
    #[error("{path}: {source}")]
    File {
        /// The file asked for.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text is no YAML.
    #[error("the template is no YAML: {0}")]
    Yaml(#[from] serde_yaml_ng::Error),
    /// A resource lacks something, or has it in a shape not understood here.
    #[error("the template's {resource}: {problem}")]
    Resource {
        /// The resource's logical id.
        resource: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl TemplateError {
    fn resource(resource: &str, problem: impl Into<String>) -> Self {
        Self::Resource {
            resource: resource.to_owned(),
            problem: problem.into(),
        }
    }
}

impl Template {
    /// Reads a template file; `stack` is the name that the stack would have.
    ///
    /// # Errors
    /// When the file cannot be read, or says something not understood here.
    pub fn read(path: &Path, stack: &str) -> Result<Self, TemplateError> {
        let text = std::fs::read_to_string(path).map_err(|source| TemplateError::File {
            path: path.display().to_string(),
            source,
        })?;
        Self::parse(&text, stack)
    }

    /// Reads a template's text; `stack` is the name that the stack would have.
    ///
    /// # Errors
    /// When the text is no template, or says something not understood here.
    pub fn parse(text: &str, stack: &str) -> Result<Self, TemplateError> {
        let document = value::resolve(serde_yaml_ng::from_str(text)?, stack);
        let mut template = Self {
            tables: Vec::new(),
            buckets: Vec::new(),
            routes: Vec::new(),
        };
        let none = serde_json::Map::new();
        let resources = document.get("Resources").and_then(Value::as_object);
        let resources = resources.unwrap_or(&none);
        for (id, resource) in resources {
            match resource.get("Type").and_then(Value::as_str) {
                Some("AWS::DynamoDB::Table") => template.tables.push(Table::read(id, resource)?),
                Some("AWS::S3::Bucket") => {
                    let name = resource.pointer("/Properties/BucketName");
                    let name = name.and_then(Value::as_str).ok_or_else(|| {
                        TemplateError::resource(id, "BucketName does not come to a text")
                    })?;
                    template.buckets.push(name.to_owned());
                }
                Some("AWS::ApiGatewayV2::Route") => {
                    template.routes.push(Route::read(id, resource, resources)?);
                }
                _ => {}
            }
        }
        Ok(template)
    }

    /// The tables.
    #[must_use]
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The name of the one table whose name ends so (`-identity`, `-audit`).
    #[must_use]
    pub fn table_name(&self, suffix: &str) -> Option<&str> {
        self.tables
            .iter()
            .map(Table::name)
            .find(|name| name.ends_with(suffix))
    }

    /// The names of the buckets.
    #[must_use]
    pub fn buckets(&self) -> &[String] {
        &self.buckets
    }

    /// The name of the one bucket in whose name this stands (`-pictures-`).
    #[must_use]
    pub fn bucket_name(&self, part: &str) -> Option<&str> {
        let mut names = self.buckets.iter().map(String::as_str);
        names.find(|name| name.contains(part))
    }

    /// The routes of all functions.
    #[must_use]
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The functions that have routes, each once, in alphabetical order.
    #[must_use]
    pub fn functions(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.routes.iter().map(Route::function).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The `cargo lambda watch` router that fits these routes, as the section
    /// of a workspace manifest.
    #[must_use]
    pub fn watch_router(&self) -> String {
        watch::router(&self.routes)
    }
}

#[cfg(test)]
mod tests;
