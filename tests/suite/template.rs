//! template.yaml against the code, and against the stacks inside it: the same routes,
//! the same settings, a log and alarms for every function.

use std::collections::BTreeSet;

use axum::Router;
use axum::routing::any;
use local::template::{Route, Template};
use serde_json::Value;
use serde_yaml_ng::Value as Yaml;
use tests::contract::{WITH_FACTS, facts, functions};
use tower::ServiceExt as _;

use crate::storage::granted;

fn template() -> Template {
    Template::read(&tests::root().join("template.yaml"), "postern").unwrap()
}

#[test]
fn the_page_of_sessions_has_the_defaults() {
    let page = include_str!("../../docs/sessions.md");
    let stack = yaml("template.yaml");
    let parameters = stack["Parameters"].as_mapping().unwrap();
    let mut named = 0;
    for (name, parameter) in parameters {
        let name = name.as_str().unwrap();
        let default = &parameter["Default"];
        let default = default.as_u64().map(|default| default.to_string());
        let is_listed = name.ends_with("AccessSeconds")
            || name.ends_with("RefreshSeconds")
            || ["SessionSeconds", "MfaFreshSeconds"].contains(&name);
        let Some(default) = default.filter(|_| is_listed) else {
            continue;
        };
        let told = [
            format!("`{name}` {default} "),
            format!("`{name}` ({default})"),
        ];
        assert!(told.iter().any(|told| page.contains(told)), "{told:?}");
        named += 1;
    }
    assert_eq!(named, 12);
}

/// A path in which every parameter has a value, with and without a slash at its
/// end, and its mobile twin; the root is one.
fn both_forms(path: &str) -> Vec<String> {
    let named = path
        .split('/')
        .map(|segment| match segment.starts_with('{') {
            true => "x",
            false => segment,
        });
    let path = named.collect::<Vec<_>>().join("/");
    match path.trim_end_matches('/') {
        "" => vec!["/".to_owned()],
        bare => with_twin(bare)
            .into_iter()
            .flat_map(|bare| [bare.clone(), format!("{bare}/")])
            .collect(),
    }
}

/// `path`, with its mobile twin if it is one of nauth's: the document has none of these.
fn with_twin(path: &str) -> Vec<String> {
    let twin = path.strip_prefix("/nauth/");
    let twin = twin.map(|rest| format!("/nauth/mobile/{rest}"));
    [Some(path.to_owned()), twin]
        .into_iter()
        .flatten()
        .collect()
}

/// The method and the path of each operation that `document` has.
pub(crate) fn operations(document: &Value) -> Vec<(String, String)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(|method| (method.to_uppercase(), path.clone()))
        })
        .collect()
}

#[test]
fn every_operation_is_routed_to_the_function_that_has_it_and_every_route_leads_somewhere() {
    let template = template();
    let mut used = BTreeSet::new();
    for (name, document) in functions() {
        for (method, path) in operations(&serde_json::to_value(document).unwrap()) {
            for asked in both_forms(&path) {
                let found = Route::find(template.routes(), &method, &asked);
                let (route, _) = found.unwrap_or_else(|| panic!("nothing routes {method} {asked}"));
                assert_eq!(route.function(), name, "{method} {asked}");
                used.insert(route.key());
            }
        }
    }
    let routes: BTreeSet<String> = template.routes().iter().map(Route::key).collect();
    assert_eq!(routes, used);
}

/// A preflight request asks by OPTIONS. A route for one method would leave it to the
/// gateway, which would answer 404 without the headers of CORS.
#[test]
fn every_route_takes_any_method() {
    let template = template();
    let named = template
        .routes()
        .iter()
        .find(|route| route.method().is_some());
    assert_eq!(named.map(Route::key), None);
}

/// The router of `cargo lambda watch`, which is axum's, with functions that answer
/// their names.
fn watched() -> Router {
    let section = template().watch_router();
    let lines = section.lines().filter_map(|line| line.split_once(" = "));
    lines.fold(Router::new(), |router, (path, function)| {
        let name = function.trim_matches('"').to_owned();
        router.route(path.trim_matches('"'), any(move || async move { name }))
    })
}

#[tokio::test]
async fn cargo_lambda_finds_both_forms_of_every_path() {
    let watched = watched();
    for (name, document) in functions() {
        for (method, path) in operations(&serde_json::to_value(document).unwrap()) {
            for asked in both_forms(&path) {
                let request = http::Request::builder().method(method.as_str()).uri(&asked);
                let request = request.body(axum::body::Body::empty()).unwrap();
                let answer = watched.clone().oneshot(request).await.unwrap();
                assert!(
                    answer.status().is_success(),
                    "nothing watches {method} {asked}"
                );
                let body = axum::body::to_bytes(answer.into_body(), 64).await.unwrap();
                if method != "HEAD" {
                    assert_eq!(body, name, "{method} {asked}");
                }
            }
        }
    }
}

/// Every path that a contract documents, not only those that we say we have.
#[test]
fn every_documented_path_is_routed_in_both_forms() {
    let template = template();
    for contract in WITH_FACTS {
        for operation in facts(contract).keys() {
            // A schema of a contract that documents no paths.
            let Some((method, path)) = operation.split_once(' ') else {
                continue;
            };
            for asked in both_forms(path) {
                let found = Route::find(template.routes(), method, &asked);
                assert!(found.is_some(), "nothing routes {method} {asked}");
            }
        }
    }
}

#[test]
fn cargo_lambda_watches_the_same_routes() {
    let manifest = std::fs::read_to_string(tests::root().join("Cargo.toml")).unwrap();
    let router = template().watch_router();
    assert!(
        manifest.contains(router.trim()),
        "Cargo.toml must hold:\n{router}"
    );
}

#[test]
fn every_setting_is_set_by_the_template_and_none_that_nobody_reads() {
    let read = |path: &str| std::fs::read_to_string(tests::root().join(path)).unwrap();
    let names = |text: &str| -> BTreeSet<String> {
        let words =
            text.split(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_');
        words
            .filter(|word| word.starts_with("POSTERN_") && word.len() > 8)
            .map(str::to_owned)
            .collect()
    };
    let folder = std::fs::read_dir(tests::root().join("shared/flows/src/settings")).unwrap();
    let files = folder.map(|file| file.unwrap().path());
    let files = files.filter(|file| !file.ends_with("tests.rs"));
    let code: String = files
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect();
    let mut settings = names(&code);
    // The local stack's stand-in for KMS has no place on AWS.
    assert!(settings.remove("POSTERN_KEY_FILE"));
    settings.remove("POSTERN_OTP_");
    settings.remove("POSTERN_NAUTH_");
    assert_eq!(settings, names(&read("template.yaml")));
}

/// Whether a sign-in is let through is decided by these settings, in whichever function it
/// ends: one that lacks them would decide by the defaults.
#[test]
fn functions_that_sign_in_under_nauth_are_set_alike() {
    let decisive = [
        "POSTERN_NAUTH_VERIFICATION",
        "POSTERN_NAUTH_MFA_ENFORCEMENT",
        "POSTERN_NAUTH_MFA_GRACE_DAYS",
        "POSTERN_NAUTH_REMEMBER_DEVICES",
        "POSTERN_NAUTH_TRUSTED_SKIP_MFA",
        "POSTERN_NAUTH_RISK_HIGH",
        "POSTERN_NAUTH_RISK_BLOCK_MINUTES",
        "POSTERN_NAUTH_RP_ID",
        "POSTERN_NAUTH_MAX_SESSIONS",
        "POSTERN_NAUTH_SIGNUP",
        "POSTERN_PLACES_DATABASE",
    ];
    let template = yaml("template.yaml");
    for name in ["NauthFunction", "NauthSocialFunction"] {
        let function = &template["Resources"][name]["Properties"];
        let variables = &function["Environment"]["Variables"];
        for variable in decisive {
            assert!(variables.get(variable).is_some(), "{name}: {variable}");
        }
        assert!(function.get("Layers").is_some(), "{name}: no places");
    }
}

fn yaml(path: &str) -> Yaml {
    let text = std::fs::read_to_string(tests::root().join(path)).unwrap();
    serde_yaml_ng::from_str(&text).unwrap()
}

/// The names, types and properties of a template's resources.
fn resources(template: &Yaml) -> Vec<(&str, &str, &Yaml)> {
    let resources = template["Resources"].as_mapping().unwrap().iter();
    resources
        .map(|(name, resource)| {
            let kind = resource["Type"].as_str().unwrap();
            (name.as_str().unwrap(), kind, &resource["Properties"])
        })
        .collect()
}

/// What stands behind a tag such as `!Ref`, which may be none.
fn argument(value: &Yaml) -> &str {
    match value {
        Yaml::Tagged(tagged) => tagged.value.as_str().unwrap(),
        value => value.as_str().unwrap(),
    }
}

/// A function without them would fail in silence: without metrics of its letters when
/// it sends some, or without a log that it may write.
#[test]
fn every_function_is_watched_by_a_stack_of_its_own() {
    let template = yaml("template.yaml");
    let mut functions = 0;
    for (name, kind, properties) in resources(&template) {
        if kind != "AWS::Serverless::Function" {
            continue;
        }
        functions += 1;
        let prefix = name.strip_suffix("Function").unwrap();
        let family = template["Resources"][name]["Metadata"]["BuildProperties"]["Binary"]
            .as_str()
            .unwrap();
        assert_eq!(
            argument(&properties["FunctionName"]),
            format!("${{AWS::StackName}}-{family}")
        );
        assert_eq!(argument(&properties["Role"]), format!("{prefix}Role.Arn"));
        let alarms = &properties["DeploymentPreference"]["Alarms"];
        assert_eq!(
            argument(&alarms[0]),
            format!("{prefix}Watch.Outputs.ErrorsAlarm"),
            "{name}: nothing takes a bad release back"
        );
        assert_eq!(properties["AutoPublishAliasAllProperties"], true, "{name}");
        // Without these, the alias would go on with the settings of before.
        for described in ["Description", "VersionDescription"] {
            let text = argument(&properties[described]);
            assert!(text.ends_with("settings ${Settings}"), "{name}");
        }
        assert_eq!(
            argument(&properties["LoggingConfig"]["LogGroup"]),
            format!("{prefix}Watch.Outputs.LogGroup")
        );
        let watch = &template["Resources"][format!("{prefix}Watch").as_str()]["Properties"];
        assert_eq!(watch["TemplateURL"], "infra/stacks/watch.yaml", "{name}");
        let given = |name: &str| watch["Parameters"].get(name).map(argument);
        assert_eq!(given("Family"), Some(family));
        assert_eq!(given("Role"), Some(format!("{prefix}Role").as_str()));

        let rights = granted(&format!("{prefix}Role"));
        let says = |name| given(name).unwrap_or("no") == "yes";
        assert_eq!(
            says("SendsLetters"),
            rights.contains("ses:SendEmail"),
            "{name}"
        );
        // The chatbot's function publishes to its topic, which is not a telephone.
        let texts = rights.contains("sns:Publish") && family != "chatbot";
        assert_eq!(says("SendsTexts"), texts, "{name}");
    }
    assert!(functions > 10, "{functions}");
}

/// The tests of roles read roles and the policies that those name, in template.yaml. A
/// policy that attaches itself to a role would pass them by.
#[test]
fn no_policy_attaches_itself_to_a_role_but_those_for_its_log_and_its_traces() {
    for (name, kind, properties) in resources(&yaml("template.yaml")) {
        let may = ["AWS::IAM::Role", "AWS::IAM::ManagedPolicy"];
        assert!(!kind.starts_with("AWS::IAM::") || may.contains(&kind));
        for attached in ["Roles", "Users", "Groups"] {
            assert!(properties.get(attached).is_none(), "{name}");
        }
    }
    let mut found = Vec::new();
    for file in std::fs::read_dir(tests::root().join("infra/stacks")).unwrap() {
        let inner = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let inner: Yaml = serde_yaml_ng::from_str(&inner).unwrap();
        for (_, kind, properties) in resources(&inner) {
            if kind.starts_with("AWS::IAM::") {
                found.push(properties["PolicyDocument"]["Statement"].clone());
            }
        }
    }
    let log = "
        - Sid: Log
          Effect: Allow
          Action: [logs:CreateLogStream, logs:PutLogEvents]
          Resource: !GetAtt Log.Arn";
    let trace = "
        - Sid: Trace
          Effect: Allow
          Action: [xray:PutTraceSegments, xray:PutTelemetryRecords]
          Resource: '*'";
    let expected = [log, trace].map(|text| serde_yaml_ng::from_str::<Yaml>(text).unwrap());
    assert_eq!(found, expected);
}

/// The API, and whatever else calls a function, calls what a release takes over bit by bit.
#[test]
fn functions_are_called_by_their_alias() {
    let template = yaml("template.yaml");
    for (name, kind, properties) in resources(&template) {
        let called = match kind {
            "AWS::ApiGatewayV2::Integration" => &properties["IntegrationUri"],
            "AWS::Lambda::Permission" => &properties["FunctionName"],
            _ => continue,
        };
        assert!(argument(called).ends_with(".Alias"), "{name}");
    }
    let authorizer = &template["Outputs"]["AuthorizerArn"]["Value"];
    assert_eq!(argument(authorizer), "AuthorizerFunction.Alias");
}

/// The names of alarms, without the stack's; those of a function as `{family}-errors`.
fn alarms() -> BTreeSet<String> {
    let mut names = BTreeSet::from(["key-at-risk".to_owned()]);
    for file in ["infra/stacks/alarms.yaml", "infra/stacks/watch.yaml"] {
        for (name, kind, properties) in resources(&yaml(file)) {
            if kind == "AWS::CloudWatch::Alarm" {
                let full = argument(&properties["AlarmName"]);
                let own = full.strip_prefix("${Stack}-").unwrap();
                names.insert(own.replace("${Family}", "{family}"));
                // Whoever is told of it is told when it is over.
                let told = &properties["OKActions"];
                assert_eq!(*told, properties["AlarmActions"], "{name}");
            }
        }
    }
    names
}

/// Who is woken by an alarm looks for its name.
#[test]
fn the_runbook_has_every_alarm_and_no_other() {
    let runbook = std::fs::read_to_string(tests::root().join("docs/operations.md")).unwrap();
    let (_, part) = runbook.split_once("\n## Alarm by alarm\n").unwrap();
    let part = part.split("\n## ").next().unwrap();
    let rows = part.lines().filter_map(|line| line.strip_prefix("| `"));
    let told: BTreeSet<String> = rows
        .map(|row| row.split_once('`').unwrap().0.to_owned())
        .collect();
    assert_eq!(told, alarms());
}

/// A query that leaves a function out would say that nothing happened there.
#[test]
fn saved_queries_ask_the_log_of_every_function() {
    let template = yaml("template.yaml");
    let functions = resources(&template).into_iter();
    let expected: Vec<String> = functions
        .filter(|(_, kind, _)| *kind == "AWS::Serverless::Function")
        .map(|(name, _, _)| {
            format!(
                "{}Watch.Outputs.LogGroup",
                name.trim_end_matches("Function")
            )
        })
        .collect();
    let Yaml::Tagged(joined) = &template["Resources"]["Views"]["Properties"]["Parameters"]["Logs"]
    else {
        panic!("no list");
    };
    let asked = joined.value[1].as_sequence().unwrap().iter();
    assert_eq!(asked.map(argument).collect::<Vec<_>>(), expected);
}

/// A parameter that is not in the document of settings could be changed without any function
/// getting to know of it.
#[test]
fn the_document_of_settings_has_every_parameter() {
    let template = yaml("template.yaml");
    let Yaml::Tagged(joined) = &template["Resources"]["Settings"]["Properties"]["Content"] else {
        panic!("no list");
    };
    let values = joined.value[1].as_sequence().unwrap().iter();
    let named = values.map(|value| match value {
        Yaml::Tagged(one) if one.tag == "Join" => argument(&one.value[1]),
        value => argument(value),
    });
    let parameters = template["Parameters"].as_mapping().unwrap().keys();
    let parameters: Vec<&str> = parameters.map(|name| name.as_str().unwrap()).collect();
    assert_eq!(named.collect::<Vec<_>>(), parameters);
}
