//! POST /auth/login/phone and /auth/login/phone/verify.

use domain::account::{Factor, Role};
use serde_json::{Value, json};
use tests::{Answer, Anyone, Fault, World};

use super::{ADA, PASSWORD, is_signed_in, problems, register, seen};

pub(crate) const PHONE: &str = "+4915112345678";
const OTHER_PHONE: &str = "+4915187654321";

pub(crate) async fn ask(client: &Anyone<'_>, phone: &str) -> Answer {
    let body = json!({ "phone": phone });
    client.post("/auth/login/phone", &body).await
}

pub(crate) async fn verify(client: &Anyone<'_>, phone: &str, code: &str) -> Answer {
    let body = json!({ "phone": phone, "code": code });
    client.post("/auth/login/phone/verify", &body).await
}

/// Signed in by telephone.
async fn signed_in<'w>(client: &Anyone<'w>, phone: &str) -> (Anyone<'w>, Answer) {
    ask(client, phone).await.expect(200);
    let code = client.world().texted_code(phone);
    let answer = verify(client, phone, &code).await.expect(200);
    (client.clone().bearing(answer.str("access_token")), answer)
}

fn wrong(world: &World, phone: &str) -> String {
    let right: u32 = world.texted_code(phone).parse().unwrap();
    format!("{:06}", (right + 1) % 1_000_000)
}

pub(crate) fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let body = token.split('.').nth(1).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(body);
    serde_json::from_slice(&bytes.unwrap()).unwrap()
}

#[tokio::test]
async fn the_first_code_that_comes_back_makes_the_account() {
    let world = World::new().await;
    let asked = ask(&world.anyone(), PHONE).await.expect(200);
    assert_eq!(asked.body, json!({ "message": "OTP sent" }));
    let text = &world.mail(PHONE)[0].text;
    let code = world.texted_code(PHONE);
    assert!(text.starts_with(&code) && !text.contains("http"), "{text}");
    let rows = world.dump(&world.table).await;
    let what = "ring, origins, five secrets, the code, three budgets";
    assert_eq!(rows.len(), 11, "{what}");
    let answer = verify(&world.anyone(), PHONE, &code).await.expect(200);
    assert_eq!(answer.body["expires_in"], json!(900));
    assert_eq!(answer.str("token_type"), "bearer");
    let claims = claims(answer.str("access_token"));
    assert_eq!(
        (&claims["amr"], &claims["role"]),
        (&json!(["sms"]), &json!("user"))
    );
    assert_eq!(claims.get("email"), None);
    let bearer = world.anyone().bearing(answer.str("access_token"));
    let profile = bearer.get("/cfg/accounts/profile/").await.expect(200);
    assert_eq!(profile.str("phone"), PHONE);
    let shown = profile.str("email");
    assert!(shown.ends_with("@users.invalid"), "{shown}");
    // The same person again, and no other.
    world.clock.advance(60);
    let (again, _) = signed_in(&world.anyone(), PHONE).await;
    let same = again.get("/cfg/accounts/profile/").await.expect(200);
    assert_eq!(same.body["id"], profile.body["id"]);
}

#[tokio::test]
async fn a_code_is_good_once_for_five_minutes_and_five_tries() {
    let world = World::new().await;
    let client = world.anyone();
    verify(&client, PHONE, "123456").await.expect(401);
    ask(&client, PHONE).await.expect(200);
    let code = world.texted_code(PHONE);
    for _ in 0..4 {
        verify(&client, PHONE, &wrong(&world, PHONE))
            .await
            .expect(401);
    }
    let good = verify(&client, PHONE, &code).await.expect(200);
    assert_ne!(good.str("refresh_token"), "");
    verify(&client, PHONE, &code).await.expect(401);
    // Another number's code opens nothing here.
    ask(&client, OTHER_PHONE).await.expect(200);
    let others = world.texted_code(OTHER_PHONE);
    world.clock.advance(60);
    ask(&client, PHONE).await.expect(200);
    assert_ne!(world.texted_code(PHONE), others);
    verify(&client, PHONE, &others).await.expect(401);
    world.clock.advance(300);
    verify(&client, PHONE, &world.texted_code(PHONE))
        .await
        .expect(401);
    ask(&client, PHONE).await.expect(200);
    let code = world.texted_code(PHONE);
    for _ in 0..5 {
        verify(&client, PHONE, &wrong(&world, PHONE))
            .await
            .expect(401);
    }
    let refused = verify(&client, PHONE, &code).await.expect(401);
    assert_eq!(refused.str("detail"), "Invalid credentials");
    assert_eq!(refused.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn known_and_unknown_numbers_are_answered_alike() {
    let world = World::new().await;
    signed_in(&world.at("192.0.2.9"), PHONE).await;
    world.clock.advance(60);
    let known = ask(&world.at("192.0.2.7"), PHONE).await;
    let unknown = ask(&world.at("192.0.2.8"), OTHER_PHONE).await;
    assert_eq!(seen(&known), seen(&unknown));
    let known = verify(&world.at("192.0.2.7"), PHONE, &wrong(&world, PHONE)).await;
    let unknown = verify(&world.at("192.0.2.8"), "+4915100000000", "123456").await;
    assert_eq!(seen(&known), seen(&unknown));
}

#[tokio::test]
async fn a_number_gets_a_text_in_thirty_seconds_five_an_hour_and_ten_a_day() {
    let world = World::new().await;
    let client = world.anyone();
    ask(&client, PHONE).await.expect(200);
    let early = ask(&client, PHONE).await.expect(429);
    assert_eq!(early.header("retry-after"), "30");
    assert_eq!(early.body["detail"], early.body["error"]);
    for sent in 1..10 {
        if sent == 5 {
            world.clock.advance(30);
            let refused = ask(&world.at("192.0.2.99"), PHONE).await.expect(429);
            assert_eq!(refused.header("retry-after"), "3450");
            world.clock.advance(3600);
        }
        world.clock.advance(30);
        ask(&client, PHONE).await.expect(200);
    }
    world.clock.advance(3600);
    ask(&client, PHONE).await.expect(429);
    assert_eq!(world.mail(PHONE).len(), 10);
}

#[tokio::test]
async fn one_place_asks_thirty_times_a_minute_and_tries_thirty_times() {
    let world = World::new().await;
    for n in 0..30 {
        ask(&world.anyone(), &format!("+49151000000{n:02}"))
            .await
            .expect(200);
        verify(&world.anyone(), "+4915199999999", "123456")
            .await
            .expect(401);
    }
    ask(&world.anyone(), PHONE).await.expect(429);
    verify(&world.anyone(), PHONE, "123456").await.expect(429);
    ask(&world.at("192.0.2.2"), PHONE).await.expect(200);
}

#[tokio::test]
async fn texts_have_a_budget_and_failed_ones_cost_nothing() {
    let world = World::with(&[("POSTERN_TEXT_DAILY_BUDGET", "2")]).await;
    let client = world.anyone();
    world.tap.fail("Publish", Fault::Rejected, 1);
    let failed = ask(&client, PHONE).await.expect(503);
    assert_eq!(failed.str("detail"), "The message could not be sent");
    ask(&client, PHONE).await.expect(200);
    ask(&client, OTHER_PHONE).await.expect(200);
    ask(&client, "+4915100000001").await.expect(429);
    assert!(world.mail("+4915100000001").is_empty());
}

#[tokio::test]
async fn only_numbers_of_listed_countries_as_e164_writes_them() {
    let world = World::new().await;
    let odd = json!({ "phone": "0151 123", "mobile": 1 });
    let answer = world
        .anyone()
        .post("/auth/login/phone", &odd)
        .await
        .expect(422);
    assert_eq!(
        problems(&answer),
        [
            "body.phone: value is not a valid phone number",
            "body.mobile: Extra inputs are not permitted",
        ]
    );
    let answer = ask(&world.anyone(), "+43664123456").await.expect(422);
    let text = "body.phone: Value error, text messages are not sent to this country";
    assert_eq!(problems(&answer), [text]);
    let answer = verify(&world.anyone(), PHONE, "12345").await.expect(422);
    assert_eq!(
        problems(&answer),
        ["body.code: String should have at least 6 characters"]
    );
    assert!(world.inbox.messages(None).is_empty());
    let none = World::with(&[("POSTERN_TEXT_CALLING_CODES", "")]).await;
    ask(&none.anyone(), PHONE).await.expect(422);
}

/// Changes the account of a number past everything that Postern would allow.
async fn set_holder(world: &World, phone: &str, change: impl FnOnce(&mut domain::account::User)) {
    let store = store::Store::new(&world.aws.dynamodb, &world.table, &world.audit_table);
    let phone = domain::PhoneNumber::parse(phone).unwrap().into();
    let sub = store
        .contact_holder(&phone)
        .await
        .unwrap()
        .expect("a holder");
    let before = store.user(sub).await.unwrap().unwrap();
    let mut after = before.clone();
    change(&mut after);
    after.rev += 1;
    assert_eq!(store.save_user(&after, before.rev).await, Ok(None));
}

#[tokio::test]
async fn a_text_alone_makes_nobody_staff_and_a_factor_is_asked_for() {
    let world = World::new().await;
    signed_in(&world.anyone(), PHONE).await;
    set_holder(&world, PHONE, |user| user.role = Role::Admin).await;
    world.clock.advance(60);
    let (_, answer) = signed_in(&world.anyone(), PHONE).await;
    assert_eq!(claims(answer.str("access_token"))["role"], json!("user"));
    set_holder(&world, PHONE, |user| user.factors.push(Factor::Totp)).await;
    world.clock.advance(60);
    let (pending, answer) = signed_in(&world.anyone(), PHONE).await;
    assert_eq!(answer.body["mfa_required"], json!(true));
    assert!(!is_signed_in(&pending).await);
}

#[tokio::test]
async fn a_locked_account_gets_a_text_that_says_so() {
    let world = World::new().await;
    signed_in(&world.anyone(), PHONE).await;
    set_holder(&world, PHONE, |user| {
        user.status = domain::account::Status::Locked;
        user.session_epoch += 1;
    })
    .await;
    world.clock.advance(60);
    ask(&world.anyone(), PHONE).await.expect(200);
    let text = &world.mail(PHONE)[0].text;
    assert!(
        text.contains("locked") && !text.contains(|c: char| c.is_ascii_digit()),
        "{text}"
    );
}

#[tokio::test]
async fn a_deletion_frees_the_number() {
    let world = World::new().await;
    let (bearer, _) = signed_in(&world.anyone(), PHONE).await;
    let before = bearer.get("/cfg/accounts/profile/").await.expect(200);
    bearer
        .post("/cfg/accounts/profile/delete/", &json!({}))
        .await
        .expect(200);
    bearer.get("/cfg/accounts/profile/").await.expect(401);
    world.clock.advance(60);
    let (next, _) = signed_in(&world.anyone(), PHONE).await;
    let after = next.get("/cfg/accounts/profile/").await.expect(200);
    assert_ne!(before.body["id"], after.body["id"]);
    let rows = format!("{:?}", world.dump(&world.audit_table).await);
    assert!(!rows.contains("15112345678"), "events tell nobody's number");
}

#[tokio::test]
async fn the_number_of_a_profile_is_nobodys_until_it_is_proven() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let edit = json!({ "phone": PHONE });
    let path = "/cfg/accounts/profile/update/";
    ada.client().send("PATCH", path, &edit).await.expect(200);
    let (stranger, _) = signed_in(&world.at("192.0.2.9"), PHONE).await;
    let theirs = stranger.get("/cfg/accounts/profile/").await.expect(200);
    assert_ne!(theirs.body["id"], ada.profile().await.body["id"]);
}

#[tokio::test]
async fn a_proven_number_is_given_up_freshly_and_never_as_the_last_way_in() {
    let world = World::new().await;
    let (bearer, _) = signed_in(&world.anyone(), PHONE).await;
    let path = "/cfg/accounts/profile/update/";
    let edit = json!({ "phone": OTHER_PHONE });
    let refused = bearer.send("PATCH", path, &edit).await.expect(400);
    assert_eq!(
        refused.str("detail"),
        "This is the only way to sign in to your account."
    );
    set_holder(&world, PHONE, |user| {
        user.ways_in.push(domain::account::WayIn::Password);
    })
    .await;
    world.clock.advance(700);
    bearer.send("PATCH", path, &edit).await.expect(403);
    let (fresh, _) = signed_in(&world.anyone(), PHONE).await;
    let edited = fresh.send("PATCH", path, &edit).await.expect(200);
    assert_eq!(edited.str("phone"), OTHER_PHONE);
    // Neither the old number nor the new one is theirs now.
    for phone in [PHONE, OTHER_PHONE] {
        world.clock.advance(60);
        let (stranger, _) = signed_in(&world.at("192.0.2.9"), phone).await;
        let theirs = stranger.get("/cfg/accounts/profile/").await.expect(200);
        assert_ne!(theirs.body["id"], edited.body["id"]);
    }
}

#[tokio::test]
async fn an_address_beside_a_number_waits_for_its_proof() {
    let world = World::new().await;
    let (bearer, _) = signed_in(&world.anyone(), PHONE).await;
    let edit = json!({ "email": ADA });
    let edited = bearer.send("PUT", "/auth/profile", &edit).await.expect(200);
    assert!(edited.str("email").ends_with("@users.invalid"));
    // The address's owner loses nothing by it.
    let token = super::letter_token(&world, ADA);
    register(&world.at("192.0.2.4"), "ada", ADA, PASSWORD)
        .await
        .expect(200);
    let body = json!({ "token": token });
    let path = "/auth/confirm-email";
    bearer.post(path, &body).await.expect(400);
    let edit = json!({ "email": "grace@example.com" });
    bearer.send("PUT", "/auth/profile", &edit).await.expect(200);
    let token = super::letter_token(&world, "grace@example.com");
    bearer
        .post(path, &json!({ "token": token }))
        .await
        .expect(200);
    world.clock.advance(60);
    let by_mail = world.anyone().sign_in("grace@example.com").await;
    let profile = by_mail.profile().await;
    assert_eq!(
        (profile.str("phone"), profile.str("email")),
        (PHONE, "grace@example.com")
    );
}

#[tokio::test]
async fn the_first_proof_of_a_claimed_number_ends_what_was_set_up_before() {
    let world = World::new().await;
    let (stranger, _) = signed_in(&world.at("203.0.113.5"), PHONE).await;
    // As an import would leave it: claimed, and never proven.
    set_holder(&world, PHONE, |user| {
        user.phone_verified = false;
        user.phone_proven_at = None;
        user.ways_in.push(domain::account::WayIn::Password);
        user.factors.push(Factor::Totp);
    })
    .await;
    world.clock.advance(60);
    let (owner, answer) = signed_in(&world.anyone(), PHONE).await;
    assert_eq!(answer.body["mfa_required"], json!(false));
    assert!(is_signed_in(&owner).await && !is_signed_in(&stranger).await);
}

/// Luxembourg's numbers have nine digits with the country's code. The importing of
/// accounts has a test of its own.
#[tokio::test]
async fn a_number_of_a_small_country_is_taken_at_every_door() {
    const SMALL: &str = "+352661234";
    let world = World::with(&[("POSTERN_TEXT_CALLING_CODES", "352,49")]).await;
    let (_, answer) = signed_in(&world.anyone(), SMALL).await;
    assert_ne!(answer.str("access_token"), "");

    let ada = world.anyone().sign_in(ADA).await.client();
    let path = "/cfg/accounts/profile/update/";
    for (typed, kept) in [
        (SMALL, SMALL),
        ("(+352) 66-12-34", SMALL),
        ("+44 20 7946 0958", "+442079460958"),
        ("030 1234567", "0301234567"),
        ("", ""),
    ] {
        let edit = json!({ "phone": typed });
        let edited = ada.send("PATCH", path, &edit).await.expect(200);
        assert_eq!(edited.str("phone"), kept);
    }
    for short in ["352661234", "+3526612", "none"] {
        let edit = json!({ "phone": short });
        let refused = ada.send("PATCH", path, &edit).await.expect(400);
        assert!(refused.body["phone"].is_array(), "{}", refused.text);
    }

    // St Helena's have eight.
    let said = json!({
        "sub": "f-1", "phone_number": "+29022158", "firebase": { "sign_in_provider": "phone" },
    });
    let token = super::firebase::token(&world, &said);
    let came = super::firebase::login(&world.anyone(), &token).await;
    let bearer = world.anyone().bearing(came.expect(200).str("access_token"));
    let profile = bearer.get("/cfg/accounts/profile/").await.expect(200);
    assert_eq!(profile.str("phone"), "+29022158");
}
