//! The client that a proxy asks for: `X-Forwarded-For`, or `Forwarded` (RFC 7239).
//!
//! Every hop appends, so our proxies write the right end of the header, and a client may
//! have written its left end. It is read from the right, and no further than to the first
//! address that is not a proxy of ours: nothing that a client wrote, not even an open
//! quote, can change how the text to its right is read.
//!
//! Azure and ALB write a port behind the address, and RFC 7239 wants IPv6 in brackets and
//! quotes. All of it is read; what is still no address (`unknown`, a name of the proxy's
//! own) ends the reading, and the peer counts. An empty element is skipped (RFC 9110
//! §5.6.1), so a comma too many hides no address.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;
use flows::settings::ForwardedHeader;
use ipnet::IpNet;

/// The client's address: the peer's, unless that is a proxy of ours; then the
/// right-most address in its header that is not.
pub(super) fn client_address(
    peer: IpAddr,
    headers: &HeaderMap,
    header: ForwardedHeader,
    trusted: &[IpNet],
) -> IpAddr {
    let is_ours = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_ours(&peer) {
        return peer;
    }
    let lines = headers.get_all(header.name()).iter();
    // Left to right over all lines (RFC 9110 §5.3). A byte that is no text is no address either.
    let lines: Vec<_> = lines
        .map(|line| String::from_utf8_lossy(line.as_bytes()))
        .collect();
    let chain = lines.join(",");
    let read = |hop: &str| match header {
        ForwardedHeader::XForwardedFor => address(hop),
        ForwardedHeader::Forwarded => asked_for(hop),
    };
    let splits_quotes = header == ForwardedHeader::XForwardedFor;
    from_the_right(&chain, ',', splits_quotes)
        .filter(|hop| !hop.trim().is_empty())
        .map_while(read)
        .find(|address| !is_ours(address))
        .unwrap_or(peer)
}

/// An address as proxies write it: alone, in quotes, IPv6 in brackets, with a port.
/// One of IPv4 that came through IPv6 is the IPv4 address that it maps.
pub(super) fn address(written: &str) -> Option<IpAddr> {
    let text = written.trim();
    let text = match text.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"')?.trim(),
        None => text,
    };
    let address = match text.strip_prefix('[') {
        Some(bracketed) => {
            let (address, port) = bracketed.split_once(']')?;
            is_port_if_any(port).then(|| v6(address))??.into()
        }
        None => match text.split_once(':') {
            // More colons than one are IPv6's own; a port behind them could not be told from it.
            Some((_, rest)) if rest.contains(':') => v6(text)?.into(),
            Some((address, port)) => {
                let address = address.parse().ok()?;
                is_port(port).then_some(IpAddr::V4(address))?
            }
            None => IpAddr::V4(text.parse().ok()?),
        },
    };
    Some(address.to_canonical())
}

/// An address of IPv6 without its zone, which says something on that machine only.
fn v6(text: &str) -> Option<Ipv6Addr> {
    text.split('%').next()?.parse().ok()
}

fn is_port_if_any(text: &str) -> bool {
    text.is_empty() || text.strip_prefix(':').is_some_and(is_port)
}

/// A port, or the name of one (RFC 7239 §6.3).
fn is_port(text: &str) -> bool {
    let named = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    match text.strip_prefix('_') {
        Some(name) => !name.is_empty() && name.bytes().all(named),
        None => text.parse::<u16>().is_ok() && text.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

/// The address behind `for` in one element of `Forwarded`.
fn asked_for(element: &str) -> Option<IpAddr> {
    let mut named = from_the_right(element, ';', false).filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value)
    });
    let value = named.next()?;
    // If `for` stands twice, either may be meant, so neither counts (RFC 7239 §4).
    named.next().is_none().then(|| address(value))?
}

/// The parts of `text` between separators, last first. A separator inside quotes is
/// none, unless `splits_quotes`. Quotes are paired from the right end, so an odd one
/// on the left swallows nothing.
fn from_the_right(text: &str, separator: char, splits_quotes: bool) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut quoted = false;
        for (place, c) in text.char_indices().rev() {
            let before = text.get(..place).unwrap_or_default();
            if c == '"' && !is_escaped(before) {
                quoted = !quoted;
            } else if c == separator && (splits_quotes || !quoted) {
                rest = Some(before);
                return text.get(place + c.len_utf8()..);
            }
        }
        rest = None;
        Some(text)
    })
}

/// Whether what follows on `before` has a backslash of its own in front of it.
fn is_escaped(before: &str) -> bool {
    before
        .bytes()
        .rev()
        .take_while(|byte| *byte == b'\\')
        .count()
        % 2
        == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;
    use proptest::prelude::*;

    const TRUSTED: [&str; 3] = ["10.0.0.0/24", "2001:db8::/48", "fe80::1/128"];

    fn of(header: ForwardedHeader, peer: &str, sent: &str, trusted: &[&str]) -> String {
        let name = HeaderName::from_static(header.name());
        let other = match header {
            ForwardedHeader::XForwardedFor => ("forwarded", "for=6.6.6.6"),
            ForwardedHeader::Forwarded => ("x-forwarded-for", "6.6.6.6"),
        };
        let forged = (HeaderName::from_static(other.0), other.1.parse().unwrap());
        let headers = HeaderMap::from_iter([(name, sent.parse().unwrap()), forged]);
        let trusted: Vec<IpNet> = trusted
            .iter()
            .map(|network| network.parse().unwrap())
            .collect();
        client_address(peer.parse().unwrap(), &headers, header, &trusted).to_string()
    }

    fn client(peer: &str, sent: &str) -> String {
        of(ForwardedHeader::XForwardedFor, peer, sent, &TRUSTED)
    }

    fn forwarded(sent: &str) -> String {
        of(ForwardedHeader::Forwarded, "10.0.0.1", sent, &TRUSTED)
    }

    #[test]
    fn a_header_is_believed_only_from_a_trusted_proxy() {
        for header in [ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded] {
            let stranger = of(header, "203.0.113.9", "198.51.100.1, for=198.51.100.1", &[]);
            assert_eq!(stranger, "203.0.113.9");
        }
        assert_eq!(client("10.0.0.1", "198.51.100.1, 10.0.0.1"), "198.51.100.1");
    }

    #[test]
    fn only_the_right_most_stranger_counts() {
        for (peer, sent, meant) in [
            (
                "10.0.0.1",
                "6.6.6.6, 198.51.100.1, 10.0.0.2",
                "198.51.100.1",
            ),
            ("10.0.0.1", "6.6.6.6, garbage, 10.0.0.2", "10.0.0.1"),
            ("2001:db8::7", "10.0.1.1, 2001:db8::8", "10.0.1.1"),
            ("10.0.0.1", "", "10.0.0.1"),
        ] {
            assert_eq!(client(peer, sent), meant, "{sent}");
        }
    }

    #[test]
    fn addresses_are_read_as_proxies_write_them() {
        for (sent, meant) in [
            ("198.51.100.7:51234", "198.51.100.7"),
            ("[2001:db8:5::1]:443", "2001:db8:5::1"),
            ("[2001:db8:5::1]", "2001:db8:5::1"),
            ("2001:DB8:5::1", "2001:db8:5::1"),
            ("\"[2001:db8:5::1]:443\"", "2001:db8:5::1"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
            ("fe80::9%eth0", "fe80::9"),
            ("6.6.6.6,198.51.100.7:1 , 10.0.0.2:80", "198.51.100.7"),
            ("\", 198.51.100.7", "198.51.100.7"),
            ("6.6.6.6, 198.51.100.7, , 10.0.0.2,", "198.51.100.7"),
            (",,198.51.100.7 ,\t,", "198.51.100.7"),
        ] {
            assert_eq!(client("10.0.0.1", sent), meant, "{sent}");
        }
        for none in [
            "unknown",
            "_hidden",
            "198.51.100.7:",
            "198.51.100.7:99999",
            "198.51.100.7:+1",
            "[2001:db8:5::1]443",
            "[198.51.100.7",
            "[198.51.100.7]",
            "\"198.51.100.7",
            "198.51.100",
            "198.51.100.7 x",
            "?",
            ":",
        ] {
            assert_eq!(client("10.0.0.1", none), "10.0.0.1", "{none}");
        }
    }

    #[test]
    fn forwarded_is_read_from_the_right() {
        for (sent, meant) in [
            ("for=198.51.100.7", "198.51.100.7"),
            ("For=\"[2001:db8:5::1]:4711\"", "2001:db8:5::1"),
            (
                "proto=https; FOR = 198.51.100.7:80 ;by=10.0.0.1",
                "198.51.100.7",
            ),
            (
                "for=6.6.6.6, for=198.51.100.7, for=10.0.0.2;host=\"a,b;for=6.6.6.6\"",
                "198.51.100.7",
            ),
            // A quote that a client opens is not closed by our proxy's own element.
            ("for=\"6.6.6.6, for=198.51.100.7", "198.51.100.7"),
            ("x=\"\\\", for=198.51.100.7;by=\"a\\\"b\"", "198.51.100.7"),
            ("for=198.51.100.7:_port", "198.51.100.7"),
            (
                "for=6.6.6.6, for=198.51.100.7, , for=10.0.0.2,",
                "198.51.100.7",
            ),
            // Names that a proxy gives its clients are no addresses (§6.3), whatever stands left of them.
            ("for=6.6.6.6, for=_hidden", "10.0.0.1"),
            ("for=_SEVKISEK, for=198.51.100.7", "198.51.100.7"),
            ("for=\"_hidden:_port\"", "10.0.0.1"),
            ("for=\"unknown\"", "10.0.0.1"),
            // A hop that says nothing ends the reading.
            ("for=6.6.6.6, proto=https", "10.0.0.1"),
            ("for=6.6.6.6;for=198.51.100.7", "10.0.0.1"),
            ("for=unknown", "10.0.0.1"),
            ("198.51.100.7", "10.0.0.1"),
            ("", "10.0.0.1"),
        ] {
            assert_eq!(forwarded(sent), meant, "{sent}");
        }
    }

    #[test]
    fn lines_follow_one_another() {
        for (header, lines) in [
            (
                ForwardedHeader::XForwardedFor,
                ["6.6.6.6, 198.51.100.7:1", "10.0.0.2", ""],
            ),
            (
                ForwardedHeader::Forwarded,
                ["for=6.6.6.6", "for=198.51.100.7;proto=http", "for=10.0.0.2"],
            ),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header.name(), line.parse().unwrap());
            }
            let trusted: [IpNet; 1] = ["10.0.0.0/24".parse().unwrap()];
            let meant = client_address("10.0.0.1".parse().unwrap(), &headers, header, &trusted);
            assert_eq!(meant.to_string(), "198.51.100.7");
        }
    }

    proptest! {
        #[test]
        fn nothing_on_the_left_changes_what_a_proxy_wrote(forged in "[ -~]{0,40}") {
            let said = format!("{forged}, 198.51.100.7");
            prop_assert_eq!(client("10.0.0.1", &said), "198.51.100.7");
            let said = format!("{forged}, for=198.51.100.7;host=\"a\"");
            prop_assert_eq!(forwarded(&said), "198.51.100.7");
        }
    }
}
