//! Accounts that come to be.

use uuid::Uuid;

use super::User;
use crate::network::NetworkMark;
use crate::{Contact, UnixTime};

/// What an account is made from at a person's first proof.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Its name for ever.
    pub sub: Uuid,
    /// Its integer id.
    pub uid: u64,
    /// A coined username, see [`coin_username`].
    pub username: String,
    /// The address or number that was just proven, if one was: a provider may vouch
    /// for a person without naming either.
    pub contact: Option<Contact>,
    /// Language of the request, if it named one.
    pub language: String,
    /// Time zone of the request, if it named one.
    pub timezone: String,
    /// Host of the site through which they came.
    pub source: String,
    /// The network of the request.
    pub network: NetworkMark,
    /// The sealed key for its audit events.
    pub audit_key: String,
}

impl NewUser {
    /// The account itself, as of `now`.
    #[must_use]
    pub fn into_user(self, now: UnixTime) -> User {
        let (email, phone) = match self.contact {
            Some(Contact::Email(address)) => (Some(address), String::new()),
            Some(Contact::Phone(number)) => (None, number.as_str().to_owned()),
            None => (None, String::new()),
        };
        User {
            email_verified: email.is_some(),
            email_proven_at: email.as_ref().map(|_| now),
            email,
            phone_verified: !phone.is_empty(),
            phone_proven_at: (!phone.is_empty()).then_some(now),
            phone,
            username: self.username,
            language: self.language,
            timezone: self.timezone,
            source: self.source,
            last_login_at: Some(now),
            networks: vec![self.network],
            ..User::bare(self.sub, self.uid, now, self.audit_key)
        }
    }
}

/// A pronounceable username of 8 letters and 4 digits, for people who signed up
/// with an address alone. Never made from the address: usernames are shown.
#[must_use]
pub fn coin_username(random: [u8; 8]) -> String {
    const CONSONANTS: [char; 16] = [
        'b', 'd', 'f', 'g', 'h', 'j', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'z',
    ];
    const VOWELS: [char; 4] = ['a', 'e', 'i', 'o'];
    let number = u64::from_le_bytes(random);
    let pick = |from: &[char], shift: u32| {
        let index = usize::try_from(number >> shift).unwrap_or_default() % from.len();
        from.get(index).copied().unwrap_or('a')
    };
    let letters: String = (0..4u32)
        .flat_map(|n| [pick(&CONSONANTS, n * 6), pick(&VOWELS, n * 6 + 4)])
        .collect();
    format!("{letters}{:04}", (number >> 24) % 10_000)
}

/// Whether a username has the form of a coined one, which its owner did not choose.
#[must_use]
pub fn is_coined(username: &str) -> bool {
    let kinds = |c: char| (c.is_ascii_lowercase(), c.is_ascii_digit());
    username.len() == 12
        && username
            .chars()
            .enumerate()
            .all(|(place, c)| kinds(c) == (place < 8, place >= 8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn usernames_are_a_slug_and_digits(random: [u8; 8]) {
            let name = coin_username(random);
            prop_assert_eq!(name.len(), 12);
            prop_assert!(name[..8].chars().all(|c| c.is_ascii_lowercase()));
            prop_assert!(name[8..].chars().all(|c| c.is_ascii_digit()));
            prop_assert!(is_coined(&name));
            prop_assert!(!is_coined(&name[1..]) && !is_coined(&name.to_uppercase()));
        }
    }
}
