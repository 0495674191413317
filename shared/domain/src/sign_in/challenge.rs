//! Sign-ins that wait for an answer.
//!
//! A challenge is found by its unguessable name. Where a contract uses an open one again
//! (nauth), a second row of the account names it, one for each kind; the code that was
//! sent for the challenge is kept there, so that the next challenge of that kind finds it
//! while it is good.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Amr, Circumstances};
use crate::account::User;
use crate::network::NetworkMark;
use crate::session::{Moment, ProvenWhen};
use crate::{Contract, Error, UnixTime};

/// What a sign-in waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChallengeKind {
    /// Another password than the one that was shown.
    ChangePassword,
    /// A code that was mailed to the address.
    VerifyEmail,
    /// A number, and then a code that was sent there.
    VerifyPhone,
    /// A second factor that is put in force, where an installation demands one.
    SetUpFactor,
    /// A second factor. Rows from before there were other kinds say nothing.
    #[default]
    SecondFactor,
}

impl ChallengeKind {
    /// All of them, in the order in which a sign-in is asked.
    pub const ALL: [Self; 5] = [
        Self::ChangePassword,
        Self::VerifyEmail,
        Self::VerifyPhone,
        Self::SetUpFactor,
        Self::SecondFactor,
    ];

    /// What its row is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ChangePassword => "change_password",
            Self::VerifyEmail => "verify_email",
            Self::VerifyPhone => "verify_phone",
            Self::SetUpFactor => "set_up_factor",
            Self::SecondFactor => "second_factor",
        }
    }
}

/// What a client says of the device that it runs on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientDevice {
    /// What its owner calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `mobile`, `desktop` or `tablet`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

impl ClientDevice {
    /// Whether the client said nothing.
    #[must_use]
    pub fn is_unsaid(&self) -> bool {
        *self == Self::default()
    }
}

/// A sign-in that waits for an answer (djangocfg: a 2FA session).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Its unguessable name, which the client sends back.
    pub id: Uuid,
    /// What it waits for.
    #[serde(default)]
    pub kind: ChallengeKind,
    /// Whose sign-in it is.
    pub sub: Uuid,
    /// The account's epoch when it began: a lock in between ends it too.
    #[serde(rename = "epoch")]
    pub session_epoch: u64,
    /// The account's epoch of sign-ins that wait.
    #[serde(default)]
    pub sign_in_epoch: u64,
    /// Through which contract.
    pub contract: Contract,
    /// Its integer id, for the contracts that list what waits by number.
    pub number: u64,
    /// What was proven so far.
    pub amr: Vec<Amr>,
    /// When it was.
    #[serde(default)]
    pub proven: ProvenWhen,
    /// The provider that vouched for it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The event that the session is to be bound to (cashless).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<u64>,
    /// The device that the sign-in began on (nauth).
    #[serde(default, skip_serializing_if = "ClientDevice::is_unsaid")]
    pub device: ClientDevice,
    /// What was decided by as it began (nauth).
    #[serde(default, skip_serializing_if = "Circumstances::are_plain")]
    pub circumstances: Circumstances,
    /// The network that it began at, if its account knew that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_network: Option<NetworkMark>,
    /// What the passkey has to answer that was asked for last, as the library of the
    /// ceremonies writes it (nauth). It is spent with the challenge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey_ceremony: Option<String>,
    /// When it began.
    pub created_at: UnixTime,
    /// When it ends.
    pub expires_at: UnixTime,
    /// Answers so far.
    pub tries: u32,
    /// Answers that it takes.
    #[serde(default = "attempts_of_before")]
    pub attempts: u32,
    /// When the right one came: a sign-in is completed once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent_at: Option<UnixTime>,
}

/// What every challenge took before contracts differed in it.
const fn attempts_of_before() -> u32 {
    super::SignInPolicy::PLAIN.attempts
}

impl Challenge {
    /// Whether nothing has ended it that ends the sessions or waiting sign-ins of `user`.
    #[must_use]
    pub fn is_of(&self, user: &User, at: Moment) -> bool {
        self.sub == user.sub
            && !at.has_ended(self.created_at)
            && self.session_epoch == user.session_epoch
            && self.sign_in_epoch == user.sign_in_epoch
    }

    /// Whether it still waits, and may be answered.
    #[must_use]
    pub fn is_open(&self, now: UnixTime) -> bool {
        self.may_be_answered(now).is_ok()
    }

    /// Refuses one that takes no answer at `now`.
    ///
    /// # Errors
    /// [`ChallengeFailure::Completed`], [`ChallengeFailure::Expired`] or
    /// [`ChallengeFailure::NoAttempts`].
    pub fn may_be_answered(&self, now: UnixTime) -> Result<(), ChallengeFailure> {
        if self.spent_at.is_some() {
            return Err(ChallengeFailure::Completed);
        }
        if self.expires_at <= now {
            return Err(ChallengeFailure::Expired);
        }
        if self.tries >= self.attempts {
            return Err(ChallengeFailure::NoAttempts);
        }
        Ok(())
    }
}

/// Which challenge of one kind is open for an account, and the code that was sent for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenChallenge {
    /// Counts writes of the row.
    pub rev: u64,
    /// The challenge.
    pub id: Uuid,
    /// When that ends.
    pub expires_at: UnixTime,
    /// The code, if one was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<SentCode>,
}

impl OpenChallenge {
    /// The next revision, with this code in place of the one before.
    #[must_use]
    pub fn with_code(&self, code: Option<SentCode>) -> Self {
        Self {
            rev: self.rev + 1,
            code,
            ..self.clone()
        }
    }
}

/// A code that proves an address or a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentCode {
    /// What its digits are made of, together with where it was sent.
    pub nonce: String,
    /// A keyed digest of where it was sent: a code proves that and nothing else.
    pub destination: String,
    /// When it was sent.
    pub sent_at: UnixTime,
    /// When it ends.
    pub expires_at: UnixTime,
    /// Tries so far.
    pub tries: u32,
}

impl SentCode {
    /// Whether it may be sent again at `now`, with `pause` seconds between two.
    #[must_use]
    pub fn may_be_followed(&self, pause: u64, now: UnixTime) -> bool {
        self.sent_at.plus(pause) <= now
    }

    /// Whether it proves `destination` at `now`.
    #[must_use]
    pub fn is_good_for(&self, destination: &str, now: UnixTime) -> bool {
        self.destination == destination && self.expires_at > now
    }
}

/// Why a challenge was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeFailure {
    /// There is none of that name, or its account has moved on.
    Unknown,
    /// It waited too long.
    Expired,
    /// It was answered before.
    Completed,
    /// It waits for something else.
    OtherKind,
    /// It takes no more answers, not even the right one.
    NoAttempts,
    /// The code was wrong.
    WrongCode,
    /// The code has ended, or none was sent.
    CodeExpired,
    /// The code takes no more tries.
    NoCodeAttempts,
    /// What was asked for has no meaning for a challenge of its kind.
    NotApplicable,
}

impl From<ChallengeFailure> for Error {
    fn from(failure: ChallengeFailure) -> Self {
        Self::Challenge(failure)
    }
}
