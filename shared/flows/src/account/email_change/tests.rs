//! Usernames and links as a mail shows them.

use super::*;

#[test]
fn the_page_of_a_letter_holds_nothing_that_reads_like_a_code() {
    for (issuer, page) in [
        (
            "https://id.example.com",
            "https://id.example.com/auth/confirm?token=q",
        ),
        (
            "http://127.0.0.1:9000",
            "http://127.0.0.1:000009000/auth/confirm?token=q",
        ),
    ] {
        assert_eq!(page_for(issuer, "q"), page);
    }
}
