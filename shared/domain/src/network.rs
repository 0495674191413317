//! Where a request comes from, as coarsely as limits and notices need it.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// An address prefix: an IPv4 address, or the /64 of an IPv6 address, which is
/// what one household or one attacker gets as a whole. Counting IPv6 addresses
/// one by one would give each of them 2^64 budgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientNetwork(IpAddr);

impl ClientNetwork {
    /// The prefix of `address`. IPv4 in IPv6 clothing (`::ffff:a.b.c.d`) counts
    /// as the IPv4 address that it is.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(v4) => IpAddr::V4(v4),
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        })
    }
}

impl fmt::Display for ClientNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(v4) => write!(f, "{v4}/32"),
            IpAddr::V6(v6) => write!(f, "{v6}/64"),
        }
    }
}

/// How many networks an account remembers. The oldest is forgotten first; being
/// forgotten costs its owner one notice at the next sign-in from there.
pub const REMEMBERED: usize = 10;

/// A network as an account remembers it: a keyed MAC of account and prefix, cut
/// short, so that a dump of the table does not tell where people live.
pub type NetworkMark = String;

/// `marks` with `mark` as the most recent one, at most [`REMEMBERED`] long.
#[must_use]
pub fn remember(marks: &[NetworkMark], mark: &NetworkMark) -> Vec<NetworkMark> {
    let others = marks.iter().filter(|known| *known != mark);
    std::iter::once(mark)
        .chain(others)
        .take(REMEMBERED)
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> String {
        ClientNetwork::of(text.parse().unwrap()).to_string()
    }

    #[test]
    fn ipv6_counts_by_its_64() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network("2001:db8:1:2:ffff::1"), network("2001:db8:1:2::9"));
        assert_ne!(network("2001:db8:1:3::1"), network("2001:db8:1:2::1"));
    }

    #[test]
    fn mapped_ipv4_is_ipv4() {
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7/32");
    }

    #[test]
    fn remembers_the_latest_ten() {
        let marks = (0..12).fold(Vec::new(), |marks, n| remember(&marks, &n.to_string()));
        assert_eq!(marks.len(), REMEMBERED);
        assert_eq!(marks.first().map(String::as_str), Some("11"));
        assert_eq!(remember(&marks, &"5".to_owned()).len(), REMEMBERED);
    }
}
