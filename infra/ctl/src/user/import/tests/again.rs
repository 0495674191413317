//! Lines that say the same twice, files that are imported again, and runs that break off.

use super::*;

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
async fn one_mailbox_is_one_account_in_either_spelling_of_its_domain() {
    let world = World::new().await;
    let rows = ["ada@b\u{fc}cher.example", "Ada@XN--BCHER-KVA.example"]
        .map(|email| json!({ "email": email }));
    let (_, summary) = import(&world, &rows).await;
    assert_eq!(summary, "1 made, 1 there already, 0 refused");
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
