//! Every error in every dialect, on one page to be read.
//!
//! `POSTERN_UPDATE=1 cargo test` writes the page anew; the diff is the review.

use std::fmt::Write as _;

use domain::account::Lock;
use domain::factors::FactorFailure;
use domain::limit::{Exceeded, Quota};
use domain::provider::{OauthFailure, Provider};
use domain::recaptcha::RecaptchaFailure;
use domain::risk::RiskBlock;
use domain::session::Delivery;
use domain::sign_in::ChallengeFailure;
use domain::{
    AuthFailure, ClaimKind, Closed, Error, GrantFailure, Part, Problem, ProblemKind,
    ResetCodeFailure, UnixTime,
};
use edge::dialect::bearer::OAuth2;
use edge::dialect::drf::Drf;
use edge::dialect::fastapi::FastApi;
use edge::dialect::nest::Nest;
use edge::dialect::token_endpoint::TokenEndpoint;
use edge::dialect::{Dialect, auth_service};
use edge::page::{Again, Html};
use flows::Language;

/// One error of every kind. The match below has no catch-all: a new variant
/// does not compile until it stands here.
fn every_error() -> Vec<Error> {
    let mut errors = vec![Error::Invalid(every_problem())];
    let of_a_file = [
        ProblemKind::Required,
        ProblemKind::FileTooLarge { max: 5_242_880 },
        ProblemKind::NotAPicture,
    ];
    errors.extend(of_a_file.map(|kind| Error::Invalid(vec![Problem::of("avatar", kind)])));
    errors.extend([
        Error::Unreadable { line: 1, column: 7 },
        Error::TooLarge { limit: 65_536 },
        Error::UnsupportedMedia("text/plain".to_owned()),
        Error::Missing,
        Error::NoAccount,
        Error::ListTooLong { most: 20_000 },
        Error::MethodNotAllowed {
            method: "GET".to_owned(),
        },
        Error::WrongCode,
        Error::InvalidToken,
        Error::Taken(ClaimKind::Email),
        Error::Taken(ClaimKind::Username),
        Error::Taken(ClaimKind::Phone),
        Error::NoPassword,
        Error::NoContact,
        Error::Closed(Closed::Deactivated),
        Error::Closed(Closed::Locked(None)),
        Error::Closed(Closed::Blocked(RiskBlock { until: None })),
        Error::Closed(Closed::Blocked(RiskBlock {
            until: Some(UnixTime(1_795_307_611)),
        })),
        Error::Closed(Closed::Locked(Some(Lock {
            at: UnixTime(1_795_307_611),
            reason: Some("a reason".to_owned()),
        }))),
        Error::Forbidden,
        Error::AlreadyDeleted,
        Error::StaleSignIn,
        Error::NeedsAnotherAdministrator,
        Error::Unproven,
        Error::Conflict,
        Error::Disabled,
        Error::Undeliverable("SES: MessageRejected".to_owned()),
        Error::Unavailable("GetItem: timed out".to_owned()),
        Error::Internal("unreadable item".to_owned()),
    ]);
    errors.extend(
        [
            AuthFailure::Missing,
            AuthFailure::BadToken,
            AuthFailure::ExpiredToken,
            AuthFailure::WrongTokenType,
            AuthFailure::SpentToken,
            AuthFailure::ReplayedToken,
            AuthFailure::EndedSession,
            AuthFailure::ExpiredSession,
            AuthFailure::OtherDelivery(Delivery::Body),
            AuthFailure::OtherDelivery(Delivery::Cookies),
            AuthFailure::MissingCsrfToken,
            AuthFailure::WrongCsrfToken,
            AuthFailure::Inactive,
            AuthFailure::BadApiKey,
            AuthFailure::PasswordChangeRequired,
            AuthFailure::BadDevice,
        ]
        .map(Error::Unauthenticated),
    );
    errors.extend(
        [
            OauthFailure::Disabled(Provider::Github),
            OauthFailure::RedirectUri,
            OauthFailure::State,
            OauthFailure::Refused(Provider::Github),
            OauthFailure::Unreachable(Provider::Github),
            OauthFailure::NoProvenAddress(Provider::Github),
            OauthFailure::UnprovenHolder,
            OauthFailure::OtherLink,
            OauthFailure::Closed(Provider::Github, uuid::Uuid::nil()),
            OauthFailure::LastWayIn,
            OauthFailure::NotLinked,
            OauthFailure::LinkedElsewhere,
            OauthFailure::ExchangeToken,
        ]
        .map(Error::Oauth),
    );
    errors.extend(
        [
            GrantFailure::Pending,
            GrantFailure::SlowDown,
            GrantFailure::Expired,
            GrantFailure::Denied,
            GrantFailure::Unknown,
            GrantFailure::UnknownClient,
            GrantFailure::BadClient,
            GrantFailure::UnauthorizedClient,
            GrantFailure::UnsupportedType,
            GrantFailure::BadScope,
            GrantFailure::BadTarget,
            GrantFailure::BadRedirect,
        ]
        .map(Error::Grant),
    );
    errors.extend(
        [
            Quota::Cooldown,
            Quota::Hourly,
            Quota::Daily,
            Quota::Network,
            Quota::Stack,
        ]
        .map(|quota| {
            Error::TooMany(Exceeded {
                quota,
                retry_after: 42,
            })
        }),
    );
    errors.extend(
        [
            FactorFailure::AlreadyEnabled,
            FactorFailure::NotEnabled,
            FactorFailure::NoPrimaryDevice,
            FactorFailure::UnknownDevice,
            FactorFailure::SetupExpired,
            FactorFailure::CodeRequired,
            FactorFailure::WrongCode { left: None },
            FactorFailure::WrongCode { left: Some(4) },
            FactorFailure::NoSignIn,
            FactorFailure::SignInExpired,
            FactorFailure::TooMany,
            FactorFailure::NotAskable,
            FactorFailure::NoTriesLeft,
            FactorFailure::NotRecent,
        ]
        .map(Error::SecondFactor),
    );
    errors.extend(
        [
            ChallengeFailure::Unknown,
            ChallengeFailure::Expired,
            ChallengeFailure::Completed,
            ChallengeFailure::OtherKind,
            ChallengeFailure::NoAttempts,
            ChallengeFailure::WrongCode,
            ChallengeFailure::CodeExpired,
            ChallengeFailure::NoCodeAttempts,
            ChallengeFailure::NotApplicable,
        ]
        .map(Error::Challenge),
    );
    errors.extend(
        [
            ResetCodeFailure::Wrong,
            ResetCodeFailure::Expired,
            ResetCodeFailure::NoAttempts,
        ]
        .map(Error::ResetCode),
    );
    errors.extend(
        [
            RecaptchaFailure::NoToken,
            RecaptchaFailure::NotSetUp,
            RecaptchaFailure::BadToken,
            RecaptchaFailure::LowScore,
        ]
        .map(Error::Recaptcha),
    );
    // What one contract says of some problems when they are all that is wrong.
    for kinds in [
        vec![ProblemKind::FormerPassword],
        vec![ProblemKind::CommonPassword, ProblemKind::NamedPassword],
        vec![ProblemKind::PhoneRequired],
        vec![ProblemKind::CountryNotServed],
    ] {
        let problems = kinds.into_iter().map(|kind| Problem::of("a", kind));
        errors.push(Error::Invalid(problems.collect()));
    }
    for error in &errors {
        match error {
            Error::Invalid(_)
            | Error::Unreadable { .. }
            | Error::TooLarge { .. }
            | Error::UnsupportedMedia(_)
            | Error::Missing
            | Error::NoAccount
            | Error::ListTooLong { .. }
            | Error::MethodNotAllowed { .. }
            | Error::Unauthenticated(_)
            | Error::WrongCode
            | Error::InvalidToken
            | Error::Taken(_)
            | Error::Forbidden
            | Error::NeedsAnotherAdministrator
            | Error::Unproven
            | Error::SecondFactor(_)
            | Error::Challenge(_)
            | Error::ResetCode(_)
            | Error::Closed(_)
            | Error::NoPassword
            | Error::NoContact
            | Error::AlreadyDeleted
            | Error::StaleSignIn
            | Error::Conflict
            | Error::Grant(_)
            | Error::Disabled
            | Error::Oauth(_)
            | Error::Recaptcha(_)
            | Error::TooMany(_)
            | Error::Undeliverable(_)
            | Error::Unavailable(_)
            | Error::Internal(_) => {}
        }
    }
    errors
}

// The page of a letter says the same, but for how to begin again.
const DEVICE: Html = Html {
    language: Language::English,
    again: Again::AtDevice,
};

const GERMAN_DEVICE: Html = Html {
    language: Language::German,
    ..DEVICE
};

fn every_problem() -> Vec<Problem> {
    use ProblemKind::{
        Above, Below, Blank, BreachedPassword, CommonPassword, CountryNotServed, FileTooLarge,
        FormerPassword, NamedPassword, NotABoolean, NotAChoice, NotADate, NotAList, NotANumber,
        NotAPhone, NotAPicture, NotAScope, NotATimeZone, NotAUrl, NotAUsername, NotAUuid,
        NotAnEmail, NotAnId, NotAnInteger, NotAnObject, NotDigits, NotText, Null, NullCharacter,
        PhoneRequired, Repeated, Required, TooDeep, TooLong, TooMany, TooShort, UnknownField,
    };
    let fields = [
        ("a", Required),
        ("b", Null),
        ("c", Blank),
        ("d", NotText),
        ("e", TooShort { min: 4 }),
        ("f", TooLong { max: 50 }),
        ("g", NullCharacter),
        ("h", NotAnEmail),
        ("i", NotAUrl),
        ("j", NotDigits),
        ("k", NotAPhone),
        ("l", NotATimeZone),
        ("m", NotAUuid),
        ("n", NotAChoice),
        ("o", UnknownField),
        ("p", Repeated),
        ("q", NotAnInteger),
        ("r", Below { min: 0 }),
        ("s", NotAList),
        ("t", TooMany { max: 32 }),
        ("u", NotAScope),
        ("v", FileTooLarge { max: 5_242_880 }),
        ("w", NotAPicture),
        ("x", NotABoolean),
        ("y", NotAUsername),
        ("z", NotAnId),
        ("A", CommonPassword),
        ("B", BreachedPassword),
        ("C", NamedPassword),
        ("D", FormerPassword),
        ("E", CountryNotServed),
        ("F", NotANumber),
        ("H", NotADate),
        ("I", TooDeep { max: 5 }),
        ("J", PhoneRequired),
    ];
    let fields = fields.into_iter().chain([("G", Above { max: 100 })]);
    let mut problems: Vec<_> = fields
        .into_iter()
        .map(|(field, kind)| Problem::of(field, kind))
        .collect();
    problems.push(Problem {
        path: Vec::new(),
        ..Problem::of("", NotAnObject)
    });
    problems.push(Problem::of_path("id", NotAnInteger));
    problems.push(Problem {
        part: Part::Query,
        ..Problem::of("after", NotText)
    });
    problems
}

#[tokio::test]
async fn the_matrix_is_as_it_was_last_read() {
    let voices = Drf::all().map(|(name, voice)| (format!("DRF, {name}"), voice as &dyn Dialect));
    let voices = voices.into_iter().chain([
        ("FastAPI".to_owned(), &FastApi as &dyn Dialect),
        ("OAuth 2".to_owned(), &OAuth2 as &dyn Dialect),
        ("a token endpoint".to_owned(), &TokenEndpoint),
        ("the device page".to_owned(), &DEVICE),
        ("the device page, German".to_owned(), &GERMAN_DEVICE),
        ("Auth Service, vendors".to_owned(), &auth_service::Vendors),
    ]);
    let of_auth_service = auth_service::AuthService::all().into_iter();
    let voices = voices.chain(
        of_auth_service
            .map(|(name, voice)| (format!("Auth Service, {name}"), voice as &dyn Dialect)),
    );
    let of_nauth = Nest::all().into_iter();
    let voices = voices
        .chain(of_nauth.map(|(name, voice)| (format!("nauth, {name}"), voice as &dyn Dialect)));
    let mut page = String::new();
    for (name, dialect) in voices {
        writeln!(page, "# {name}\n").unwrap();
        for error in every_error() {
            let response = dialect.render(&error);
            let status = response.status();
            let mut headers = String::new();
            for header in ["www-authenticate", "retry-after"] {
                if let Some(value) = response.headers().get(header) {
                    write!(headers, " [{header}: {}]", value.to_str().unwrap()).unwrap();
                }
            }
            let body = axum::body::to_bytes(response.into_body(), 1 << 20)
                .await
                .unwrap();
            writeln!(
                page,
                "{error:?}\n    {}{headers}\n    {}",
                status.as_u16(),
                String::from_utf8_lossy(&body)
            )
            .unwrap();
            // What only the log may know.
            for secret in ["MessageRejected", "GetItem", "unreadable item"] {
                assert!(
                    !String::from_utf8_lossy(&body).contains(secret),
                    "{name} tells {secret}"
                );
            }
        }
        page.push('\n');
    }
    tests::golden("tests/suite/dialects.golden.txt", &page);
}
