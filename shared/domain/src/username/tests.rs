//! Names that are one, and names that are none.

use super::*;
use proptest::prelude::*;

#[test]
fn one_name_has_one_form() {
    for (one, other) in [
        ("Ada", "ada"),
        ("J\u{f6}rg", "jo\u{308}rg"),
        ("J\u{d6}RG", "jo\u{308}rg"),
        ("\u{ff21}\u{ff44}\u{ff41}", "ada"),
        (
            "\u{39d}\u{399}\u{39a}\u{39f}\u{3a3}",
            "\u{3bd}\u{3b9}\u{3ba}\u{3bf}\u{3c2}",
        ),
        // Emoji are in no new name, and yet one name.
        ("Ada\u{1f512}o\u{308}", "ada\u{1f512}\u{f6}"),
    ] {
        assert_eq!(form(one), form(other), "{one} {other}");
    }
    for (one, other) in [
        ("ada", "ad\u{e1}"),
        ("ada", "\u{430}d\u{430}"),
        ("ada", "ada\u{200b}"),
        ("\u{df}", "ss"),
    ] {
        assert_ne!(form(one), form(other), "{one} {other}");
    }
    // No name takes the form of an address.
    assert!(!form("ada\u{ff20}example.com").contains('@'));
}

#[test]
fn new_names_are_seen_whole() {
    let long = "a".repeat(65);
    for typed in [
        "a\u{200b}da",
        "ada\u{202e}",
        "a\u{ad}da",
        "\u{feff}ada",
        "ada\u{2060}",
        "ada\u{200d}",
        "ada\u{1f512}",
        "\u{fb01}n",
        "ada\u{ff20}example.com",
        "ada\u{ff0f}b",
        "ada lovelace",
        "",
        &long,
    ] {
        assert_eq!(Username::parse(typed), None, "{typed:?}");
    }
    let parsed = |typed| Username::parse(typed).unwrap().as_str().to_owned();
    assert_eq!(parsed(" Jo\u{308}rg.O_1+x-y "), "J\u{f6}rg.O_1+x-y");
    assert_eq!(parsed("\u{ff21}da"), "Ada");
    assert_eq!(parsed("\u{5d0}\u{5d3}\u{5d4}"), "\u{5d0}\u{5d3}\u{5d4}");
}

#[test]
fn names_of_before_are_still_names() {
    let typed = LoginName::typed("Ada\u{1f512}");
    let LoginName::Username(name) = typed else {
        panic!("{typed:?}")
    };
    assert_eq!(
        (name.as_str(), name.form().as_str()),
        ("Ada\u{1f512}", "ada\u{1f512}")
    );
}

#[test]
fn a_name_of_before_is_spelled_as_one_of_today() {
    for (name, today) in [
        ("Ada", "Ada"),
        ("Jo\u{308}rg", "J\u{f6}rg"),
        ("\u{ff21}da", "Ada"),
        ("Jo\u{308}rg\u{1f512}", "J\u{f6}rg\u{1f512}"),
        ("a\u{200b}da", "a\u{200b}da"),
    ] {
        assert_eq!(spelled(name), today, "{name}");
    }
}

#[test]
fn a_part_of_a_name_is_found_however_it_is_typed() {
    for (name, part) in [
        ("AdaLovelace", "AdaLovelace"),
        ("AdaLovelace", "DALOVE"),
        ("J\u{f6}rg", "JO\u{308}R"),
        ("\u{ff21}da", "ada"),
        ("a\u{200b}d\u{ad}a", "ada"),
        // The sigma that ends the part does not end the name.
        (
            "\u{3bd}\u{3b9}\u{3ba}\u{3bf}\u{3c3}\u{3b1}",
            "\u{39d}\u{399}\u{39a}\u{39f}\u{3a3}",
        ),
    ] {
        assert!(
            search_form(name).contains(&search_form(part)),
            "{name} {part}"
        );
    }
    assert!(!search_form("ada").contains(&search_form("\u{430}d\u{430}")));
}

proptest! {
    #[test]
    fn a_respelled_name_is_the_same_name(text in ".{1,8}") {
        let text = text.trim();
        let today = spelled(text);
        prop_assert_eq!(form(&today), form(text));
        prop_assert_eq!(spelled(&today), today);
    }

    #[test]
    fn a_form_is_its_own_form(text in ".*") {
        let once = form(&text);
        prop_assert_eq!(form(&once), once);
    }

    #[test]
    fn a_name_keeps_its_form_as_it_is_read(text in ".{1,8}") {
        if let Some(name) = Username::parse(&text) {
            prop_assert_eq!(name.form(), form(text.trim()));
            prop_assert_eq!(Username::parse(name.as_str()), Some(name));
        }
    }
}

#[test]
fn a_name_is_an_address_a_username_or_nobodys() {
    assert!(matches!(
        LoginName::typed(" Ada@Example.com "),
        LoginName::Email(_)
    ));
    for typed in [
        "ada",
        "Ada.Lovelace",
        "\u{438}\u{432}\u{430}\u{43d}",
        "a-b_c+d",
    ] {
        assert!(
            matches!(LoginName::typed(typed), LoginName::Username(_)),
            "{typed}"
        );
    }
    let long = "a".repeat(65);
    for typed in [
        "", " ", "a b", "ada@", "@ada", "a/b", "a\u{0}b", "a%2fb", &long,
    ] {
        assert_eq!(LoginName::typed(typed), LoginName::Nobody, "{typed:?}");
    }
}
