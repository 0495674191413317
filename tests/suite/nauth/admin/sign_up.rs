//! Making accounts for other people.

use domain::provider::Provider;
use serde_json::json;
use tests::World;

use super::{ADA, root, signed_in, types};
use crate::nauth::{PASSWORD, login, prove, refused, social};

const PATH: &str = "/nauth/admin/signup";
const SOCIAL: &str = "/nauth/admin/signup-social";

#[tokio::test]
async fn a_generated_password_is_told_once_and_opens_the_account() {
    let world = World::new().await;
    let root = root(&world).await;
    let body = json!({
        "email": ADA, "generatePassword": true, "isEmailVerified": true, "username": "ada_l",
        "phone": "+4915112345678", "mustChangePassword": true, "metadata": { "plan": "x" },
    });
    let made = root.post(PATH, &body).await.expect(201);
    let password = made.str("generatedPassword").to_owned();
    assert_eq!(password.len(), 16);
    let user = &made.body["user"];
    assert_eq!(user["isEmailVerified"], json!(true));
    assert_eq!(user["isPhoneVerified"], json!(false));
    assert_eq!(user["username"], "ada_l");
    assert!(
        world
            .mail(ADA)
            .iter()
            .all(|letter| !format!("{letter:?}").contains(&password))
    );
    let waits = login(&world.anyone(), "ada_l", &password).await.expect(200);
    assert_eq!(waits.str("challengeName"), "FORCE_CHANGE_PASSWORD");
    let types = types(&root, user["sub"].as_str().unwrap()).await;
    assert!(types.contains(&"ACCOUNT_CREATED".to_owned()), "{types:?}");
    for (body, code) in [
        (
            json!({ "email": ADA, "generatePassword": true }),
            "SIGNUP_EMAIL_EXISTS",
        ),
        (
            json!({ "email": "x@example.com", "username": "ada_l", "password": PASSWORD }),
            "SIGNUP_USERNAME_EXISTS",
        ),
    ] {
        refused(&root.post(PATH, &body).await, 409, code);
    }
    let weak = json!({ "email": "x@example.com", "password": "password1" });
    refused(&root.post(PATH, &weak).await, 400, "SIGNUP_WEAK_PASSWORD");
    for body in [
        json!({}),
        json!({ "email": "x@example.com" }),
        json!({ "email": "x@example.com", "password": PASSWORD, "isPhoneVerified": true }),
    ] {
        refused(&root.post(PATH, &body).await, 400, "VALIDATION_FAILED");
    }
}

#[tokio::test]
async fn what_is_not_said_to_be_proven_its_owner_proves() {
    let world = World::new().await;
    let root = root(&world).await;
    let body = json!({ "email": ADA, "password": PASSWORD });
    let made = root.post(PATH, &body).await.expect(201);
    assert_eq!(made.body.get("generatedPassword"), None);
    // It is nobody's to sign up over.
    let over = crate::nauth::sign_up(&world.anyone(), ADA).await;
    refused(&over, 409, "SIGNUP_EMAIL_EXISTS");
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(waits.str("challengeName"), "VERIFY_EMAIL");
    let session = waits.str("session");
    prove(&world.anyone(), session, &world.code(ADA))
        .await
        .expect(200);
    signed_in(&login(&world.anyone(), ADA, PASSWORD).await);
}

#[tokio::test]
async fn an_account_with_a_link_signs_in_through_the_provider() {
    let world = World::new().await;
    let root = root(&world).await;
    let person = local::social::Person::new(ADA);
    let signed_in = social::sign_in(&world.anyone(), Provider::Google, &person).await;
    let subject = {
        // What the stand-in calls Ada is what a first sign-in links.
        let sub = signed_in.expect(200).str("sub").to_owned();
        let user = world
            .postern
            .find_user(&crate::auth::address(ADA))
            .await
            .unwrap();
        assert_eq!(user.sub.to_string(), sub);
        let links = world.postern.links(&user).await.unwrap();
        links[0].subject.clone()
    };
    let body = json!({
        "email": "bob@example.com", "provider": "google", "providerId": subject,
    });
    refused(
        &root.post(SOCIAL, &body).await,
        400,
        "SOCIAL_ACCOUNT_EXISTS",
    );
    let body = json!({
        "email": "bob@example.com", "provider": "Google", "providerId": "bob-at-google",
        "providerEmail": "bob@gmail.example", "socialMetadata": { "a": 1 },
    });
    let made = root.post(SOCIAL, &body).await.expect(201);
    assert_eq!(made.body["user"]["hasPasswordHash"], json!(false));
    assert_eq!(made.body["user"]["isEmailVerified"], json!(true));
    assert_eq!(made.body["user"]["socialProviders"], json!(["google"]));
    assert_eq!(
        made.body["socialAccount"],
        json!({
            "provider": "google", "providerId": "bob-at-google",
            "providerEmail": "bob@gmail.example",
        })
    );
    refused(&root.post(SOCIAL, &body).await, 409, "SIGNUP_EMAIL_EXISTS");
    let unknown = json!({ "email": "x@example.com", "provider": "github", "providerId": "x" });
    refused(&root.post(SOCIAL, &unknown).await, 400, "VALIDATION_FAILED");
}
