//! What a code and its counts allow.

use super::*;
use proptest::prelude::*;

const POLICY: CodePolicy = CodePolicy {
    lifetime: LIFETIME,
    cooldown: 30,
    hourly: 10,
    daily: 20,
    max_tries: 5,
    lockout: 900,
};

fn ask(now: i64, nonce: &str) -> CodeRequest {
    CodeRequest {
        now: UnixTime(now),
        nonce: nonce.into(),
        sub: None,
        network: String::new(),
        networks: vec![],
        source: String::new(),
    }
}

fn request(before: Option<&CodeLedger>, now: i64, nonce: &str) -> Result<CodeLedger, Exceeded> {
    CodeLedger::request(before, ask(now, nonce), &POLICY)
}

#[test]
fn a_resend_repeats_the_code_and_renews_no_tries() {
    let mut row = request(None, 0, "a").unwrap();
    row.unknown = Attempts {
        tries: 3,
        since: Some(UnixTime(1)),
        last: Some(UnixTime(9)),
        ..Attempts::default()
    };
    let again = request(Some(&row), 40, "b").unwrap();
    assert_eq!(again.nonce.as_deref(), Some("a"));
    assert_eq!(again.expires_at, row.expires_at);
    assert_eq!(again.unknown.tries, 3);
}

#[test]
fn a_spent_or_expired_code_is_replaced() {
    let mut row = request(None, 0, "a").unwrap();
    assert_eq!(
        request(Some(&row), 600, "b").unwrap().nonce.as_deref(),
        Some("b")
    );
    row.nonce = None;
    assert_eq!(
        request(Some(&row), 40, "c").unwrap().nonce.as_deref(),
        Some("c")
    );
}

#[test]
fn a_new_holder_of_the_address_gets_a_new_code() {
    let row = request(None, 0, "a").unwrap();
    let asked = CodeRequest {
        sub: Some(Uuid::from_u128(7)),
        ..ask(40, "b")
    };
    let next = CodeLedger::request(Some(&row), asked, &POLICY).unwrap();
    assert_eq!(next.nonce.as_deref(), Some("b"));
}

#[test]
fn used_up_tries_outlast_a_new_code_until_the_lock_ends() {
    let mut row = request(None, 0, "a").unwrap();
    row.unknown = Attempts {
        tries: 5,
        since: Some(UnixTime(500)),
        last: Some(UnixTime(550)),
        ..Attempts::default()
    };
    let during = request(Some(&row), 1200, "b").unwrap();
    assert_eq!(
        during.unknown.tries, 5,
        "the window is over, the lock is not"
    );
    let after = request(Some(&during), 1450, "c").unwrap();
    assert_eq!(after.unknown.tries, 0, "550 + 900");
}

#[test]
fn quotas_tell_how_long_they_last() {
    let mut row = request(None, 0, "n").unwrap();
    assert_eq!(
        request(Some(&row), 29, "n"),
        Err(Exceeded {
            quota: Quota::Cooldown,
            retry_after: 1
        })
    );
    for n in 1..10 {
        row = request(Some(&row), n * 30, "n").unwrap();
    }
    assert_eq!(
        request(Some(&row), 300, "n"),
        Err(Exceeded {
            quota: Quota::Hourly,
            retry_after: 3300
        })
    );
    for n in 0..10 {
        row = request(Some(&row), 3600 + n * 30, "n").unwrap();
    }
    assert_eq!(
        request(Some(&row), 7200, "n"),
        Err(Exceeded {
            quota: Quota::Daily,
            retry_after: 79_200
        })
    );
    assert!(request(Some(&row), 86_400, "n").is_ok());
}

#[test]
fn a_code_that_was_not_sent_costs_nothing() {
    let first = request(None, 0, "a").unwrap();
    let unsent = first.unsent(None);
    let again = request(Some(&unsent), 1, "b").unwrap();
    assert_eq!((again.unknown.hour.count, again.unknown.day.count), (1, 1));
    assert!(unsent.useless_at() > UnixTime(DAY as i64));
}

#[test]
fn strangers_who_ask_leave_the_persons_own_quota_alone() {
    let home = |now, network: &str| CodeRequest {
        network: network.into(),
        sub: Some(Uuid::from_u128(1)),
        networks: vec!["home".into()],
        ..ask(now, "n")
    };
    let mut row = CodeLedger::request(None, home(0, "cafe"), &POLICY).unwrap();
    for n in 1..10 {
        row = CodeLedger::request(Some(&row), home(n * 30, "cafe"), &POLICY).unwrap();
    }
    assert!(CodeLedger::request(Some(&row), home(300, "cafe"), &POLICY).is_err());
    assert!(CodeLedger::request(Some(&row), home(300, "home"), &POLICY).is_ok());
}

#[test]
fn a_claim_that_changed_hands_knows_no_place() {
    let mut row = request(None, 0, "a").unwrap();
    row.sub = Some(Uuid::from_u128(1));
    row.networks = vec!["home".into()];
    assert_eq!(
        row.network_kind_of(&"home".into(), row.sub),
        NetworkKind::Known
    );
    assert_eq!(
        row.network_kind_of(&"cafe".into(), row.sub),
        NetworkKind::Unknown
    );
    assert_eq!(
        row.network_kind_of(&"home".into(), Some(Uuid::from_u128(2))),
        NetworkKind::Unknown
    );
    assert_eq!(
        row.network_kind_of(&"home".into(), None),
        NetworkKind::Unknown
    );
}

/// The window of tries may have begun with the code before: when it ends, the code in
/// force keeps its count.
#[test]
fn a_code_that_is_kept_keeps_its_tries() {
    let tried = |row: &mut CodeLedger, now: u64| {
        row.unknown.tries += 1;
        row.unknown
            .since
            .get_or_insert(UnixTime(i64::try_from(now).unwrap()));
        row.unknown.last = Some(UnixTime(i64::try_from(now).unwrap()));
    };
    let life = POLICY.lifetime;
    let at = |now: u64| i64::try_from(now).unwrap();
    let mut row = request(None, 0, "a").unwrap();
    tried(&mut row, life - 200);
    // The second code, of which some tries are used.
    row = request(Some(&row), at(life), "b").unwrap();
    for n in 0..3 {
        tried(&mut row, life + 100 + n);
    }
    // The window of the first is over; the code is the same.
    let again = request(Some(&row), at(2 * life - 150), "c").unwrap();
    assert_eq!(again.nonce, row.nonce);
    assert_eq!(again.unknown.tries, 4);
    // With its end they are.
    let next = request(Some(&again), at(2 * life), "d").unwrap();
    assert_ne!(next.nonce, row.nonce);
    assert_eq!(next.unknown.tries, 0);
}

proptest! {
    /// However an attacker spaces requests and guesses, no code is ever tried more
    /// than five times from one kind of network.
    #[test]
    fn no_code_takes_more_than_its_tries(steps in prop::collection::vec((1i64..400, prop::bool::ANY), 1..120)) {
        let (mut now, mut row, mut tries, mut nonces) = (0, request(None, 0, "0").unwrap(), 0u32, 0);
        for (pause, guess) in steps {
            now += pause;
            if guess {
                let admitted = row.unknown.tries < POLICY.max_tries && row.expires_at > UnixTime(now);
                if admitted {
                    row.unknown.tries += 1;
                    row.unknown.since.get_or_insert(UnixTime(now));
                    row.unknown.last = Some(UnixTime(now));
                    tries += 1;
                }
            } else if let Ok(next) = request(Some(&row), now, &(nonces + 1).to_string()) {
                if next.nonce != row.nonce { nonces += 1; tries = 0; }
                row = next;
            }
            prop_assert!(tries <= POLICY.max_tries);
        }
    }
}
