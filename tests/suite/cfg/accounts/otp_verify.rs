//! POST /cfg/accounts/otp/verify/

use serde_json::json;
use tests::World;

const PATH: &str = "/cfg/accounts/otp/verify/";
const ADA: &str = "ada@example.com";

fn address(text: &str) -> domain::EmailAddress {
    domain::EmailAddress::parse(text).unwrap()
}

#[tokio::test]
async fn the_first_code_makes_the_account() {
    let world = World::new().await;
    let ada = world
        .anyone()
        .header("accept-language", "de")
        .header("x-timezone", "Europe/Vienna");
    ada.request_code(ADA).await.expect(200);
    let body = json!({ "identifier": ADA, "otp": world.code(ADA), "source_url": "https://www.shop.example/in" });
    let answer = ada.post(PATH, &body).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.body["requires_2fa"], json!(false));
    assert_eq!(answer.body["session_id"], json!(null));
    assert_eq!(answer.body["should_prompt_2fa"], json!(false));
    let user = &answer.body["user"];
    assert_eq!(user["email"], json!(ADA));
    assert_eq!(user["full_name"], json!(ADA));
    assert_eq!(user["initials"], json!("A"));
    assert_eq!(user["language"], json!("de"));
    assert_eq!(user["timezone"], json!("Europe/Vienna"));
    assert_eq!(user["date_joined"], json!("2027-01-15T08:00:00Z"));
    assert_eq!(user["last_login"], json!("2027-01-15T08:00:00Z"));
    assert_eq!(
        (&user["is_staff"], &user["centrifugo"], &user["api_key"]),
        (&json!(false), &json!(null), &json!(null))
    );
    assert!(user["id"].as_u64().unwrap() < 1 << 53);
    assert!(world.mail(ADA)[0].subject.starts_with("Willkommen"));
    let stored = world.postern.find_user(&address(ADA)).await.unwrap();
    assert_eq!(stored.source, "shop.example");
    assert!(stored.email_verified);
}

#[tokio::test]
async fn the_tokens_hold_what_clients_of_every_contract_read() {
    let world = World::with(&[("POSTERN_SIGNING_ALGORITHM", "RS256")]).await;
    let ada = world.anyone().sign_in(ADA).await;
    let (header, claims) = decode(&ada.access);
    assert_eq!(
        (&header["alg"], &header["typ"]),
        (&json!("RS256"), &json!("at+jwt"))
    );
    assert_eq!(claims["token_type"], json!("access"));
    assert_eq!(claims["type"], json!("access"));
    assert_eq!(claims["iss"], json!("https://id.example.com"));
    assert!(claims["user_id"].is_string());
    assert_eq!(claims["jti"].as_str().unwrap().len(), 32);
    let number = claims["sessionId"].as_str().unwrap();
    assert!(number.parse::<u64>().is_ok(), "{number}");
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        1800
    );
    assert_eq!(claims["amr"], json!(["otp"]));
    let (header, claims) = decode(&ada.refresh);
    assert_eq!(
        (&header["alg"], &header["typ"]),
        (&json!("HS256"), &json!("rt+jwt"))
    );
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        30 * 86_400
    );
    ada.profile().await.expect(200);
}

fn decode(token: &str) -> (serde_json::Value, serde_json::Value) {
    use base64::Engine as _;
    let part = |n: usize| {
        let text = token.split('.').nth(n).unwrap();
        serde_json::from_slice(
            &base64::engine::general_purpose::URL_SAFE_NO_PAD
                .decode(text)
                .unwrap(),
        )
        .unwrap()
    };
    (part(0), part(1))
}

#[tokio::test]
async fn every_failure_is_one_answer() {
    let world = World::new().await;
    let ada = world.anyone();
    let uniform = json!({ "error": "Authentication failed" });
    let check = |answer: tests::Answer| {
        let answer = answer.expect(401);
        assert_eq!(answer.body, uniform);
        assert_eq!(answer.header("www-authenticate"), "X-API-Key");
    };
    check(ada.verify_code(ADA, "1234").await);
    ada.request_code(ADA).await.expect(200);
    let (right, wrong) = (world.code(ADA), world.wrong_code(ADA));
    check(ada.verify_code(ADA, &wrong).await);
    world.clock.advance(600);
    check(ada.verify_code(ADA, &right).await);
    world.clock.advance(60);
    ada.request_code(ADA).await.expect(200);
    let right = world.code(ADA);
    ada.verify_code(ADA, &right).await.expect(200);
    check(ada.verify_code(ADA, &right).await);
    world.clock.advance(60);
    ada.request_code(ADA).await.expect(200);
    world.postern.lock_user(&address(ADA)).await.unwrap();
    check(ada.verify_code(ADA, &world.code(ADA)).await);
}

/// Who types digits for which no code was asked adds nothing to the account's own history,
/// by which nauth weighs its sign-ins.
#[tokio::test]
async fn digits_for_no_code_are_written_down_at_the_address_alone() {
    let world = World::new().await;
    world.anyone().sign_in(ADA).await;
    let sub = world.postern.find_user(&address(ADA)).await.unwrap().sub;
    let partitions = async |kind: &str| {
        let rows = world.dump(&world.audit_table).await;
        let of_kind = rows
            .iter()
            .filter(|row| row["kind"].as_s().unwrap() == kind);
        let keys = of_kind.map(|row| row["pk"].as_s().unwrap().clone());
        keys.collect::<Vec<_>>()
    };
    world.anyone().verify_code(ADA, "0000").await.expect(401);
    let [at] = &partitions("SIGN_IN_FAILED").await[..] else {
        panic!("one row")
    };
    assert!(at.starts_with("ADDRESS#") && !at.contains("ada"), "{at}");
    world.clock.advance(60);
    world.anyone().request_code(ADA).await.expect(200);
    let wrong = world.wrong_code(ADA);
    world.anyone().verify_code(ADA, &wrong).await.expect(401);
    let account = partitions("SIGN_IN_FAILED").await;
    assert!(account.iter().any(|at| at.contains(&sub.to_string())));
}

#[tokio::test]
async fn malformed_codes_are_named() {
    let world = World::new().await;
    for (otp, sentence) in [
        ("abcd", "OTP must contain only digits."),
        ("123", "Ensure this field has at least 4 characters."),
        ("12345", "Ensure this field has no more than 4 characters."),
        ("١٢٣٤", "OTP must contain only digits."),
        ("", "This field may not be blank."),
    ] {
        let answer = world.anyone().verify_code(ADA, otp).await.expect(400);
        assert_eq!(answer.body, json!({ "otp": [sentence] }), "{otp}");
    }
    let all = world.anyone().post(PATH, &json!({})).await.expect(400);
    let required = json!(["This field is required."]);
    assert_eq!(all.body, json!({ "identifier": required, "otp": required }));
}

#[tokio::test]
async fn five_wrong_tries_lock_the_code_and_a_resend_renews_none() {
    let world = World::new().await;
    let ada = world.anyone();
    ada.request_code(ADA).await.expect(200);
    let (right, wrong) = (world.code(ADA), world.wrong_code(ADA));
    for _ in 0..5 {
        ada.verify_code(ADA, &wrong).await.expect(401);
    }
    ada.verify_code(ADA, &right).await.expect(401);
    world.clock.advance(30);
    ada.request_code(ADA).await.expect(200);
    assert_eq!(world.code(ADA), right, "the same digits");
    ada.verify_code(ADA, &right).await.expect(401);
    // A new code during the lock-out takes no tries either.
    world.clock.advance(600);
    ada.request_code(ADA).await.expect(200);
    ada.verify_code(ADA, &world.code(ADA)).await.expect(401);
    world.clock.advance(900);
    ada.request_code(ADA).await.expect(200);
    ada.verify_code(ADA, &world.code(ADA)).await.expect(200);
}

#[tokio::test]
async fn five_wrong_guesses_are_told_to_the_person_once() {
    let world = World::new().await;
    let ada = world.anyone();
    ada.request_code(ADA).await.expect(200);
    let wrong = world.wrong_code(ADA);
    for tries in 1..=6 {
        ada.verify_code(ADA, &wrong).await.expect(401);
        let notices = world
            .mail(ADA)
            .iter()
            .filter(|letter| letter.subject.contains("guessing"))
            .count();
        assert_eq!(notices, usize::from(tries >= 5), "after {tries}");
    }
}

#[tokio::test]
async fn an_account_takes_ten_wrong_guesses_a_day_from_places_it_does_not_know() {
    let world = World::new().await;
    world.at("192.0.2.1").sign_in(ADA).await;
    world.clock.advance(60);
    let mut stranger = 0;
    let mut guesses = async || {
        world.at("192.0.2.1").request_code(ADA).await.expect(200);
        let wrong = world.wrong_code(ADA);
        for _ in 0..5 {
            stranger += 1;
            world
                .at(&format!("198.51.100.{stranger}"))
                .verify_code(ADA, &wrong)
                .await
                .expect(401);
        }
    };
    guesses().await;
    world.clock.advance(1600);
    guesses().await;
    world.clock.advance(1600);
    world.at("192.0.2.1").request_code(ADA).await.expect(200);
    let right = world.code(ADA);
    // The eleventh, from one more address, is refused even though it is right …
    world
        .at("198.51.100.99")
        .verify_code(ADA, &right)
        .await
        .expect(401);
    // … and the person at home never notices.
    world
        .at("192.0.2.1")
        .verify_code(ADA, &right)
        .await
        .expect(200);
    world.clock.advance(86_400);
    world.at("192.0.2.1").request_code(ADA).await.expect(200);
    world
        .at("198.51.100.99")
        .verify_code(ADA, &world.code(ADA))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_place_takes_a_hundred_wrong_guesses_a_day_over_all_accounts() {
    let world = World::new().await;
    for n in 0..25 {
        let victim = format!("victim{n}@example.com");
        world
            .at(&format!("203.0.113.{n}"))
            .request_code(&victim)
            .await
            .expect(200);
        let wrong = world.wrong_code(&victim);
        for _ in 0..4 {
            world
                .at("198.51.100.1")
                .verify_code(&victim, &wrong)
                .await
                .expect(401);
        }
        world.clock.advance(15);
    }
    world.at("198.51.100.2").request_code(ADA).await.expect(200);
    let right = world.code(ADA);
    // From now on it is refused like any failure, and uses up no try of the account.
    for _ in 0..10 {
        let refused = world
            .at("198.51.100.1")
            .verify_code(ADA, &right)
            .await
            .expect(401);
        assert_eq!(refused.body, json!({ "error": "Authentication failed" }));
    }
    world
        .at("198.51.100.2")
        .verify_code(ADA, &right)
        .await
        .expect(200);
}

#[tokio::test]
async fn somebody_behind_the_owners_address_takes_twenty_guesses_a_day() {
    let world = World::new().await;
    world.anyone().sign_in(ADA).await;
    for _ in 0..4 {
        world.clock.advance(1600);
        world.anyone().request_code(ADA).await.expect(200);
        let wrong = world.wrong_code(ADA);
        for _ in 0..5 {
            world.anyone().verify_code(ADA, &wrong).await.expect(401);
        }
    }
    world.clock.advance(1600);
    world.anyone().request_code(ADA).await.expect(200);
    world
        .anyone()
        .verify_code(ADA, &world.code(ADA))
        .await
        .expect(401);
    world.clock.advance(86_400);
    world.anyone().sign_in(ADA).await;
}

#[tokio::test]
async fn strangers_who_ask_for_codes_keep_nobody_out() {
    let world = World::new().await;
    world.at("192.0.2.1").sign_in(ADA).await;
    // The first sign-in came from a network that the account did not know yet.
    for n in 0..19 {
        world.clock.advance(400);
        world
            .at(&format!("198.51.100.{n}"))
            .request_code(ADA)
            .await
            .expect(200);
    }
    world.clock.advance(400);
    world
        .at("198.51.100.99")
        .request_code(ADA)
        .await
        .expect(429);
    world.at("192.0.2.1").sign_in(ADA).await;
}

#[tokio::test]
async fn a_right_code_is_no_wrong_guess() {
    let world = World::new().await;
    // More sign-ins from new networks than an account takes wrong guesses from them.
    for n in 0..15 {
        world.at(&format!("192.0.2.{n}")).sign_in(ADA).await;
        world.clock.advance(4000);
    }
    let rows = world.dump(&world.table).await;
    assert!(
        !rows
            .iter()
            .any(|item| item["pk"].as_s().unwrap().starts_with("RATE#guesses#"))
    );
}

#[tokio::test]
async fn one_place_tries_twenty_times_a_minute() {
    let world = World::new().await;
    for _ in 0..20 {
        world.anyone().verify_code(ADA, "1234").await.expect(401);
    }
    let refused = world.anyone().verify_code(ADA, "1234").await.expect(429);
    assert_eq!(refused.body, json!({ "error": "Too many requests" }));
    assert_eq!(refused.header("retry-after"), "60");
}

#[tokio::test]
async fn a_sign_in_from_a_new_place_is_told_to_the_person() {
    let world = World::new().await;
    world.at("192.0.2.1").sign_in(ADA).await;
    let told = || {
        world
            .mail(ADA)
            .iter()
            .filter(|letter| letter.subject.starts_with("New sign-in"))
            .count()
    };
    world.clock.advance(60);
    world.at("192.0.2.1").sign_in(ADA).await;
    assert_eq!(told(), 0, "a known network");
    world.clock.advance(60);
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    world
        .at("192.0.2.2")
        .header("user-agent", firefox)
        .sign_in(ADA)
        .await;
    assert_eq!(told(), 1);
    let letter = &world.mail(ADA)[0];
    assert!(
        letter
            .text
            .contains("Firefox, Linux, from the address 192.0.2.2"),
        "{}",
        letter.text
    );
    world.clock.advance(60);
    world.at("192.0.2.2").sign_in(ADA).await;
    assert_eq!(told(), 1, "known from now on");
}

#[tokio::test]
async fn a_code_alone_may_be_refused_from_a_new_place() {
    let world = World::with(&[("POSTERN_CODE_ONLY_FROM_NEW_NETWORKS", "refuse")]).await;
    world.at("192.0.2.1").sign_in(ADA).await;
    world.clock.advance(60);
    world.at("192.0.2.2").sign_in(ADA).await;
    world
        .set_user(ADA, |user| {
            user.ways_in.push(domain::account::WayIn::Password)
        })
        .await;
    world.clock.advance(60);
    world.at("192.0.2.3").request_code(ADA).await.expect(200);
    let right = world.code(ADA);
    world
        .at("192.0.2.3")
        .verify_code(ADA, &right)
        .await
        .expect(401);
    world
        .at("192.0.2.1")
        .verify_code(ADA, &right)
        .await
        .expect(200);
}

#[tokio::test]
async fn an_active_factor_is_asked_for() {
    let world = World::with(&[("POSTERN_MFA_POLICY", "required")]).await;
    let ada = world.anyone().sign_in(ADA).await;
    world
        .set_user(ADA, |user| user.factors.push(domain::account::Factor::Totp))
        .await;
    world.clock.advance(60);
    world.anyone().request_code(ADA).await.expect(200);
    let answer = world
        .anyone()
        .verify_code(ADA, &world.code(ADA))
        .await
        .expect(200);
    let session = answer.str("session_id");
    assert!(uuid::Uuid::parse_str(session).is_ok());
    assert_eq!(
        answer.body,
        json!({
            "requires_2fa": true, "session_id": session, "refresh": null, "access": null, "user": null,
            "should_prompt_2fa": false,
        })
    );
    ada.profile().await.expect(200);
}

#[tokio::test]
async fn clients_are_told_to_suggest_a_second_factor() {
    let world = World::with(&[("POSTERN_MFA_POLICY", "encouraged")]).await;
    world.anyone().request_code(ADA).await.expect(200);
    let answer = world
        .anyone()
        .verify_code(ADA, &world.code(ADA))
        .await
        .expect(200);
    assert_eq!(answer.body["should_prompt_2fa"], json!(true));
}

#[tokio::test]
async fn four_digits_alone_make_nobody_staff() {
    let world = World::new().await;
    world.anyone().sign_in(ADA).await;
    world
        .postern
        .set_role(&address(ADA), domain::account::Role::Admin)
        .await
        .unwrap();
    world.clock.advance(60);
    let ada = world.anyone().sign_in(ADA).await;
    let profile = ada.profile().await.expect(200);
    assert_eq!(
        (&profile.body["is_staff"], &profile.body["is_superuser"]),
        (&json!(false), &json!(false))
    );
    let (_, claims) = decode(&ada.access);
    assert_eq!(claims["role"], json!("user"));
}

#[tokio::test]
async fn the_first_proof_of_an_address_ends_what_was_set_up_before() {
    let world = World::new().await;
    let stranger = world.anyone().sign_in(ADA).await;
    world
        .set_user(ADA, |user| {
            user.email_verified = false;
            user.email_proven_at = None;
            user.factors.push(domain::account::Factor::Totp);
        })
        .await;
    world.clock.advance(60);
    let owner = world.anyone().sign_in(ADA).await;
    owner.profile().await.expect(200);
    stranger.profile().await.expect(401);
    world.anyone().refresh(&stranger.refresh).await.expect(401);
    let user = world.postern.find_user(&address(ADA)).await.unwrap();
    assert!(user.email_verified && user.factors.is_empty());
}
