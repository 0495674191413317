//! GET /admin/me and /admin/sensitive/ping; POST /admin/mfa/setup and verify

use domain::secret::SecretName;
use serde_json::{Value, json};
use tests::{Answer, Anyone, World};

use super::{ROOT, login, root, world};
use crate::auth::PASSWORD;
use crate::auth::second_factor::shown;

const SETUP: &str = "/admin/mfa/setup";
const VERIFY: &str = "/admin/mfa/verify";
const PING: &str = "/admin/sensitive/ping";

async fn set_up(client: &Anyone<'_>) -> String {
    let set_up = client.post(SETUP, &json!({})).await.expect(200);
    let uri = set_up.str("qr_uri");
    assert!(uri.starts_with("otpauth://totp/"), "{uri}");
    set_up.str("secret").to_owned()
}

async fn verify(client: &Anyone<'_>, code: &str) -> Answer {
    client.post(VERIFY, &json!({ "code": code })).await
}

/// The bearer of tokens that came back.
fn bearer<'w>(world: &'w World, answer: &Answer) -> Anyone<'w> {
    let client = world.at("192.0.2.200");
    client.bearing(answer.str("access_token"))
}

/// An administrator with an authenticator, and its secret.
async fn guarded(world: &World) -> (Anyone<'_>, String) {
    let (answer, secret) = stepped_up(world).await;
    (bearer(world, &answer), secret)
}

/// The same as what the first code answered.
async fn stepped_up(world: &World) -> (Answer, String) {
    let root = root(world).await;
    let secret = set_up(&root).await;
    let answer = verify(&root, &shown(world, &secret)).await.expect(200);
    world.clock.advance(30);
    (answer, secret)
}

/// Signs in anew, with the authenticator.
async fn through<'w>(world: &'w World, secret: &str) -> Anyone<'w> {
    world.clock.advance(30);
    let waiting = login(&world.at("192.0.2.200"), ROOT, PASSWORD).await;
    let pending = bearer(world, &waiting.expect(200));
    let answer = verify(&pending, &shown(world, secret)).await.expect(200);
    bearer(world, &answer)
}

#[tokio::test]
async fn an_administrator_sees_themselves() {
    let world = world().await;
    let me = root(&world).await.get("/admin/me").await.expect(200);
    assert_eq!((me.str("email"), me.str("role")), (ROOT, "admin"));
    assert_eq!(
        (&me.body["mfa_enabled"], &me.body["mfa_verified_at"]),
        (&json!(false), &Value::Null)
    );
}

#[tokio::test]
async fn a_confirmed_authenticator_steps_the_session_up() {
    let world = world().await;
    let root = root(&world).await;
    let other = login(&world.anyone(), ROOT, PASSWORD).await.expect(200);
    let refused = root.get(PING).await.expect(403);
    assert_eq!(
        refused.body,
        json!({ "detail": "MFA verification required" })
    );
    let none = verify(&root, "000000").await.expect(400);
    assert_eq!(none.str("detail"), "MFA is not enabled");
    let secret = set_up(&root).await;
    let wrong = verify(&root, "000000").await.expect(401);
    assert_eq!(wrong.str("detail"), "Invalid verification code");
    let answer = verify(&root, &shown(&world, &secret)).await.expect(200);
    assert_eq!(answer.str("token_type"), "bearer");
    assert_eq!(
        (&answer.body["expires_in"], &answer.body["mfa_required"]),
        (&json!(900), &json!(false))
    );
    let claims = tests::forge::claims(answer.str("access_token"));
    assert_eq!(claims["mfa_verified_at"], json!(world.now().0));
    assert_eq!(claims["amr"], json!(["pwd", "mfa"]));
    let pong = bearer(&world, &answer).get(PING).await.expect(200);
    assert!(
        pong.body
            .as_object()
            .unwrap()
            .values()
            .all(Value::is_string)
    );
    let me = bearer(&world, &answer).get("/admin/me").await.expect(200);
    assert_eq!(me.body["mfa_enabled"], json!(true));
    assert_eq!(me.str("mfa_verified_at"), pong.str("mfa_verified_at"));
    let other = world.anyone().bearing(other.str("access_token"));
    other.get("/admin/me").await.expect(401);
    let letters = world.mail(ROOT);
    assert!(
        letters
            .iter()
            .any(|letter| letter.subject.contains("second factor")),
        "{letters:?}"
    );
}

#[tokio::test]
async fn a_token_from_before_the_step_up_is_no_better_for_it() {
    let world = world().await;
    let (root, secret) = guarded(&world).await;
    root.get(PING).await.expect(200);
    let waiting = login(&world.at("192.0.2.200"), ROOT, PASSWORD).await;
    let before = bearer(&world, &waiting.expect(200));
    world.clock.advance(30);
    let after = verify(&before, &shown(&world, &secret)).await.expect(200);
    bearer(&world, &after).get(PING).await.expect(200);
    // One that signed in before there was a factor.
    let world = self::world().await;
    let early = super::root(&world).await;
    let secret = set_up(&early).await;
    let stepped = verify(&early, &shown(&world, &secret)).await.expect(200);
    bearer(&world, &stepped).get(PING).await.expect(200);
    let refused = early.get(PING).await.expect(403);
    assert_eq!(
        refused.body,
        json!({ "detail": "MFA verification required" })
    );
    early.get("/admin/me").await.expect(200);
}

/// Whoever has copied a refresh token waits for the owner to step up, and shows it at once.
#[tokio::test]
async fn nor_is_a_refresh_token_from_before_it() {
    let world = world().await;
    super::root(&world).await;
    let tokens = login(&world.anyone(), ROOT, PASSWORD).await.expect(200);
    let early = bearer(&world, &tokens);
    let copied = json!({ "refresh_token": tokens.str("refresh_token") });
    let secret = set_up(&early).await;
    let stepped = verify(&early, &shown(&world, &secret)).await.expect(200);
    let path = "/auth/token-refresh";
    let stolen = world.at("203.0.113.9").post(path, &copied).await;
    assert_eq!(stolen.status, 401, "{}", stolen.text);
    // It is a replay, which ends the session for both.
    let own = json!({ "refresh_token": stepped.str("refresh_token") });
    world.anyone().post(path, &own).await.expect(401);
}

#[tokio::test]
async fn a_step_up_lasts_for_hours_and_is_made_again_by_another_code() {
    let world = world().await;
    let (root, secret) = guarded(&world).await;
    let life = 8 * 3600 - 30;
    world.clock.advance(life);
    // The access token is over long before: the session goes on.
    let (mut client, mut refresh) = (root, String::new());
    client.get(PING).await.expect(401);
    let waiting = login(&world.at("192.0.2.200"), ROOT, PASSWORD)
        .await
        .expect(200);
    let answer = verify(&bearer(&world, &waiting), &shown(&world, &secret))
        .await
        .expect(200);
    refresh.push_str(answer.str("refresh_token"));
    for _ in 0..2 {
        world.clock.advance(4 * 3600);
        let body = json!({ "refresh_token": refresh });
        let next = world
            .anyone()
            .post("/auth/token-refresh", &body)
            .await
            .expect(200);
        refresh = next.str("refresh_token").to_owned();
        client = bearer(&world, &next);
        client.get(PING).await.expect(200);
    }
    world.clock.advance(1);
    let stale = client.get(PING).await.expect(403);
    assert_eq!(stale.str("detail"), "MFA verification required");
    client.get("/admin/me").await.expect(200);
    let code = shown(&world, &secret);
    let answer = verify(&client, &code).await.expect(200);
    bearer(&world, &answer).get(PING).await.expect(200);
    verify(&client, &code).await.expect(401);
    // The refresh token before it was replaced.
    world.clock.advance(11);
    let body = json!({ "refresh_token": refresh });
    let replayed = world.anyone().post("/auth/token-refresh", &body).await;
    replayed.expect(401);
    bearer(&world, &answer).get("/admin/me").await.expect(401);
}

#[tokio::test]
async fn the_hours_are_a_setting() {
    let settings = [("POSTERN_MFA_FRESH_SECONDS", "60")];
    let key = [(SecretName::RegistrationKey, super::KEY)];
    let world = World::with_secrets(&settings, &key).await;
    let (root, _) = guarded(&world).await;
    world.clock.advance(30);
    root.get(PING).await.expect(200);
    world.clock.advance(1);
    root.get(PING).await.expect(403);
}

#[tokio::test]
async fn another_authenticator_takes_the_place_of_the_one_in_force_once_it_is_confirmed() {
    let world = world().await;
    let (root, first) = guarded(&world).await;
    let second = set_up(&root).await;
    let third = set_up(&root).await;
    assert!(first != second && second != third);
    verify(&root, &shown(&world, &second)).await.expect(401);
    let answer = verify(&root, &shown(&world, &first)).await.expect(200);
    let root = bearer(&world, &answer);
    world.clock.advance(30);
    let answer = verify(&root, &shown(&world, &third)).await.expect(200);
    let root = bearer(&world, &answer);
    root.get(PING).await.expect(200);
    world.clock.advance(30);
    verify(&root, &shown(&world, &first)).await.expect(401);
    through(&world, &third).await.get(PING).await.expect(200);
}

#[tokio::test]
async fn setting_one_up_wants_a_fresh_sign_in_with_the_one_in_force() {
    let world = world().await;
    let (root, secret) = guarded(&world).await;
    let waiting = set_up(&root).await;
    world.clock.advance(571);
    let stale = root.post(SETUP, &json!({})).await.expect(403);
    assert_eq!(stale.str("detail"), "Recent sign-in required");
    let stale = verify(&root, &shown(&world, &waiting)).await.expect(403);
    assert_eq!(stale.str("detail"), "Recent sign-in required");
    // A step-up is no sign-in.
    let answer = verify(&root, &shown(&world, &secret)).await.expect(200);
    let root = bearer(&world, &answer);
    root.post(SETUP, &json!({})).await.expect(403);
    set_up(&through(&world, &secret).await).await;
}

#[tokio::test]
async fn a_code_is_six_characters_and_nothing_else_is_sent() {
    let world = world().await;
    let root = root(&world).await;
    for (body, kind) in [
        (json!({}), "missing"),
        (json!({ "code": "12345" }), "string_too_short"),
        (json!({ "code": "1234567" }), "string_too_long"),
        (json!({ "code": "123456", "x": 1 }), "extra_forbidden"),
    ] {
        let refused = root.post(VERIFY, &body).await.expect(422);
        assert_eq!(refused.body["detail"][0]["type"], json!(kind));
    }
}

#[tokio::test]
async fn guesses_end_by_place_and_by_session() {
    let world = world().await;
    let (answer, secret) = stepped_up(&world).await;
    let from = |n: u32| {
        let network = world.at(&format!("198.51.100.{n}"));
        network.bearing(answer.str("access_token"))
    };
    for _ in 0..10 {
        verify(&from(0), "000000").await.expect(401);
    }
    let limited = verify(&from(0), "000000").await.expect(429);
    assert_ne!(limited.header("retry-after"), "");
    assert_eq!(limited.body["detail"], limited.body["error"]);
    // From elsewhere neither, with that session; its owner's other sign-ins go on.
    let right = shown(&world, &secret);
    verify(&from(99), &right).await.expect(429);
    world.clock.advance(60);
    let again = super::login(&world.anyone(), super::ROOT, super::PASSWORD).await;
    let pending = world
        .anyone()
        .bearing(again.expect(200).str("access_token"));
    verify(&pending, &shown(&world, &secret)).await.expect(200);
}

#[tokio::test]
async fn the_limits_of_the_document_hold() {
    let world = world().await;
    let root = root(&world).await;
    for (budget, method, path) in [(60, "GET", "/admin/me"), (30, "POST", SETUP)] {
        for _ in 0..budget {
            root.raw(method, path, "").await.expect(200);
        }
        let limited = root.raw(method, path, "").await.expect(429);
        assert_ne!(limited.header("retry-after"), "");
        assert_eq!(limited.body["detail"], limited.body["error"]);
    }
}
