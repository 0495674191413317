//! Every letter has a budget of its recipient: once that is used up, no operation writes.
//!
//! Which operations write is what the walk through the table saw. Each of them is tried
//! again here where every count of letters to one recipient is full, so that a flow that
//! writes for another reason, or to a recipient whom no count knows, is found. A code is
//! counted where it is kept ([`domain::email_code::CodePolicy`]), so those are asked for
//! over and over.

use std::collections::BTreeSet;
use std::sync::Mutex;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::letter_budget::{
    ASKED_PER_RECIPIENT, NOTICES_PER_ACCOUNT, VENDOR_NOTICES_PER_RECIPIENT, WARNINGS_PER_RECIPIENT,
};
use domain::limit::Limit;
use serde_json::{Value, json};
use tests::{Answer, Anyone, Visitor, World};

use super::bodies::rows;
use super::cell::{Cell, Stock};
use super::principals::{Kind, app_of};
use super::{Walked, make, world};
use crate::auth::{PASSWORD, letter_token, login, register};
use crate::vendor;

const ADA: &str = "ada@example.com";
const GUARDED: &str = "grace@example.com";
const VENDOR: &str = "shop@example.com";

/// What counts letters to one recipient. An account has one address.
const COUNTS: [&Limit; 4] = [
    &ASKED_PER_RECIPIENT,
    &NOTICES_PER_ACCOUNT,
    &VENDOR_NOTICES_PER_RECIPIENT,
    &WARNINGS_PER_RECIPIENT,
];

/// Every row whose request writes to a recipient, by a kind of principal that it does so
/// for.
const WRITING: &[(Kind, &[&str])] = &[
    (
        Kind::Nobody,
        &[
            "POST /admin/login",
            "POST /admin/password-reset/email-send",
            "POST /admin/password-reset/{token}",
            "POST /admin/register",
            "POST /auth/login (JSON)",
            "POST /auth/login (form)",
            "POST /auth/login/firebase",
            "POST /auth/password-reset",
            "POST /auth/password-reset-request",
            "POST /auth/register",
            "POST /cfg/accounts/oauth/github/callback/",
            "POST /cfg/accounts/otp/verify/",
            "POST /cfg/totp/verify/",
            "POST /cfg/totp/verify/backup/",
            "POST /nauth/admin/reset-password/confirm",
            "POST /nauth/forgot-password",
            "POST /nauth/forgot-password/confirm",
            "POST /nauth/login",
            "POST /nauth/reset-password/confirm",
            "POST /nauth/respond-challenge",
            "POST /password",
            "POST /password/new",
            "POST /sign-in/code",
            "POST /sign-in/factor",
            "POST /sign-in/password",
            "POST /token",
            "POST /vendor/password-reset",
            "POST /vendor/password-reset-request",
        ],
    ),
    (
        Kind::Member,
        &[
            "POST /auth/enable-2fa",
            "POST /cfg/accounts/api-key/regenerate/",
            "POST /cfg/accounts/oauth/disconnect/",
            "POST /cfg/totp/setup/confirm/",
            "POST /nauth/change-password",
            "POST /nauth/mfa/setup-data (mailbox)",
            "POST /nauth/mfa/verify-setup",
            "PUT /nauth/profile (address)",
            "PUT /nauth/profile (number)",
            "PUT /auth/profile (email)",
            "PUT /auth/profile (password)",
            "PUT /auth/profile (username)",
        ],
    ),
    (
        Kind::WithFactor,
        &[
            "DELETE /cfg/totp/devices/{id}/",
            "DELETE /nauth/mfa/method/{method}",
            "POST /auth/disable-2fa",
            "POST /cfg/totp/backup-codes/regenerate/",
            "POST /cfg/totp/disable/",
            "POST /nauth/mfa/backup-codes/generate",
            "POST /nauth/social/set-password",
        ],
    ),
    (
        Kind::Pending,
        &["POST /admin/mfa/verify", "POST /auth/verify-2fa"],
    ),
    (
        Kind::Admin,
        &[
            "PATCH /admin/operators/{user_id}",
            "POST /admin/operators",
            "POST /nauth/admin/mfa/remove-devices",
            "POST /nauth/admin/reset-password/initiate",
            "POST /nauth/admin/set-password",
            "PUT /admin/user/role",
            "PUT /nauth/admin/users/{sub} (address)",
        ],
    ),
    (Kind::Vendor, &["PUT /vendor/password"]),
    (
        Kind::Browser,
        &["POST /device/approve", "POST /sign-up/password"],
    ),
];

/// A row whose request writes and that needs a letter of its own first, so that its budget
/// is tried alone ([`the_news_of_another_address_has_the_budget_of_the_one_before`]).
const WRITING_LATER: &str = "POST /auth/confirm-email (moving)";

/// Every row whose request sends a code, and how many of these there are in a day.
const SENDING_CODES: [(&str, usize); 5] = [
    ("POST /auth/login/phone", 10),
    ("POST /cfg/accounts/otp/request/", 20),
    ("POST /nauth/signup", 20),
    ("POST /sign-in/send", 20),
    ("POST /sign-up", 20),
];

/// Whether these are all that the walk saw writing.
pub fn are_all_listed(columns: &[(Kind, Vec<Walked>)]) {
    let mut seen = BTreeSet::new();
    for (_, walked) in columns {
        let wrote = rows()
            .zip(walked)
            .filter(|(_, one)| !one.written_to.is_empty());
        seen.extend(wrote.map(|(row, _)| row.name()));
    }
    let writing = WRITING.iter().flat_map(|(_, rows)| *rows);
    let codes = SENDING_CODES.iter().map(|(name, _)| name);
    let listed = writing.chain(codes).chain([&WRITING_LATER]);
    let listed = listed.map(|name| (*name).to_owned());
    assert_eq!(
        seen,
        listed.collect(),
        "say whose budget these letters are of"
    );
}

/// From now on every recipient's counts are full.
pub async fn fill(world: &World) {
    for limit in COUNTS {
        let full = [
            ("hits", AttributeValue::N("1000000".to_owned())),
            (
                "window_ends",
                AttributeValue::N((world.now().0 + 80_000).to_string()),
            ),
        ];
        let mut row = store::key::rate(limit.name, "full").attributes();
        row.extend(full.map(|(name, value)| (name.to_owned(), value)));
        let put = world.db.put_item().table_name(&world.table);
        put.set_item(Some(row)).send().await.expect("written");
    }
    world.tap.twist("UpdateItem", as_full);
}

/// A count of one recipient becomes the one that is full.
fn as_full(body: &mut Value) {
    let Some(Value::String(key)) = body.pointer_mut("/Key/pk/S") else {
        return;
    };
    for limit in COUNTS {
        let one = format!("RATE#{}#", limit.name);
        if key.starts_with(&one) {
            *key = format!("{one}full");
        }
    }
}

/// Whom the rows of that kind write to, with the counts full or not.
async fn written(kind: Kind, names: &[&str], full: bool) -> BTreeSet<String> {
    let mut wrote = BTreeSet::new();
    for (number, row) in rows().enumerate() {
        if !names.contains(&row.name().as_str()) {
            continue;
        }
        // A process remembers for a minute what was full.
        let world = world().await;
        let stock = Stock::default();
        let principal = make(kind, &world, number).await;
        let cell = Cell {
            world: &world,
            principal: &principal,
            row,
            stock: &stock,
            newest: Mutex::default(),
            full,
            trouble: None,
            number,
        };
        let answer = (row.send)(&cell).await;
        assert!(answer.status < 500, "{}: {}", row.name(), answer.text);
        if !cell.written_to().is_empty() {
            wrote.insert(row.name());
        }
    }
    wrote
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_more_than_a_days_letters_by_any_route() {
    for (kind, names) in WRITING {
        let all: BTreeSet<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let (free, full) = tokio::join!(written(*kind, names, false), written(*kind, names, true));
        assert_eq!(free, all, "these write at all");
        assert_eq!(full, BTreeSet::new(), "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_more_than_a_days_codes_by_any_route() {
    for (name, a_day) in SENDING_CODES {
        let world = world().await;
        let mut sent = 0;
        for n in 0..30 {
            // Somewhere else each time, and spread over the day.
            let client = world.at(&format!("203.0.113.{n}"));
            match name {
                "POST /auth/login/phone" => {
                    let body = json!({ "phone": "+4915112345678" });
                    client.post("/auth/login/phone", &body).await;
                    sent = world.mail("+4915112345678").len();
                }
                "POST /cfg/accounts/otp/request/" => {
                    client.request_code(ADA).await;
                    sent = world.mail(ADA).len();
                }
                "POST /nauth/signup" => {
                    crate::nauth::sign_up(&client, ADA).await;
                    sent = world.mail(ADA).len();
                }
                "POST /sign-up" => {
                    let mut browser = Visitor::open(client, "/sign-up").await;
                    browser.fill("/sign-up", &[("name", ADA)]).await;
                    sent = world.mail(ADA).len();
                }
                _ => {
                    let mut browser = Visitor::open(client, "/sign-in").await;
                    browser.ask_for_code(ADA).await;
                    sent = world.mail(ADA).len();
                }
            }
            world.clock.advance(2_700);
        }
        assert_eq!(sent, a_day, "{name}");
    }
}

/// A wrong guess of that kind at one account, or at the second factor of a sign-in.
async fn guess(client: &Anyone<'_>, what: &str, waits: &str) -> Answer {
    match what {
        "password" => login(client, ADA, "wrong").await,
        "code" => {
            let wrong = client.world().wrong_code(ADA);
            client.verify_code(ADA, &wrong).await
        }
        "factor" => client.second_factor(waits, "000000").await,
        _ => vendor::login(client, VENDOR, "wrong").await,
    }
}

#[tokio::test]
async fn nobody_gets_more_than_a_days_warnings_by_any_route() {
    for what in ["password", "code", "factor", "vendor"] {
        for full in [false, true] {
            let world = world().await;
            register(&world.anyone(), "ada", ADA, PASSWORD)
                .await
                .expect(200);
            world.prove(ADA).await;
            let member = world.anyone().sign_in(GUARDED).await;
            app_of(&world, &member).await;
            vendor::register(&world.anyone(), VENDOR).await.expect(200);
            let waits = world.anyone().first_factor(&world, GUARDED).await;
            world.anyone().request_code(ADA).await.expect(200);
            if full {
                fill(&world).await;
            }
            let before = world.inbox.messages(None).len();
            for n in 0..5 {
                let stranger = world.at(&format!("203.0.113.{n}"));
                guess(&stranger, what, &waits).await;
            }
            let warned = world.inbox.messages(None).len() - before;
            assert_eq!(warned, usize::from(!full), "{what}");
        }
    }
}

#[tokio::test]
async fn the_news_of_another_address_has_the_budget_of_the_one_before() {
    const NEXT: &str = "ada@example.org";
    for full in [false, true] {
        let world = world().await;
        let member = world.anyone().sign_in(ADA).await.client();
        let change = json!({ "email": NEXT });
        let changed = member.send("PUT", "/auth/profile", &change).await;
        changed.expect(200);
        let body = json!({ "token": letter_token(&world, NEXT) });
        if full {
            fill(&world).await;
        }
        let before = world.mail(ADA).len();
        member.post("/auth/confirm-email", &body).await.expect(200);
        assert_eq!(world.mail(ADA).len() - before, usize::from(!full));
    }
}
