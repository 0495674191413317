//! Bodies with which every FastAPI service refuses, whatever it is about.

use serde::Serialize;
use utoipa::ToSchema;

/// A refusal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HTTPError)]
pub struct Detail {
    /// The sentence.
    detail: String,
}

super::answers_of_all!();
super::answer_to_cut_path!();

/// A limit is used up; `Retry-After` says when to try again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RateLimited)]
pub struct Limited {
    /// The sentence.
    detail: String,
    /// The same, where clients of the original's limiter look for it.
    error: String,
}

/// Everything that is wrong with a request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HTTPValidationError)]
pub struct Invalid {
    /// One entry a problem.
    detail: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ValidationError)]
pub struct Problem {
    /// Where: the part of the request, and the way from there.
    loc: Vec<Step>,
    /// What, as a sentence.
    msg: String,
    /// What, as a stable name.
    #[serde(rename = "type")]
    kind: String,
    /// The numbers of the rule, where it has some.
    #[schema(value_type = Object, required = false)]
    ctx: serde_json::Value,
    /// Never sent: it would repeat what may be a secret.
    #[schema(value_type = Value, required = false)]
    input: serde_json::Value,
}

/// A step on the way to a value: a name, or a place in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Step {
    /// The name of a field.
    Name(String),
    /// The place in a list, from 0.
    Place(i64),
}
