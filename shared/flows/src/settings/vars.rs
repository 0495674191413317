//! Reading settings from variables: each with its range, every mistake remembered.

use std::fmt;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::str::FromStr;

use domain::EmailAddress;
use ipnet::IpNet;

use super::SettingsError;

/// Reads variables and remembers what was wrong with them.
pub(super) struct Vars<F> {
    lookup: F,
    pub(super) problems: Vec<String>,
}

impl<F: Fn(&str) -> Option<String>> Vars<F> {
    pub(super) fn new(lookup: F) -> Self {
        Self {
            lookup,
            problems: Vec::new(),
        }
    }

    /// What was read, if nothing was wrong with any of it.
    pub(super) fn finish<T>(self, read: T) -> Result<T, SettingsError> {
        if self.problems.is_empty() {
            Ok(read)
        } else {
            Err(SettingsError(self.problems))
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        (self.lookup)(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    pub(super) fn required(&mut self, name: &str) -> String {
        self.get(name).unwrap_or_else(|| {
            self.problems.push(format!("{name} is not set"));
            String::new()
        })
    }

    pub(super) fn issuer(&mut self, name: &str) -> String {
        let issuer = self.required(name);
        let sound = issuer.starts_with("https://") || issuer.starts_with("http://");
        if !issuer.is_empty() && (!sound || issuer.ends_with('/')) {
            self.problems
                .push(format!("{name} must be a URL without a slash at its end"));
        }
        issuer
    }

    pub(super) fn websocket(&mut self, name: &str) -> Option<String> {
        let url = self.get(name)?;
        if !url.starts_with("wss://") && !url.starts_with("ws://") {
            self.problems
                .push(format!("{name} must be a URL of ws or wss"));
        }
        Some(url)
    }

    /// A URL of http or https, if it is set.
    pub(super) fn web_address(&mut self, name: &str) -> Option<String> {
        let text = self.get(name)?;
        let sound =
            url::Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !sound {
            self.problems
                .push(format!("{name} must be a URL of http or https"));
        }
        Some(text)
    }

    /// A URL of http or https that a path can be put behind, if it is set.
    pub(super) fn site(&mut self, name: &str) -> Option<String> {
        self.get(name)?;
        let text = self.url(name, "");
        let alone = |text: &str| !text.contains(['?', '#', '@']);
        if !alone(&text) {
            self.problems.push(format!(
                "{name} must be a URL without a query and a fragment"
            ));
        }
        Some(text)
    }

    /// The name of a domain, if it is set: neither an address of a host nor a URL.
    pub(super) fn domain(&mut self, name: &str) -> Option<String> {
        let text = self.get(name)?.to_ascii_lowercase();
        let named = matches!(url::Host::parse(&text), Ok(url::Host::Domain(host)) if host == text);
        if !named {
            self.problems
                .push(format!("{name} must be the name of a domain"));
        }
        Some(text)
    }

    pub(super) fn url(&mut self, name: &str, default: &str) -> String {
        let text = self.get(name).unwrap_or_else(|| default.to_owned());
        let sound =
            url::Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !sound || text.ends_with('/') {
            self.problems
                .push(format!("{name} must be a URL without a slash at its end"));
        }
        text
    }

    pub(super) fn number<T>(&mut self, name: &str, default: T, range: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + fmt::Display + Copy,
    {
        match self.get(name).map(|text| text.parse::<T>()) {
            None => default,
            Some(Ok(number)) if range.contains(&number) => number,
            Some(_) => {
                self.problems.push(format!(
                    "{name} must be a whole number from {} to {}",
                    range.start(),
                    range.end()
                ));
                default
            }
        }
    }

    pub(super) fn sender(&mut self, name: &str) -> String {
        let sender = self.required(name);
        match EmailAddress::parse(&sender) {
            // As SES knows it: an international domain is in punycode.
            Some(address) => address.to_string(),
            None => {
                if !sender.is_empty() {
                    self.problems
                        .push(format!("{name} must be an e-mail address"));
                }
                sender
            }
        }
    }

    pub(super) fn service_name(&mut self, name: &str) -> String {
        let service = self.get(name).unwrap_or_else(|| "Postern".to_owned());
        let words = service.split(|c: char| !c.is_alphanumeric());
        let like_a_code = |word: &str| word.len() >= 4 && word.chars().all(|c| c.is_ascii_digit());
        if service.chars().any(char::is_control) || words.into_iter().any(like_a_code) {
            self.problems.push(format!(
                "{name} stands in every letter, where a number would be taken for the code"
            ));
        }
        service
    }

    pub(super) fn choice<T: Default>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> T {
        let Some(text) = self.get(name) else {
            return T::default();
        };
        parse(&text).unwrap_or_else(|| {
            self.problems.push(format!("{name} is none of its choices"));
            T::default()
        })
    }

    pub(super) fn allow(&mut self, name: &str) -> bool {
        match self.get(name).as_deref() {
            None | Some("allow") => true,
            Some("refuse") => false,
            Some(_) => {
                self.problems
                    .push(format!("{name} must be allow or refuse"));
                true
            }
        }
    }

    pub(super) fn truth(&mut self, name: &str, default: bool) -> bool {
        match self.get(name).as_deref() {
            None => default,
            Some("true") => true,
            Some("false") => false,
            Some(_) => {
                self.problems.push(format!("{name} must be true or false"));
                default
            }
        }
    }

    pub(super) fn calling_codes(&mut self, name: &str) -> Vec<String> {
        let text = self.get(name).unwrap_or_default();
        let codes: Vec<String> = text.split(',').map(|code| code.trim().to_owned()).collect();
        let codes: Vec<String> = codes.into_iter().filter(|code| !code.is_empty()).collect();
        let sound = |code: &String| {
            (1..=7).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !codes.iter().all(sound) {
            self.problems.push(format!(
                "{name} must be a list of calling codes such as 49,43,1"
            ));
        }
        codes
    }

    /// Addresses and networks (`10.0.0.0/8`), separated by commas.
    pub(super) fn networks(&mut self, name: &str) -> Vec<IpNet> {
        let text = self.get(name).unwrap_or_default();
        let entries = text
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty());
        let network = |entry: &str| {
            let alone = entry.parse::<IpAddr>().map(IpNet::from);
            alone.ok().or_else(|| entry.parse().ok())
        };
        let networks: Vec<Option<IpNet>> = entries.map(network).collect();
        if networks.contains(&None) {
            self.problems.push(format!(
                "{name} must be a list of IP addresses and networks"
            ));
        }
        networks.into_iter().flatten().collect()
    }
}
