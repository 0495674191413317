//! Signing in through an identity provider (OAuth 2.0, RFC 6749).
//!
//! A provider vouches for two things: its own name of a person, which never
//! changes hands, and an address that it has proven. The name comes first: once
//! linked, it finds its account whatever becomes of the address. The address
//! alone links only where both sides have proven it; an account whose owner
//! never answered a letter may be somebody's who typed the address first, and
//! is not handed over on a provider's word.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::{User, WayIn};
use crate::{EmailAddress, UnixTime};

/// How long a state is good, in seconds (djangocfg: 300).
pub const STATE_LIFETIME: u64 = 300;

/// A provider that Postern can ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// GitHub, or a GitHub Enterprise server.
    Github,
}

impl Provider {
    /// Every one.
    pub const ALL: [Self; 1] = [Self::Github];

    /// Its stable name: in keys, and in the contracts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Github => "github",
        }
    }

    /// Its name as its own people write it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Github => "GitHub",
        }
    }

    /// The provider of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// A sign-in that somebody has gone to a provider with. Stored under the hash of
/// its state, which only the browser that began it knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// To whom.
    pub provider: Provider,
    /// Where the provider sends them back to; the code is good only there.
    pub redirect_uri: String,
    /// Host of the site that they set out from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// When it is too late to come back.
    pub expires_at: UnixTime,
}

/// What a provider says about whoever came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its own name for the person, never given to another.
    pub subject: String,
    /// What the person is called there.
    pub username: String,
    /// The primary address, if the provider has proven it.
    pub email: Option<EmailAddress>,
    /// Given name, as far as a display name tells.
    pub first_name: String,
    /// The rest of the display name.
    pub last_name: String,
    /// Where the person's picture is; empty if there is none.
    pub picture: String,
}

/// An account's connection to a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its integer id.
    pub number: u64,
    /// To whom.
    pub provider: Provider,
    /// The provider's own name for the person.
    pub subject: String,
    /// What the person is called there.
    pub username: String,
    /// The address that the provider had proven when it was last used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// Where the person's picture is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub picture: String,
    /// When it was made.
    pub connected_at: UnixTime,
    /// When it last signed somebody in.
    pub last_login_at: UnixTime,
}

impl Link {
    /// A new link, made by a sign-in at `now`.
    #[must_use]
    pub fn new(number: u64, provider: Provider, profile: &Profile, now: UnixTime) -> Self {
        Self {
            number,
            provider,
            subject: profile.subject.clone(),
            username: profile.username.clone(),
            email: profile.email.clone(),
            picture: profile.picture.clone(),
            connected_at: now,
            last_login_at: now,
        }
    }

    /// The link after one more sign-in, with what the provider says now.
    #[must_use]
    pub fn used(&self, profile: &Profile, now: UnixTime) -> Self {
        Self {
            connected_at: self.connected_at,
            ..Self::new(self.number, self.provider, profile, now)
        }
    }
}

/// Whose sign-in it is that came back from a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival<'a> {
    /// The account that the provider's name is linked to.
    Linked(&'a User),
    /// The account that holds the address, to be linked.
    Known(&'a User),
    /// Nobody's yet: an account is made for this address.
    New(&'a EmailAddress),
}

/// Whose sign-in it is: the provider's name first, then a proven address.
/// `linked` holds the name, `holder` the address.
///
/// # Errors
/// Why it is nobody's.
pub fn arrival<'a>(
    profile: &'a Profile,
    linked: Option<&'a User>,
    holder: Option<&'a User>,
) -> Result<Arrival<'a>, OauthFailure> {
    let arrival = match (linked, &profile.email, holder) {
        (Some(user), _, _) => Arrival::Linked(user),
        (None, None, _) => return Err(OauthFailure::NoProvenAddress),
        (None, Some(email), None) => Arrival::New(email),
        (None, Some(_), Some(user)) if !user.email_verified => {
            return Err(OauthFailure::UnprovenHolder);
        }
        // One link to a provider: another name there does not take its place unasked.
        (None, Some(_), Some(user)) if user.ways_in.contains(&WayIn::Provider) => {
            return Err(OauthFailure::OtherLink);
        }
        (None, Some(_), Some(user)) => Arrival::Known(user),
    };
    match arrival {
        Arrival::Linked(user) | Arrival::Known(user) if !user.is_active() => {
            Err(OauthFailure::Closed(user.sub))
        }
        arrival => Ok(arrival),
    }
}

/// Whether `user` can still sign in without any provider. A code counts only at
/// an address or a number that was proven: the first proof of any other ends
/// whatever was set up before it.
#[must_use]
pub fn can_do_without(user: &User) -> bool {
    let by_mail = user.email.is_some() && user.email_verified;
    by_mail || user.phone_verified || user.ways_in.iter().any(|way| *way != WayIn::Provider)
}

/// Why a provider's sign-in, or what manages it, went no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OauthFailure {
    /// The installation has no such provider.
    Disabled,
    /// The place to come back to is not on the installation's list.
    RedirectUri,
    /// The state is unknown, spent, expired, or was made for another way back.
    State,
    /// The provider does not take the code, or does not answer sense.
    Refused,
    /// The provider cannot be reached or does not answer in time.
    Unreachable,
    /// The provider has not proven the primary address.
    NoProvenAddress,
    /// The address is held by an account that never proved it.
    UnprovenHolder,
    /// The account is linked to somebody else at this provider.
    OtherLink,
    /// The account is locked or deleted.
    Closed(Uuid),
    /// Nobody could sign in to the account any more.
    LastWayIn,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{NewUser, Status};

    fn user() -> User {
        NewUser {
            sub: Uuid::nil(),
            uid: 1,
            username: "u".into(),
            contact: EmailAddress::parse("a@example.com").unwrap().into(),
            language: String::new(),
            timezone: String::new(),
            source: String::new(),
            place: String::new(),
            audit_key: String::new(),
        }
        .into_user(UnixTime(0))
    }

    fn profile(email: Option<&str>) -> Profile {
        Profile {
            subject: "7".into(),
            username: "ada".into(),
            email: email.and_then(EmailAddress::parse),
            first_name: String::new(),
            last_name: String::new(),
            picture: String::new(),
        }
    }

    #[test]
    fn the_providers_name_beats_the_address() {
        let (linked, holder) = (user(), user());
        let changed = profile(None);
        assert_eq!(
            arrival(&changed, Some(&linked), Some(&holder)),
            Ok(Arrival::Linked(&linked))
        );
        assert_eq!(
            arrival(&changed, None, None),
            Err(OauthFailure::NoProvenAddress)
        );
    }

    #[test]
    fn an_address_links_only_where_both_sides_proved_it() {
        let (known, proven) = (profile(Some("a@example.com")), user());
        assert_eq!(
            arrival(&known, None, Some(&proven)),
            Ok(Arrival::Known(&proven))
        );
        let unproven = User {
            email_verified: false,
            ..user()
        };
        assert_eq!(
            arrival(&known, None, Some(&unproven)),
            Err(OauthFailure::UnprovenHolder)
        );
        let taken = User {
            ways_in: vec![WayIn::Provider],
            ..user()
        };
        assert_eq!(
            arrival(&known, None, Some(&taken)),
            Err(OauthFailure::OtherLink)
        );
        let locked = User {
            status: Status::Locked,
            ..user()
        };
        for closed in [
            arrival(&known, Some(&locked), None),
            arrival(&known, None, Some(&locked)),
        ] {
            assert_eq!(closed, Err(OauthFailure::Closed(locked.sub)));
        }
    }

    #[test]
    fn the_last_way_in_stays() {
        let linked = User {
            ways_in: vec![WayIn::Provider],
            ..user()
        };
        assert!(can_do_without(&linked), "a code by e-mail will do");
        let unproven = User {
            email_verified: false,
            ..linked.clone()
        };
        assert!(!can_do_without(&unproven));
        let with_password = User {
            ways_in: vec![WayIn::Provider, WayIn::Password],
            ..unproven
        };
        assert!(can_do_without(&with_password));
    }
}
