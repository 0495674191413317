//! A stack that a stand-in for Lambda tells about.

use std::collections::BTreeSet;

use aws_types::SdkConfig;
use aws_types::region::Region;
use axum::Json;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use domain::Contract;
use domain::session::Delivery;
use domain::sign_in::Verification;
use flows::settings::Wrapping;
use serde_json::{Value, json};

use super::*;

/// What each function's answer is.
type Answers = BTreeMap<String, (StatusCode, Value)>;

/// The stack `prod`, whose parameters are not the defaults.
fn prod() -> Answers {
    let common = json!({
        "POSTERN_TABLE": "prod-identity",
        "POSTERN_AUDIT_TABLE": "prod-audit",
        "POSTERN_KMS_KEY": "arn:aws:kms:eu-central-1:123456789012:key/1",
        "POSTERN_ISSUER": "https://id.example.com",
        "POSTERN_MAIL_FROM": "id@example.com",
        "POSTERN_SIGNING_ALGORITHM": "ES256",
        "POSTERN_AUDIT_DAYS": "90",
        "POSTERN_CFG_ACCESS_SECONDS": "600",
        "POSTERN_TEXT_SENDER_ID": "",
    });
    let told = |own: Value| {
        let mut all = common.clone();
        let map = all.as_object_mut().unwrap();
        map.extend(own.as_object().unwrap().clone());
        (
            StatusCode::OK,
            json!({ "Environment": { "Variables": all } }),
        )
    };
    let admin = json!({
        "POSTERN_PLACES_DATABASE": "/opt/places.mmdb",
        "POSTERN_SECRETS": "registration-key",
        "POSTERN_PASSWORD_RESET_PAGE": "https://www.example.com/reset",
        "POSTERN_PICTURES_BUCKET": "prod-pictures-123456789012-eu-central-1",
    });
    let nauth = json!({ "POSTERN_SECRETS": "recaptcha", "POSTERN_NAUTH_VERIFICATION": "phone" });
    let of = |function: &str, answer| (format!("prod-{function}"), answer);
    BTreeMap::from([
        of("admin", told(admin)),
        of("nauth", told(nauth)),
        of(
            "nauth-admin",
            told(json!({ "POSTERN_NAUTH_LIST_ROWS": "5" })),
        ),
        of("keys", told(json!({ "POSTERN_KEY_ROTATION_DAYS": "7" }))),
    ])
}

async fn answer(
    State(answers): State<Arc<Answers>>,
    Path(function): Path<String>,
    headers: HeaderMap,
) -> Response {
    let signed = headers.get("authorization").unwrap().to_str().unwrap();
    assert!(
        signed.starts_with("AWS4-HMAC-SHA256 Credential=AKID/"),
        "{signed}"
    );
    assert!(
        signed.contains("/eu-central-1/lambda/aws4_request"),
        "{signed}"
    );
    assert!(headers.contains_key("x-amz-date"));
    let unknown = json!({
        "Type": "User", "Message": format!("Function not found: {function}"),
    });
    let unknown = (StatusCode::NOT_FOUND, unknown);
    let (status, body) = answers.get(&function).unwrap_or(&unknown);
    (*status, Json(body.clone())).into_response()
}

/// Lambda, which gives these answers.
async fn lambda_of(answers: Answers) -> Questions {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let path = "/2015-03-31/functions/{function}/configuration";
    let router = Router::new().route(path, get(answer));
    let router = router.with_state(Arc::new(answers));
    tokio::spawn(async { axum::serve(listener, router).await });
    let credentials = aws_credential_types::Credentials::new("AKID", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .region(Region::new("eu-central-1"))
        .credentials_provider(
            aws_credential_types::provider::SharedCredentialsProvider::new(credentials),
        )
        .endpoint_url(endpoint)
        .build();
    Questions::new(config, Connector::plain())
}

async fn told(answers: Answers, own: fn(&str) -> Option<String>) -> Result<Told, Failure> {
    let lambda = lambda_of(answers).await;
    let theirs = Told::read(&lambda, "prod", &TOLD).await?;
    Ok(Told { theirs, own })
}

#[tokio::test]
async fn a_stack_is_opened_with_what_its_functions_are_told() {
    let told = told(prod(), |_| None).await.unwrap();
    let settings = Settings::from_vars(|name| told.variable(name)).unwrap();
    assert_eq!(settings.table, "prod-identity");
    assert_eq!(settings.audit_table, "prod-audit");
    let key = "arn:aws:kms:eu-central-1:123456789012:key/1";
    assert_eq!(settings.wrapping, Wrapping::Kms(key.to_owned()));
    assert_eq!(settings.issuer, "https://id.example.com");
    assert_eq!(settings.mail_from, "id@example.com");
    assert_eq!(settings.algorithm, crypto::Algorithm::ES256);
    assert_eq!(settings.audit_days, 90);
    let lives = settings.lives.of(Contract::Djangocfg, Delivery::Body);
    assert_eq!(lives.access, 600);
    assert_eq!(
        settings.password_reset_page.as_deref(),
        Some("https://www.example.com/reset")
    );
    assert!(
        settings
            .pictures_bucket
            .unwrap()
            .starts_with("prod-pictures-")
    );
    assert_eq!(settings.nauth.sign_in.verification, Verification::Phone);
    assert_eq!(settings.nauth.list_rows, 5);
    assert_eq!(settings.key_rotation, 7 * 86_400);
    let secrets: Vec<_> = settings.secrets.iter().map(|name| name.name()).collect();
    assert_eq!(secrets, ["centrifugo"]);
    assert_eq!(settings.places_database, None);
    assert_eq!(told.replaced().count(), 0);
}

#[tokio::test]
async fn what_this_environment_says_comes_first_and_is_named() {
    let own = |name: &str| (name == "POSTERN_AUDIT_DAYS").then(|| "30".to_owned());
    let told = told(prod(), own).await.unwrap();
    let settings = Settings::from_vars(|name| told.variable(name)).unwrap();
    assert_eq!(
        (settings.audit_days, &*settings.table),
        (30, "prod-identity")
    );
    let replaced: Vec<_> = told.replaced().collect();
    assert_eq!(replaced, ["POSTERN_AUDIT_DAYS"]);
}

#[tokio::test]
async fn a_function_that_cannot_be_read_stops_the_command_and_says_what_to_do() {
    let denied = json!({ "Message": "User: ops is not authorized to perform this" });
    let garbled = json!({ "Environment": { "Variables": [] } });
    let sealed = json!({ "Environment": { "Error": {
        "ErrorCode": "AccessDeniedException", "Message": "Lambda was unable to decrypt",
    } } });
    for (answer, words) in [
        (
            None,
            "Function not found: prod-nauth; is this the stack's name",
        ),
        (
            Some((StatusCode::FORBIDDEN, denied)),
            "not authorized to perform this; whoever runs this needs lambda:GetFunctionConfiguration",
        ),
        (Some((StatusCode::OK, garbled)), "unreadable"),
        (Some((StatusCode::OK, sealed)), "unable to decrypt"),
        (Some((StatusCode::BAD_GATEWAY, json!("?"))), "status 502"),
    ] {
        let mut answers = prod();
        answers.remove("prod-nauth");
        answers.extend(answer.map(|answer| ("prod-nauth".to_owned(), answer)));
        let Err(failure) = told(answers, |_| None).await else {
            panic!("read: {words}")
        };
        let failure = failure.to_string();
        assert!(failure.contains(words), "{failure}");
        assert!(
            failure.contains("prod-nauth cannot be read in eu-central-1"),
            "{failure}"
        );
    }
}

/// The template names the functions that are read after the stack, and tells them what
/// decides what a command writes or sends.
#[test]
fn the_functions_that_are_read_are_told_what_commands_need() {
    let path = LocalStack::new(USUAL_BASE).template();
    let text = std::fs::read_to_string(path).unwrap();
    let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut function = "all";
    for line in text.lines().map(str::trim) {
        let name = line.strip_prefix("FunctionName: !Sub ${AWS::StackName}-");
        function = name.unwrap_or(function);
        let variable = line.split_once(": ").map(|(name, _)| name);
        told.extend(variable.map(|variable| (function, variable)));
    }
    for variable in [
        "POSTERN_TABLE",
        "POSTERN_AUDIT_TABLE",
        "POSTERN_ISSUER",
        "POSTERN_ALLOWED_ORIGINS",
        "POSTERN_KMS_KEY",
        "POSTERN_SIGNING_ALGORITHM",
        "POSTERN_KEY_ROTATION_DAYS",
        "POSTERN_AUDIT_DAYS",
        "POSTERN_MAIL_FROM",
        "POSTERN_MAIL_CONFIGURATION_SET",
        "POSTERN_MAIL_DAILY_BUDGET",
        "POSTERN_TEXT_DAILY_BUDGET",
        "POSTERN_SERVICE_NAME",
        "POSTERN_PASSWORD_RESET_PAGE",
        "POSTERN_PICTURES_BUCKET",
        "POSTERN_PWNED_PASSWORDS_URL",
        "POSTERN_CENTRIFUGO_URL",
        "POSTERN_SESSION_SECONDS",
        "POSTERN_MFA_POLICY",
        "POSTERN_NAUTH_VERIFICATION",
        "POSTERN_NAUTH_MFA_ENFORCEMENT",
        "POSTERN_NAUTH_MFA_GRACE_DAYS",
        "POSTERN_NAUTH_PASSWORD_HISTORY",
        "POSTERN_NAUTH_LIST_ROWS",
        "POSTERN_NAUTH_RP_ID",
    ] {
        let mut read = ["all"].iter().chain(&TOLD);
        let known = read.any(|function| told.contains(&(*function, variable)));
        assert!(known, "no function that is read is told {variable}");
    }
    for variable in [
        "POSTERN_STACK",
        "POSTERN_EVENT_BUS",
        "POSTERN_EVENTS_BUCKET",
    ] {
        let [publisher] = PUBLISHER;
        assert!(told.contains(&(publisher, variable)), "{variable}");
    }
}

#[tokio::test]
async fn a_stack_that_does_not_run_is_said_to() {
    // Nothing listens there: it was free a moment ago, and is given back.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let Err(failure) = here(&LocalStack::new(port - 1)).await else {
        panic!("opened")
    };
    assert!(
        failure.to_string().contains("start one with `cargo dev`"),
        "{failure}"
    );
}
