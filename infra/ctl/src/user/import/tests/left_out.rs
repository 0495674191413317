//! What is not taken: refusals, fields that are left out, and the report of them.

use super::*;

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
async fn an_extension_is_no_part_of_a_number() {
    let world = World::new().await;
    let phone = "+49 151 1234567 ext. 3";
    let rows = [json!({ "email": "ada@example.com", "phone": phone })];
    let (_, summary) = import(&world, &rows).await;
    assert!(summary.contains("left out: phone"), "{summary}");
}
