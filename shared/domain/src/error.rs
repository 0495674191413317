//! Everything that can go wrong, as one closed list.
//!
//! A variant says what happened. Status codes and sentences belong to the
//! contracts' dialects (`edge::dialect`), each of which renders every variant:
//! adding one here makes the compiler ask every dialect what it says to it.

use std::borrow::Cow;

use crate::account::Lock;
use crate::factors::FactorFailure;
use crate::limit::Exceeded;
use crate::provider::OauthFailure;
use crate::recaptcha::RecaptchaFailure;
use crate::risk::RiskBlock;
use crate::session::Delivery;
use crate::sign_in::ChallengeFailure;

/// Why a request did not get what it asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The body was read and these things are wrong with it: all of them.
    #[error("the request does not hold what it must")]
    Invalid(Vec<Problem>),
    /// The body is not in the format that its media type announces.
    #[error("the body cannot be read at line {line}, column {column}")]
    Unreadable {
        /// Line of the first byte that does not fit, from 1.
        line: usize,
        /// Column in that line, from 1.
        column: usize,
    },
    /// The body is larger than this operation ever needs.
    #[error("the body is larger than {limit} bytes")]
    TooLarge {
        /// The most bytes that would have been read.
        limit: usize,
    },
    /// The body's media type is none that this operation reads.
    #[error("unsupported media type {0:?}")]
    UnsupportedMedia(String),
    /// Nothing answers at this path.
    #[error("no such resource")]
    Missing,
    /// There is no account by the name that the request gives in its path or body.
    #[error("no such account")]
    NoAccount,
    /// To list what is asked for, more accounts would have to be looked at than the
    /// installation allows.
    #[error("more than {most} accounts would have to be looked at")]
    ListTooLong {
        /// How many it allows.
        most: usize,
    },
    /// The path exists, the method does not.
    #[error("method {method} is not allowed")]
    MethodNotAllowed {
        /// What was asked.
        method: String,
    },
    /// The caller is not, or no longer, who the request needs.
    #[error("unauthenticated: {0:?}")]
    Unauthenticated(AuthFailure),
    /// A one-time code, its address or its account was refused. One variant for every
    /// cause, because the causes must look alike.
    #[error("the code was not accepted")]
    WrongCode,
    /// A one-time token was refused: unknown, used, expired, or of an account that has
    /// moved on since.
    #[error("the token was not accepted")]
    InvalidToken,
    /// The name is taken already.
    #[error("taken: {0:?}")]
    Taken(ClaimKind),
    /// The caller is known, and may not do this.
    #[error("forbidden")]
    Forbidden,
    /// Only another administrator may do this, so that administrators do not lock
    /// themselves out by mistake and the last one stays.
    #[error("only another administrator may do this")]
    NeedsAnotherAdministrator,
    /// The account has to prove its address first: until then it sets up no factor, key
    /// or device, since it may be a stranger's.
    #[error("the address of the account is not proven")]
    Unproven,
    /// A second factor, its code or its sign-in was refused.
    #[error("second factor: {0:?}")]
    SecondFactor(FactorFailure),
    /// A challenge of a sign-in was not answered (nauth).
    #[error("challenge: {0:?}")]
    Challenge(ChallengeFailure),
    /// A code that replaces a forgotten password was refused.
    #[error("reset code: {0:?}")]
    ResetCode(ResetCodeFailure),
    /// The account is locked or out of use, and the caller has shown that it is theirs.
    #[error("the account is closed")]
    Closed(Closed),
    /// The account has no password that could be replaced.
    #[error("the account has no password")]
    NoPassword,
    /// The account has no proven address or number, of the kind that is meant, to write to.
    #[error("the account has nothing to be written to")]
    NoContact,
    /// Credentials are changed only shortly after signing in, with the factor in force,
    /// by the person themselves.
    #[error("the sign-in is too old, or lacked the second factor")]
    StaleSignIn,
    /// The account was already deleted by another request.
    #[error("the account is already deleted")]
    AlreadyDeleted,
    /// Another request came first, and this one no longer fits what it left.
    #[error("another request was first")]
    Conflict,
    /// An authorization grant (RFC 6749 §1.3) does not buy what was asked for it.
    #[error("the grant: {0:?}")]
    Grant(GrantFailure),
    /// The operator has not switched this on.
    #[error("not switched on")]
    Disabled,
    /// A sign-in through a provider, or what manages it, went no further.
    #[error("oauth: {0:?}")]
    Oauth(OauthFailure),
    /// A page's request was not shown to be a person's (nauth).
    #[error("recaptcha: {0:?}")]
    Recaptcha(RecaptchaFailure),
    /// A limit is used up.
    #[error("too many requests: {0:?}")]
    TooMany(Exceeded),
    /// The letter or text message could not be handed over.
    #[error("not delivered: {0}")]
    Undeliverable(String),
    /// A dependency failed or stayed busy for the whole of the deadline. Nothing
    /// was half done; the same request may succeed later.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A state that our own writes never make. The text is for the log.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// A short, stable name for logs and metrics. Never holds input.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid",
            Self::Unreadable { .. } => "unreadable",
            Self::TooLarge { .. } => "too_large",
            Self::UnsupportedMedia(_) => "unsupported_media",
            Self::Missing => "missing",
            Self::NoAccount => "no_account",
            Self::ListTooLong { .. } => "list_too_long",
            Self::MethodNotAllowed { .. } => "method_not_allowed",
            Self::Unauthenticated(_) => "unauthenticated",
            Self::WrongCode => "wrong_code",
            Self::InvalidToken => "spent_ticket",
            Self::Taken(_) => "taken",
            Self::Forbidden => "forbidden",
            Self::NeedsAnotherAdministrator => "needs_another_administrator",
            Self::Unproven => "unproven",
            Self::SecondFactor(_) => "second_factor",
            Self::Challenge(_) => "challenge",
            Self::ResetCode(_) => "reset_code",
            Self::Closed(_) => "closed",
            Self::NoPassword => "no_password",
            Self::NoContact => "no_contact",
            Self::StaleSignIn => "stale_sign_in",
            Self::AlreadyDeleted => "already_deleted",
            Self::Conflict => "conflict",
            Self::Grant(_) => "grant",
            Self::Disabled => "disabled",
            Self::Oauth(_) => "oauth",
            Self::Recaptcha(_) => "recaptcha",
            Self::TooMany(_) => "too_many",
            Self::Undeliverable(_) => "undeliverable",
            Self::Unavailable(_) => "unavailable",
            Self::Internal(_) => "internal",
        }
    }
}

/// A name that only one account can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimKind {
    /// An e-mail address.
    Email,
    /// A username.
    Username,
    /// A telephone number.
    Phone,
    /// What a device calls itself, at its event.
    Device,
}

/// What is wrong with a bearer token, as precisely as its holder may know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthFailure {
    /// No credential was sent.
    Missing,
    /// Not a token of ours, or not one any more (its session has ended).
    BadToken,
    /// Ours, but its time is over.
    ExpiredToken,
    /// A refresh token where an access token belongs, or the other way round.
    WrongTokenType,
    /// A refresh token that was already exchanged, or whose session has ended.
    SpentToken,
    /// A refresh token that was exchanged too long ago to be a retry. Its session is over.
    ReplayedToken,
    /// The token is good, but its session was ended.
    EndedSession,
    /// The token is good, but its session is past its end.
    ExpiredSession,
    /// The credential came by another way than its session's tokens travel (nauth).
    OtherDelivery(Delivery),
    /// A caller known by cookie sent no CSRF token (nauth).
    MissingCsrfToken,
    /// The CSRF token is not the session's (nauth).
    WrongCsrfToken,
    /// The account is locked, deactivated or deleted.
    Inactive,
    /// Not an API key, or not one any more.
    BadApiKey,
    /// The password was right, and has to be replaced before it opens anything.
    PasswordChangeRequired,
    /// The device is not in use, or not associated with an operator now.
    BadDevice,
}

/// Why a code that replaces a forgotten password was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetCodeFailure {
    /// It is wrong, or there is none.
    Wrong,
    /// Its time is over.
    Expired,
    /// It takes no more tries.
    NoAttempts,
}

/// Why an account cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    /// An operator locked it; with what is known of the lock.
    Locked(Option<Lock>),
    /// An administrator took it out of use.
    Deactivated,
    /// A sign-in of high risk had it blocked (nauth).
    Blocked(RiskBlock),
}

/// The part of a request that a problem is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Part {
    /// The body.
    #[default]
    Body,
    /// A parameter in the path.
    Path,
    /// A parameter in the query.
    Query,
}

/// Why a grant buys nothing, or not yet (RFC 6749 §5.2, RFC 8628 §3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantFailure {
    /// The user has not decided yet.
    Pending,
    /// The user has not decided yet, and the polls come too fast.
    SlowDown,
    /// Its time is over, or it was exchanged before.
    Expired,
    /// The person said no, or may say nothing any more.
    Denied,
    /// Not a grant of ours, or not this client's.
    Unknown,
    /// Not a client of ours.
    UnknownClient,
    /// The client did not show that it is who it says.
    BadClient,
    /// The client may not use this type of grant.
    UnauthorizedClient,
    /// A type of grant that is not served here.
    UnsupportedType,
    /// Scopes that the client may not have.
    BadScope,
    /// An API that the client may not call (RFC 8707).
    BadTarget,
    /// A redirect URI that is none of the client's: nothing goes there.
    BadRedirect,
}

/// One thing wrong with a request, at one place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// In which part of it.
    pub part: Part,
    /// From that part's root to the value; empty for the body itself.
    pub path: Vec<Cow<'static, str>>,
    /// What is wrong there.
    pub kind: ProblemKind,
}

impl Problem {
    /// A problem with a field of the body.
    #[must_use]
    pub fn of(field: impl Into<Cow<'static, str>>, kind: ProblemKind) -> Self {
        Self {
            part: Part::Body,
            path: vec![field.into()],
            kind,
        }
    }

    /// A problem with a parameter in the path.
    #[must_use]
    pub fn of_path(parameter: impl Into<Cow<'static, str>>, kind: ProblemKind) -> Self {
        Self {
            part: Part::Path,
            ..Self::of(parameter, kind)
        }
    }

    /// A problem with a parameter in the query.
    #[must_use]
    pub fn of_query(parameter: impl Into<Cow<'static, str>>, kind: ProblemKind) -> Self {
        Self {
            part: Part::Query,
            ..Self::of(parameter, kind)
        }
    }
}

/// What can be wrong with a value. The dialects word it; the value itself is
/// never repeated, because it may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The field is absent.
    Required,
    /// The field is absent, and this installation proves telephone numbers (nauth).
    PhoneRequired,
    /// The field is null.
    Null,
    /// Empty, or only white space.
    Blank,
    /// Not a string (nor a number that reads as one).
    NotText,
    /// Neither true nor false.
    NotABoolean,
    /// Sent more than once.
    Repeated,
    /// Not an object at all.
    NotAnObject,
    /// Shorter than this many characters.
    TooShort {
        /// The least that will do.
        min: usize,
    },
    /// Longer than this many characters.
    TooLong {
        /// The most that will do.
        max: usize,
    },
    /// Holds a NUL character.
    NullCharacter,
    /// Not an e-mail address.
    NotAnEmail,
    /// Not an http or https URL.
    NotAUrl,
    /// Holds something else than the digits 0 to 9.
    NotDigits,
    /// Too few digits to be a telephone number.
    NotAPhone,
    /// A telephone number of a country that texts do not go to.
    CountryNotServed,
    /// A field that the form has no place for.
    UnknownField,
    /// Not an instant of RFC 3339.
    NotADate,
    /// Objects within objects, beyond this many.
    TooDeep {
        /// The most that will do.
        max: usize,
    },
    /// Not a number.
    NotANumber,
    /// Not a whole number.
    NotAnInteger,
    /// A whole number below this one.
    Below {
        /// The least that will do.
        min: u64,
    },
    /// A whole number above this one.
    Above {
        /// The most that will do.
        max: u64,
    },
    /// Not a list.
    NotAList,
    /// A list of more entries than this.
    TooMany {
        /// The most that will do.
        max: usize,
    },
    /// Not a scope (RFC 6749 §3.3): empty, or of characters that a list of scopes
    /// could not hold.
    NotAScope,
    /// Not a UUID.
    NotAUuid,
    /// Not a zone of the IANA time zone database.
    NotATimeZone,
    /// A username that is too long, or holds what none may hold.
    NotAUsername,
    /// A segment of the path that is no integer where one is asked for.
    NotAnId,
    /// A password that attackers try first.
    CommonPassword,
    /// A password known from breaches.
    BreachedPassword,
    /// A password that is little more than the account's own names or the
    /// service's.
    NamedPassword,
    /// A password that the account had before.
    FormerPassword,
    /// None of the allowed values.
    NotAChoice,
    /// A file of more than this many bytes.
    FileTooLarge {
        /// The most that will do.
        max: usize,
    },
    /// Not a WebAuthn credential as browsers write it in JSON.
    NotACredential,
    /// Not a picture of a format that is read, or one that cannot be.
    NotAPicture,
}
