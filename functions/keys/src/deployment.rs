//! What CloudFormation asks of the maker of a custom resource: an answer at a URL, once the
//! resource is there. Without one a deployment would wait for its time limit.
//!
//! The ring was made as this function started; a start that fails is tried again by Lambda,
//! and then by the limit of the resource. Nothing is ever removed: deleting the stack leaves
//! the table, and the ring in it.

use domain::Error;
use serde_json::{Value, json};
use transport::Connector;

/// A request of CloudFormation.
pub(crate) struct Notice<'a> {
    event: &'a Value,
    answer_to: &'a str,
}

impl<'a> Notice<'a> {
    /// The one that an event is, if it is one.
    pub(crate) fn read(event: &'a Value) -> Option<Self> {
        let answer_to = event.get("ResponseURL")?.as_str()?;
        Some(Self { event, answer_to })
    }

    /// Says that the ring is there, or, for a deletion, that nothing is left to do.
    pub(crate) async fn answer(&self) -> Result<Value, Error> {
        let copied = |name: &str| self.event.get(name).cloned().unwrap_or_default();
        let body = json!({
            "Status": "SUCCESS",
            "PhysicalResourceId": "key-ring",
            "StackId": copied("StackId"),
            "RequestId": copied("RequestId"),
            "LogicalResourceId": copied("LogicalResourceId"),
        });
        self.put(body.to_string()).await?;
        Ok(json!({ "answered": copied("RequestType") }))
    }

    async fn put(&self, body: String) -> Result<(), Error> {
        // The URL is signed, for a request without a content type.
        let put = async { Connector::new()?.put(self.answer_to, body).await };
        let failed = |error| Error::Unavailable(format!("CloudFormation is not told: {error}"));
        put.await.map_err(failed)
    }
}
