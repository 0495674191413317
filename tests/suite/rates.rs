//! Rate buckets: what a hit costs, and that no crowd gets past a budget.

use domain::email_change;
use domain::limit::OTP_VERIFIES_PER_NETWORK as LIMIT;
use domain::limit::{self, Limit, cashless, nauth};
use domain::password::{guesses, reset};
use domain::time::{DAY, HOUR, MINUTE};
use futures_util::future::join_all;
use store::Store;
use tests::World;

/// The limits that a page for administrators lists.
const LISTED: [Limit; 48] = [
    guesses::PASSWORDS_PER_NETWORK,
    guesses::WRONG_PER_NETWORK,
    guesses::KNOWN_WRONG_PER_NETWORK,
    nauth::FAILED_SIGN_INS,
    nauth::LOCKOUT,
    limit::OTP_REQUESTS_PER_NETWORK,
    limit::OTP_REQUESTS_PER_NETWORK_A_DAY,
    limit::OTP_VERIFIES_PER_NETWORK,
    limit::GUESSES_PER_NETWORK,
    limit::KNOWN_GUESSES_PER_NETWORK,
    cashless::PHONE_CODES,
    cashless::PHONE_CODES_A_DAY,
    cashless::PHONE_VERIFICATIONS,
    limit::SECOND_FACTORS_PER_NETWORK,
    limit::SECOND_FACTORS_PER_SESSION,
    cashless::FIREBASE_SIGN_INS,
    limit::OAUTH_DEPARTURES_PER_NETWORK,
    limit::OAUTH_RETURNS_PER_NETWORK,
    nauth::SOCIAL_EXCHANGES_PER_NETWORK,
    nauth::SOCIAL_TOKENS_PER_NETWORK,
    nauth::VERIFICATIONS_PER_ACCOUNT,
    nauth::VERIFICATIONS_PER_NETWORK,
    nauth::CODES_PER_ADDRESS_AND_NETWORK,
    nauth::CODES_PER_ADDRESS,
    nauth::CODES_PER_ADDRESS_A_DAY,
    nauth::CODES_PER_NUMBER,
    nauth::TEXTS_PER_ACCOUNT,
    nauth::SIGN_UPS_PER_ADDRESS,
    nauth::SIGN_UPS_PER_ADDRESS_AND_NETWORK,
    nauth::RESETS_PER_NAME,
    limit::REGISTRATIONS_PER_NETWORK,
    domain::vendor::REGISTRATIONS_PER_NETWORK,
    reset::REQUESTS_PER_NETWORK,
    reset::REQUESTS_PER_NETWORK_A_DAY,
    cashless::RESETS_PER_ADDRESS,
    reset::LETTERS_PER_ADDRESS,
    cashless::RESET_CONFIRMATIONS,
    email_change::TOKENS_PER_NETWORK,
    email_change::LETTERS_PER_ACCOUNT,
    limit::BAD_REFRESHES_PER_NETWORK,
    limit::BAD_KEYS_PER_NETWORK,
    limit::BAD_DEVICE_CODES_PER_NETWORK,
    limit::USER_CODES_PER_ACCOUNT,
    limit::USER_CODES_PER_NETWORK,
    cashless::token_verifications(cashless::LOOKS_A_MINUTE),
    cashless::introspections(cashless::LOOKS_A_MINUTE),
    limit::mails_per_day(10_000),
    limit::texts_per_day(1_000),
];

#[test]
fn the_page_of_limits_has_the_numbers_of_the_code() {
    let page = include_str!("../../docs/sign-in.md");
    for limit in LISTED {
        let window = match limit.window {
            MINUTE => "a minute",
            HOUR => "an hour",
            DAY => "a day",
            seconds => &format!("{} minutes", seconds / MINUTE),
        };
        let row = format!("| `{}` | {} | {window} |", limit.name, limit.budget);
        assert!(page.contains(&row), "{row}");
    }
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let names = rows.filter_map(|row| row.split('`').nth(1));
    for name in names.filter(|name| !name.contains(' ')) {
        assert!(LISTED.iter().any(|limit| limit.name == name), "{name}");
    }
}

const WHO: &str = "192.0.2.1";
const WINDOW: i64 = LIMIT.window.cast_signed();

/// The tables as one more process sees them, which remembers nothing.
fn process(world: &World) -> Store {
    Store::new(&world.aws.dynamodb, &world.table, &world.audit_table)
}

/// Whether a hit was admitted, and what it took.
async fn hit(world: &World, process: &Store) -> (bool, usize) {
    world.tap.clear();
    let outcome = process.hit(&LIMIT, WHO, world.now()).await.unwrap();
    (outcome.is_ok(), world.tap.calls().len())
}

#[tokio::test]
async fn a_hit_is_one_round_trip() {
    let world = World::new().await;
    let (one, other) = (process(&world), process(&world));
    assert_eq!(hit(&world, &one).await, (true, 1), "the first of its key");
    assert_eq!(hit(&world, &one).await, (true, 1), "in a window it opened");
    assert_eq!(hit(&world, &other).await, (true, 1), "in another's window");
    world.clock.advance(WINDOW);
    assert_eq!(hit(&world, &one).await, (true, 1), "in a window it saw end");
    let another = hit(&world, &other).await;
    assert_eq!(another, (true, 2), "in a window opened anew by another");
    world.clock.advance(WINDOW);
    let stranger = hit(&world, &process(&world)).await;
    assert_eq!(stranger, (true, 2), "in a window that others saw end");
}

#[tokio::test]
async fn a_full_window_is_asked_about_once() {
    let world = World::new().await;
    let (one, other) = (process(&world), process(&world));
    for _ in 0..LIMIT.budget {
        assert!(hit(&world, &one).await.0);
    }
    world.clock.advance(WINDOW - 1);
    assert_eq!(hit(&world, &other).await, (false, 1));
    assert_eq!(hit(&world, &other).await, (false, 0));
    world.clock.advance(1);
    assert_eq!(hit(&world, &other).await, (true, 1), "it ended on time");
}

/// How many of 60 hits at once, by six processes, half of which know the last window, are
/// admitted to the next one.
async fn admitted(world: &World) -> usize {
    let processes: Vec<Store> = (0..6).map(|_| process(world)).collect();
    for process in &processes[..3] {
        assert!(hit(world, process).await.0);
    }
    world.clock.advance(WINDOW);
    let (now, processes) = (world.now(), &processes);
    let hits = (0..60).map(|n| async move { processes[n % 6].hit(&LIMIT, WHO, now).await });
    let outcomes = join_all(hits).await;
    let admitted = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Ok(Ok(_))));
    admitted.count()
}

#[tokio::test]
async fn sixty_hits_at_once_get_the_budget_and_no_more() {
    let world = World::new().await;
    assert_eq!(admitted(&world).await, LIMIT.budget as usize);
    let refused = process(&world).hit(&LIMIT, WHO, world.now()).await.unwrap();
    let refused = refused.unwrap_err();
    assert_eq!(refused.retry_after, LIMIT.window, "from the first hit on");
}

#[tokio::test]
async fn sixty_hits_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("UpdateItem");
    assert!(admitted(&world).await > LIMIT.budget as usize);
}

#[tokio::test]
async fn letters_are_counted_from_leases() {
    let world = World::new().await;
    let counts = |call: &tests::Call| call.body["Key"]["pk"]["S"] == "RATE#mails#stack";
    for n in 0..15 {
        let client = world.at(&format!("192.0.2.{n}"));
        client
            .request_code(&format!("person{n}@example.com"))
            .await
            .expect(200);
    }
    let calls = world.tap.calls();
    let writes = calls.iter().filter(|call| counts(call)).count();
    assert_eq!(writes, 4, "blocks of 1, 2, 4 and 8");
}
