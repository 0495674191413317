//! The chatbot's topic.

use axum::http::Method;
use serde_json::json;

use super::{Family, auth};
use crate::operation::{Operation, Ready};

/// The family.
pub static FAMILY: Family = Family {
    name: "chatbot",
    operations: &[&INTERACT],
};

static INTERACT: Operation = Operation::new("publish an interaction", |person, stage| {
    Box::pin(async move {
        let tokens = auth::sign_in(&person, stage).await?;
        let body = json!({ "interaction_type": "chat", "message": "Good morning" });
        let request = tokens.bearing(Method::POST, "/chatbot/interact", &body)?;
        Ok(Ready::new(&person, request))
    })
});
