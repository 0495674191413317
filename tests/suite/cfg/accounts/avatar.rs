//! /cfg/accounts/profile/avatar/

use std::time::{Duration, SystemTime};

use aws_sdk_s3::presigning::PresigningConfig;
use image::GenericImageView as _;
use serde_json::{Value, json};
use tests::{Answer, Anyone, Fault, Member, World};

use crate::pictures::{bomb, exif, form, gif, jpeg, noise, png, png_padded, webp, with_exif};

const PATH: &str = "/cfg/accounts/profile/avatar/";
const ALLOW: &str = "/cfg/accounts/profile/avatar/upload/";
const CONFIRM: &str = "/cfg/accounts/profile/avatar/upload/confirm/";
const ADA: &str = "ada@example.com";
const MEGABYTE: usize = 1024 * 1024;

/// Sends a picture in the contract's form.
async fn send(client: &Anyone<'_>, picture: &[u8]) -> Answer {
    let (media, body) = form("avatar", picture);
    let client = client.clone().header("content-type", &media);
    client.raw_bytes("POST", PATH, &body).await
}

/// Looks at the picture that a profile names, as a browser does.
async fn look(world: &World, profile: &Value) -> Answer {
    let url = profile["avatar"].as_str().expect("a picture");
    let path = url.strip_prefix("https://id.example.com").expect("ours");
    world.anyone().get(path).await
}

/// Leave to upload.
async fn allow(member: &Member<'_>, media: &str, length: usize) -> Answer {
    let asked = json!({ "content_type": media, "content_length": length });
    member.client().post(ALLOW, &asked).await
}

/// Sends a picture past the API, as the leave says; the status.
async fn put(world: &World, leave: &Answer, picture: &[u8]) -> u16 {
    let headers = leave.body["headers"].as_object().unwrap().iter();
    let headers: Vec<_> = headers
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .collect();
    let (method, url) = (leave.str("method"), leave.str("url"));
    world.send_to_s3(method, url, &headers, picture).await.0
}

async fn confirm(member: &Member<'_>, leave: &Answer) -> Answer {
    let asked = json!({ "upload_id": leave.str("upload_id") });
    member.client().post(CONFIRM, &asked).await
}

/// Leave, upload and confirmation.
async fn upload(world: &World, member: &Member<'_>, media: &str, picture: &[u8]) -> Answer {
    let leave = allow(member, media, picture.len()).await.expect(200);
    assert_eq!(put(world, &leave, picture).await, 200);
    confirm(member, &leave).await
}

fn refused(sentence: &str) -> Value {
    json!({ "error": sentence })
}

const NO_PICTURE: &str = "Avatar must be a valid image file (JPEG, PNG, GIF, or WebP).";
const TOO_LARGE: &str = "Avatar file size must be less than 5MB.";

#[tokio::test]
async fn every_format_becomes_a_picture_of_ours() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    assert_eq!(ada.profile().await.body["avatar"], json!(null));
    for (sent, media) in [
        (jpeg(1200, 300), "image/jpeg"),
        (png(1200, 300, 255), "image/jpeg"),
        (png(1200, 300, 128), "image/png"),
        (gif(1200, 300), "image/jpeg"),
        (webp(1200, 300), "image/jpeg"),
    ] {
        let answer = send(&ada.client(), &sent).await.expect(200);
        assert_eq!(answer.body, ada.profile().await.body);
        let seen = look(&world, &answer.body).await.expect(200);
        assert_eq!(seen.header("content-type"), media);
        let picture = image::load_from_memory(&seen.bytes).unwrap();
        assert_eq!(picture.dimensions(), (512, 128));
    }
    let small = send(&ada.client(), &png(3, 2, 255)).await.expect(200);
    let seen = look(&world, &small.body).await.expect(200);
    let picture = image::load_from_memory(&seen.bytes).unwrap();
    assert_eq!(picture.dimensions(), (3, 2), "nothing is blown up");
}

#[tokio::test]
async fn a_picture_is_served_as_one_and_nothing_else() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let profile = send(&ada.client(), &jpeg(40, 40)).await.expect(200).body;
    let seen = look(&world, &profile).await.expect(200);
    for (name, value) in [
        ("content-type", "image/jpeg"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("cache-control", "private, max-age=86400, immutable"),
        ("content-disposition", "inline"),
        ("cross-origin-resource-policy", "cross-origin"),
    ] {
        assert_eq!(seen.header(name), value, "{name}");
    }
    for id in ["00000000-0000-4000-8000-000000000000", "upload", "x", "%2e"] {
        let path = format!("{PATH}{id}/");
        let missing = world.anyone().get(&path).await;
        assert!([404, 405].contains(&missing.status), "{id}");
        assert_eq!(missing.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn what_is_no_picture_is_refused_in_the_contracts_words() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let bomb = bomb(7_746, 7_746);
    assert!(bomb.len() < 100 * 1024, "{}", bomb.len());
    let script = b"GIF89a/*\x00\x00*/=1;<script>alert(1)</script>".to_vec();
    let whole = webp(64, 64);
    let cut = whole[..whole.len() / 2].to_vec();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
    let bmp = [b"BM".as_slice(), &[0; 60]].concat();
    for no_picture in [bomb, script, cut, svg, bmp, Vec::new(), vec![0; 100]] {
        let answer = send(&ada.client(), &no_picture).await.expect(400);
        assert_eq!(answer.body, refused(NO_PICTURE));
    }
    for (media, body) in [
        form("picture", &jpeg(4, 4)),
        ("application/json".to_owned(), Vec::new()),
    ] {
        let client = ada.client().header("content-type", &media);
        let answer = client.raw_bytes("POST", PATH, &body).await.expect(400);
        assert_eq!(answer.body, refused("No avatar file provided"));
    }
    let text = ada.client().post(PATH, &json!({})).await.expect(415);
    let sentence = "Unsupported media type \"application/json\" in request.";
    assert_eq!(text.str("detail"), sentence);
    let broken = ada
        .client()
        .header("content-type", "multipart/form-data; boundary=x")
        .raw("POST", PATH, "nothing of the kind")
        .await
        .expect(400);
    assert_eq!(broken.str("detail"), "Malformed request.");
    assert_eq!(ada.profile().await.body["avatar"], json!(null));
    assert!(world.objects("pictures").is_empty());
}

#[tokio::test]
async fn nothing_of_the_file_survives_but_what_is_seen() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let page: &[u8] = b"<html><script>alert('polyglot')</script></html>";
    let archive: &[u8] = b"PK\x03\x04 polyglot PK\x05\x06";
    for sent in [
        [&with_exif(&jpeg(40, 20), &exif(6)), page].concat(),
        [&with_exif(&jpeg(40, 20), &exif(6)), archive].concat(),
    ] {
        assert!(sent.windows(6).any(|part| part == b"Camera"));
        let profile = send(&ada.client(), &sent).await.expect(200).body;
        let seen = look(&world, &profile).await.expect(200);
        for secret in [b"Camera".as_slice(), b"Exif", b"polyglot", b"script", b"PK"] {
            let found = seen.bytes.windows(secret.len()).any(|part| part == secret);
            assert!(!found, "{}", String::from_utf8_lossy(secret));
        }
        let picture = image::load_from_memory(&seen.bytes).unwrap();
        let turned = "turned as its metadata said";
        assert_eq!(picture.dimensions(), (20, 40), "{turned}");
    }
}

#[tokio::test]
async fn the_gateway_refuses_what_no_event_carries() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let answer = send(&ada.client(), &png_padded(4_800_000))
        .await
        .expect(413);
    assert_eq!(answer.str("message"), "Request Entity Too Large");
    send(&ada.client(), &png_padded(4_400_000))
        .await
        .expect(200);
}

#[tokio::test]
async fn five_megabytes_go_past_the_api() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let whole = png_padded(5 * MEGABYTE);
    let answer = upload(&world, &ada, "image/png", &whole).await.expect(200);
    assert_eq!(answer.body, ada.profile().await.body);
    look(&world, &answer.body).await.expect(200);
    assert_eq!(world.objects("pictures").len(), 1);
    assert!(world.objects("staging").is_empty(), "nothing is left there");
}

#[tokio::test]
async fn leave_is_given_for_what_would_do() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    for (media, length, sentence) in [
        ("image/png", 5_347_738, TOO_LARGE),
        ("image/png", 5 * MEGABYTE + 1, TOO_LARGE),
        ("image/svg+xml", 100, NO_PICTURE),
        ("image/png", 0, NO_PICTURE),
    ] {
        let answer = allow(&ada, media, length).await.expect(400);
        assert_eq!(answer.body, refused(sentence));
    }
    let wrong = json!({ "content_type": "", "content_length": "-1" });
    let wrong = ada.client().post(ALLOW, &wrong).await.expect(400);
    let expected = json!({
        "content_type": ["This field may not be blank."], "content_length": ["A valid integer is required."],
    });
    assert_eq!(wrong.body, expected);
}

#[tokio::test]
async fn leave_is_for_one_length_one_type_one_method_and_one_place() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let picture = png_padded(5 * MEGABYTE);
    let leave = allow(&ada, "image/png", picture.len()).await.expect(200);
    let larger = [picture.as_slice(), &[0; 100 * 1024]].concat();
    let url = leave.str("url");
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let length = |bytes: &[u8]| header("content-length", &bytes.len().to_string());
    let png = header("content-type", "image/png");
    let name = url.split('?').next().unwrap().rsplit('/').next().unwrap();
    let elsewhere = url.replace(name, &"A".repeat(name.len()));
    let shown = url.replace("/staging/", "/pictures/");
    for (what, method, url, headers, body) in [
        (
            "5.1 MB",
            "PUT",
            url,
            [length(&larger), png.clone()],
            &larger,
        ),
        (
            "another type",
            "PUT",
            url,
            [length(&picture), header("content-type", "text/html")],
            &picture,
        ),
        (
            "another method",
            "DELETE",
            url,
            [length(&[]), png.clone()],
            &Vec::new(),
        ),
        (
            "another object",
            "PUT",
            &elsewhere,
            [length(&picture), png.clone()],
            &picture,
        ),
        (
            "another prefix",
            "PUT",
            &shown,
            [length(&picture), png.clone()],
            &picture,
        ),
    ] {
        let (status, answer) = world.send_to_s3(method, url, &headers, body).await;
        assert_eq!(status, 403, "{what}: {answer}");
    }
    assert!(world.objects("staging").is_empty());
    let nothing = confirm(&ada, &leave).await.expect(400);
    assert_eq!(nothing.body, refused("No avatar file provided"));
    assert_eq!(put(&world, &leave, &picture).await, 200);
    confirm(&ada, &leave).await.expect(200);
}

/// What `leave` would be, had it been given `seconds` ago.
async fn given_ago(world: &World, leave: &Answer, length: usize, seconds: u64) -> String {
    let mut path = leave.str("url").split('?').next().unwrap().rsplit('/');
    let name = path.next().unwrap();
    // The store's own clock runs by itself, and no test can set it.
    let signed = PresigningConfig::builder()
        .start_time(ago(seconds))
        .expires_in(Duration::from_secs(600));
    let client = aws_sdk_s3::Client::new(&world.aws.s3);
    let call = client
        .put_object()
        .bucket(world.settings.pictures_bucket.as_deref().unwrap());
    let call = call.key(format!("staging/{name}"));
    let call = call
        .content_type("image/png")
        .content_length(i64::try_from(length).unwrap());
    let request = call.presigned(signed.build().unwrap()).await.unwrap();
    request.uri().to_owned()
}

#[allow(
    clippy::disallowed_methods,
    reason = "the bucket tells the time for itself"
)]
fn ago(seconds: u64) -> SystemTime {
    SystemTime::now() - Duration::from_secs(seconds)
}

#[tokio::test]
async fn leave_ends() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let picture = png(9, 9, 255);
    let leave = allow(&ada, "image/png", picture.len()).await.expect(200);
    let late = given_ago(&world, &leave, picture.len(), 601).await;
    let parameters = |url: &str| {
        let url = url::Url::parse(url).unwrap();
        let said: Vec<_> = url.query_pairs().into_owned().collect();
        // The credential names the day, which ends at midnight.
        let differ = ["X-Amz-Credential", "X-Amz-Date", "X-Amz-Signature"];
        let same = said
            .into_iter()
            .filter(|(name, _)| !differ.contains(&name.as_str()));
        (url.path().to_owned(), same.collect::<Vec<_>>())
    };
    assert_eq!(parameters(&late), parameters(leave.str("url")));
    let headers = [
        ("content-type".to_owned(), "image/png".to_owned()),
        ("content-length".to_owned(), picture.len().to_string()),
    ];
    let (status, answer) = world.send_to_s3("PUT", &late, &headers, &picture).await;
    assert_eq!(status, 403, "{answer}");
    assert!(answer.contains("<Code>AccessDenied</Code>"), "{answer}");
    assert!(
        answer.contains("<Message>Request has expired</Message>"),
        "{answer}"
    );
    assert!(world.objects("staging").is_empty());
    let nothing = confirm(&ada, &leave).await.expect(400);
    assert_eq!(nothing.body, refused("No avatar file provided"));
    let early = given_ago(&world, &leave, picture.len(), 300).await;
    let (status, answer) = world.send_to_s3("PUT", &early, &headers, &picture).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test]
async fn what_was_uploaded_is_looked_at_like_anything_else() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let page = b"<html><script>alert(1)</script></html>".to_vec();
    let leave = allow(&ada, "image/png", page.len()).await.expect(200);
    assert_eq!(put(&world, &leave, &page).await, 200);
    let answer = confirm(&ada, &leave).await.expect(400);
    assert_eq!(answer.body, refused(NO_PICTURE));
    assert!(world.objects("staging").is_empty());
    assert_eq!(ada.profile().await.body["avatar"], json!(null));
    let answer = upload(&world, &ada, "image/png", &bomb(9_000, 7_000)).await;
    assert_eq!(answer.expect(400).body, refused(NO_PICTURE));
}

#[tokio::test]
async fn an_upload_is_its_owners_and_good_for_one_picture() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let eve = world.at("192.0.2.9").sign_in("eve@example.com").await;
    let picture = png(9, 9, 255);
    let leave = allow(&ada, "image/png", picture.len()).await.expect(200);
    assert_eq!(put(&world, &leave, &picture).await, 200);
    confirm(&eve, &leave).await.expect(404);
    assert_eq!(eve.profile().await.body["avatar"], json!(null));
    let shown = confirm(&ada, &leave).await.expect(200);
    confirm(&ada, &leave).await.expect(404);
    assert_eq!(ada.profile().await.body["avatar"], shown.body["avatar"]);

    let first = allow(&ada, "image/png", picture.len()).await.expect(200);
    let second = allow(&ada, "image/png", picture.len()).await.expect(200);
    assert_eq!(put(&world, &second, &picture).await, 200);
    confirm(&ada, &first).await.expect(404);
    world.clock.advance(600);
    confirm(&ada, &second).await.expect(404);
    let nonsense = json!({ "upload_id": "../pictures" });
    ada.client().post(CONFIRM, &nonsense).await.expect(404);
}

#[tokio::test]
async fn a_replaced_picture_is_gone() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let before = send(&ada.client(), &jpeg(8, 8)).await.expect(200).body;
    let after = send(&ada.client(), &jpeg(9, 9)).await.expect(200).body;
    look(&world, &before).await.expect(404);
    look(&world, &after).await.expect(200);
    assert_eq!(world.objects("pictures").len(), 1);
}

#[tokio::test]
async fn what_lies_in_the_bucket_is_sealed() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let profile = send(&ada.client(), &noise(64, 64)).await.expect(200).body;
    let seen = look(&world, &profile).await.expect(200).bytes;
    let [(name, object)] = &world.objects("pictures")[..] else {
        panic!("one object")
    };
    let part = &seen[seen.len() / 2..][..16];
    assert!(!object.windows(16).any(|found| found == part));
    let url = profile["avatar"].as_str().unwrap();
    assert!(
        !url.contains(name.as_str()),
        "an address is no object's name"
    );
}

#[tokio::test]
async fn a_deleted_account_has_no_picture_whatever_s3_says() {
    for s3_fails in [false, true] {
        let world = World::new().await;
        let ada = world.anyone().sign_in(ADA).await;
        let profile = send(&ada.client(), &jpeg(8, 8)).await.expect(200).body;
        let picture = png(9, 9, 255);
        let leave = allow(&ada, "image/png", picture.len()).await.expect(200);
        assert_eq!(put(&world, &leave, &picture).await, 200);
        if s3_fails {
            world.tap.fail("DeleteObject", Fault::Unreachable, 8);
        }
        let path = "/cfg/accounts/profile/delete/";
        ada.client().post(path, &json!({})).await.expect(200);
        look(&world, &profile).await.expect(404);
        let left = usize::from(s3_fails);
        assert_eq!(world.objects("pictures").len(), left);
        assert_eq!(world.objects("staging").len(), left);
        // What is left cannot be opened: the id that its key is derived from is nowhere.
        let id = profile["avatar"]
            .as_str()
            .unwrap()
            .rsplit('/')
            .nth(1)
            .unwrap();
        let rows = format!("{:?}", world.dump(&world.table).await);
        assert!(!rows.contains(id) && !rows.contains("PICTURE#"));
        assert!(!rows.contains("UPLOAD"));
    }
}

#[tokio::test]
async fn a_bucket_that_cannot_be_reached_is_said_and_nothing_is_half_done() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let before = send(&ada.client(), &jpeg(8, 8)).await.expect(200).body;
    for fault in [Fault::Unreachable, Fault::LostAnswer] {
        world.tap.fail("PutObject", fault, 4);
        let answer = send(&ada.client(), &jpeg(9, 9)).await.expect(503);
        let sentence = "Service temporarily unavailable, try again later.";
        assert_eq!(answer.str("detail"), sentence);
        assert_eq!(ada.profile().await.body["avatar"], before["avatar"]);
        look(&world, &before).await.expect(200);
        assert_eq!(world.objects("pictures").len(), 1, "{fault:?}");
    }
    world.tap.fail("GetObject", Fault::Unreachable, 4);
    look(&world, &before).await.expect(503);
    world.tap.fail("TransactWriteItems", Fault::Conflict, 7);
    send(&ada.client(), &jpeg(9, 9)).await.expect(503);
    assert_eq!(world.objects("pictures").len(), 1, "it was taken back");
    look(&world, &before).await.expect(200);
    world.tap.fail("TransactWriteItems", Fault::LostAnswer, 1);
    world.tap.fail("DeleteObject", Fault::Unreachable, 4);
    let after = send(&ada.client(), &jpeg(9, 9)).await.expect(200).body;
    look(&world, &before).await.expect(404);
    look(&world, &after).await.expect(200);
}

#[tokio::test]
async fn an_account_sends_thirty_an_hour() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    for _ in 0..30 {
        send(&ada.client(), b"nothing").await.expect(400);
    }
    let refused = send(&ada.client(), &jpeg(8, 8)).await.expect(429);
    assert_eq!(refused.header("retry-after"), "3600");
    allow(&ada, "image/png", 1).await.expect(429);
    world.clock.advance(3600);
    let again = world.anyone().refresh(&ada.refresh).await.expect(200);
    let again = world.anyone().bearing(again.str("access"));
    send(&again, &jpeg(8, 8)).await.expect(200);
}

#[tokio::test]
async fn an_api_key_sends_one_too() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let path = "/cfg/accounts/api-key/regenerate/";
    let issued = ada.client().post(path, &json!({})).await.expect(200);
    let holder = world.anyone().header("x-api-key", issued.str("key"));
    let profile = send(&holder, &jpeg(8, 8)).await.expect(200).body;
    assert_eq!(ada.profile().await.body["avatar"], profile["avatar"]);
}

#[tokio::test]
async fn an_installation_without_a_bucket_says_so() {
    let world = World::with(&[("POSTERN_PICTURES_BUCKET", "")]).await;
    let ada = world.anyone().sign_in(ADA).await;
    let answer = send(&ada.client(), &jpeg(8, 8)).await.expect(503);
    assert_eq!(answer.str("detail"), "This is not enabled here.");
    let path = "/cfg/accounts/profile/delete/";
    ada.client().post(path, &json!({})).await.expect(200);
}
