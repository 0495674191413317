//! What a text of a body may be.

use super::*;

#[test]
fn hosts_lose_their_www() {
    assert_eq!(
        host("https://www.example.com/login?a=b").as_deref(),
        Some("example.com")
    );
    for typed in [
        "example.com",
        "ftp://example.com",
        "https://",
        "javascript:alert(1)",
        &format!("https://{}.com/", "a".repeat(300)),
    ] {
        assert_eq!(host(typed), None, "{typed}");
    }
}
