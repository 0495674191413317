//! Which voices the endpoints of the contract have.

/// How an endpoint of this contract says things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As most views do.
    Views,
    /// As the token library's refresh view does.
    Refresh,
    /// As asking for a code does.
    CodeRequest,
    /// As trying a code does.
    CodeVerify,
    /// As the realtime view does.
    Realtime,
    /// As the view of the profile picture does.
    Picture,
    /// As everything about second factors does.
    SecondFactor,
    /// As trying a backup code does.
    BackupCode,
    /// As sign-in through a provider does: `error`, `error_description`.
    Oauth,
}

/// The dialect, with one voice and the challenge that its 401s carry.
#[derive(Clone, Copy, Debug)]
pub struct Drf {
    pub(super) voice: Style,
    pub(super) challenge: &'static str,
}

const BEARER: &str = "Bearer realm=\"api\"";
const API_KEY: &str = "X-API-Key";

/// Views that take a bearer token, and paths that no route serves.
pub static VIEWS: Drf = Drf::new(Style::Views, BEARER);
/// Views that take an API key, too.
pub static KEYED_VIEWS: Drf = Drf::new(Style::Views, API_KEY);
/// The realtime view.
pub static REALTIME: Drf = Drf::new(Style::Realtime, API_KEY);
/// The view of the profile picture.
pub static PICTURE: Drf = Drf::new(Style::Picture, BEARER);
/// The refresh view.
pub static REFRESH: Drf = Drf::new(Style::Refresh, BEARER);
/// Asking for a code.
pub static CODE_REQUEST: Drf = Drf::new(Style::CodeRequest, API_KEY);
/// Trying a code.
pub static CODE_VERIFY: Drf = Drf::new(Style::CodeVerify, API_KEY);
/// Second factors.
pub static SECOND_FACTOR: Drf = Drf::new(Style::SecondFactor, API_KEY);
/// Trying a backup code.
pub static BACKUP_CODE: Drf = Drf::new(Style::BackupCode, API_KEY);
/// Sign-in through a provider.
pub static OAUTH: Drf = Drf::new(Style::Oauth, API_KEY);

impl Drf {
    const fn new(voice: Style, challenge: &'static str) -> Self {
        Self { voice, challenge }
    }

    /// Every voice, for tests that walk them all.
    #[must_use]
    pub fn all() -> [(&'static str, &'static Self); 10] {
        [
            ("views", &VIEWS),
            ("keyed views", &KEYED_VIEWS),
            ("realtime", &REALTIME),
            ("picture", &PICTURE),
            ("refresh", &REFRESH),
            ("code request", &CODE_REQUEST),
            ("code verify", &CODE_VERIFY),
            ("second factor", &SECOND_FACTOR),
            ("backup code", &BACKUP_CODE),
            ("oauth", &OAUTH),
        ]
    }
}
