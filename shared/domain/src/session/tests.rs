//! What a session may do, and how its tokens rotate.

use super::*;
use crate::account::{NewUser, Status};

const LIVES: TokenLifetimes = TokenLifetimes {
    access: 1800,
    refresh: 1000,
    session: 1500,
    grace: 10,
};

fn user() -> User {
    NewUser {
        sub: Uuid::nil(),
        uid: 1,
        username: "u".into(),
        contact: crate::EmailAddress::parse("a@example.com").map(crate::Contact::Email),
        language: String::new(),
        timezone: String::new(),
        source: String::new(),
        network: String::new(),
        audit_key: String::new(),
    }
    .into_user(UnixTime(0))
}

/// A moment of an installation where nothing was ended.
const fn at(now: i64) -> Moment {
    Moment {
        now: UnixTime(now),
        not_before: UnixTime(-1),
    }
}

fn session() -> Session {
    Session {
        id: Uuid::nil(),
        number: 1,
        sub: Uuid::nil(),
        contract: Contract::Djangocfg,
        session_epoch: 1,
        amr: vec![Amr::Otp],
        provider: None,
        auth_time: UnixTime(0),
        proven: ProvenWhen::AtSignIn,
        mfa_at: None,
        has_enrolled: false,
        event: None,
        remembered: false,
        device: None,
        granted_to: None,
        authorization: None,
        delivery: Delivery::Body,
        generation: 7,
        rotated_at: UnixTime(100),
        expires_at: UnixTime(1000),
        ends_at: UnixTime(1500),
        grace: 10,
        client: String::new(),
        ended: None,
    }
}

#[test]
fn the_token_in_force_rotates_and_the_one_before_has_its_grace() {
    let (user, session) = (user(), session());
    assert_eq!(session.presented(7, &user, at(100)), Presented::Current);
    assert_eq!(
        session.presented(6, &user, at(110)),
        Presented::JustReplaced
    );
    assert_eq!(session.presented(6, &user, at(111)), Presented::Replayed);
    assert_eq!(session.presented(5, &user, at(101)), Presented::Replayed);
    assert_eq!(session.presented(8, &user, at(101)), Presented::Replayed);
    assert_eq!(
        session.presented(u64::MAX, &user, at(101)),
        Presented::Replayed
    );
}

#[test]
fn nothing_is_worth_anything_once_it_is_over() {
    let (person, alive) = (user(), session());
    let over = |session: &Session, user: &User, now| session.presented(7, user, at(now));
    assert_eq!(over(&alive, &person, 1000), Presented::Over);
    let ended = Session {
        ended: Some(EndedBy::Replay),
        ..alive.clone()
    };
    assert_eq!(over(&ended, &person, 101), Presented::Over);
    let moved_on = User {
        session_epoch: 2,
        ..person.clone()
    };
    assert_eq!(over(&alive, &moved_on, 101), Presented::Over);
    let locked = User {
        status: Status::Locked,
        ..person
    };
    assert_eq!(over(&alive, &locked, 101), Presented::Over);
}

#[test]
fn what_began_before_everything_was_ended_is_over() {
    let (person, session) = (user(), session());
    let ended = |not_before| Moment {
        not_before: UnixTime(not_before),
        ..at(101)
    };
    let began = session.auth_time.0;
    assert_eq!(
        session.presented(7, &person, ended(began - 1)),
        Presented::Current
    );
    assert_eq!(session.presented(7, &person, ended(began)), Presented::Over);
    assert_eq!(
        session.why_over(&person, ended(began)),
        AuthFailure::EndedSession
    );
}

#[test]
fn freshness_lasts_ten_minutes_and_asks_for_the_factor() {
    let (person, session) = (user(), session());
    assert!(session.is_fresh(&person, UnixTime(600)));
    assert!(!session.is_fresh(&person, UnixTime(601)));
    let guarded = User {
        factors: vec![crate::account::Factor::Totp],
        ..person
    };
    assert!(!session.is_fresh(&guarded, UnixTime(0)));
    let excused = User {
        mfa_exempt: true,
        ..guarded.clone()
    };
    assert!(
        session.is_fresh(&excused, UnixTime(0)),
        "no sign-in asks for the factor"
    );
    let may = |session: &Session, user: &User, shown| {
        session.may_change_credentials(user, shown, UnixTime(0))
    };
    let (at_sign_in, in_request) = (FactorShown::AtSignIn, FactorShown::InRequest);
    assert!(
        may(&session, &guarded, in_request),
        "a code with the request"
    );
    let staff = User {
        role: crate::account::Role::Admin,
        ..user()
    };
    assert!(session.is_fresh(&staff, UnixTime(0)));
    assert!(!may(&session, &staff, at_sign_in), "four digits alone");
    let whole = Session {
        amr: vec![Amr::Otp, Amr::Mfa],
        ..session
    };
    assert!(may(&whole, &staff, at_sign_in));
    assert!(whole.is_fresh(&guarded, UnixTime(0)));
    let device = Session {
        granted_to: Some(RAVI_CLIENT.into()),
        ..whole.clone()
    };
    for shown in [at_sign_in, in_request] {
        assert!(!may(&device, &guarded, shown), "a device");
    }
    for proven in [ProvenWhen::Unsaid, ProvenWhen::At(UnixTime(-601))] {
        let passed_on = Session {
            proven,
            ..whole.clone()
        };
        assert!(!may(&passed_on, &staff, at_sign_in), "{proven:?}");
    }
}

#[test]
fn a_session_that_was_granted_is_refreshed_by_its_client_alone() {
    let granted = |to: Option<&str>| Session {
        granted_to: to.map(str::to_owned),
        ..session()
    };
    let registered = |id: &str, at: i64| Client::of_devices(id, "The TV", UnixTime(at));
    let since = session().rotated_at.0;
    for (to, by, may) in [
        (None, None, true),
        (Some(RAVI_CLIENT), None, true),
        (Some("cli"), Some(("cli", since)), true),
        (Some("cli"), Some(("cli", since + 1)), false),
        (Some("cli"), None, false),
        (Some("cli"), Some(("other", since)), false),
        (None, Some(("cli", since)), false),
        (Some(RAVI_CLIENT), Some(("cli", since)), false),
        (Some(RAVI_CLIENT), Some((RAVI_CLIENT, since)), false),
    ] {
        let client = by.map(|(id, at)| registered(id, at));
        let refreshes = granted(to).is_refreshed_by(client.as_ref());
        assert_eq!(refreshes, may, "{to:?} by {by:?}");
    }
}

#[test]
fn a_factor_that_was_shown_counts_for_a_while_and_makes_no_new_sign_in() {
    let plain = session();
    assert!(!plain.showed_factor_within(1000, UnixTime(0)));
    let shown = plain.stepped_up(4, UnixTime(200), &LIVES);
    assert_eq!((shown.session_epoch, shown.generation), (4, 8));
    assert_eq!(shown.amr, [Amr::Otp, Amr::Mfa]);
    assert_eq!(shown.auth_time, plain.auth_time);
    assert!(shown.showed_factor_within(100, UnixTime(300)));
    assert!(!shown.showed_factor_within(100, UnixTime(301)));
    let device = Session {
        granted_to: Some(RAVI_CLIENT.into()),
        ..shown.clone()
    };
    assert!(!device.showed_factor_within(100, UnixTime(300)));
    let again = shown.stepped_up(4, UnixTime(300), &LIVES);
    assert_eq!(again.amr, shown.amr);
}

#[test]
fn refreshing_never_outlives_the_session() {
    let next = session().rotated(UnixTime(900), &LIVES);
    assert_eq!((next.generation, next.expires_at), (8, UnixTime(1500)));
}

#[test]
fn a_providers_token_is_from_after_what_ended_the_others() {
    let user = User {
        tokens_not_before: Some(UnixTime(100)),
        ..user()
    };
    let ended = Moment {
        now: UnixTime(300),
        not_before: UnixTime(200),
    };
    assert!(!user.takes_token_of(UnixTime(100), at(300)));
    assert!(user.takes_token_of(UnixTime(101), at(300)));
    assert!(!user.takes_token_of(UnixTime(200), ended));
    assert!(user.takes_token_of(UnixTime(201), ended));
}
