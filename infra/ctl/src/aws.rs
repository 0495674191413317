//! Questions to services of AWS that nothing else of ours asks: by signed requests, because a
//! client for each of six services would be most of this program.

use std::time::{Duration, SystemTime};

use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use domain::Clock as _;
use edge::serve::SystemClock;
use http_body_util::{BodyExt as _, Limited};
use serde_json::Value;
use transport::Connector;

/// How long an answer may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// The largest answer that is read.
const LARGEST: usize = 1024 * 1024;

/// Whoever is asked, by HTTP.
pub(crate) struct Questions {
    connector: Connector,
    config: SdkConfig,
}

/// An answer, whatever its status.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Answer {
    /// Its text as JSON; nothing for what is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// What stands in the elements of that name.
    pub(crate) fn elements(&self, name: &str) -> Vec<&str> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let parts = self.text.split(&open).skip(1);
        parts
            .filter_map(|part| part.split_once(&close))
            .map(|(text, _)| text)
            .collect()
    }

    /// What an error says of itself, in whichever form.
    pub(crate) fn problem(&self) -> String {
        let json = self.json();
        let said = ["message", "Message", "__type"].map(|name| json.get(name));
        let said = said.into_iter().flatten().find_map(Value::as_str);
        let said = said.or_else(|| self.elements("Message").first().copied());
        said.map_or_else(|| format!("status {}", self.status), str::to_owned)
    }
}

impl Questions {
    /// To AWS as `config` reaches it.
    pub(crate) fn new(config: SdkConfig, connector: Connector) -> Self {
        Self { connector, config }
    }

    /// The region that is asked; empty if none is set.
    pub(crate) fn region(&self) -> &str {
        self.config.region().map_or("", AsRef::as_ref)
    }

    /// The answer at a URL that anybody may ask.
    pub(crate) async fn get(&self, url: &str) -> Result<Answer, String> {
        let mut request = HttpRequest::empty();
        request.set_uri(url).map_err(|error| error.to_string())?;
        self.answer(request).await
    }

    /// The answer of an API that is asked by paths (Lambda, SES), at `path`.
    pub(crate) async fn ask(&self, host: &str, name: &str, path: &str) -> Result<Answer, String> {
        self.signed(host, name, ("GET", path), &[], String::new())
            .await
    }

    /// The answer of an API whose actions are fields of a form (SNS, CloudFormation).
    pub(crate) async fn form(&self, service: &str, form: String) -> Result<Answer, String> {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.signed(service, service, ("POST", "/"), &[kind], form)
            .await
    }

    /// The answer of an API whose actions are a header (ACM, KMS).
    pub(crate) async fn action(
        &self,
        service: &str,
        target: &str,
        body: &Value,
    ) -> Result<Answer, String> {
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", target),
        ];
        self.signed(service, service, ("POST", "/"), &headers, body.to_string())
            .await
    }

    async fn signed(
        &self,
        host: &str,
        name: &str,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<Answer, String> {
        let region = self.config.region().ok_or("no region is set")?;
        let own = self.config.endpoint_url().map(str::to_owned);
        let fips = self.config.use_fips().unwrap_or_default();
        let base = own.unwrap_or_else(|| public(host, region.as_ref(), fips));
        let url = format!("{}{path}", base.trim_end_matches('/'));
        let provider = self.config.credentials_provider();
        let provider = provider.ok_or("no credentials are set")?;
        let credentials = provider.provide_credentials().await;
        let identity = credentials.map_err(|error| error.to_string())?.into();
        let seconds = u64::try_from(SystemClock.now().0).unwrap_or_default();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(region.as_ref())
            .name(name)
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| error.to_string())?
            .into();
        let bytes = SignableBody::Bytes(body.as_bytes());
        let signable = SignableRequest::new(method, &url, headers.iter().copied(), bytes);
        let signable = signable.map_err(|error| error.to_string())?;
        let signed = sign(signable, &params).map_err(|error| error.to_string())?;
        let (instructions, _) = signed.into_parts();

        let mut request = HttpRequest::empty();
        let set = request
            .set_method(method)
            .map_err(|error| error.to_string());
        set?;
        request.set_uri(&*url).map_err(|error| error.to_string())?;
        for (name, value) in headers.iter().copied().chain(instructions.headers()) {
            let (name, value) = (name.to_owned(), value.to_owned());
            request.headers_mut().insert(name, value);
        }
        let length = body.len().to_string();
        request.headers_mut().insert("content-length", length);
        *request.body_mut() = SdkBody::from(body);
        self.answer(request).await
    }

    async fn answer(&self, request: HttpRequest) -> Result<Answer, String> {
        let asking = async {
            let answer = self.connector.call(request).await;
            let answer = answer.map_err(|error| error.to_string())?;
            let status = answer.status().as_u16();
            let body = Limited::new(answer.into_body(), LARGEST).collect().await;
            let body = body.map_err(|error| error.to_string())?.to_bytes();
            let text = String::from_utf8_lossy(&body).into_owned();
            Ok(Answer { status, text })
        };
        let answer = tokio::time::timeout(DEADLINE, asking).await;
        answer.unwrap_or_else(|_| Err("no answer in time".to_owned()))
    }
}

/// What stands at `path` (RFC 6901) of an answer; null if nothing does.
pub(crate) fn at<'v>(answer: &'v Value, path: &str) -> &'v Value {
    static NOTHING: Value = Value::Null;
    answer.pointer(path).unwrap_or(&NOTHING)
}

/// Where a service answers in a region.
fn public(host: &str, region: &str, fips: bool) -> String {
    let suffix = match region.split('-').next() {
        Some("cn") => "amazonaws.com.cn",
        _ => "amazonaws.com",
    };
    let fips = if fips { "-fips" } else { "" };
    format!("https://{host}{fips}.{region}.{suffix}")
}

#[cfg(test)]
mod tests {
    use super::public;

    #[test]
    fn a_service_is_where_the_region_has_it() {
        let at = |region| public("lambda", region, false);
        assert_eq!(
            at("eu-central-1"),
            "https://lambda.eu-central-1.amazonaws.com"
        );
        assert_eq!(
            at("cn-north-1"),
            "https://lambda.cn-north-1.amazonaws.com.cn"
        );
        assert_eq!(
            public("lambda", "us-gov-west-1", true),
            "https://lambda-fips.us-gov-west-1.amazonaws.com"
        );
    }
}
