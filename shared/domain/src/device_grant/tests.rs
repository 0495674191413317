use proptest::prelude::*;

use super::*;
use crate::client::{client_name, is_client_id};

fn grant() -> Grant {
    Grant {
        id: "id".into(),
        client: None,
        requester: String::new(),
        network: String::new(),
        created_at: UnixTime(0),
        expires_at: UnixTime(600),
        state: State::Pending,
        approval: None,
        interval: INTERVAL,
        polled_at: None,
    }
}

fn approval() -> Approval {
    Approval {
        sub: Uuid::nil(),
        session_epoch: 1,
        amr: vec![Amr::Otp],
        auth_time: UnixTime(0),
    }
}

#[test]
fn looks_add_up_to_the_wait() {
    assert_eq!(LOOKS.iter().sum::<u64>(), WAIT);
}

#[test]
fn every_state_stands_for_one_thing_until_the_end() {
    let approved = Grant {
        state: State::Approved,
        approval: Some(approval()),
        ..grant()
    };
    let in_state = |state| Grant { state, ..grant() };
    let at = UnixTime(599);
    assert_eq!(grant().standing(at), Standing::Pending);
    assert_eq!(approved.standing(at), Standing::Approved(&approval()));
    assert_eq!(in_state(State::Denied).standing(at), Standing::Denied);
    assert_eq!(in_state(State::Spent).standing(at), Standing::Over);
    for state in [State::Pending, State::Approved, State::Denied, State::Spent] {
        let ended = Grant {
            state,
            approval: Some(approval()),
            ..grant()
        };
        assert_eq!(ended.standing(UnixTime(600)), Standing::Over);
    }
}

#[test]
fn only_a_poll_that_clearly_comes_too_soon_is_hurried() {
    let polled = Grant {
        polled_at: Some(UnixTime(100)),
        ..grant()
    };
    assert!(
        !grant().is_hurried(UnixTime(0)),
        "the first may be immediate"
    );
    assert!(polled.is_hurried(UnixTime(103)));
    for later in [104, 105, 200] {
        assert!(!polled.is_hurried(UnixTime(later)), "{later}");
    }
}

#[test]
fn a_code_is_read_however_it_is_typed() {
    let code = UserCode::parse("WDJB-MJHT").unwrap();
    for typed in [
        "wdjbmjht",
        " wdjb mjht ",
        "W-D-J-B.M_J H T",
        "wdjb\u{2013}mjht\n",
    ] {
        assert_eq!(UserCode::parse(typed), Some(code.clone()), "{typed:?}");
    }
    assert_eq!(UserCode::parse("8526-bszg"), UserCode::parse("BSZG-BSZG"));
    for typed in [
        "",
        "WDJB-MJH",
        "WDJB-MJHTT",
        "WDJB-MJH0",
        "WDJB-MJHA",
        "ⅤDJB-MJHT",
    ] {
        assert_eq!(UserCode::parse(typed), None, "{typed:?}");
    }
    assert_eq!(code.to_string(), "WDJB-MJHT");
    assert!(!format!("{code:?}").contains("WDJB"));
}

#[test]
fn a_client_has_a_plain_id_and_a_name_that_fits() {
    for id in ["tv", "my-tv.2_b", &"a".repeat(64)] {
        assert!(is_client_id(id), "{id}");
    }
    for id in ["", "a b", "a#b", "ä", &"a".repeat(65)] {
        assert!(!is_client_id(id), "{id}");
    }
    assert_eq!(client_name(" My TV ").as_deref(), Some("My TV"));
    for name in ["", " ", "a\u{1b}[2J", &"a".repeat(61)] {
        assert_eq!(client_name(name), None, "{name:?}");
    }
}

proptest! {
    #[test]
    fn a_coined_code_can_be_typed(random: [u8; 16]) {
        if let Some(code) = UserCode::coin(random) {
            prop_assert_eq!(UserCode::parse(&code.to_string()), Some(code.clone()));
            prop_assert!(code.letters().chars().all(|c| !"AEIOUY0158".contains(c)));
        }
    }

    #[test]
    fn nothing_typed_breaks_the_reading(typed: String) {
        let _ = UserCode::parse(&typed);
    }
}
