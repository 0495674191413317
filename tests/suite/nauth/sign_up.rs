//! Signing up.

use domain::account::Role;
use serde_json::json;
use tests::World;

use super::{ADA, NEXT_PASSWORD, PASSWORD, ada, bearing, login, prove, refused, sign_up};
use crate::auth;

#[tokio::test]
async fn a_sign_up_waits_for_the_code_and_is_one_account_everywhere() {
    let world = World::new().await;
    let body = json!({
        "email": " Ada@Example.com", "password": PASSWORD, "username": "ada_l", "firstName": "Ada",
        "role": "admin", "isEmailVerified": true, "metadata": { "plan": "x" },
    });
    let waits = world
        .anyone()
        .post("/nauth/signup", &body)
        .await
        .expect(201);
    let members: Vec<&String> = waits.body.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        ["challengeName", "challengeParameters", "session", "sub"]
    );
    assert_eq!(waits.str("challengeName"), "VERIFY_EMAIL");
    let to = &waits.body["challengeParameters"]["codeDeliveryDestination"];
    assert_eq!(to, "a***@example.com");
    let tokens = prove(&world.anyone(), waits.str("session"), &world.code(ADA))
        .await
        .expect(200);
    assert_eq!(tokens.body["sub"], waits.body["sub"]);
    let profile = bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(200);
    assert_eq!(profile.str("username"), "ada_l");
    assert_eq!(profile.body["isEmailVerified"], json!(true));
    let user = world.postern.find_user(&auth::address(ADA)).await.unwrap();
    assert_eq!(
        (
            user.role,
            user.metadata
                .get("plan")
                .and_then(serde_json::Value::as_str)
        ),
        (Role::User, Some("x"))
    );
    // The same person by a code of another contract.
    let member = world.anyone().sign_in(ADA).await;
    assert_eq!(
        member.profile().await.body["id"].to_string(),
        user.uid.to_string()
    );
    world.postern.lock_user(&auth::address(ADA)).await.unwrap();
    member.profile().await.expect(401);
    bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(401);
    refused(
        &login(&world.anyone(), ADA, PASSWORD).await,
        403,
        "AUTH_ACCOUNT_LOCKED",
    );
    refused(
        &login(&world.anyone(), ADA, NEXT_PASSWORD).await,
        401,
        "AUTH_INVALID_CREDENTIALS",
    );
}

#[tokio::test]
async fn every_problem_is_named_and_weak_passwords_have_their_code() {
    let world = World::new().await;
    let body = json!({
        "email": "nobody", "password": "short", "username": "a b", "phone": "0151", "metadata": [],
        "firstName": "", "lastName": null,
    });
    let answer = world.anyone().post("/nauth/signup", &body).await;
    refused(&answer, 400, "VALIDATION_FAILED");
    let named: Vec<&String> = answer.body["details"]["validationErrors"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(
        named,
        [
            "email",
            "firstName",
            "metadata",
            "password",
            "phone",
            "username"
        ]
    );
    let body = json!({ "email": ADA, "password": "password1" });
    let weak = world.anyone().post("/nauth/signup", &body).await;
    refused(&weak, 400, "SIGNUP_WEAK_PASSWORD");
    assert!(weak.body["details"]["errors"].is_array());
}

#[tokio::test]
async fn a_name_that_is_taken_has_its_code() {
    let world = World::new().await;
    ada(&world).await;
    refused(
        &sign_up(&world.anyone(), ADA).await,
        409,
        "SIGNUP_EMAIL_EXISTS",
    );
    let user = world.postern.find_user(&auth::address(ADA)).await.unwrap();
    let body = json!({ "email": "b@example.com", "password": PASSWORD, "username": user.username });
    let answer = world.anyone().post("/nauth/signup", &body).await;
    refused(&answer, 409, "SIGNUP_USERNAME_EXISTS");
}

#[tokio::test]
async fn an_unproven_account_is_replaced_and_nothing_of_it_is_left() {
    let world = World::new().await;
    let body = json!({ "email": ADA, "password": "a stranger's own 1", "username": "mallory" });
    let theirs = world
        .anyone()
        .post("/nauth/signup", &body)
        .await
        .expect(201);
    let first = world.postern.find_user(&auth::address(ADA)).await.unwrap();
    let waits = sign_up(&world.anyone(), ADA).await.expect(201);
    let second = world.postern.find_user(&auth::address(ADA)).await.unwrap();
    assert_ne!((first.sub, first.uid), (second.sub, second.uid));
    refused(
        &prove(&world.anyone(), theirs.str("session"), &world.code(ADA)).await,
        403,
        "AUTH_ACCOUNT_INACTIVE",
    );
    prove(&world.anyone(), waits.str("session"), &world.code(ADA))
        .await
        .expect(200);
    let answer = login(&world.anyone(), ADA, "a stranger's own 1").await;
    refused(&answer, 401, "AUTH_INVALID_CREDENTIALS");
    refused(
        &login(&world.anyone(), "mallory", "a stranger's own 1").await,
        401,
        "AUTH_INVALID_CREDENTIALS",
    );
    // Its names are free again.
    let body = json!({ "email": "m@example.com", "password": PASSWORD, "username": "mallory" });
    world
        .anyone()
        .post("/nauth/signup", &body)
        .await
        .expect(201);
}

#[tokio::test]
async fn an_account_that_somebody_answers_for_is_not_replaced() {
    let world = World::new().await;
    for change in [
        (|user| user.imported = true) as fn(&mut domain::account::User),
        |user| user.role = Role::Operator,
        |user| user.voucher = domain::account::Voucher::Administrator,
        |user| user.email_proven_at = Some(user.created_at),
        |user| user.status = domain::account::Status::Locked,
    ] {
        let email = format!("{}@example.com", world.request_token().simple());
        sign_up(&world.anyone(), &email).await.expect(201);
        world.set_user(&email, change).await;
        refused(
            &sign_up(&world.anyone(), &email).await,
            409,
            "SIGNUP_EMAIL_EXISTS",
        );
    }
}

#[tokio::test]
async fn an_installation_decides_what_is_asked() {
    let none = World::with(&[("POSTERN_NAUTH_VERIFICATION", "none")]).await;
    let tokens = sign_up(&none.anyone(), ADA).await.expect(201);
    bearing(&none, &tokens)
        .get("/nauth/profile")
        .await
        .expect(200);
    // What it has not proven has the one reserved address, in whichever contract.
    let body = json!({ "accessToken": tokens.str("accessToken") });
    let said = none.anyone().post("/nauth/token/validate", &body).await;
    let profile = bearing(&none, &tokens).get("/cfg/accounts/profile/").await;
    let shown = profile.expect(200).str("email").to_owned();
    assert_eq!(said.expect(200).body["payload"]["email"], json!(shown));
    let off = World::with(&[("POSTERN_NAUTH_SIGNUP", "false")]).await;
    refused(&sign_up(&off.anyone(), ADA).await, 403, "SIGNUP_DISABLED");
    let both = World::with(&[("POSTERN_NAUTH_VERIFICATION", "both")]).await;
    refused(
        &sign_up(&both.anyone(), ADA).await,
        400,
        "SIGNUP_PHONE_REQUIRED",
    );
}

#[tokio::test]
async fn an_account_that_somebody_was_signed_in_to_is_not_replaced() {
    let world = World::new().await;
    let (bob, stranger) = ("bob@example.com", world.at("203.0.113.9"));
    auth::register(&world.anyone(), "bob", bob, PASSWORD)
        .await
        .expect(200);
    let answer = auth::login(&world.anyone(), bob, PASSWORD)
        .await
        .expect(200);
    let member = world.anyone().bearing(answer.str("access_token"));
    refused(&sign_up(&stranger, bob).await, 409, "SIGNUP_EMAIL_EXISTS");
    assert!(auth::is_signed_in(&member).await);
    // Nor one whose installation asks for no proof.
    let world = World::with(&[("POSTERN_NAUTH_VERIFICATION", "none")]).await;
    let tokens = sign_up(&world.anyone(), ADA).await.expect(201);
    refused(
        &sign_up(&world.at("203.0.113.9"), ADA).await,
        409,
        "SIGNUP_EMAIL_EXISTS",
    );
    bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(200);
}

#[tokio::test]
async fn sign_ups_for_one_address_are_limited_and_leave_some_to_others() {
    let world = World::new().await;
    let (stranger, owner) = (world.at("203.0.113.9"), world.anyone());
    for _ in 0..3 {
        sign_up(&stranger, ADA).await.expect(201);
    }
    refused(&sign_up(&stranger, ADA).await, 429, "RATE_LIMIT_EMAIL");
    // The stranger's did not use up the letters that the owner needs.
    let waits = sign_up(&owner, ADA).await.expect(201);
    assert_eq!(world.mail(ADA).len(), 4);
    for n in 0..2 {
        sign_up(&world.at(&format!("198.51.100.{n}")), "b@example.com")
            .await
            .expect(201);
    }
    prove(&owner, waits.str("session"), &world.code(ADA))
        .await
        .expect(200);
    for n in 0..2 {
        let answer = sign_up(&world.at(&format!("198.51.100.{n}")), ADA).await;
        refused(&answer, 409, "SIGNUP_EMAIL_EXISTS");
    }
    let answer = sign_up(&world.at("198.51.100.9"), ADA).await;
    refused(&answer, 429, "RATE_LIMIT_EMAIL");
    world.clock.advance(3601);
    refused(&sign_up(&stranger, ADA).await, 409, "SIGNUP_EMAIL_EXISTS");
}

#[tokio::test]
async fn a_replaced_account_leaves_nothing_behind() {
    use aws_sdk_dynamodb::types::AttributeValue;
    let world = World::new().await;
    sign_up(&world.anyone(), ADA).await.expect(201);
    world.set_user(ADA, |user| user.notices_wait = true).await;
    let before = world.postern.find_user(&auth::address(ADA)).await.unwrap();
    let pk = format!("USER#{}", before.sub);
    for sk in ["NOTICES", "UPLOAD", "AGENTS"] {
        let put = world.db.put_item().table_name(&world.table);
        let put = put.item("pk", AttributeValue::S(pk.clone()));
        put.item("sk", AttributeValue::S(sk.to_owned()))
            .send()
            .await
            .unwrap();
    }
    sign_up(&world.anyone(), ADA).await.expect(201);
    let rows = world.dump(&world.table).await;
    let left: Vec<&str> = rows
        .iter()
        .filter(|row| row["pk"].as_s().unwrap() == &pk)
        .map(|row| row["sk"].as_s().unwrap().as_str())
        .filter(|sk| ["NOTICES", "UPLOAD", "AGENTS"].contains(sk) || sk.starts_with("CRED"))
        .collect();
    assert_eq!(left, Vec::<&str>::new());
}
