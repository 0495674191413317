//! What is in the tables, and how it is read.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use serde_yaml_ng::Value as Yaml;
use tests::{Call, World};

use crate::pictures::{form, png};

const ADA: &str = "ada@example.com";

/// A user does everything that the accounts family offers.
async fn everything(world: &World) -> Vec<String> {
    let mut secrets = Vec::new();
    let ada = world.anyone().sign_in(ADA).await;
    secrets.push(world.code(ADA));
    world.clock.advance(400);
    let next = ada.refreshed().await;
    next.client()
        .send(
            "PATCH",
            "/cfg/accounts/profile/update/",
            &json!({ "first_name": "Ada" }),
        )
        .await
        .expect(200);
    secrets.push(api_key(world, &next).await);
    world.clock.advance(60);
    world.at("192.0.2.77").request_code(ADA).await.expect(200);
    secrets.push(world.code(ADA));
    for _ in 0..5 {
        world
            .at("192.0.2.77")
            .verify_code(ADA, &world.wrong_code(ADA))
            .await
            .expect(401);
    }
    let at_home = world
        .anyone()
        .verify_code(ADA, &world.code(ADA))
        .await
        .expect(200);
    world
        .anyone()
        .verify_code("nobody@example.com", "1234")
        .await
        .expect(401);
    world.clock.advance(60);
    world.anyone().refresh(&ada.refresh).await.expect(401);
    world
        .set_user(ADA, |user| user.factors.push(domain::account::Factor::Totp))
        .await;
    world.anyone().request_code(ADA).await.expect(200);
    secrets.push(world.code(ADA));
    let waiting = world
        .anyone()
        .verify_code(ADA, &world.code(ADA))
        .await
        .expect(200);
    secrets.extend([ada.access, ada.refresh, next.access, next.refresh.clone()]);
    secrets.extend([
        at_home.str("access").to_owned(),
        at_home.str("refresh").to_owned(),
    ]);
    assert!(waiting.body["requires_2fa"].as_bool().unwrap());
    world
        .anyone()
        .request_code("grace@example.com")
        .await
        .expect(200);
    secrets.push(world.code("grace@example.com"));
    let grace = world
        .anyone()
        .verify_code("grace@example.com", &world.code("grace@example.com"))
        .await
        .expect(200);
    let grace = world.anyone().bearing(grace.str("access"));
    // As the avatar function would leave it.
    world
        .set_user("grace@example.com", |user| {
            user.picture = Some(domain::picture::Picture {
                id: uuid::Uuid::from_u128(7),
                url: "https://id.example.com/cfg/accounts/profile/avatar/7/".to_owned(),
            });
        })
        .await;
    grace
        .post("/cfg/accounts/profile/delete/", &json!({}))
        .await
        .expect(200);
    secrets
}

/// Looks at the API key, replaces it, tries it and calls by it. The key.
async fn api_key(world: &World, member: &tests::Member<'_>) -> String {
    let client = member.client();
    client.get("/cfg/accounts/api-key/").await.expect(200);
    let path = "/cfg/accounts/api-key/regenerate/";
    let issued = client.post(path, &json!({})).await.expect(200);
    let key = issued.str("key").to_owned();
    let tried = json!({ "key": key });
    let path = "/cfg/accounts/api-key/test/";
    client.post(path, &tried).await.expect(200);
    let holder = world.anyone().header("x-api-key", &key);
    holder.get("/cfg/accounts/api-key/").await.expect(200);
    key
}

const LIN: &str = "lin@example.com";

/// A user does everything that the totp family offers. Its secrets, and the calls that
/// the family made.
async fn second_factors(world: &World) -> (Vec<String>, Vec<Call>) {
    let earlier = world.tap.calls();
    let lin = world.anyone().sign_in(LIN).await;
    let mut before = world.tap.calls().len();
    let app = lin.set_up_totp(world).await;
    let mut calls = world.tap.calls().split_off(before);
    let mut secrets = app.backup_codes.clone();
    secrets.push(app.secret());
    let session = world.anyone().first_factor(world, LIN).await;
    before = world.tap.calls().len();
    let wrong = app.wrong_code(world.now());
    world
        .anyone()
        .second_factor(&session, &wrong)
        .await
        .expect(400);
    let code = app.code(world.now());
    let signed = world
        .anyone()
        .second_factor(&session, &code)
        .await
        .expect(200);
    calls.extend(world.tap.calls().split_off(before));
    for name in ["access_token", "refresh_token"] {
        secrets.push(signed.str(name).to_owned());
    }
    let session = world.anyone().first_factor(world, LIN).await;
    before = world.tap.calls().len();
    let backup = &app.backup_codes[0];
    world
        .anyone()
        .backup_code(&session, backup)
        .await
        .expect(200);
    lin.client().get("/cfg/totp/devices/").await.expect(200);
    lin.client()
        .get("/cfg/totp/backup-codes/")
        .await
        .expect(200);
    let body = json!({ "code": app.code(world.now()) });
    let renewed = lin
        .client()
        .post("/cfg/totp/backup-codes/regenerate/", &body)
        .await;
    let renewed = renewed.expect(200).body["backup_codes"].clone();
    secrets.extend(serde_json::from_value::<Vec<String>>(renewed).unwrap());
    calls.extend(world.tap.calls().split_off(before));
    assert!(earlier.len() < before);
    (secrets, calls)
}

#[tokio::test]
async fn a_dump_holds_no_code_no_token_and_no_secret() {
    let world = World::new().await;
    let mut secrets = everything(&world).await;
    secrets.extend(second_factors(&world).await.0);
    let mut values = Vec::new();
    for table in [&world.table, &world.audit_table] {
        for item in world.dump(table).await {
            for (name, value) in item {
                texts(&name, &value, &mut values);
            }
        }
    }
    assert!(values.len() > 200, "there is something to search");
    for secret in &secrets {
        // A signature alone, or the claims alone, would be a find too.
        for part in secret.split('.').filter(|part| part.len() > 3) {
            let found = values.iter().find(|(_, value)| {
                if part.len() > 8 {
                    value.contains(part)
                } else {
                    value == part
                }
            });
            assert_eq!(found, None, "{part} is in the clear");
        }
    }
    let audit: Vec<_> = world.dump(&world.audit_table).await;
    let audit = format!("{audit:?}");
    assert!(
        !audit.contains("192.0.2.") && !audit.contains("example.com"),
        "events tell who nobody is"
    );
}

pub(crate) fn texts(
    name: &str,
    value: &aws_sdk_dynamodb::types::AttributeValue,
    into: &mut Vec<(String, String)>,
) {
    use aws_sdk_dynamodb::types::AttributeValue::{B, L, M, N, S};
    match value {
        S(text) | N(text) => into.push((name.to_owned(), text.clone())),
        B(blob) => into.push((
            name.to_owned(),
            String::from_utf8_lossy(blob.as_ref()).into_owned(),
        )),
        M(map) => map
            .iter()
            .for_each(|(name, value)| texts(name, value, into)),
        L(list) => list.iter().for_each(|value| texts(name, value, into)),
        _ => {}
    }
}

#[tokio::test]
async fn every_read_that_decides_is_consistent_and_nothing_is_searched() {
    let world = World::new().await;
    everything(&world).await;
    second_factors(&world).await;
    let calls = world.tap.calls();
    let reads: Vec<&Call> = calls
        .iter()
        .filter(|call| call.operation.contains("Get"))
        .collect();
    assert!(reads.len() > 10);
    for Call { operation, body } in reads {
        let consistent = match operation.as_str() {
            "GetItem" => body["ConsistentRead"] == json!(true),
            "BatchGetItem" => body["RequestItems"]
                .as_object()
                .unwrap()
                .values()
                .all(|table| table["ConsistentRead"] == json!(true)),
            other => panic!("an unknown read: {other}"),
        };
        assert!(consistent, "{body}");
    }
    assert!(
        !calls
            .iter()
            .any(|call| ["Query", "Scan"].contains(&call.operation.as_str()))
    );
}

/// The IAM actions that a call needs, as `table-kind action`.
pub(crate) fn actions(world: &World, call: &Call) -> Vec<String> {
    let named = |table: &Value, action: &str| {
        let kind = if table == &json!(world.audit_table) {
            "audit"
        } else {
            "main"
        };
        format!("{kind} dynamodb:{action}")
    };
    match call.operation.as_str() {
        "TransactWriteItems" => call.body["TransactItems"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|item| item.as_object().unwrap())
            .map(|(kind, write)| match kind.as_str() {
                "ConditionCheck" => named(&write["TableName"], "ConditionCheckItem"),
                kind => named(&write["TableName"], &format!("{kind}Item")),
            })
            .collect(),
        "BatchGetItem" => {
            let tables = call.body["RequestItems"].as_object().unwrap().keys();
            tables
                .map(|table| named(&json!(table), "BatchGetItem"))
                .collect()
        }
        "SendEmail" => vec!["ses:SendEmail".to_owned()],
        "Publish" => vec!["sns:Publish".to_owned()],
        "GetObject" | "PutObject" | "DeleteObject" => {
            let object = call.body["Object"].as_str().unwrap();
            let (prefix, _) = object.split_once('/').unwrap();
            vec![format!("{prefix} s3:{}", call.operation)]
        }
        operation => vec![named(&call.body["TableName"], operation)],
    }
}

#[tokio::test]
async fn the_functions_role_may_do_what_its_flows_do_and_no_more() {
    let world = World::new().await;
    everything(&world).await;
    let done: BTreeSet<String> = world
        .tap
        .calls()
        .iter()
        .flat_map(|call| actions(&world, call))
        .collect();
    assert_eq!(done, granted("AccountsRole"));
    assert_eq!(granted("DocsRole"), BTreeSet::new());
}

#[tokio::test]
async fn the_realtime_functions_role_may_do_what_its_flows_do_and_no_more() {
    let world = World::with(&[("POSTERN_CENTRIFUGO_URL", "wss://rt.example.com")]).await;
    // What any function does when it is the first to start.
    let mut calls = world.tap.calls();
    let ada = world.anyone().sign_in(ADA).await;
    let key = api_key(&world, &ada).await;
    world.tap.clear();
    let path = "/cfg/centrifugo/auth/token/";
    ada.client().get(path).await.expect(200);
    let holder = world.anyone().header("x-api-key", &key);
    holder.get(path).await.expect(200);
    let refused = world.anyone().header("x-api-key", "x").get(path).await;
    refused.expect(401);
    calls.extend(world.tap.calls());
    let done = calls.iter().flat_map(|call| actions(&world, call));
    assert_eq!(done.collect::<BTreeSet<_>>(), granted("RealtimeRole"));
}

#[tokio::test]
async fn the_totp_functions_role_may_do_what_its_flows_do_and_no_more() {
    let world = World::new().await;
    let (_, calls) = second_factors(&world).await;
    let done: BTreeSet<String> = calls
        .iter()
        .flat_map(|call| actions(&world, call))
        .collect();
    assert_eq!(done, granted("TotpRole"));
}

#[tokio::test]
async fn the_avatar_functions_role_may_do_what_its_flows_do_and_no_more() {
    let world = World::new().await;
    // What any function does when it is the first to start.
    let mut calls = world.tap.calls();
    let ada = world.anyone().sign_in(ADA).await;
    let key = api_key(&world, &ada).await;
    world.tap.clear();
    let path = "/cfg/accounts/profile/avatar/";
    let (media, body) = form("avatar", &png(8, 8, 255));
    let client = ada.client().header("content-type", &media);
    let sent = client.raw_bytes("POST", path, &body).await.expect(200);
    let holder = world.anyone().header("x-api-key", &key);
    let holder = holder.header("content-type", &media);
    holder.raw_bytes("POST", path, &body).await.expect(200);
    let seen = sent.str("avatar").replace("https://id.example.com", "");
    world.anyone().get(&seen).await.expect(404);
    let now = ada.profile().await;
    let seen = now.str("avatar").replace("https://id.example.com", "");
    world.anyone().get(&seen).await.expect(200);
    let picture = b"nothing".to_vec();
    let asked = json!({ "content_type": "image/png", "content_length": picture.len() });
    let leave = ada
        .client()
        .post(&format!("{path}upload/"), &asked)
        .await
        .expect(200);
    let headers = [
        ("content-type".to_owned(), "image/png".to_owned()),
        ("content-length".to_owned(), picture.len().to_string()),
    ];
    let put = world.send_to_s3("PUT", leave.str("url"), &headers, &picture);
    assert_eq!(put.await.0, 200);
    let asked = json!({ "upload_id": leave.str("upload_id") });
    let confirm = format!("{path}upload/confirm/");
    ada.client().post(&confirm, &asked).await.expect(400);
    calls.extend(world.tap.calls());
    let mut done: BTreeSet<String> = calls
        .iter()
        .flat_map(|call| actions(&world, call))
        .collect();
    // What a user uploads by the function's leave is written with the function's right.
    assert!(done.insert("staging s3:PutObject".to_owned()));
    assert_eq!(done, granted("AvatarRole"));
}

#[tokio::test]
async fn the_device_grant_functions_role_may_do_what_its_flows_do_and_no_more() {
    let world = World::new().await;
    let mut calls = world.tap.calls();
    let mut browser = tests::Visitor::open(world.anyone(), "/device").await;
    browser.sign_in(ADA).await;
    world.tap.clear();
    let device = crate::api::Device::asking(&world).await;
    let typed = [("user_code", device.user_code.as_str())];
    browser.fill("/device/check", &typed).await;
    browser.fill("/device/approve", &[]).await;
    let got = device.poll().await.expect(200);
    let manager = world.anyone().bearing(got.str("management_key"));
    manager.get("/api/identities/").await.expect(200);
    let path = "/api/auth/keys/management/";
    manager.post(path, &json!({})).await.expect(201);
    calls.extend(world.tap.calls());
    let done = calls.iter().flat_map(|call| actions(&world, call));
    assert_eq!(done.collect::<BTreeSet<_>>(), granted("DeviceGrantRole"));
    let searches = calls.iter().filter(|call| call.operation == "Query");
    assert_eq!(searches.count(), 0);
}

#[tokio::test]
async fn the_oidc_functions_role_may_do_what_its_flows_do_and_no_more() {
    use crate::oidc::client::{App, Browser};
    let world = World::new().await;
    let mut calls = world.tap.calls();
    let app = App::of_others(&world).await;
    world.postern.add_client("tv", "TV").await.unwrap();
    let mut ada = Browser::of_ada(&world).await;
    world.tap.clear();
    let asked = [("client_id", "tv")];
    let anyone = world.anyone();
    let begun = anyone.form("/oauth/device_authorization", &asked).await;
    begun.expect(200);
    ada.go(&app.request(&[("scope", "openid offline_access")]))
        .await;
    let waits = ada.waits_as();
    ada.go(&waits).await;
    ada.press(&waits, &[("decision", "allow")]).await;
    ada.go(&waits).await;
    let tokens = app.exchange(&ada.answered()["code"], &[]).await.expect(200);
    app.userinfo(tokens.str("access_token")).await.expect(200);
    let refreshed = app.refresh(tokens.str("refresh_token"), &[]).await;
    let hint = refreshed.expect(200).str("id_token").to_owned();
    ada.go(&format!("/oauth/logout?id_token_hint={hint}")).await;
    calls.extend(world.tap.calls());
    let done = calls.iter().flat_map(|call| actions(&world, call));
    assert_eq!(done.collect::<BTreeSet<_>>(), granted("OidcRole"));
}

/// What a role in the template may do, without what every function needs (its
/// log) and what is not seen here (the wrapping and the encryption by KMS).
pub(crate) fn granted(role: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(tests::root().join("template.yaml")).unwrap();
    let template: Yaml = serde_yaml_ng::from_str(&text).unwrap();
    let mut granted = BTreeSet::new();
    for statement in statements(&template, role) {
        let resource = format!("{:?}", statement["Resource"]);
        let tables = [
            ("IdentityTable", "main "),
            ("AuditTable", "audit "),
            ("PicturesBucket.Arn}/pictures/*", "pictures "),
            ("PicturesBucket.Arn}/staging/*", "staging "),
        ];
        let named = tables.iter().filter(|(name, _)| resource.contains(name));
        let mut places: Vec<&str> = named.map(|(_, place)| *place).collect();
        if places.is_empty() {
            places.push("");
        }
        let actions = match &statement["Action"] {
            Yaml::Sequence(actions) => actions.clone(),
            action => vec![action.clone()],
        };
        let actions = actions.iter().map(|action| action.as_str().unwrap());
        let seen =
            actions.filter(|action| !action.starts_with("logs:") && !action.starts_with("kms:"));
        for action in seen {
            granted.extend(places.iter().map(|place| format!("{place}{action}")));
        }
    }
    granted
}

/// The statements of a role in the template: those of the policies that are its
/// own, and of those that it shares with other roles.
fn statements(template: &Yaml, role: &str) -> Vec<Yaml> {
    let list = |value: &Yaml| value.as_sequence().cloned().unwrap_or_default();
    let named = |name: &str, kind: &str| {
        let resource = &template["Resources"][name];
        assert_eq!(resource["Type"], kind, "{name}");
        resource["Properties"].clone()
    };
    let role = named(role, "AWS::IAM::Role");
    // A policy that stands elsewhere could allow anything, and nothing here would tell.
    let shared = list(&role["ManagedPolicyArns"]).into_iter().map(|policy| {
        let Yaml::Tagged(reference) = policy else {
            panic!("{policy:?} is not a policy of the template")
        };
        named(reference.value.as_str().unwrap(), "AWS::IAM::ManagedPolicy")
    });
    let mut policies = list(&role["Policies"]);
    policies.extend(shared);
    let statements = policies.iter().map(|policy| {
        let statements = &policy["PolicyDocument"]["Statement"];
        statements.as_sequence().unwrap().clone()
    });
    statements.flatten().collect()
}

/// What is put into the audit table by a call, alone or in a transaction.
fn audited<'c>(world: &World, call: &'c Call) -> Vec<&'c Value> {
    let alone = std::iter::once(&call.body);
    let together = call.body["TransactItems"].as_array().into_iter().flatten();
    let puts = alone.chain(together.map(|write| &write["Put"]));
    puts.filter(|put| put["TableName"] == json!(world.audit_table) && put.get("Item").is_some())
        .collect()
}

#[tokio::test]
async fn no_audit_row_is_ever_replaced() {
    let world = World::new().await;
    everything(&world).await;
    let wrong = world.wrong_code(ADA);
    world
        .anyone()
        .verify_code("nobody@example.com", &wrong)
        .await
        .expect(401);
    let calls = world.tap.calls();
    let puts: Vec<&Value> = calls
        .iter()
        .flat_map(|call| audited(&world, call))
        .collect();
    assert!(puts.len() > 5, "{puts:?}");
    for put in puts {
        assert_eq!(put["ConditionExpression"], "attribute_not_exists(pk)");
    }
}
