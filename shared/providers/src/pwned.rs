//! Asking whether a password is known from breaches, without telling it.
//!
//! The range service of Pwned Passwords is asked for everything that begins with
//! the first five digits of the password's SHA-1: some 900 of its billion, of which
//! it learns no more than that one of them was meant (k-anonymity). We ask for
//! padding, so that the size of the answer does not tell which range it was either;
//! entries of padding count zero.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

use crate::Failure;
use crate::connection::Connection;

/// Digits of the hash that are sent.
const SENT: usize = 5;

/// A range service.
#[derive(Debug)]
pub struct PwnedPasswords {
    url: String,
    connection: Connection,
}

impl PwnedPasswords {
    /// The service at `url`, to which `/range/{digits}` is added.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            url: url.trim_end_matches('/').to_owned(),
            connection: Connection::default(),
        }
    }

    /// Whether it knows `password`.
    ///
    /// # Errors
    /// [`Failure`] if it does not answer, or not what it should.
    pub async fn knows(&self, password: &[u8]) -> Result<bool, Failure> {
        let hash = sha1(password);
        let (sent, kept) = hash.split_at_checked(SENT).unwrap_or_default();
        let mut request = HttpRequest::empty();
        request
            .set_uri(format!("{}/range/{sent}", self.url))
            .map_err(|_| Failure::Unreachable("its URL is none".to_owned()))?;
        let headers = request.headers_mut();
        headers.insert("user-agent", "postern");
        headers.insert("add-padding", "true");
        let range = self.connection.text(request).await?;
        Ok(lists(&range, kept))
    }
}

/// The SHA-1 of a password in hexadecimal digits, as the service writes them.
fn sha1(password: &[u8]) -> String {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, password);
    hash.as_ref()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect()
}

/// Whether a range holds the rest of a hash, and not as padding.
fn lists(range: &str, rest: &str) -> bool {
    range.lines().any(|line| {
        line.trim().split_once(':').is_some_and(|(found, count)| {
            found.eq_ignore_ascii_case(rest) && count.trim().parse::<u64>().is_ok_and(|n| n > 0)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // printf password | sha1sum
    const PASSWORD: &str = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8";

    #[test]
    fn a_range_lists_the_rest_of_a_hash() {
        assert_eq!(sha1(b"password"), PASSWORD);
        let rest = &PASSWORD[5..];
        let range = |count| format!("0000000000000000000000000000000000A:3\r\n{rest}:{count}\r\n");
        assert!(lists(&range("10434004"), rest));
        assert!(lists(&range("10434004").to_lowercase(), rest));
        assert!(!lists(&range("0"), rest), "padding");
        for damaged in [
            "",
            "<html>",
            rest,
            &format!("{rest}:"),
            &format!("{rest}:x"),
        ] {
            assert!(!lists(damaged, rest), "{damaged}");
        }
    }
}
