//! Whole files, against a whole installation.

use ::tests::{Fault, World};
use domain::EmailAddress;
use domain::account::Role;
use serde_json::{Value, json};

use super::*;

/// What a run said: its refusals, and its last line.
async fn import(world: &World, rows: &[Value]) -> (String, String) {
    let file: Vec<String> = rows.iter().map(|row| format!("{row}\n")).collect();
    import_text(world, &file.concat()).await
}

async fn import_text(world: &World, file: &str) -> (String, String) {
    import_as(world, file, How::default()).await
}

async fn import_as(world: &World, file: &str, how: How) -> (String, String) {
    let mut out = Vec::new();
    let run = run(&world.postern, file.as_bytes(), how, &mut out).await;
    let summary = match run {
        Ok(report) => report.text,
        Err(failure) => failure.to_string(),
    };
    (String::from_utf8(out).unwrap(), summary)
}

async fn sign_in(world: &World, name: &str, password: &str) -> u16 {
    let form = [("username", name), ("password", password)];
    world.anyone().form("/auth/login", &form).await.status
}

/// The stored hash of the one account that there is.
async fn stored_hash(world: &World) -> String {
    let rows = world.dump(&world.table).await;
    let row = rows
        .iter()
        .find(|row| row["sk"].as_s().unwrap() == "CRED#password");
    row.unwrap()["hash"].as_s().unwrap().clone()
}

// As in crypto::password::imported; argon2 as argon2-cffi writes it, with weak parameters.
const HASHES: [(&str, &str, &str); 4] = [
    (
        "bcrypt",
        "correct horse",
        "$2b$04$sGlE7dHG877leZZvMDo8ROZSdB.IlWqA/yCq18pXLky7k4N2ZFfR6",
    ),
    (
        "Django",
        "l\u{e8}tmein",
        "pbkdf2_sha256$1000$seasalt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A=",
    ),
    (
        "Firebase",
        "user1password",
        "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
    ),
    (
        "argon2",
        "password",
        "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
    ),
];

#[tokio::test]
async fn a_hash_of_every_kind_signs_in_and_is_replaced() {
    for (kind, password, hash) in HASHES {
        let world = World::new().await;
        let row = json!({
            "email": "Ada@Example.com", "email_verified": true, "username": "ada", "password_hash": hash,
        });
        let (refused, summary) = import(&world, &[row]).await;
        assert_eq!(
            (refused.as_str(), summary.as_str()),
            ("", "1 made, 0 there already, 0 refused")
        );
        assert_eq!(stored_hash(&world).await, hash, "{kind}");
        assert_eq!(sign_in(&world, "ada", "a wrong guess").await, 401, "{kind}");
        assert_eq!(
            sign_in(&world, "ada@example.com", password).await,
            200,
            "{kind}"
        );
        let ours = stored_hash(&world).await;
        assert!(
            ours.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kind}: {ours}"
        );
        assert_eq!(sign_in(&world, "ada", password).await, 200, "{kind}");
        assert!(
            world
                .mail("ada@example.com")
                .iter()
                .all(|letter| !letter.subject.contains("Welcome"))
        );
    }
}

#[tokio::test]
async fn a_row_is_an_account_with_all_that_it_says() {
    let world = World::new().await;
    let row = json!({
        "email": "root@example.com", "email_verified": true, "username": "Root", "role": "network_manager",
        "first_name": "  Ada ", "last_name": "Lovelace", "company": "Analytical  Engines", "position": "Countess",
        "phone": "+44 1234 567890", "language": "de", "timezone": "Europe/London",
    });
    import(&world, &[row, json!({ "email": "bob@example.com" })]).await;
    let user = world
        .postern
        .find_user(&EmailAddress::parse("root@example.com").unwrap())
        .await
        .unwrap();
    assert_eq!(
        (user.role, user.email_verified, user.phone_verified),
        (Role::NetworkManager, true, false)
    );
    assert_eq!(
        (user.full_name().as_str(), user.company.as_str()),
        ("Ada Lovelace", "Analytical Engines")
    );
    assert_eq!(
        (user.phone.as_str(), user.timezone.as_str()),
        ("+441234567890", "Europe/London")
    );
    let bob = world.anyone().sign_in("bob@example.com").await;
    bob.profile().await.expect(200);
    let mut out = Vec::new();
    export(&world.postern, &mut out).await.unwrap();
    let out = String::from_utf8(out).unwrap();
    let rows: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let root = rows
        .iter()
        .find(|row| row["email"] == "root@example.com")
        .unwrap();
    assert_eq!(
        (&root["username"], &root["last_name"]),
        (&json!("Root"), &json!("Lovelace"))
    );
    assert!(!out.contains("hash") && !out.contains("audit_key"), "{out}");
    // What is written can be read.
    let elsewhere = World::new().await;
    let (refused, summary) = import_text(&elsewhere, &out).await;
    assert_eq!(
        (refused.as_str(), summary.as_str()),
        ("", "2 made, 0 there already, 0 refused")
    );
}

#[tokio::test]
async fn what_a_row_says_is_proven_is_and_nothing_else() {
    let world = World::new().await;
    let (_, password, hash) = HASHES[0];
    let row = |name: &str, proven: bool| {
        let email = format!("{name}@example.com");
        json!({ "email": email, "username": name, "email_verified": proven, "password_hash": hash })
    };
    import(&world, &[row("ada", true), row("bob", false)]).await;
    for (name, status) in [("ada", 200), ("bob", 401)] {
        world.anyone().sign_in(&format!("{name}@example.com")).await;
        assert_eq!(sign_in(&world, name, password).await, status, "{name}");
    }
}

#[tokio::test]
async fn a_second_run_changes_nothing() {
    let world = World::new().await;
    world.anyone().sign_in("eve@example.com").await;
    let rows = ["ada", "bob", "eve"].map(
        |name| json!({ "email": format!("{name}@example.com"), "username": name, "role": "admin" }),
    );
    assert_eq!(
        import(&world, &rows).await.1,
        "2 made, 1 there already, 0 refused"
    );
    let eve = world
        .postern
        .find_user(&EmailAddress::parse("eve@example.com").unwrap())
        .await
        .unwrap();
    assert_eq!(eve.role, Role::User, "nobody who is there is changed");
    assert_eq!(
        import(&world, &rows).await.1,
        "0 made, 3 there already, 0 refused"
    );
}

#[tokio::test]
async fn every_refusal_is_a_line_with_all_its_reasons() {
    let world = World::new().await;
    let secret = "qz7-kv2x";
    let rows = [
        json!({ "email": "ada", "role": "root", "username": "a b", "phone": "12", "timezone": "Mars/Base" }).to_string(),
        json!({ "email": "ada@example.com", "password_hash": secret }).to_string(),
        json!({ "email": "ada@example.com", "password": secret }).to_string(),
        json!({ "email": "ada@example.com", "email_verified": secret }).to_string(),
        format!("{{\"email\": \"{secret}"),
        String::new(),
        json!({ "email": "ada@example.com", "username": "ada" }).to_string(),
        json!({ "email": "bob@example.com", "username": "Ada" }).to_string(),
        json!({ "email": "bob@example.com", "company": "x".repeat(101) }).to_string(),
        json!({ "email": "bob@example.com", "company": "x".repeat(70_000) }).to_string(),
        json!({ "email": "joe@example.com" }).to_string(),
    ];
    let how = How {
        strict: true,
        report: None,
    };
    let (said, summary) = import_as(&world, &rows.join("\n"), how).await;
    assert_eq!(summary, "2 made, 0 there already, 8 refused");
    assert!(!said.contains(secret), "{said}");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(
        lines[0],
        "line 1: phone has too few digits, timezone is no name of the IANA database, \
         username is no name that can be taken, email is no address, role is none"
    );
    assert_eq!(lines[1], "line 2: password_hash has no form that is known");
    assert!(
        lines[2].starts_with("line 3: unknown field `password`"),
        "{said}"
    );
    assert!(
        lines[3].starts_with("line 4: email_verified is neither true nor false"),
        "{said}"
    );
    assert!(
        lines[4].starts_with("line 5: EOF while parsing a string"),
        "{said}"
    );
    assert_eq!(lines[5], "line 8: another account has that username");
    assert_eq!(lines[6], "line 9: company has more than 100 characters");
    assert_eq!(lines[7], "line 10: more than 65536 bytes");
}

/// A report that can be read while it is written.
#[derive(Clone, Default)]
struct Kept(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn nobody_waits_for_their_telephone_number() {
    let world = World::new().await;
    let rows = [
        json!({ "email": "ada@example.com", "first_name": null, "last_name": "Lovelace", "phone": "+352661234" }),
        json!({ "email": "bob@example.com", "first_name": null, "phone": "352661234", "password_hash": HASHES[0].2 }),
        json!({ "email": "eve@example.com", "phone": 352661234, "role": null, "timezone": "Mars/Base" }),
        json!({ "email": "joe@example.com", "company": "x".repeat(101), "username": null, "role": "root" }),
        json!({ "email": "kim@example.com", "first_name": null, "password": "qz7-kv2x" }),
        json!({ "email": null, "first_name": null }),
        json!(7),
    ];
    let file: Vec<String> = rows.iter().map(|row| format!("{row}\n")).collect();
    let kept = Kept::default();
    let how = How {
        strict: false,
        report: Some(Box::new(kept.clone())),
    };
    let (said, summary) = import_as(&world, &file.concat(), how).await;
    assert_eq!(
        summary,
        "3 made, 0 there already, 4 refused; left out: first_name is null (2), phone has too few digits (1), \
         phone is no text (1), timezone is no name of the IANA database (1)"
    );
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(
        lines[0],
        "line 4: company has more than 100 characters, role is none"
    );
    assert!(
        lines[1].starts_with("line 5: unknown field `password`"),
        "{said}"
    );
    assert!(lines[2].starts_with("line 6: invalid type: null"), "{said}");
    assert!(
        lines[3].starts_with("line 7: invalid type: integer"),
        "{said}"
    );
    let ada = EmailAddress::parse("ada@example.com").unwrap();
    let ada = world.postern.find_user(&ada).await.unwrap();
    assert_eq!(
        (
            ada.first_name.as_str(),
            ada.last_name.as_str(),
            ada.phone.as_str()
        ),
        ("", "Lovelace", "+352661234")
    );
    let report = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    let reported: Vec<Value> = report
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        reported[0],
        json!({ "email": "bob@example.com", "phone": "352661234", "not_taken": ["phone has too few digits"] })
    );
    assert_eq!(reported[1]["phone"], json!(352661234));
    assert_eq!(reported[2]["role"], json!("root"));
    assert_eq!(
        reported.len(),
        5,
        "what is no object is not among it: {report}"
    );
    assert!(!report.contains(HASHES[0].2), "whose account was made");
    // Corrected, it can be imported as it is.
    let corrected = report
        .replace("\"root\"", "\"admin\"")
        .replace("\"password\"", "\"last_name\"");
    let (_, summary) = import_text(&world, &corrected).await;
    assert!(
        summary.starts_with("2 made, 2 there already, 1 refused; "),
        "{summary}"
    );
}

#[tokio::test]
async fn an_account_does_not_wait_for_its_name_or_its_password() {
    let world = World::new().await;
    let (_, password, hash) = HASHES[0];
    let rows = [
        json!({ "email": "ada@example.com", "username": "ada", "password_hash": "md5$salt$0cc175b9c0f1b6a8" }),
        json!({ "email": "bob@example.com", "username": "ADA", "password_hash": hash, "email_verified": true }),
        json!({ "email": "eve@example.com", "username": "e\u{200b}ve", "password_hash": 7, "first_name": null }),
        json!({ "email": "joe@example.com", "username": null, "password_hash": null, "first_name": null }),
        json!({ "email": "kim@example.com", "username": "", "password_hash": "" }),
    ];
    let file: Vec<String> = rows.iter().map(|row| format!("{row}\n")).collect();
    let kept = Kept::default();
    let how = How {
        strict: false,
        report: Some(Box::new(kept.clone())),
    };
    let file = format!("\u{feff}{}", file.concat());
    let (said, summary) = import_as(&world, &file, how).await;
    assert_eq!(
        (said.as_str(), summary.as_str()),
        (
            "",
            "5 made, 0 there already, 0 refused; left out: first_name is null (2), \
             password_hash has no form that is known (1), password_hash is no text (1), \
             username is another account's (1), username is no name that can be taken (1)"
        )
    );
    let report = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    assert_eq!(report.lines().count(), 3, "{report}");
    // As it stands it says the same again, and with what is right it completes them.
    let (_, summary) = import_text(&world, &report).await;
    assert!(
        summary.starts_with("0 made, 3 there already, 0 refused; left out: "),
        "{summary}"
    );
    let corrected = report
        .replace("md5$salt$0cc175b9c0f1b6a8", hash)
        .replace("\"ADA\"", "\"Robert\"")
        .replace("e\u{200b}ve", "Eve")
        .replace(
            "\"password_hash\":7",
            &format!("\"password_hash\":\"{hash}\""),
        );
    let (said, summary) = import_text(&world, &corrected).await;
    assert_eq!(
        (said.as_str(), summary.as_str()),
        ("", "0 made, 0 there already, 0 refused, 3 completed")
    );
    for name in ["ada", "robert", "EVE"] {
        assert_eq!(sign_in(&world, name, password).await, 200, "{name}");
    }
    let (_, summary) = import_text(&world, &corrected).await;
    assert_eq!(summary, "0 made, 3 there already, 0 refused");
}

#[tokio::test]
async fn what_people_did_meanwhile_is_theirs() {
    let world = World::new().await;
    let (_, password, hash) = HASHES[0];
    let row =
        json!({ "email": "ada@example.com", "email_verified": true, "password_hash": "md5$x" });
    import(&world, &[row]).await;
    world.anyone().sign_in("ada@example.com").await;
    world
        .set_user("ada@example.com", |user| user.first_name = "Ada".to_owned())
        .await;
    let late = json!({
        "email": "ada@example.com", "username": "ada", "password_hash": hash, "first_name": "Eve",
        "company": "Acme", "not_taken": [],
    });
    let (_, summary) = import(&world, &[late]).await;
    assert_eq!(summary, "0 made, 0 there already, 0 refused, 1 completed");
    assert_eq!(sign_in(&world, "ada@example.com", password).await, 401);
    let address = EmailAddress::parse("ada@example.com").unwrap();
    let user = world.postern.find_user(&address).await.unwrap();
    assert_eq!(
        (user.first_name.as_str(), user.company.as_str()),
        ("Ada", "Acme")
    );
    assert!(domain::account::is_coined(&user.username));
}

#[tokio::test]
async fn a_password_is_tried_as_it_was_typed_until_its_hash_is_ours() {
    let world = World::new().await;
    // django.contrib.auth.hashers of the decomposed text.
    let hash = "pbkdf2_sha256$1000$seasalt$ZHl463Q4amVR6YZ6PuKthUk+BB/1Z1PJC7mTVKdrVLc=";
    let row = json!({ "email": "ada@example.com", "email_verified": true, "password_hash": hash });
    import(&world, &[row]).await;
    let (decomposed, composed) = ("le\u{300}tmein", "l\u{e8}tmein");
    let name = "ada@example.com";
    assert_eq!(sign_in(&world, name, composed).await, 401);
    assert_eq!(sign_in(&world, name, decomposed).await, 200);
    assert!(stored_hash(&world).await.starts_with("$argon2id$"));
    for spelling in [composed, decomposed] {
        assert_eq!(sign_in(&world, name, spelling).await, 200);
    }
}

#[tokio::test]
async fn one_mailbox_is_one_account_in_either_spelling_of_its_domain() {
    let world = World::new().await;
    let rows = ["ada@b\u{fc}cher.example", "Ada@XN--BCHER-KVA.example"]
        .map(|email| json!({ "email": email }));
    let (_, summary) = import(&world, &rows).await;
    assert_eq!(summary, "1 made, 1 there already, 0 refused");
}

#[test]
fn a_report_is_a_new_file_of_its_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let file = std::env::temp_dir().join(format!("postern-report-{}", std::process::id()));
    create(&file).unwrap();
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(create(&file).is_err(), "nothing is written over");
    std::fs::remove_file(&file).unwrap();
}

#[tokio::test]
async fn a_row_is_made_whole_or_not_at_all() {
    let world = World::new().await;
    let before = world.dump(&world.table).await.len();
    let row =
        json!({ "email": "ada@example.com", "username": "ada", "password_hash": HASHES[0].2 });
    world.tap.fail("TransactWriteItems", Fault::Conflict, 7);
    let (said, _) = import(&world, std::slice::from_ref(&row)).await;
    assert!(said.starts_with("line 1: unavailable"), "{said}");
    assert_eq!(world.dump(&world.table).await.len(), before);
    assert_eq!(
        import(&world, std::slice::from_ref(&row)).await.1,
        "1 made, 0 there already, 0 refused"
    );
    // Made, but the answer was lost: the next run finds it there.
    let other = json!({ "email": "bob@example.com" });
    world.tap.fail("TransactWriteItems", Fault::LostAnswer, 1);
    let (said, summary) = import(&world, &[other]).await;
    assert_eq!(
        (said.as_str(), summary.as_str()),
        ("", "1 made, 0 there already, 0 refused")
    );
}

#[tokio::test]
async fn a_file_may_say_things_twice_and_end_its_lines_as_it_likes() {
    let world = World::new().await;
    let rows = [
        json!({ "email": "ada@example.com", "username": "ada", "first_name": "Ada" }),
        json!({ "email": "ADA@Example.COM.", "username": "other", "first_name": "Eve" }),
        json!({ "email": "bob@example.com", "username": "ADA" }),
        json!({ "email": "ada@example.com", "username": "ada", "first_name": "Ada" }),
    ];
    let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
    let file = format!("\u{feff}{}\r\n\r\n", lines.join("\r\n"));
    let (_, counts) = import_text(&world, &file).await;
    assert_eq!(
        counts,
        "2 made, 2 there already, 0 refused; left out: username is another account's (1)"
    );
    let ada = domain::EmailAddress::parse("ada@example.com").unwrap();
    let ada = world.postern.find_user(&ada).await.unwrap();
    assert_eq!(
        (ada.username.as_str(), ada.first_name.as_str()),
        ("ada", "Ada")
    );
}

#[tokio::test]
async fn a_bad_byte_costs_its_field_and_no_account() {
    let world = World::new().await;
    let lines: [&[u8]; 5] = [
        b"{\"email\":\"latin@example.com\",\"first_name\":\"Jos\xe9\",\"last_name\":\"King\"}\n",
        b"{\"email\":\"half@example.com\",\"first_name\":\"\\ud800\"}\n",
        b"{\"email\":\"pair@example.com\",\"first_name\":\"\\ud83d\\ude00 \\\\ud800\"}\n",
        b"{\"email\":\"flag@example.com\",\"email_verified\":\"true\"}\n",
        b"{\"email\":\"one@example.com\",\"email_verified\":1}\n",
    ];
    let mut out = Vec::new();
    let file = lines.concat();
    let report = run(&world.postern, &*file, How::default(), &mut out).await;
    let report = report.expect("all of them");
    assert_eq!(
        report.text,
        "5 made, 0 there already, 0 refused; left out: first_name is no UTF-8 (2)"
    );
    let user = async |name: &str| {
        let address = EmailAddress::parse(&format!("{name}@example.com")).unwrap();
        world.postern.find_user(&address).await.unwrap()
    };
    assert_eq!(user("latin").await.last_name, "King");
    assert_eq!(user("pair").await.first_name, "\u{1f600} \\ud800");
    assert!(user("flag").await.email_verified && user("one").await.email_verified);
}

#[tokio::test]
async fn whoever_is_given_rights_by_a_file_hears_of_it() {
    let world = World::new().await;
    let rows = [
        json!({ "email": "ada@example.com", "email_verified": true, "role": "admin" }),
        json!({ "email": "olga@example.com", "role": "admin" }),
        json!({ "email": "grace@example.com", "email_verified": true }),
    ];
    import(&world, &rows).await;
    for (address, letters) in [("ada", 1), ("olga", 1), ("grace", 0)] {
        let address = format!("{address}@example.com");
        assert_eq!(world.mail(&address).len(), letters, "{address}");
    }
}

#[tokio::test]
async fn an_extension_is_no_part_of_a_number() {
    let world = World::new().await;
    let phone = "+49 151 1234567 ext. 3";
    let rows = [json!({ "email": "ada@example.com", "phone": phone })];
    let (_, summary) = import(&world, &rows).await;
    assert!(summary.contains("left out: phone"), "{summary}");
}
