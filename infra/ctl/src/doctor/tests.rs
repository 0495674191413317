//! What is made of AWS's answers, with a server that gives them.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::region::Region;

use super::*;

const ARN: &str = "arn:aws:sns:eu-central-1:000000000000:alarms:1";

/// Answers by what is asked for: a path, or the action of a form or a header.
struct StandIn(HashMap<String, (u16, String)>);

impl StandIn {
    /// An account in which all is well, and a stack with texts and a certificate.
    fn well(url: &str) -> Self {
        let stack = format!(
            "<StackStatus>UPDATE_COMPLETE</StackStatus><Parameters>{}</Parameters><Outputs>{}</Outputs>",
            [
                ("DeletionProtection", "true"),
                ("DomainName", "id.example.com"),
                ("CertificateArn", "arn:c"),
                ("MailFrom", "no-reply@example.com"),
                ("TextCallingCodes", "49,43"),
                ("PasswordResetPage", "https://a.example/?x=1&amp;y=2"),
            ]
            .map(|(key, value)| format!(
                "<member><ParameterKey>{key}</ParameterKey><ParameterValue>{value}</ParameterValue></member>"
            ))
            .concat(),
            [("Issuer", url), ("KeyArn", "arn:k"), ("AlarmTopicArn", "arn:t")]
                .map(|(key, value)| format!(
                    "<member><OutputKey>{key}</OutputKey><OutputValue>{value}</OutputValue></member>"
                ))
                .concat(),
        );
        let document = json!({ "issuer": url }).to_string();
        let answers = [
            ("DescribeStacks", stack.as_str()),
            (
                "TrentService.DescribeKey",
                r#"{"KeyMetadata":{"KeyState":"Enabled"}}"#,
            ),
            ("/.well-known/openid-configuration", &document),
            (
                "CertificateManager.DescribeCertificate",
                r#"{"Certificate":{"Status":"ISSUED","Type":"AMAZON_ISSUED"}}"#,
            ),
            (
                "/v2/email/account",
                r#"{"SendingEnabled":true,"ProductionAccessEnabled":true,"SendQuota":{"Max24HourSend":50000}}"#,
            ),
            (
                "/v2/email/identities/example.com",
                r#"{"VerifiedForSendingStatus":true}"#,
            ),
            (
                "GetSMSSandboxAccountStatus",
                "<IsInSandbox>false</IsInSandbox>",
            ),
            (
                "/2016-08-19/account-settings",
                r#"{"AccountLimit":{"ConcurrentExecutions":1000,"UnreservedConcurrentExecutions":940}}"#,
            ),
            (
                "ListSubscriptionsByTopic",
                &format!("<SubscriptionArn>{ARN}</SubscriptionArn>"),
            ),
        ];
        let answers = answers.map(|(name, text)| (name.to_owned(), (200, text.to_owned())));
        Self(HashMap::from(answers))
    }

    fn but(mut self, name: &str, status: u16, text: &str) -> Self {
        self.0.insert(name.to_owned(), (status, text.to_owned()));
        self
    }

    fn answer(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let (mut length, mut target, mut signed) = (0, String::new(), false);
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            let Some((name, value)) = header.trim().split_once(": ") else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap_or_default(),
                "x-amz-target" => target = value.to_owned(),
                "authorization" => signed = value.starts_with("AWS4-HMAC-SHA256 Credential=key/"),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let body = String::from_utf8_lossy(&body);
        let action = body
            .strip_prefix("Action=")
            .and_then(|body| body.split('&').next());
        let asked = match (action, &*target) {
            (Some(action), _) => action,
            (None, "") => &path,
            (None, target) => target,
        };
        let missing = (404, r#"{"message":"there is none"}"#.to_owned());
        let (status, text) = match self.0.get(asked) {
            Some(_) if !signed && !path.starts_with("/.well-known/") => (403, String::new()),
            found => found.cloned().unwrap_or(missing),
        };
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            text.len()
        );
        reader.get_mut().write_all((head + &text).as_bytes())
    }
}

/// What is found out about the stack where AWS answers as `change` of an account that is well
/// does.
async fn findings(change: impl FnOnce(StandIn) -> StandIn) -> Vec<Finding> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let stand_in = Arc::new(change(StandIn::well(&url)));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let stand_in = stand_in.clone();
            thread::spawn(move || stand_in.answer(stream));
        }
    });
    let credentials = Credentials::new("key", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url)
        .build();
    let questions = Questions::new(config, Connector::plain());
    stack_on_aws(&questions, "postern").await
}

/// What is not fine.
async fn problems(change: impl FnOnce(StandIn) -> StandIn) -> Vec<(&'static str, State)> {
    let findings = findings(change).await;
    let problems = findings.iter().filter(|one| one.state != State::Fine);
    for one in problems.clone() {
        assert!(!one.remedy.is_empty(), "{one:?}");
    }
    problems.map(|one| (one.of, one.state)).collect()
}

#[tokio::test]
async fn a_stack_that_is_well_is_told_so() {
    let found = findings(|well| well).await;
    let of: Vec<_> = found.iter().map(|one| one.of).collect();
    let all = [
        "stack",
        "key",
        "issuer",
        "certificate",
        "mail",
        "sender",
        "texts",
        "concurrency",
        "alarms",
    ];
    assert_eq!(of, all, "{found:?}");
    assert!(
        found.iter().all(|one| one.state == State::Fine),
        "{found:?}"
    );
    assert!(
        report(&found)
            .text
            .contains("SES sends to anybody, 50000 letters a day")
    );
}

#[tokio::test]
async fn each_trouble_is_found_with_what_to_do() {
    use State::{Better, Wrong};
    for (asked, status, text, expected) in [
        (
            "TrentService.DescribeKey",
            200,
            r#"{"KeyMetadata":{"KeyState":"PendingDeletion"}}"#,
            ("key", Wrong),
        ),
        (
            "TrentService.DescribeKey",
            400,
            r#"{"__type":"AccessDeniedException"}"#,
            ("key", Wrong),
        ),
        (
            "/.well-known/openid-configuration",
            200,
            r#"{"issuer":"https://other.example"}"#,
            ("issuer", Wrong),
        ),
        (
            "/.well-known/openid-configuration",
            404,
            "",
            ("issuer", Wrong),
        ),
        (
            "CertificateManager.DescribeCertificate",
            200,
            r#"{"Certificate":{"Status":"PENDING_VALIDATION"}}"#,
            ("certificate", Wrong),
        ),
        (
            "CertificateManager.DescribeCertificate",
            200,
            r#"{"Certificate":{"Status":"ISSUED","Type":"IMPORTED"}}"#,
            ("certificate", Better),
        ),
        (
            "/v2/email/account",
            200,
            r#"{"SendingEnabled":true,"ProductionAccessEnabled":false}"#,
            ("mail", Wrong),
        ),
        (
            "/v2/email/account",
            200,
            r#"{"SendingEnabled":false,"ProductionAccessEnabled":true}"#,
            ("mail", Wrong),
        ),
        (
            "/v2/email/identities/example.com",
            200,
            r#"{"VerifiedForSendingStatus":false}"#,
            ("sender", Wrong),
        ),
        (
            "/v2/email/identities/example.com",
            404,
            "{}",
            ("sender", Wrong),
        ),
        (
            "GetSMSSandboxAccountStatus",
            200,
            "<IsInSandbox>true</IsInSandbox>",
            ("texts", Wrong),
        ),
        (
            "/2016-08-19/account-settings",
            200,
            r#"{"AccountLimit":{"ConcurrentExecutions":10,"UnreservedConcurrentExecutions":10}}"#,
            ("concurrency", Better),
        ),
        (
            "ListSubscriptionsByTopic",
            200,
            "<Subscriptions/>",
            ("alarms", Wrong),
        ),
        (
            "ListSubscriptionsByTopic",
            200,
            "<SubscriptionArn>PendingConfirmation</SubscriptionArn>",
            ("alarms", Wrong),
        ),
    ] {
        let found = problems(|well| well.but(asked, status, text)).await;
        assert_eq!(found, [expected], "{asked} {text}");
    }
}

#[tokio::test]
async fn without_a_stack_nothing_else_is_asked_for() {
    let refusal = "<Message>Stack with id postern does not exist</Message>";
    let found = findings(|well| well.but("DescribeStacks", 400, refusal)).await;
    assert_eq!(found.len(), 1);
    assert!(found[0].says.contains("does not exist"), "{found:?}");
}
