//! GET /cfg/accounts/profile/, PUT and PATCH …/update/ and …/partial/

use serde_json::json;
use tests::World;

const READ: &str = "/cfg/accounts/profile/";
const DOORS: [(&str, &str); 4] = [
    ("PUT", "/cfg/accounts/profile/update/"),
    ("PATCH", "/cfg/accounts/profile/update/"),
    ("PUT", "/cfg/accounts/profile/partial/"),
    ("PATCH", "/cfg/accounts/profile/partial/"),
];
const ADA: &str = "ada@example.com";

#[tokio::test]
async fn all_four_doors_lead_to_one_room() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    for (n, (method, path)) in DOORS.into_iter().enumerate() {
        let name = format!("Ada{n}");
        let answer = ada
            .client()
            .send(method, path, &json!({ "first_name": name }))
            .await
            .expect(200);
        assert_eq!(answer.body["first_name"], json!(name));
        assert_eq!(ada.profile().await.body["first_name"], json!(name));
        let empty = ada
            .client()
            .send(method, path, &json!({}))
            .await
            .expect(200);
        let null = ada.client().send(method, path, &json!(null)).await;
        null.expect(200);
        assert_eq!(
            empty.body["first_name"],
            json!(name),
            "no field is required, and none is cleared"
        );
    }
}

#[tokio::test]
async fn values_are_tidied() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let edit = json!({
        "first_name": "  Ada ", "last_name": "Lovelace", "company": " Analytical   Engines\t Ltd ",
        "position": "Countess   of  code", "phone": "+1 (555) 123-4567", "language": "en", "timezone": "Europe/London",
        "is_staff": true, "email": "eve@example.com", "unknown": [1],
    });
    let user = ada
        .client()
        .send("PATCH", DOORS[1].1, &edit)
        .await
        .expect(200)
        .body;
    assert_eq!(user["full_name"], json!("Ada Lovelace"));
    assert_eq!(user["initials"], json!("AL"));
    assert_eq!(user["company"], json!("Analytical Engines Ltd"));
    assert_eq!(user["position"], json!("Countess of code"));
    assert_eq!(user["phone"], json!("+15551234567"));
    assert_eq!(user["timezone"], json!("Europe/London"));
    assert_eq!(
        (&user["is_staff"], &user["email"]),
        (&json!(false), &json!(ADA))
    );
    let cleared = ada
        .client()
        .send("PATCH", DOORS[1].1, &json!({ "phone": "", "company": "" }))
        .await
        .expect(200);
    assert_eq!(
        (&cleared.body["phone"], &cleared.body["company"]),
        (&json!(""), &json!(""))
    );
}

#[tokio::test]
async fn every_problem_is_named_and_nothing_is_half_done() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let edit = json!({
        "first_name": "a".repeat(51), "last_name": null, "company": {}, "phone": "12345", "language": "x".repeat(11),
        "timezone": "Mars/Olympus", "position": "Engineer",
    });
    let answer = ada
        .client()
        .send("PUT", DOORS[0].1, &edit)
        .await
        .expect(400);
    assert_eq!(
        answer.body,
        json!({
            "first_name": ["Ensure this field has no more than 50 characters."],
            "last_name": ["This field may not be null."],
            "company": ["Not a valid string."],
            "phone": ["Please enter a valid phone number."],
            "language": ["Ensure this field has no more than 10 characters."],
            "timezone": ["Enter a valid time zone."],
        })
    );
    assert_eq!(ada.profile().await.body["position"], json!(""));
}

#[tokio::test]
async fn the_clients_time_zone_is_kept_and_visible_at_once() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let read = async |zone: &str| {
        ada.client()
            .header("x-timezone", zone)
            .get(READ)
            .await
            .expect(200)
            .body["timezone"]
            .clone()
    };
    assert_eq!(read("Asia/Seoul").await, json!("Asia/Seoul"));
    assert_eq!(ada.profile().await.body["timezone"], json!("Asia/Seoul"));
    assert_eq!(
        read("Mars/Olympus").await,
        json!("Asia/Seoul"),
        "a zone that does not exist means nothing"
    );
    let edit = json!({ "timezone": "Europe/Paris" });
    let edited = ada
        .client()
        .header("x-timezone", "Asia/Seoul")
        .send("PATCH", DOORS[3].1, &edit)
        .await
        .expect(200);
    assert_eq!(
        edited.body["timezone"],
        json!("Europe/Paris"),
        "what is said beats where it is said from"
    );
}

#[tokio::test]
async fn a_language_is_taken_from_the_request_only_while_there_is_none() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let read = async |tag: &str| {
        ada.client()
            .header("accept-language", tag)
            .get(READ)
            .await
            .expect(200)
            .body["language"]
            .clone()
    };
    assert_eq!(read("de-CH, en;q=0.5").await, json!("de"));
    assert_eq!(read("fr").await, json!("de"));
}

#[tokio::test]
async fn callers_are_told_what_is_wrong_with_their_token() {
    let world = World::new().await;
    let nobody = world.anyone().get(READ).await.expect(401);
    assert_eq!(
        nobody.body,
        json!({ "detail": "Authentication credentials were not provided." })
    );
    assert_eq!(nobody.header("www-authenticate"), "Bearer realm=\"api\"");
    let broken = |message: &str| {
        json!({
            "detail": "Given token not valid for any token type", "code": "token_not_valid",
            "messages": [{ "token_class": "AccessToken", "token_type": "access", "message": message }],
        })
    };
    let garbage = world
        .anyone()
        .bearing("garbage")
        .get(READ)
        .await
        .expect(401);
    assert_eq!(garbage.body, broken("Token is invalid"));
    let ada = world.anyone().sign_in(ADA).await;
    let refresh = world
        .anyone()
        .bearing(&ada.refresh)
        .get(READ)
        .await
        .expect(401);
    assert_eq!(refresh.body, broken("Token has wrong type"));
    world.clock.advance(1800);
    assert_eq!(
        ada.profile().await.expect(401).body,
        broken("Token is expired")
    );
    let basic = world
        .anyone()
        .header("authorization", "Basic YTpi")
        .get(READ)
        .await
        .expect(401);
    assert_eq!(basic.body, nobody.body);
    let cookie = world
        .anyone()
        .header("cookie", "sessionid=1")
        .get(READ)
        .await
        .expect(401);
    assert_eq!(cookie.body, nobody.body);
}

#[tokio::test]
async fn both_forms_of_a_path_work_and_unknown_ones_are_404() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    ada.client().get("/cfg/accounts/profile").await.expect(200);
    ada.client()
        .get("/cfg/accounts//profile//")
        .await
        .expect(200);
    let missing = ada.client().get("/cfg/accounts/nothing/").await.expect(404);
    assert_eq!(missing.body, json!({ "detail": "Not found." }));
}

#[tokio::test]
async fn two_edits_at_once_both_happen() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let edit = async |body| {
        ada.client()
            .send("PATCH", DOORS[1].1, &body)
            .await
            .expect(200)
    };
    let (first, last, company) = tokio::join!(
        edit(json!({ "first_name": "Ada" })),
        edit(json!({ "last_name": "Lovelace" })),
        edit(json!({ "company": "Engines" })),
    );
    drop((first, last, company));
    let user = ada.profile().await.body;
    assert_eq!(
        (&user["full_name"], &user["company"]),
        (&json!("Ada Lovelace"), &json!("Engines"))
    );
}

#[tokio::test]
async fn odd_headers_and_queries_break_nothing() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    for (name, value) in [
        ("user-agent", "Zoë"),
        ("cookie", "a=ü; b=c"),
        ("x-timezone", "Europe/Zürich"),
        ("x-forwarded-proto", "gopher://"),
        ("accept-language", ";;;,,"),
        ("x-forwarded-for", "garbage"),
    ] {
        let answer = ada.client().header(name, value).get(READ).await.expect(200);
        assert_eq!(answer.str("email"), ADA, "{name}");
    }
    ada.client()
        .get("/cfg/accounts/profile/?q=%22&%zz&x={}|^`")
        .await
        .expect(200);
}

#[tokio::test]
async fn a_path_says_its_methods() {
    let world = World::new().await;
    let asked = world.anyone().raw("OPTIONS", DOORS[1].1, "").await;
    let asked = asked.expect(204);
    assert_eq!(asked.text, "");
    assert!(asked.header("allow").contains("PATCH"));
}
