//! Which passwords will do.

use super::*;
use proptest::prelude::*;

fn weakness(text: &str) -> Option<ProblemKind> {
    Password::typed(text).weakness()
}

#[test]
fn length_is_counted_in_characters_of_the_canonical_form() {
    assert_eq!(weakness("qz7-kv2"), Some(ProblemKind::TooShort { min: 8 }));
    assert_eq!(weakness("qz7-kv2x"), None);
    assert_eq!(weakness("öüäßéèêÿ"), None);
    // Each of these is typed as two code points and is one.
    assert_eq!(
        weakness(&"o\u{308}".repeat(7)),
        Some(ProblemKind::TooShort { min: 8 })
    );
    assert_eq!(weakness(&"\u{1f512}".repeat(128)), None);
    assert_eq!(
        weakness(&"x".repeat(129)),
        Some(ProblemKind::TooLong { max: 128 })
    );
}

#[test]
fn any_composition_will_do() {
    for text in [
        "correct horse battery staple",
        "       x       ",
        "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c} \u{43c}\u{43e}\u{439}",
        "lowercaseonlyhere",
    ] {
        assert_eq!(weakness(text), None, "{text}");
    }
}

#[test]
fn one_text_is_one_password_and_no_other_text_is() {
    assert_eq!(
        Password::typed("scho\u{308}nes Haus"),
        Password::typed("sch\u{f6}nes Haus")
    );
    assert_ne!(Password::typed("x\u{b2}"), Password::typed("x2"));
    assert_ne!(Password::typed(" x"), Password::typed("x"));
    assert_ne!(Password::typed("X"), Password::typed("x"));
}

#[test]
fn common_ones_are_refused_with_that_reason() {
    assert_eq!(weakness("Password1"), Some(ProblemKind::CommonPassword));
    assert_eq!(weakness("1234567890"), Some(ProblemKind::CommonPassword));
}

#[test]
fn what_everybody_knows_counts_for_nothing() {
    let words = ["ada.lovelace@example.com", "countess", "Acme Tickets"];
    let made_of = |text: &str| Password::typed(text).is_made_of(words);
    for text in [
        "ada.lovelace@example.com",
        "Lovelace1815",
        "countess!!",
        "AcmeTickets2027",
        "LOVELACEcountess",
    ] {
        assert!(made_of(text), "{text}");
    }
    for text in ["Lovelace's difference engine", "qz7-kv2x", "a-da-a-da-a-da"] {
        assert!(!made_of(text), "{text}");
    }
}

#[test]
fn former_ones_are_remembered_latest_first() {
    let mut credential = PasswordCredential::first("h0".to_owned(), UnixTime(0));
    for n in 1..=7 {
        credential = credential.changed(format!("h{n}"), 0, UnixTime(n));
    }
    assert_eq!(credential.history, ["h6", "h5", "h4", "h3", "h2"]);
    let rehashed = credential.rehashed("h7'".to_owned());
    assert_eq!(
        (rehashed.rev, rehashed.changed_at, rehashed.history),
        (9, UnixTime(7), credential.history)
    );
}

#[test]
fn another_system_may_have_hashed_what_was_typed() {
    let spellings = |text: &str| -> Vec<Vec<u8>> {
        let password = Password::typed(text);
        password.spellings().map(<[u8]>::to_vec).collect()
    };
    assert_eq!(spellings("\u{f6}"), ["\u{f6}".as_bytes()]);
    assert_eq!(
        spellings("o\u{308}"),
        ["o\u{308}".as_bytes(), "\u{f6}".as_bytes()]
    );
}

#[test]
fn nothing_prints_it() {
    let decomposed = Password::typed("qz7-kv2o\u{308}");
    assert_eq!(format!("{decomposed:?}"), "Password(…)");
    assert_eq!(format!("{:?}", Password::typed("qz7-kv2x")), "Password(…)");
}

proptest! {
    #[test]
    fn no_text_breaks_the_rules(text in ".*", word in ".*") {
        let password = Password::typed(&text);
        let _ = (password.weakness(), password.is_made_of([word.as_str()]));
    }
}
