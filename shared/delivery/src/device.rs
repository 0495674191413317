//! A client in a few words that its owner recognises.
//!
//! Only names that we know are repeated. A user agent is whatever the caller
//! likes to send, and a letter of ours must not carry a stranger's message.

use std::net::IpAddr;

const PROGRAMS: [(&str, &str); 9] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python", "Python"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// An IPv4 address as letters have it, also one that is mapped into IPv6; of others nothing,
/// since their groups read like codes.
#[must_use]
pub fn address_in_letters(address: IpAddr) -> Option<String> {
    let address = address.to_canonical();
    address.is_ipv4().then(|| address.to_string())
}

/// The names of the system and of the program behind a user agent, each if it is a known
/// one.
#[must_use]
pub fn system_and_program(user_agent: &str) -> (Option<&'static str>, Option<&'static str>) {
    let known = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(sign, _)| user_agent.contains(sign))
            .map(|(_, name)| *name)
    };
    (known(&SYSTEMS), known(&PROGRAMS))
}

/// Program and system behind a user agent, as far as both are known names:
/// `Firefox, Windows`. English names, which every language uses.
#[must_use]
pub fn describe(user_agent: &str) -> String {
    let (system, program) = system_and_program(user_agent);
    let parts: Vec<&str> = program.into_iter().chain(system).collect();
    if parts.is_empty() {
        "?".to_owned()
    } else {
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_common_ones_and_repeats_nothing() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(describe(firefox), "Firefox, Linux");
        assert_eq!(describe("curl/8.9.1"), "curl");
        assert_eq!(describe("call +1 900 now 1234"), "?");
    }
}
