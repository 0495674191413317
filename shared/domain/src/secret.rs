//! Secrets that an installation shares with others: with an identity provider, a realtime
//! server, reCAPTCHA, or the people who may make administrators.
//!
//! Operators set them by the command line. None is a parameter of a deployment or an
//! environment variable, where consoles, logs of deployments and every process would show it.

use crate::provider::Provider;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretName {
    /// The client secret of the app at GitHub.
    GitHub,
    /// What a Centrifugo server checks realtime tokens with, where it is not the one that is
    /// derived from the key ring.
    Centrifugo,
    /// What makes a caller of `/admin/register` an administrator (Auth Service).
    RegistrationKey,
    /// The client secret of the app at Google.
    Google,
    /// The private key that makes client secrets for Apple: the `.p8` file as it is.
    Apple,
    /// The app secret at Facebook.
    Facebook,
    /// What reCAPTCHA's verifier knows the installation by.
    Recaptcha,
}

impl SecretName {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::GitHub,
        Self::Centrifugo,
        Self::RegistrationKey,
        Self::Google,
        Self::Apple,
        Self::Facebook,
        Self::Recaptcha,
    ];

    /// What operators call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::Centrifugo => "centrifugo",
            Self::RegistrationKey => "registration-key",
            Self::Google => "google",
            Self::Apple => "apple",
            Self::Facebook => "facebook",
            Self::Recaptcha => "recaptcha",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// The client secret at a provider; `None` for one whose word is signed, which shares
    /// no secret with us.
    #[must_use]
    pub const fn of(provider: Provider) -> Option<Self> {
        match provider {
            Provider::Github => Some(Self::GitHub),
            Provider::Google => Some(Self::Google),
            Provider::Apple => Some(Self::Apple),
            Provider::Facebook => Some(Self::Facebook),
            Provider::Firebase => None,
        }
    }

    /// Characters that it has at least. What others make has their length; what an attacker
    /// could guess on our side has ours.
    #[must_use]
    pub const fn min_length(self) -> usize {
        match self {
            Self::GitHub | Self::Google | Self::Apple | Self::Facebook | Self::Recaptcha => 1,
            Self::Centrifugo | Self::RegistrationKey => 32,
        }
    }

    /// Whether it is a key file, which has lines.
    const fn has_lines(self) -> bool {
        matches!(self, Self::Apple)
    }

    /// Whether `value` may be this secret: printable ASCII without spaces at its ends, long
    /// enough, and of at most 512 characters; line breaks only within a key file.
    #[must_use]
    pub fn takes(self, value: &str) -> bool {
        let breaks = |byte: u8| self.has_lines() && matches!(byte, b'\r' | b'\n');
        let printable = value
            .bytes()
            .all(|byte| byte.is_ascii_graphic() || byte == b' ' || breaks(byte));
        printable && value == value.trim() && (self.min_length()..=512).contains(&value.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_found_by_its_name_alone() {
        for one in SecretName::ALL {
            assert_eq!(SecretName::named(one.name()), Some(one));
        }
        assert_eq!(SecretName::named("GitHub"), None);
    }

    #[test]
    fn a_pasted_line_end_and_what_is_guessed_are_refused() {
        let key = "0123456789abcdef0123456789abcdef";
        assert!(SecretName::RegistrationKey.takes(key));
        for wrong in [
            "",
            "short",
            &format!("{key}\n"),
            &key.replace('0', "é"),
            &format!("{key} "),
        ] {
            assert!(!SecretName::RegistrationKey.takes(wrong), "{wrong:?}");
        }
        assert!(!SecretName::GitHub.takes(""));
        let file = "-----BEGIN PRIVATE KEY-----\nMIGT\n-----END PRIVATE KEY-----";
        assert!(SecretName::Apple.takes(file) && !SecretName::GitHub.takes(file));
    }
}
