//! POST /auth/login/firebase.

use domain::account::Factor;
use serde_json::{Value, json};
use tests::{Answer, Anyone, World};

use super::phone::{self, PHONE};
use super::{ADA, OTHER, PASSWORD, ask_for_reset, is_signed_in, letter_token, problems, register};

/// A token for the claims that are usual, with `said` beside them.
pub(crate) fn token(world: &World, said: &Value) -> String {
    let said = said.as_object().expect("claims");
    world.firebase.token(said).expect("a token")
}

pub(crate) async fn login(client: &Anyone<'_>, token: &str) -> Answer {
    let body = json!({ "id_token": token });
    client.post("/auth/login/firebase", &body).await
}

/// The account that a token signs in to.
async fn account(world: &World, said: Value) -> Value {
    let answer = login(&world.anyone(), &token(world, &said))
        .await
        .expect(200);
    let bearer = world.anyone().bearing(answer.str("access_token"));
    bearer.get("/cfg/accounts/profile/").await.expect(200).body
}

fn proven(sub: &str, email: &str) -> Value {
    json!({ "sub": sub, "email": email, "email_verified": true, "name": "Ada King" })
}

#[tokio::test]
async fn the_first_token_of_somebody_makes_the_account() {
    let world = World::new().await;
    let said = proven("f-1", ADA);
    let answer = login(&world.anyone(), &token(&world, &said))
        .await
        .expect(200);
    assert_eq!(answer.body["expires_in"], json!(900));
    let first = account(&world, said).await;
    assert_eq!(
        (&first["email"], &first["first_name"], &first["last_name"]),
        (&json!(ADA), &json!("Ada"), &json!("King"))
    );
    // The name that Firebase gave counts, whatever becomes of the address.
    let moved = account(&world, proven("f-1", "other@example.com")).await;
    assert_eq!((&moved["id"], &moved["email"]), (&first["id"], &json!(ADA)));
    // The same person, by a code to the same address.
    let by_mail = world.anyone().sign_in(ADA).await.profile().await;
    assert_eq!(by_mail.body["id"], first["id"]);
}

#[tokio::test]
async fn an_address_links_only_where_both_sides_proved_it() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await.profile().await;
    let said = json!({ "sub": "f-1", "email": ADA, "email_verified": false });
    let stranger = account(&world, said).await;
    assert_ne!(stranger["id"], ada.body["id"], "Firebase has not proven it");
    let linked = account(&world, proven("f-2", ADA)).await;
    assert_eq!(linked["id"], ada.body["id"]);
    let other = login(&world.anyone(), &token(&world, &proven("f-3", ADA))).await;
    assert_eq!(
        other.expect(400).str("detail"),
        "Your account is connected to another account there. Disconnect that first."
    );
    let grace = "grace@example.com";
    register(&world.anyone(), "grace", grace, PASSWORD)
        .await
        .expect(200);
    let refused = login(&world.anyone(), &token(&world, &proven("f-4", grace))).await;
    refused.expect(400);
}

#[tokio::test]
async fn a_number_links_to_a_proven_number_and_is_no_more_than_a_text() {
    let world = World::new().await;
    phone::ask(&world.anyone(), PHONE).await.expect(200);
    let code = world.texted_code(PHONE);
    let answer = phone::verify(&world.anyone(), PHONE, &code)
        .await
        .expect(200);
    let bearer = world.anyone().bearing(answer.str("access_token"));
    let known = bearer.get("/cfg/accounts/profile/").await.expect(200);
    let said = json!({
        "sub": "f-1", "phone_number": PHONE, "firebase": { "sign_in_provider": "phone" },
    });
    let linked = account(&world, said.clone()).await;
    assert_eq!(linked["id"], known.body["id"]);
    let answer = login(&world.anyone(), &token(&world, &said))
        .await
        .expect(200);
    let claims = phone::claims(answer.str("access_token"));
    assert_eq!(claims["amr"], json!(["sms"]));
    let said = json!({ "sub": "f-2", "phone_number": "+4915100000002" });
    let made = account(&world, said).await;
    assert_eq!(made["phone"], json!("+4915100000002"));
}

#[tokio::test]
async fn github_and_firebase_stand_beside_each_other() {
    let world = World::new().await;
    account(&world, proven("f-1", ADA)).await;
    let ada = world.anyone().sign_in(ADA).await;
    let listed = ada.client().get("/cfg/accounts/oauth/connections/").await;
    assert_eq!(
        listed.expect(200).body,
        json!([]),
        "a name that contract has not"
    );
    let body = json!({ "provider": "firebase" });
    let path = "/cfg/accounts/oauth/disconnect/";
    ada.client().post(path, &body).await.expect(400);
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_a_lock_looks_like_a_bad_token() {
    let world = World::new().await;
    account(&world, proven("f-1", ADA)).await;
    world
        .set_user(ADA, |user| user.factors.push(Factor::Totp))
        .await;
    let answer = login(&world.anyone(), &token(&world, &proven("f-1", ADA)))
        .await
        .expect(200);
    assert_eq!(answer.body["mfa_required"], json!(true));
    let pending = world.anyone().bearing(answer.str("access_token"));
    assert!(!is_signed_in(&pending).await);
    world.postern.lock_user(&super::address(ADA)).await.unwrap();
    let locked = login(&world.anyone(), &token(&world, &proven("f-1", ADA))).await;
    let forged = login(&world.anyone(), "a.b.c").await.expect(401);
    assert_eq!(super::seen(&locked), super::seen(&forged));
    assert_eq!(forged.str("detail"), "Could not validate credentials");
}

#[tokio::test]
async fn a_sign_in_of_long_ago_is_not_fresh_because_its_token_is() {
    let world = World::new().await;
    for (days, status) in [(90, 403), (0, 200)] {
        let mut said = proven("f-1", ADA);
        said["auth_time"] = json!(world.now().0 - days * 86_400);
        let answer = login(&world.anyone(), &token(&world, &said)).await;
        let answer = answer.expect(200);
        let refresh = json!({ "refresh_token": answer.str("refresh_token") });
        let bearer = world.anyone().bearing(answer.str("access_token"));
        let setup = bearer.post("/cfg/totp/setup/", &json!({})).await;
        assert_eq!(setup.status, status, "{days} days: {}", setup.text);
        let renewed = bearer.post("/auth/token-refresh", &refresh).await;
        let bearer = world
            .anyone()
            .bearing(renewed.expect(200).str("access_token"));
        let setup = bearer.post("/cfg/totp/setup/", &json!({})).await;
        assert_eq!(setup.status, status, "{days} days: {}", setup.text);
    }
}

/// A token cannot be taken back, and its copy would outlive the reset that ends everything else.
#[tokio::test]
async fn a_token_from_before_a_reset_signs_in_no_more() {
    let world = World::new().await;
    super::ada(&world.anyone()).await;
    let made = || token(&world, &proven("f-1", ADA));
    let copied = made();
    let reset = async |password: &str| {
        ask_for_reset(&world.anyone(), ADA).await.expect(200);
        let letter = letter_token(&world, ADA);
        super::reset(&world.anyone(), &letter, password)
            .await
            .expect(200);
    };
    let refused = async |token: &str| {
        let answer = login(&world.anyone(), token).await.expect(401);
        assert_eq!(answer.str("detail"), "Could not validate credentials");
    };
    world.clock.advance(60);
    reset(OTHER).await;
    // Neither by the address that both sides know, nor one of the same second.
    refused(&copied).await;
    refused(&made()).await;
    world.clock.advance(1);
    let linked = made();
    login(&world.anyone(), &linked).await.expect(200);
    login(&world.anyone(), &linked).await.expect(200);
    // Nor where the account is linked.
    world.clock.advance(60);
    reset("punched cards no. 3").await;
    refused(&linked).await;
    world.clock.advance(1);
    login(&world.anyone(), &made()).await.expect(200);
}

#[tokio::test]
async fn tokens_that_will_not_do() {
    let world = World::new().await;
    let now = world.now().0;
    let good = token(&world, &json!({ "sub": "f-1" }));
    let (head, rest) = good.split_once('.').unwrap();
    let (body, signature) = rest.split_once('.').unwrap();
    let mut forged = vec![
        format!("{head}.{body}."),
        format!("{head}.{body}.{}", &signature[..signature.len() - 4]),
        format!(
            "{head}.{}.{signature}",
            &token(&world, &json!({ "sub": "f-2" }))
                .split('.')
                .nth(1)
                .unwrap()
        ),
    ];
    for said in [
        json!({}),
        json!({ "sub": "" }),
        json!({ "sub": "f-1", "aud": "another-project" }),
        json!({ "sub": "f-1", "iss": "https://securetoken.google.com/another-project" }),
        json!({ "sub": "f-1", "exp": now }),
        json!({ "sub": "f-1", "iat": now + 120 }),
        json!({ "sub": "f-1", "auth_time": now + 120 }),
        json!({ "sub": "f-1", "nbf": now + 120 }),
        json!({ "sub": 7 }),
    ] {
        forged.push(token(&world, &said));
    }
    // Another project's Firebase, and our own tokens.
    let other = World::new().await;
    other.firebase.rotate().unwrap();
    forged.push(token(&other, &json!({ "sub": "f-1" })));
    forged.push(world.anyone().sign_in(ADA).await.access);
    for text in forged {
        login(&world.anyone(), &text).await.expect(401);
    }
    login(&world.anyone(), &good).await.expect(200);
    let empty = world
        .anyone()
        .post("/auth/login/firebase", &json!({ "uid": 1 }))
        .await;
    assert_eq!(
        problems(&empty.expect(422)),
        [
            "body.id_token: Field required",
            "body.uid: Extra inputs are not permitted"
        ]
    );
}

#[tokio::test]
async fn keys_are_kept_and_an_unknown_one_is_asked_for_once_a_minute() {
    let world = World::new().await;
    for n in 0..3 {
        account(&world, json!({ "sub": format!("f-{n}") })).await;
    }
    assert_eq!(world.firebase.asked(), 1);
    world.firebase.rotate().unwrap();
    let fresh = token(&world, &json!({ "sub": "f-9" }));
    login(&world.anyone(), &fresh).await.expect(401);
    assert_eq!(world.firebase.asked(), 1, "asked less than a minute ago");
    world.clock.advance(60);
    let fresh = token(&world, &json!({ "sub": "f-9" }));
    login(&world.anyone(), &fresh).await.expect(200);
    assert_eq!(world.firebase.asked(), 2);
    world.clock.advance(6 * 3600);
    account(&world, json!({ "sub": "f-9" })).await;
    assert_eq!(world.firebase.asked(), 3, "as old as the answer allows");
}

#[tokio::test]
async fn it_is_off_without_a_project_and_limited_with_one() {
    let off = World::with(&[("POSTERN_FIREBASE_PROJECT", "")]).await;
    let refused = login(&off.anyone(), "a.b.c").await.expect(404);
    assert_eq!(refused.str("detail"), "Firebase sign-in is not configured");
    let away = World::with(&[("POSTERN_FIREBASE_KEYS_URL", "http://127.0.0.1:9/keys")]).await;
    let good = token(&away, &json!({ "sub": "f-1" }));
    let refused = login(&away.anyone(), &good).await.expect(503);
    assert_eq!(refused.header("retry-after"), "1");
    let world = World::new().await;
    for _ in 0..30 {
        login(&world.anyone(), "a.b.c").await.expect(401);
    }
    login(&world.anyone(), "a.b.c").await.expect(429);
}

/// The one who proves an address has come with such a token a moment before, and shows the same
/// one again.
#[tokio::test]
async fn a_token_from_before_the_first_proof_signs_in_after_it() {
    let world = World::new().await;
    super::register(&world.anyone(), "ada", ADA, PASSWORD)
        .await
        .expect(200);
    let cached = token(&world, &proven("f-1", ADA));
    assert_ne!(login(&world.anyone(), &cached).await.status, 200);
    world.clock.advance(60);
    world.anyone().sign_in(ADA).await;
    login(&world.anyone(), &cached).await.expect(200);
}

#[tokio::test]
async fn nor_does_one_from_before_another_password_or_another_set_of_factors() {
    let world = World::new().await;
    super::ada(&world.anyone()).await;
    world.prove(ADA).await;
    let copied = token(&world, &proven("f-1", ADA));
    world.clock.advance(60);
    let member = super::login(&world.anyone(), ADA, PASSWORD)
        .await
        .expect(200);
    let member = world.anyone().bearing(member.str("access_token"));
    let change = json!({ "password": OTHER });
    member
        .send("PUT", "/auth/profile", &change)
        .await
        .expect(200);
    login(&world.anyone(), &copied).await.expect(401);
    world.clock.advance(1);
    let copied = token(&world, &proven("f-1", ADA));
    login(&world.anyone(), &copied).await.expect(200);
    world.clock.advance(60);
    let member = world.anyone().sign_in(ADA).await;
    member.set_up_totp(&world).await;
    login(&world.anyone(), &copied).await.expect(401);
}
