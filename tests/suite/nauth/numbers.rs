//! Telephone numbers: collected, proven, and how often they ring.

use serde_json::json;
use tests::World;

use super::{ADA, NUMBER, PASSWORD, bearing, before_number, login, prove, refused, respond};

#[tokio::test]
async fn a_number_is_collected_proven_and_signs_in() {
    let world = World::with(&[("POSTERN_NAUTH_VERIFICATION", "both")]).await;
    let body = json!({ "email": ADA, "password": PASSWORD, "phone": "+49 151 99999999" });
    let waits = world
        .anyone()
        .post("/nauth/signup", &body)
        .await
        .expect(201);
    let texts = || world.mail(NUMBER).len();
    let phone = prove(&world.anyone(), waits.str("session"), &world.code(ADA))
        .await
        .expect(200);
    assert_eq!(phone.str("challengeName"), "VERIFY_PHONE");
    assert_eq!(
        phone.body["challengeParameters"]["codeDeliveryDestination"],
        "***-***-9999"
    );
    let session = phone.str("session");
    let other = respond(
        &world.anyone(),
        session,
        "VERIFY_PHONE",
        json!({ "phone": NUMBER }),
    )
    .await;
    let other = other.expect(200);
    assert_eq!(
        other.body["challengeParameters"]["codeDeliveryDestination"],
        "***-***-5678"
    );
    assert_eq!((other.str("session"), texts()), (session, 1));
    let code = json!({ "code": world.texted_code(NUMBER) });
    let tokens = respond(&world.anyone(), session, "VERIFY_PHONE", code)
        .await
        .expect(200);
    bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(200);
    assert!(
        !login(&world.anyone(), NUMBER, PASSWORD)
            .await
            .expect(200)
            .str("accessToken")
            .is_empty()
    );
    // Nobody else proves it.
    let body = json!({ "email": "b@example.com", "password": PASSWORD, "phone": NUMBER });
    refused(
        &world.anyone().post("/nauth/signup", &body).await,
        409,
        "SIGNUP_PHONE_EXISTS",
    );
}

#[tokio::test]
async fn a_challenge_texts_few_numbers_and_none_of_them_often() {
    let world = World::with(&[("POSTERN_NAUTH_VERIFICATION", "both")]).await;
    let waits = before_number(&world).await;
    let number = |n: usize| format!("+491511000000{n}");
    let name = async |number: &str| {
        let answer = json!({ "phone": number });
        respond(
            &world.anyone(),
            waits.str("session"),
            "VERIFY_PHONE",
            answer,
        )
        .await
    };
    // Whichever contract texted it, a number rings once in half a minute.
    world
        .anyone()
        .post("/auth/login/phone", &json!({ "phone": number(1) }))
        .await
        .expect(200);
    refused(&name(&number(1)).await, 429, "RATE_LIMIT_SMS");
    world.clock.advance(30);
    name(&number(1)).await.expect(200);
    name(&number(2)).await.expect(200);
    refused(&name(&number(3)).await, 429, "RATE_LIMIT_SMS");
    assert!(world.mail(&number(3)).is_empty());
    // The code of the other contract is as it was.
    let code = world.mail(&number(1)).len();
    assert_eq!(code, 2);
}

#[tokio::test]
async fn an_account_has_ten_texts_a_day_sent() {
    let world = World::with(&[("POSTERN_NAUTH_VERIFICATION", "both")]).await;
    before_number(&world).await;
    let mut sent = 1;
    for n in 0..12 {
        // The challenge of before has ended.
        world.clock.advance(16 * 60);
        let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
        let number = json!({ "phone": format!("+49151100000{n:02}") });
        let answer = respond(
            &world.anyone(),
            waits.str("session"),
            "VERIFY_PHONE",
            number,
        )
        .await;
        if answer.status != 200 {
            refused(&answer, 429, "RATE_LIMIT_SMS");
        }
        sent = world
            .inbox
            .messages(None)
            .iter()
            .filter(|message| message.to.starts_with('+'))
            .count();
    }
    assert_eq!(sent, 10);
}

#[tokio::test]
async fn a_resend_says_which_messages_are_too_many() {
    let world = World::with(&[("POSTERN_NAUTH_VERIFICATION", "both")]).await;
    let waits = before_number(&world).await;
    let body = json!({ "session": waits.str("session") });
    for _ in 0..2 {
        world.clock.advance(60);
        world
            .anyone()
            .post("/nauth/challenge/resend", &body)
            .await
            .expect(200);
    }
    world.clock.advance(60);
    let fourth = world.anyone().post("/nauth/challenge/resend", &body).await;
    refused(&fourth, 429, "RATE_LIMIT_SMS");
}

#[tokio::test]
async fn another_number_has_nothing_of_the_proof_of_the_one_before() {
    let world = World::with(&[("POSTERN_NAUTH_VERIFICATION", "both")]).await;
    let waits = before_number(&world).await;
    let now = world.now();
    world
        .set_user(ADA, |user| user.phone_proven_at = Some(now))
        .await;
    world.clock.advance(60);
    let other = json!({ "phone": "+4915187654321" });
    respond(&world.anyone(), waits.str("session"), "VERIFY_PHONE", other)
        .await
        .expect(200);
    let user = world.postern.find_user(&crate::auth::address(ADA)).await;
    assert_eq!(user.unwrap().phone_proven_at, None);
}
