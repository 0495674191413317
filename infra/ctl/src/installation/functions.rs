//! What a stack's functions were deployed with, as Lambda tells it.
//!
//! Lambda's client for Rust has a hundred operations; this is one `GET`
//! (`GetFunctionConfiguration`), signed by what the other clients sign with.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sigv4::http_request::{self, SignableBody, SignableRequest, SigningSettings};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use domain::UnixTime;
use http_body_util::{BodyExt as _, Limited};
use serde::Deserialize;
use transport::Connector;

use crate::Failure;

/// For one function, from the name to the last byte.
const DEADLINE: Duration = Duration::from_secs(4);

/// The largest answer that is read: an environment has 4 KB at most.
const LARGEST_ANSWER: usize = 256 * 1024;

/// Lambda, in the operator's account and region.
#[derive(Debug)]
pub struct Functions {
    connector: Connector,
    endpoint: String,
    region: String,
    credentials: SharedCredentialsProvider,
}

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

/// What Lambda says when it refuses, in either of its spellings.
#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default, alias = "Message")]
    message: String,
}

impl Functions {
    /// Lambda as `config` reaches AWS, or at `endpoint` if something stands in for it.
    ///
    /// # Errors
    /// If the environment names no region or no credentials.
    pub fn new(
        config: &SdkConfig,
        connector: Connector,
        endpoint: Option<String>,
    ) -> Result<Self, Failure> {
        let region = config.region().map(ToString::to_string);
        let region = region.ok_or_else(|| Failure::refused("AWS_REGION is not set"))?;
        let credentials = config.credentials_provider();
        let credentials = credentials.ok_or_else(|| Failure::refused("no credentials for AWS"))?;
        let stands_in = endpoint.or_else(|| config.endpoint_url().map(str::to_owned));
        let fips = config.use_fips().unwrap_or_default();
        Ok(Self {
            connector,
            endpoint: stands_in.unwrap_or_else(|| public(&region, fips)),
            region,
            credentials,
        })
    }

    /// The variables that the function of this name is given.
    ///
    /// # Errors
    /// If Lambda does not answer, does not know it or may not say, in words that say
    /// what to do.
    pub async fn variables(
        &self,
        function: &str,
        now: UnixTime,
    ) -> Result<BTreeMap<String, String>, Failure> {
        let failed = |why: String| {
            Failure::Refused(format!(
                "the settings of the function {function} cannot be read in {}: {why}",
                self.region
            ))
        };
        let asked = tokio::time::timeout(DEADLINE, self.ask(function, now)).await;
        let asked = asked.unwrap_or_else(|_| Err("no answer in time".to_owned()));
        let (status, body) = asked.map_err(&failed)?;
        if status != 200 {
            let said: Refusal = serde_json::from_slice(&body).unwrap_or_default();
            return Err(failed(refused(status, &said.message)));
        }
        let read: Configuration = serde_json::from_slice(&body)
            .map_err(|_| failed("its configuration is unreadable".to_owned()))?;
        match read.environment.error {
            None => Ok(read.environment.variables),
            Some(error) => Err(failed(error.message)),
        }
    }

    async fn ask(&self, function: &str, now: UnixTime) -> Result<(u16, Vec<u8>), String> {
        fn text(error: impl ToString) -> String {
            error.to_string()
        }
        let url = format!(
            "{}/2015-03-31/functions/{function}/configuration",
            self.endpoint.trim_end_matches('/')
        );
        let credentials = self.credentials.provide_credentials().await;
        let identity = credentials.map_err(text)?.into();
        let signing = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("lambda")
            .time(UNIX_EPOCH + Duration::from_secs(now.0.try_into().unwrap_or_default()))
            .settings(SigningSettings::default())
            .build();
        let signing = signing.map_err(text)?.into();
        let nothing = SignableBody::Bytes(&[]);
        let unsigned = SignableRequest::new("GET", &*url, std::iter::empty(), nothing);
        let signed = http_request::sign(unsigned.map_err(text)?, &signing).map_err(text)?;
        let mut request = HttpRequest::get(&url).map_err(text)?;
        for (name, value) in signed.output().headers() {
            let headers = request.headers_mut();
            headers.insert(name.to_owned(), value.to_owned());
        }
        let answer = self.connector.call(request).await.map_err(text)?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), LARGEST_ANSWER).collect();
        let body = body.await.map_err(text)?.to_bytes();
        Ok((status, body.to_vec()))
    }
}

/// Where Lambda answers in a region.
fn public(region: &str, fips: bool) -> String {
    let suffix = match region.split('-').next() {
        Some("cn") => "amazonaws.com.cn",
        _ => "amazonaws.com",
    };
    let service = if fips { "lambda-fips" } else { "lambda" };
    format!("https://{service}.{region}.{suffix}")
}

/// What to do about a refusal.
fn refused(status: u16, said: &str) -> String {
    let advice = match status {
        403 => "; whoever runs this needs lambda:GetFunctionConfiguration on it",
        404 => "; is this the stack's name, and its region?",
        _ => "",
    };
    let said = if said.is_empty() { "no reason" } else { said };
    format!("status {status}, {said}{advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambda_is_where_the_region_has_it() {
        let at = |region| public(region, false);
        assert_eq!(
            at("eu-central-1"),
            "https://lambda.eu-central-1.amazonaws.com"
        );
        assert_eq!(
            at("cn-north-1"),
            "https://lambda.cn-north-1.amazonaws.com.cn"
        );
        assert_eq!(
            public("us-gov-west-1", true),
            "https://lambda-fips.us-gov-west-1.amazonaws.com"
        );
    }
}
