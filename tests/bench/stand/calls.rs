//! Counts calls to DynamoDB on their way out, by name.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// The counts. A clone is another handle to the same ones.
#[derive(Clone, Debug, Default)]
pub struct Calls(Arc<Mutex<BTreeMap<String, u64>>>);

impl Calls {
    /// The plain HTTP client, counted.
    pub fn client(&self) -> SharedHttpClient {
        SharedHttpClient::new(Counted {
            calls: self.clone(),
            inner: aws_smithy_http_client::Builder::new().build_http(),
        })
    }

    /// What was counted since the last time: reads, and writes.
    pub fn take(&self) -> (u64, u64) {
        let counts = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let (reads, writes): (Vec<_>, Vec<_>) = counts
            .into_iter()
            .partition(|(name, _)| name.contains("Get"));
        let sum = |counts: Vec<(String, u64)>| counts.into_iter().map(|(_, count)| count).sum();
        (sum(reads), sum(writes))
    }

    fn count(&self, request: &HttpRequest) {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let name = target.rsplit('.').next().unwrap_or_default().to_owned();
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(name).or_default() += 1;
    }
}

#[derive(Debug)]
struct Counted<T> {
    calls: Calls,
    inner: T,
}

impl HttpClient for Counted<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Counted {
            calls: self.calls.clone(),
            inner: self.inner.http_connector(settings, components),
        })
    }
}

impl HttpConnector for Counted<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.calls.count(&request);
        self.inner.call(request)
    }
}
