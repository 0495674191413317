//! Signing in through an identity provider (OAuth 2.0, RFC 6749).
//!
//! A provider vouches for two things: its own name of a person, which never
//! changes hands, and an address that it has proven. The name comes first: once
//! linked, it finds its account whatever becomes of the address. The address
//! alone links only where both sides have proven it. Where the account never proved it, a
//! stranger may have typed the address first, so a provider's word does not link to such
//! an account.

pub mod picture;
mod return_to;
mod social;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::{User, WayIn};
use crate::profile::collapse_spaces;
use crate::{Contact, EmailAddress, Error, PhoneNumber, UnixTime};

pub use return_to::ReturnTo;
pub use social::{FederatedExchange, LinkRequest, SocialRequest, exchange, social_state};

/// How long a state is good, in seconds (djangocfg: 300).
pub const STATE_LIFETIME: u64 = 300;

/// A provider that Postern can ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// GitHub, or a GitHub Enterprise server.
    Github,
    /// A Firebase project, whose ID tokens are brought to us.
    Firebase,
    /// Google (OpenID Connect).
    Google,
    /// Apple (Sign in with Apple).
    Apple,
    /// Facebook (Facebook Login, and its Limited Login on phones).
    Facebook,
}

impl Provider {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::Github,
        Self::Firebase,
        Self::Google,
        Self::Apple,
        Self::Facebook,
    ];

    /// Its stable name: in keys, and in the contracts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Firebase => "firebase",
            Self::Google => "google",
            Self::Apple => "apple",
            Self::Facebook => "facebook",
        }
    }

    /// Its name as its own people write it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Github => "GitHub",
            Self::Firebase => "Firebase",
            Self::Google => "Google",
            Self::Apple => "Apple",
            Self::Facebook => "Facebook",
        }
    }

    /// Whether a person gets an account of whom it has proven no address or number.
    /// The others' users need one, so that they can get in when the provider is down.
    const fn vouches_without_contact(self) -> bool {
        match self {
            Self::Github | Self::Google | Self::Apple | Self::Facebook => false,
            Self::Firebase => true,
        }
    }

    /// Whether an app may bring its access token in place of an ID token: the provider says
    /// for which app it was made.
    #[must_use]
    pub const fn tells_whose_access_token(self) -> bool {
        matches!(self, Self::Facebook)
    }

    /// The provider of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// A sign-in for which a user has gone to a provider. Stored under the hash of
/// its state, which only the browser that began it knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// To whom.
    pub provider: Provider,
    /// Where the provider sends them back to; the code is good only there.
    pub redirect_uri: String,
    /// Host of the site that they set out from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// What nauth's clients said as they began it. A state of one contract is none of
    /// another's: the clients of each get their answer by another way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub social: Option<SocialRequest>,
    /// When it is too late to come back.
    pub expires_at: UnixTime,
}

/// What a provider says about the person who came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Its own name for the person, never given to another.
    pub subject: String,
    /// What the person is called there.
    pub username: String,
    /// The primary address, if the provider has proven it.
    pub email: Option<EmailAddress>,
    /// A number, if the provider has proven it.
    pub phone: Option<PhoneNumber>,
    /// Given name, as far as a display name tells.
    pub first_name: String,
    /// The rest of the display name.
    pub last_name: String,
    /// Where the person's picture is; empty if there is none.
    pub picture: String,
}

impl Profile {
    /// What the provider has proven that the person can be written to: the address
    /// first, since more accounts have one.
    #[must_use]
    pub fn contacts(&self) -> Vec<Contact> {
        let address = self.email.clone().map(Contact::Email);
        let number = self.phone.clone().map(Contact::Phone);
        address.into_iter().chain(number).collect()
    }
}

/// The longest first or last name that an account holds.
const NAME_LENGTH: usize = 50;

/// A display name as first and last name: its first word, and the rest.
#[must_use]
pub fn short_name(name: &str) -> (String, String) {
    let name = collapse_spaces(name);
    let (first, last) = name.split_once(' ').unwrap_or((&name, ""));
    (short_part(first), short_part(last))
}

/// A first or last name, as long as an account holds it.
#[must_use]
pub fn short_part(part: &str) -> String {
    let part = collapse_spaces(part);
    part.chars().take(NAME_LENGTH).collect()
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
    /// When it was last used to sign in.
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

/// The account that a sign-in from a provider belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival<'a> {
    /// The account that the provider's name is linked to.
    Linked(&'a User),
    /// The account that holds the address or the number, to be linked.
    Known(&'a User),
    /// None yet: one is made.
    New,
}

/// The account that holds what a provider has proven.
#[derive(Clone, Copy, Debug)]
pub struct ContactOwner<'a> {
    /// The account.
    pub user: &'a User,
    /// What it holds.
    pub contact: &'a Contact,
    /// Whether it has a link to the same provider.
    pub is_linked: bool,
}

/// Whose sign-in it is: the provider's name first, then a proven address, then a
/// proven number. `linked` holds the name, `holder` the address or the number.
///
/// # Errors
/// Why it may not go on.
pub fn arrival<'a>(
    provider: Provider,
    profile: &Profile,
    linked: Option<&'a User>,
    holder: Option<ContactOwner<'a>>,
) -> Result<Arrival<'a>, OauthFailure> {
    let nameless = profile.email.is_none() && profile.phone.is_none();
    let arrival = match (linked, holder) {
        (Some(user), _) => Arrival::Linked(user),
        (None, None) if nameless && !provider.vouches_without_contact() => {
            return Err(OauthFailure::NoProvenAddress(provider));
        }
        (None, None) => Arrival::New,
        (None, Some(held)) if !held.user.has_proven(held.contact) => {
            return Err(OauthFailure::UnprovenHolder);
        }
        // An account has one link to a provider: another name there does not replace it
        // unasked.
        (None, Some(held)) if held.is_linked => return Err(OauthFailure::OtherLink),
        (None, Some(held)) => Arrival::Known(held.user),
    };
    match arrival {
        Arrival::Linked(user) | Arrival::Known(user) if !user.is_active() => {
            Err(OauthFailure::Closed(provider, user.sub))
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
    by_mail || user.phone_verified || can_do_without_codes(user)
}

/// The same where a code alone signs nobody in (nauth).
#[must_use]
pub fn can_do_without_codes(user: &User) -> bool {
    user.ways_in.iter().any(|way| *way != WayIn::Provider)
}

/// Whether `user` can sign in at all.
#[must_use]
pub fn has_way_in(user: &User) -> bool {
    can_do_without(user) || !user.ways_in.is_empty()
}

/// Why a provider's sign-in, or what manages it, went no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OauthFailure {
    /// The installation has no such provider.
    Disabled(Provider),
    /// The redirect URI is not on the installation's list.
    RedirectUri,
    /// The state is unknown, spent, expired, or was made for another way back.
    State,
    /// The provider does not take the code, or its answer makes no sense.
    Refused(Provider),
    /// The provider cannot be reached or does not answer in time.
    Unreachable(Provider),
    /// The provider has not proven the primary address.
    NoProvenAddress(Provider),
    /// The address is held by an account that never proved it.
    UnprovenHolder,
    /// The account is linked to another name at this provider.
    OtherLink,
    /// The account is locked, deactivated or deleted, which the answer does not tell: it
    /// looks like [`OauthFailure::Refused`].
    Closed(Provider, Uuid),
    /// Without it the owner could not sign in to the account any more.
    LastWayIn,
    /// The account has no link to the provider.
    NotLinked,
    /// Another account has a link to that name at the provider.
    LinkedElsewhere,
    /// The token that buys the outcome of a sign-in is unknown, used or expired.
    ExchangeToken,
}

impl From<OauthFailure> for Error {
    fn from(failure: OauthFailure) -> Self {
        Self::Oauth(failure)
    }
}

#[cfg(test)]
mod tests;
