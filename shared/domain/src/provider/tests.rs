//! What becomes of an identity that a provider vouches for.

use super::*;
use crate::account::{NewUser, Status};

fn user() -> User {
    NewUser {
        sub: Uuid::nil(),
        uid: 1,
        username: "u".into(),
        contact: EmailAddress::parse("a@example.com").map(crate::Contact::Email),
        language: String::new(),
        timezone: String::new(),
        source: String::new(),
        network: String::new(),
        audit_key: String::new(),
    }
    .into_user(UnixTime(0))
}

fn profile(email: Option<&str>) -> Profile {
    Profile {
        subject: "7".into(),
        username: "ada".into(),
        email: email.and_then(EmailAddress::parse),
        phone: None,
        first_name: String::new(),
        last_name: String::new(),
        picture: String::new(),
    }
}

const GITHUB: Provider = Provider::Github;

fn address() -> Contact {
    EmailAddress::parse("a@example.com").unwrap().into()
}

fn holder<'a>(user: &'a User, contact: &'a Contact) -> ContactOwner<'a> {
    ContactOwner {
        user,
        contact,
        is_linked: false,
    }
}

#[test]
fn the_providers_name_beats_the_address() {
    let (linked, other) = (user(), user());
    let changed = profile(None);
    assert_eq!(
        arrival(
            GITHUB,
            &changed,
            Some(&linked),
            Some(holder(&other, &address()))
        ),
        Ok(Arrival::Linked(&linked))
    );
    assert_eq!(
        arrival(GITHUB, &changed, None, None),
        Err(OauthFailure::NoProvenAddress(Provider::Github))
    );
    assert_eq!(
        arrival(Provider::Firebase, &changed, None, None),
        Ok(Arrival::New)
    );
}

#[test]
fn an_address_links_only_where_both_sides_proved_it() {
    let (known, proven, address) = (profile(Some("a@example.com")), user(), address());
    let found = |user| arrival(GITHUB, &known, None, Some(holder(user, &address))).map(drop);
    assert_eq!(found(&proven), Ok(()));
    let unproven = User {
        email_verified: false,
        ..user()
    };
    assert_eq!(found(&unproven), Err(OauthFailure::UnprovenHolder));
    let taken = ContactOwner {
        is_linked: true,
        ..holder(&proven, &address)
    };
    assert_eq!(
        arrival(GITHUB, &known, None, Some(taken)),
        Err(OauthFailure::OtherLink)
    );
    // An address that is proven proves no number.
    let number: Contact = PhoneNumber::parse("+4915112345678").unwrap().into();
    let by_number = arrival(GITHUB, &known, None, Some(holder(&proven, &number)));
    assert_eq!(by_number, Err(OauthFailure::UnprovenHolder));
    let locked = User {
        status: Status::Locked,
        ..user()
    };
    for closed in [
        arrival(GITHUB, &known, Some(&locked), None),
        arrival(GITHUB, &known, None, Some(holder(&locked, &address))),
    ] {
        assert_eq!(
            closed,
            Err(OauthFailure::Closed(Provider::Github, locked.sub))
        );
    }
}

#[test]
fn the_last_way_in_stays() {
    let linked = User {
        ways_in: vec![WayIn::Provider],
        ..user()
    };
    assert!(can_do_without(&linked), "a code by e-mail will do");
    let unproven = User {
        email_verified: false,
        ..linked.clone()
    };
    assert!(!can_do_without(&unproven));
    let with_password = User {
        ways_in: vec![WayIn::Provider, WayIn::Password],
        ..unproven
    };
    assert!(can_do_without(&with_password));
}
