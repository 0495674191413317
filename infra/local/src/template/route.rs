//! One route of the HTTP API: a method, a path pattern, a function.
//!
//! A request can fit several routes. API Gateway takes the most specific
//! path (literal text before `{name}` before `{name+}` before `$default`),
//! and among routes on one path the one that names the method before `ANY`.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::TemplateError;

/// A method, a path pattern, and the function that answers there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    method: Option<String>,
    path: String,
    function: String,
}

/// The name and the value of each `{…}` in a path.
pub type PathParameters = Vec<(String, String)>;

enum Segment<'a> {
    Literal(&'a str),
    One(&'a str),
    Rest(&'a str),
}

impl Segment<'_> {
    /// The smaller, the more specific.
    fn rank(&self) -> u8 {
        match self {
            Self::Literal(_) => 0,
            Self::One(_) => 1,
            Self::Rest(_) => 2,
        }
    }
}

impl Route {
    /// An `AWS::ApiGatewayV2::Route`, with the function that its integration leads to.
    /// `resources` are those of the whole template.
    pub(super) fn read(
        id: &str,
        resource: &Value,
        resources: &Map<String, Value>,
    ) -> Result<Self, TemplateError> {
        let problem = |problem: String| TemplateError::resource(id, problem);
        let key = resource.pointer("/Properties/RouteKey");
        let key = key.and_then(Value::as_str);
        let key = key.ok_or_else(|| problem("RouteKey does not come to a text".to_owned()))?;
        // The catch-all has no method before it.
        let (method, path) = key.split_once(' ').unwrap_or(("ANY", key));
        if path != "$default" && !path.starts_with('/') {
            return Err(problem(format!("a path starts with a slash: {path}")));
        }
        let function = function_of(resource, resources);
        let function = function.ok_or_else(|| problem("leads to no function".to_owned()))?;
        Ok(Self::new(method, path, function))
    }

    /// A route; the method `ANY` stands for all.
    #[must_use]
    pub fn new(method: &str, path: &str, function: &str) -> Self {
        let method = method.to_ascii_uppercase();
        Self {
            method: Some(method).filter(|method| method != "ANY" && method != "*"),
            path: path.to_owned(),
            function: function.to_owned(),
        }
    }

    /// The method, or `None` for every method.
    #[must_use]
    pub fn method(&self) -> Option<&str> {
        self.method.as_deref()
    }

    /// The path pattern as the template writes it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The binary of the function that answers.
    #[must_use]
    pub fn function(&self) -> &str {
        &self.function
    }

    /// API Gateway's name for the route: `ANY /docs`, `$default`.
    #[must_use]
    pub fn key(&self) -> String {
        match self.path.as_str() {
            "$default" => self.path.clone(),
            path => format!("{} {path}", self.method().unwrap_or("ANY")),
        }
    }

    /// The route that API Gateway takes for a request, and its parameters.
    #[must_use]
    pub fn find<'a>(
        routes: &'a [Self],
        method: &str,
        path: &str,
    ) -> Option<(&'a Self, PathParameters)> {
        routes
            .iter()
            .filter_map(|route| Some((route, route.accepts(method, path)?)))
            .min_by(|(left, _), (right, _)| left.precedence(right))
    }

    fn accepts(&self, method: &str, path: &str) -> Option<PathParameters> {
        if self.method().is_some_and(|own| own != method) {
            return None;
        }
        if self.path == "$default" {
            return Some(PathParameters::new());
        }
        let mut parameters = PathParameters::new();
        let mut rest = path.strip_prefix('/')?;
        let mut segments = self.segments().peekable();
        while let Some(segment) = segments.next() {
            if let Segment::Rest(name) = segment {
                // `{proxy+}` takes nothing at all after a slash, too: `/metrics/` reaches
                // `/metrics/{proxy+}`. Only the root is not taken: it needs a route of
                // its own.
                let root = rest.is_empty() && self.segments().count() == 1;
                parameters.push((name.to_owned(), rest.to_owned()));
                return (!root).then_some(parameters);
            }
            let (first, remainder) = match (rest.split_once('/'), segments.peek()) {
                (Some(cut), Some(_)) => cut,
                (None, None) => (rest, ""),
                _ => return None,
            };
            match segment {
                Segment::Literal(text) if text == first => {}
                Segment::One(name) if !first.is_empty() => {
                    parameters.push((name.to_owned(), first.to_owned()));
                }
                _ => return None,
            }
            rest = remainder;
        }
        Some(parameters)
    }

    fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        let path = self.path.strip_prefix('/').unwrap_or(&self.path);
        path.split('/').map(|segment| {
            match segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')) {
                Some(name) => match name.strip_suffix('+') {
                    Some(name) => Segment::Rest(name),
                    None => Segment::One(name),
                },
                None => Segment::Literal(segment),
            }
        })
    }

    fn ranks(&self) -> impl Iterator<Item = u8> {
        self.segments().map(|segment| segment.rank())
    }

    fn precedence(&self, other: &Self) -> Ordering {
        let default = |route: &Self| route.path == "$default";
        default(self)
            .cmp(&default(other))
            .then_with(|| self.ranks().cmp(other.ranks()))
            .then_with(|| self.method.is_none().cmp(&other.method.is_none()))
    }
}

/// The binary of the function that the integration of a route names, by itself or by its
/// alias, which there is only one of.
fn function_of<'a>(route: &Value, resources: &'a Map<String, Value>) -> Option<&'a str> {
    let target = route.pointer("/Properties/Target/Fn::Sub")?.as_str()?;
    let integration = target.strip_prefix("integrations/${")?.strip_suffix('}')?;
    let uri = resources.get(integration)?;
    let uri = uri.pointer("/Properties/IntegrationUri")?;
    let named = |by: &str, end| uri.get(by)?.as_str()?.strip_suffix(end);
    let function = named("Ref", ".Alias").or_else(|| named("Fn::GetAtt", ".Arn"))?;
    binary(resources.get(function)?)
}

/// The binary that a function runs: what its build is told, or the folder
/// that its code lies in.
fn binary(resource: &Value) -> Option<&str> {
    let text = |pointer| resource.pointer(pointer).and_then(Value::as_str);
    text("/Metadata/BuildProperties/Binary").or_else(|| {
        let code = text("/Properties/CodeUri")?;
        let folder = code.trim_end_matches('/').rsplit('/').next()?;
        Some(folder).filter(|folder| !folder.is_empty() && *folder != ".")
    })
}
