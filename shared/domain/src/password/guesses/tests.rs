//! How many guesses there are, and how long they rest.

use super::*;
use proptest::prelude::*;

const UNKNOWN: NetworkKind = NetworkKind::Unknown;

/// A count in which the admitted try is counted, as the store does it.
fn counted(ledger: &GuessLedger, now: UnixTime) -> Result<GuessLedger, Exceeded> {
    let tries = match ledger.admit(UNKNOWN, now)? {
        Admission::Free { .. } => ledger.unknown_tries + 1,
        Admission::Alone { tries, .. } => tries,
    };
    Ok(GuessLedger {
        unknown_tries: tries,
        unknown_last: Some(now),
        ..ledger.clone()
    })
}

#[test]
fn five_are_free_and_then_rests_double() {
    let (mut ledger, mut now) = (GuessLedger::default(), 1000);
    for _ in 0..5 {
        ledger = counted(&ledger, UnixTime(now)).unwrap();
    }
    for rest in [30, 60, 120, 240, 480, 960, 1920, 3600, 3600] {
        let refused = counted(&ledger, UnixTime(now)).unwrap_err();
        assert_eq!(
            (refused.quota, refused.retry_after),
            (Quota::Cooldown, rest)
        );
        now += i64::try_from(rest).unwrap();
        assert!(counted(&ledger, UnixTime(now - 1)).is_err());
        ledger = counted(&ledger, UnixTime(now)).unwrap();
    }
    let tomorrow = counted(&ledger, UnixTime(now + 86_400)).unwrap();
    assert_eq!(tomorrow.unknown_tries, 1);
}

#[test]
fn lanes_do_not_hear_of_each_other() {
    let ledger = GuessLedger {
        unknown_tries: 50,
        unknown_last: Some(UnixTime(10)),
        ..GuessLedger::default()
    };
    assert!(ledger.admit(UNKNOWN, UnixTime(11)).is_err());
    assert!(ledger.admit(NetworkKind::Known, UnixTime(11)).is_ok());
}

#[test]
fn a_name_that_changed_hands_knows_no_place() {
    let owner = Some(Uuid::from_u128(1));
    let ledger = GuessLedger {
        sub: owner,
        networks: vec!["home".to_owned()],
        ..GuessLedger::default()
    };
    assert_eq!(
        ledger.network_kind_of(&"home".to_owned(), owner),
        NetworkKind::Known
    );
    assert_eq!(ledger.network_kind_of(&"cafe".to_owned(), owner), UNKNOWN);
    let other = Some(Uuid::from_u128(2));
    assert_eq!(ledger.network_kind_of(&"home".to_owned(), other), UNKNOWN);
    assert_eq!(ledger.network_kind_of(&"home".to_owned(), None), UNKNOWN);
    assert_eq!(
        GuessLedger::default().network_kind_of(&"x".to_owned(), None),
        UNKNOWN
    );
}

#[test]
fn rests_never_overflow() {
    for tries in [0, 4, 5, 6, 40, u32::MAX] {
        assert!(rest(UNKNOWN, tries) <= LONGEST_REST);
    }
    assert_eq!((rest(UNKNOWN, 4), rest(UNKNOWN, 5)), (0, FIRST_REST));
    assert_eq!(rest(NetworkKind::Known, 9), 0);
}

proptest! {
    /// However a guesser spaces the tries, a day takes no more than it says.
    #[test]
    fn no_day_takes_more_than_its_tries(pauses in prop::collection::vec(1i64..4000, 1..400)) {
        let (mut ledger, mut now, mut tries) = (GuessLedger::default(), 1_000_000, Vec::new());
        for pause in pauses {
            now += pause;
            if let Ok(next) = counted(&ledger, UnixTime(now)) {
                ledger = next;
                tries.push(now);
            }
            let today = tries.iter().filter(|at| **at > now - 86_400).count();
            prop_assert!(today <= 5 + 8 + 24);
        }
    }
}
