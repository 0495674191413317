//! What a stack's functions were deployed with, as Lambda tells it
//! (`GetFunctionConfiguration`).

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Failure;
use crate::aws::{Answer, Questions};

/// The part of Lambda's answer that is read.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Configuration {
    #[serde(default)]
    environment: Environment,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Environment {
    #[serde(default)]
    variables: BTreeMap<String, String>,
    /// Why the variables could not be decrypted.
    error: Option<Unreadable>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Unreadable {
    message: String,
}

/// The variables that the function of this name is given.
///
/// # Errors
/// If Lambda does not answer, does not know it or may not say, in words that say what to do.
pub(super) async fn variables(
    lambda: &Questions,
    function: &str,
) -> Result<BTreeMap<String, String>, Failure> {
    let failed = |why: String| {
        Failure::Refused(format!(
            "the settings of the function {function} cannot be read in {}: {why}",
            lambda.region()
        ))
    };
    let path = format!("/2015-03-31/functions/{function}/configuration");
    let answer = lambda.ask("lambda", "lambda", &path).await;
    let answer = answer.map_err(&failed)?;
    if answer.status != 200 {
        return Err(failed(refused(&answer)));
    }
    let read: Configuration = serde_json::from_str(&answer.text)
        .map_err(|_| failed("its configuration is unreadable".to_owned()))?;
    match read.environment.error {
        None => Ok(read.environment.variables),
        Some(error) => Err(failed(error.message)),
    }
}

/// What to do about a refusal.
fn refused(answer: &Answer) -> String {
    let advice = match answer.status {
        403 => "; whoever runs this needs lambda:GetFunctionConfiguration on it",
        404 => "; is this the stack's name, and its region?",
        _ => "",
    };
    format!("{}{advice}", answer.problem())
}
