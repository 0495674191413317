//! How many round trips to DynamoDB follow one another in a request: where a
//! function's time goes, and a figure that its design promises. Networks and
//! accounts are those that other instances have seen and this one has not, as it is for
//! nearly every request on Lambda.

use domain::limit::{
    OTP_REQUESTS_PER_NETWORK, OTP_REQUESTS_PER_NETWORK_A_DAY, OTP_VERIFIES_PER_NETWORK,
};
use domain::{ClientNetwork, Contract, EmailAddress};
use flows::RequestMeta;
use store::Store;
use tests::{Answer, World};

const ADA: &str = "ada@example.com";
const GRACE: &str = "grace@example.com";
const HOME: &str = "192.0.2.1";

/// Ada signs in at home, all through another instance.
async fn sign_in_elsewhere(world: &World) {
    let other = world.another_instance(7).await;
    let address = EmailAddress::parse(ADA).unwrap().into();
    let meta = RequestMeta {
        now: world.now(),
        ip: HOME.parse().unwrap(),
        user_agent: String::new(),
        language: None,
        time_zone: None,
    };
    other.request_code(&meta, &address, "").await.unwrap();
    let code = world.code(ADA);
    let signed_in = other.verify_code(&meta, Contract::Djangocfg, &address, &code, "", None);
    signed_in.await.unwrap();
}

/// Other instances count another user at a network.
async fn count_elsewhere(world: &World, ip: &str) {
    let other = Store::new(&world.aws.dynamodb, &world.table, &world.audit_table);
    let network = ClientNetwork::of(ip.parse().unwrap()).to_string();
    for limit in [
        OTP_REQUESTS_PER_NETWORK,
        OTP_REQUESTS_PER_NETWORK_A_DAY,
        OTP_VERIFIES_PER_NETWORK,
    ] {
        let counted = other.hit(&limit, &network, world.now()).await;
        counted.unwrap().unwrap();
    }
}

/// What a request takes that succeeds.
async fn trips(world: &World, request: impl Future<Output = Answer>) -> (usize, Answer) {
    world.tap.clear();
    let answer = request.await.expect(200);
    (world.tap.trips(), answer)
}

/// What asking for a code takes, and showing it.
async fn sign_in(world: &World, ip: &str, address: &str) -> (usize, usize) {
    let (asked, _) = trips(world, world.at(ip).request_code(address)).await;
    let code = world.code(address);
    let (shown, _) = trips(world, world.at(ip).verify_code(address, &code)).await;
    (asked, shown)
}

#[tokio::test]
async fn a_sign_in_by_code_takes_three_and_three() {
    let world = World::new().await;
    sign_in_elsewhere(&world).await;
    world.clock.advance(30);
    let at_home = sign_in(&world, HOME, ADA).await;
    assert_eq!(at_home, (3, 3), "where the account was before");
    world.clock.advance(30);
    count_elsewhere(&world, "198.51.100.1").await;
    let away = sign_in(&world, "198.51.100.1", ADA).await;
    assert_eq!(away, (3, 3), "where it was not");
    count_elsewhere(&world, "198.51.100.2").await;
    let first = sign_in(&world, "198.51.100.2", GRACE).await;
    assert_eq!(first, (3, 3), "which makes the account");
    let nobody_counted = sign_in(&world, "198.51.100.3", "joan@example.com").await;
    assert_eq!(nobody_counted, (3, 3), "where nobody was lately");
}

#[tokio::test]
async fn a_refused_guess_takes_three_whether_a_code_was_asked_for_or_not() {
    let world = World::new().await;
    world.anyone().sign_in(ADA).await;
    world.clock.advance(60);
    let refused = async |ip: &str, address: &str| {
        count_elsewhere(&world, ip).await;
        world.tap.clear();
        let answer = world.at(ip).verify_code(address, "0000").await.expect(401);
        (world.tap.trips(), answer.body)
    };
    let spent = refused("198.51.100.1", ADA).await;
    let never = refused("198.51.100.2", GRACE).await;
    for address in [ADA, GRACE] {
        world
            .at("192.0.2.9")
            .request_code(address)
            .await
            .expect(200);
    }
    let wrong = refused("198.51.100.3", ADA).await;
    let of_nobody = refused("198.51.100.4", GRACE).await;
    assert_eq!(spent.0, 3);
    assert_eq!([&never, &wrong, &of_nobody], [&spent; 3]);
}

#[tokio::test]
async fn a_start_takes_one() {
    let world = World::new().await;
    world.tap.clear();
    world.another_instance(7).await;
    assert_eq!(world.tap.trips(), 1, "the key ring and the origins");
}

#[tokio::test]
async fn a_refresh_takes_two_and_a_look_one() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    world.clock.advance(600);
    let (took, answer) = trips(&world, world.anyone().refresh(&ada.refresh)).await;
    assert_eq!(took, 2);
    let ada = world.anyone().bearing(answer.str("access"));
    let (took, _) = trips(&world, ada.get("/cfg/accounts/profile/")).await;
    assert_eq!(took, 1);
}

#[tokio::test]
async fn a_second_factor_takes_three() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let app = ada.set_up_totp(&world).await;
    let session = world.anyone().first_factor(&world, ADA).await;
    let anyone = world.anyone();
    let code = app.code(world.now());
    let by_app = anyone.second_factor(&session, &code);
    assert_eq!(trips(&world, by_app).await.0, 3);
    let session = anyone.first_factor(&world, ADA).await;
    let by_paper = anyone.backup_code(&session, &app.backup_codes[0]);
    assert_eq!(trips(&world, by_paper).await.0, 3);
}

#[tokio::test]
async fn a_verification_takes_one_also_while_it_leases() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let admin = world.admin("root@example.com").await;
    let service = admin.service(&["introspect"]).await;
    for token in [&ada.access, &service.key] {
        // The first one opens a window; the second one leases again.
        for _ in 0..2 {
            let (took, _) = trips(&world, world.at("198.51.100.9").verify(token)).await;
            assert_eq!(took, 1);
        }
    }
    let other = Store::new(&world.aws.dynamodb, &world.table, &world.audit_table);
    let limit = &domain::limit::cashless::token_verifications(600);
    let network = ClientNetwork::of("198.51.100.10".parse().unwrap()).to_string();
    other
        .lease(limit, &network, world.now())
        .await
        .unwrap()
        .unwrap();
    let (took, _) = trips(&world, world.at("198.51.100.10").verify(&ada.access)).await;
    assert_eq!(took, 1, "where another instance leased before");
}

#[tokio::test]
async fn what_a_vendor_does_takes_three_or_four() {
    let world = World::new().await;
    crate::vendor::register(&world.anyone(), ADA)
        .await
        .expect(200);
    let password = crate::vendor::PASSWORD;
    let (took, answer) = trips(&world, crate::vendor::login(&world.anyone(), ADA, password)).await;
    assert_eq!(took, 3, "a sign-in");
    let vendor = world.anyone().bearing(answer.str("access_token"));
    let body =
        serde_json::json!({ "current_password": password, "new_password": crate::auth::OTHER });
    let changed = vendor.send("PUT", "/vendor/password", &body);
    assert_eq!(trips(&world, changed).await.0, 4, "another password");
    let anyone = world.anyone();
    let asked = crate::vendor::ask(&anyone, ADA);
    assert_eq!(trips(&world, asked).await.0, 4, "asking for a letter");
    let token = crate::auth::letter_token(&world, ADA);
    let reset = crate::vendor::reset(&anyone, &token, "steam engine no. 3");
    assert_eq!(trips(&world, reset).await.0, 4, "using it");
}

#[tokio::test]
async fn openid_connect_takes_two_three_and_one() {
    use crate::oidc::client::{App, Browser};
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    world.tap.clear();
    let code = ada
        .code(&app.request(&[("scope", "openid email offline_access")]))
        .await;
    assert_eq!(world.tap.trips(), 2, "authorize with a live session");
    let (took, tokens) = trips(&world, app.exchange(&code, &[])).await;
    assert_eq!(took, 3, "a code for tokens");
    let writes = world.tap.calls();
    let writes = writes
        .iter()
        .filter(|call| call.operation == "TransactWriteItems");
    assert_eq!(writes.count(), 1);
    let access = tokens.str("access_token");
    assert_eq!(trips(&world, app.userinfo(access)).await.0, 1, "userinfo");
    // Two write units for each row of a transaction, if none is larger than a kilobyte.
    let rows = world.dump(&world.table).await;
    let sizes = rows.iter().filter(|row| {
        let pk = row["pk"].as_s().unwrap();
        row.contains_key("authorization") || pk.starts_with("AUTHCODE#")
    });
    for row in sizes {
        let size = format!("{row:?}").len();
        assert!(size < 3000, "{size}: {row:?}");
    }
}
