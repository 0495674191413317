//! Clients that show who they are, and clients that act for themselves.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use domain::client::{AuthMethod, Client, GrantType};
use serde_json::json;
use tests::{Answer, World};

use super::client::{App, Browser, ISSUER, app, claims};

fn refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!(
        (answer.status, answer.str("error")),
        (status, error),
        "{}",
        answer.text
    );
}

fn machine(world: &World, id: &str, auth_method: AuthMethod) -> Client {
    Client {
        id: id.to_owned(),
        auth_method,
        grants: vec![GrantType::ClientCredentials],
        redirect_uris: Vec::new(),
        ..app(world)
    }
}

async fn itself(world: &World, header: Option<&str>, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("grant_type", "client_credentials")];
    fields.extend(more);
    let anyone = world.anyone();
    let anyone = match header {
        Some(header) => anyone.header("authorization", header),
        None => anyone,
    };
    anyone.form("/oauth/token", &fields).await
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

#[tokio::test]
async fn a_machine_gets_a_token_for_its_apis_and_nothing_else() {
    let world = World::new().await;
    let machine = App::of(
        &world,
        machine(&world, "cron", AuthMethod::ClientSecretBasic),
    )
    .await;
    let header = basic("cron", machine.secret.as_deref().unwrap());
    let tokens = itself(&world, Some(&header), &[]).await.expect(200);
    assert!(tokens.body.get("refresh_token").is_none() && tokens.body.get("id_token").is_none());
    assert_eq!(tokens.str("scope"), "read");
    let read = claims(tokens.str("access_token"));
    assert_eq!(
        (&read["sub"], &read["client_id"]),
        (&json!("cron"), &json!("cron"))
    );
    assert_eq!(read["aud"], json!("https://api.example.com"));
    let bearer = world.anyone().bearing(tokens.str("access_token"));
    assert_eq!(bearer.get("/cfg/accounts/profile/").await.status, 401);
    assert_eq!(bearer.get("/oauth/userinfo").await.status, 401);
    let admin = world.admin("root@example.com").await;
    let service = admin.service(&["introspect"]).await;
    let asks = world.anyone().bearing(&service.key);
    let token = [("token", tokens.str("access_token"))];
    let worth = asks.form("/tokens/introspect", &token).await.expect(200);
    assert_eq!(
        (worth.str("client_id"), worth.str("scope")),
        ("cron", "read")
    );
    for (more, error) in [
        (("scope", "openid"), "invalid_scope"),
        (("scope", "write"), "invalid_scope"),
        (("resource", ISSUER), "invalid_target"),
    ] {
        refused(&itself(&world, Some(&header), &[more]).await, 400, error);
    }
    itself(&world, Some(&header), &[("scope", "read")])
        .await
        .expect(200);
}

#[tokio::test]
async fn a_client_shows_who_it_is_in_its_own_way_and_in_no_other() {
    let world = World::new().await;
    let by_header = App::of(&world, machine(&world, "a", AuthMethod::ClientSecretBasic)).await;
    let by_body = App::of(&world, machine(&world, "b", AuthMethod::ClientSecretPost)).await;
    let (a, b) = (by_header.secret.unwrap(), by_body.secret.unwrap());
    itself(&world, Some(&basic("a", &a)), &[]).await.expect(200);
    itself(&world, None, &[("client_id", "b"), ("client_secret", &b)])
        .await
        .expect(200);
    let wrong = [
        itself(&world, None, &[("client_id", "a"), ("client_secret", &a)]).await,
        itself(&world, Some(&basic("b", &b)), &[]).await,
        itself(&world, Some(&basic("a", &b)), &[]).await,
        itself(&world, Some(&basic("a", "")), &[]).await,
        itself(&world, Some(&basic("a", &a)), &[("client_secret", &a)]).await,
        itself(&world, Some(&basic("a", &a)), &[("client_id", "b")]).await,
        itself(&world, None, &[("client_id", "a")]).await,
    ];
    for answer in &wrong {
        refused(answer, 401, "invalid_client");
        assert!(answer.header("www-authenticate").starts_with("Basic "));
    }
    let unreadable = itself(&world, Some("Basic !"), &[("client_id", "a")]).await;
    assert_eq!(unreadable.str("error"), "invalid_client");
}

#[tokio::test]
async fn two_secrets_are_good_while_one_replaces_the_other() {
    let world = World::new().await;
    let app = App::of(&world, machine(&world, "a", AuthMethod::ClientSecretBasic)).await;
    let first = app.secret.unwrap();
    let second = world
        .postern
        .rotate_client_secret("a")
        .await
        .unwrap()
        .secret;
    for secret in [&first, &second] {
        itself(&world, Some(&basic("a", secret)), &[])
            .await
            .expect(200);
    }
    let third = world
        .postern
        .rotate_client_secret("a")
        .await
        .unwrap()
        .secret;
    refused(
        &itself(&world, Some(&basic("a", &first)), &[]).await,
        401,
        "invalid_client",
    );
    for secret in [&second, &third] {
        itself(&world, Some(&basic("a", secret)), &[])
            .await
            .expect(200);
    }
    let rows = world.dump(&world.table).await;
    let text = format!("{rows:?}");
    for secret in [first, second, third] {
        assert!(!text.contains(&secret), "a secret is in the table");
    }
}

#[tokio::test]
async fn an_assertion_is_good_once() {
    let world = World::new().await;
    let pair = aws_lc_rs::signature::Ed25519KeyPair::generate().unwrap();
    let key = {
        use aws_lc_rs::signature::KeyPair as _;
        URL_SAFE_NO_PAD.encode(pair.public_key().as_ref())
    };
    let keys = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "1", "x": key }] });
    let client = Client {
        keys: Some(keys.to_string()),
        ..machine(&world, "signer", AuthMethod::PrivateKeyJwt)
    };
    App::of(&world, client).await;
    let der = pair.to_pkcs8v1().unwrap();
    let signing = jsonwebtoken::EncodingKey::from_ed_der(der.as_ref());
    let assertion = |jti: &str, audience: &str| {
        let now = world.now().0;
        let claims = json!({
            "iss": "signer", "sub": "signer", "aud": audience, "jti": jti, "exp": now + 60,
        });
        let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::EdDSA);
        jsonwebtoken::encode(&header, &claims, &signing).unwrap()
    };
    let show = async |assertion: &str| {
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let fields = [
            ("client_assertion_type", kind),
            ("client_assertion", assertion),
        ];
        itself(&world, None, &fields).await
    };
    let first = assertion("1", &format!("{ISSUER}/oauth/token"));
    show(&first).await.expect(200);
    refused(&show(&first).await, 401, "invalid_client");
    show(&assertion("2", ISSUER)).await.expect(200);
    refused(
        &show(&assertion("3", "https://other.example.com")).await,
        401,
        "invalid_client",
    );
    refused(
        &itself(&world, None, &[("client_id", "signer")]).await,
        401,
        "invalid_client",
    );
}

#[tokio::test]
async fn a_client_uses_the_grants_that_it_is_registered_for() {
    let world = World::new().await;
    let app = App::with_secret(&world).await;
    let secret = app.secret.clone().unwrap();
    let own = [("client_id", "app"), ("client_secret", secret.as_str())];
    refused(
        &itself(&world, None, &own).await,
        400,
        "unauthorized_client",
    );
    let anyone = world.anyone();
    let device = anyone.form("/oauth/device_authorization", &own).await;
    refused(&device, 400, "unauthorized_client");
    let mut ada = Browser::of_ada(&world).await;
    let code = ada.code(&app.request(&[])).await;
    refused(
        &app.exchange(&code, &[("client_secret", "x")]).await,
        401,
        "invalid_client",
    );
    app.exchange(&code, &[]).await.expect(200);
    world.postern.add_client("tv", "TV").await.unwrap();
    let mut nobody = Browser::new(&world).await;
    let tv = App {
        world: &world,
        id: "tv".to_owned(),
        secret: None,
    };
    nobody.go(&tv.request(&[])).await;
    assert_eq!(nobody.page.status, 400, "it has no redirect URI");
}

#[tokio::test]
async fn a_network_that_guesses_secrets_is_stopped() {
    let world = World::new().await;
    App::of(&world, machine(&world, "a", AuthMethod::ClientSecretBasic)).await;
    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses.push(itself(&world, Some(&basic("a", "x")), &[]).await.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 10);
    assert_eq!(statuses.last(), Some(&429));
}
