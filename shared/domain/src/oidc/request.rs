//! What a client asks for when it sends a browser here (OpenID Connect Core §3.1.2.1).
//!
//! It is read in two steps, since only the second may answer to the client. Who asks and
//! where answers go comes first ([`Target`]): while that is not known to be right, the
//! person is told and nobody else. Then everything else, whose mistakes go back there.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::UnixTime;
use crate::client::{Client, GrantType, is_resource};
use crate::oidc::scope::Scopes;
use crate::session::Session;
use crate::time::MINUTE;

/// Seconds for which a request waits for its person.
pub const LIFETIME: u64 = 10 * MINUTE;

/// The longest value of a parameter that comes back to the client, and so may hold anything.
const LONGEST: usize = 1024;

/// The most APIs that one request may name.
pub const MOST_RESOURCES: usize = 4;

/// Why a request goes no further, in a word for its client (RFC 6749 §4.1.2.1, OpenID
/// Connect Core §3.1.2.6, RFC 8707 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizationError {
    /// A parameter is missing, sent twice, or holds what it must not.
    InvalidRequest(&'static str),
    /// The client is not registered for this.
    UnauthorizedClient,
    /// The person said no.
    AccessDenied,
    /// Another response type than `code`.
    UnsupportedResponseType,
    /// None of the scopes is this client's.
    InvalidScope,
    /// An API that the client may not call.
    InvalidTarget,
    /// Nobody is signed in, or not well enough, and no page may be shown.
    LoginRequired,
    /// The person has not said yes yet, and no page may be shown.
    ConsentRequired,
    /// The person has to choose an account, and no page may be shown.
    AccountSelectionRequired,
    /// Request objects are not read.
    RequestNotSupported,
    /// Nor are they fetched.
    RequestUriNotSupported,
    /// Clients are not registered by a request.
    RegistrationNotSupported,
}

impl AuthorizationError {
    /// The word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest(_) => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
        }
    }

    /// What a developer can do about it, in the characters that RFC 6749 allows.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::InvalidRequest(why) => why,
            Self::UnauthorizedClient => "The client is not registered for authorization codes",
            Self::AccessDenied => "The person refused",
            Self::UnsupportedResponseType => "response_type must be code",
            Self::InvalidScope => "The client has none of these scopes",
            Self::InvalidTarget => "The client may not call what resource names",
            Self::LoginRequired => "Nobody is signed in as the request demands",
            Self::ConsentRequired => "The person has not agreed yet",
            Self::AccountSelectionRequired => "The person has to choose an account",
            Self::RequestNotSupported => "request is not supported",
            Self::RequestUriNotSupported => "request_uri is not supported",
            Self::RegistrationNotSupported => "registration is not supported",
        }
    }
}

/// The parameters of a request as they were sent. Those without a value count as left out
/// (RFC 6749 §3.1).
#[derive(Clone, Debug, Default)]
pub struct Parameters(Vec<(String, String)>);

impl FromIterator<(String, String)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        Self(pairs.collect())
    }
}

impl Parameters {
    /// All values of `name`.
    pub fn all<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        let named = self.0.iter().filter(move |(own, _)| own == name);
        named.map(|(_, value)| value.as_str())
    }

    /// The value of `name`, if there is exactly one.
    #[must_use]
    pub fn only(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(own, _)| own == name);
        let (_, value) = values.next()?;
        values.next().is_none().then_some(value)
    }

    /// As they were sent, for the query of a URL of ours.
    #[must_use]
    pub fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.0).finish()
    }

    /// The value of `name`; or which one was sent twice.
    fn once(&self, name: &'static str) -> Result<Option<&str>, AuthorizationError> {
        match self.all(name).count() {
            0 | 1 => Ok(self.only(name)),
            _ => Err(AuthorizationError::InvalidRequest(
                "A parameter was sent twice",
            )),
        }
    }
}

/// Who asks, and where answers are to go, as the request says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The `client_id`.
    pub client: String,
    /// The redirect URI.
    pub redirect_uri: String,
}

impl Target {
    /// Reads it; `None` if either is missing or was sent twice.
    #[must_use]
    pub fn read(parameters: &Parameters) -> Option<Self> {
        Some(Self {
            client: parameters.only("client_id")?.to_owned(),
            redirect_uri: parameters.only("redirect_uri")?.to_owned(),
        })
    }
}

/// How an answer travels to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of the redirect.
    #[default]
    Query,
    /// In a form that the browser sends there (OAuth 2.0 Form Post Response Mode).
    FormPost,
}

/// Where an answer goes, and what goes with each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyTo {
    /// The redirect URI, as it was asked for.
    pub redirect_uri: String,
    /// How it travels.
    #[serde(default)]
    pub mode: ResponseMode,
    /// What the client recognises its request by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

impl ReplyTo {
    /// Reads it, as far as it can be read: what is wrong with it is said there all the same.
    #[must_use]
    pub fn read(parameters: &Parameters, target: &Target) -> Self {
        let state = parameters.only("state");
        Self {
            redirect_uri: target.redirect_uri.clone(),
            mode: match parameters.only("response_mode") {
                Some("form_post") => ResponseMode::FormPost,
                _ => ResponseMode::Query,
            },
            state: state
                .filter(|state| state.len() <= LONGEST)
                .map(str::to_owned),
        }
    }
}

/// What the client wants the person to be asked (`prompt`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "the standard's own list, of which any may be named"
)]
pub struct Prompt {
    /// Nothing at all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub none: bool,
    /// To sign in, also if they are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub login: bool,
    /// To agree, also if they did.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub consent: bool,
    /// Which account.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub select_account: bool,
}

impl Prompt {
    fn parse(text: &str) -> Result<Self, AuthorizationError> {
        let mut prompt = Self::default();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            match word {
                "none" => prompt.none = true,
                "login" => prompt.login = true,
                "consent" => prompt.consent = true,
                "select_account" => prompt.select_account = true,
                // `create` and others to come are wishes; what is not known is not done.
                _ => {}
            }
        }
        let others = prompt.login || prompt.consent || prompt.select_account;
        match prompt.none && others {
            true => Err(AuthorizationError::InvalidRequest(
                "prompt none stands alone",
            )),
            false => Ok(prompt),
        }
    }

    /// Whether the person has to show anew who they are.
    #[must_use]
    pub const fn asks_to_sign_in(self) -> bool {
        self.login || self.select_account
    }
}

/// What a client asks for, once nothing is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// The client.
    pub client: String,
    /// Where its answer goes.
    #[serde(flatten)]
    pub reply_to: ReplyTo,
    /// What it may have of what it asks for.
    pub scopes: Scopes,
    /// The APIs that it wants to call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// What the ID token repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The S256 challenge whose verifier buys the tokens (RFC 7636).
    pub code_challenge: String,
    /// What the person is to be asked.
    #[serde(default)]
    pub prompt: Prompt,
    /// Seconds that the sign-in may be old.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u64>,
    /// Whom the client expects, by the `sub` that it knows: a hint of ours says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Uuid>,
    /// What the person may have typed there already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_hint: Option<String>,
    /// The languages that the person reads, in their order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ui_locales: Option<String>,
}

impl AuthorizationRequest {
    /// Reads what `client` asks for. `claims`, `acr_values`, `display` and what is not known
    /// are taken and change nothing (OpenID Connect Core §3.1.2.1, §5.5): what scopes give is
    /// what there is.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(
        parameters: &Parameters,
        client: &Client,
        reply_to: ReplyTo,
    ) -> Result<Self, AuthorizationError> {
        use AuthorizationError as Wrong;
        if !client.may(GrantType::AuthorizationCode) {
            return Err(Wrong::UnauthorizedClient);
        }
        for (name, wrong) in [
            ("request", Wrong::RequestNotSupported),
            ("request_uri", Wrong::RequestUriNotSupported),
            ("registration", Wrong::RegistrationNotSupported),
        ] {
            if parameters.all(name).next().is_some() {
                return Err(wrong);
            }
        }
        match parameters.once("response_type")? {
            Some("code") => {}
            Some(_) => return Err(Wrong::UnsupportedResponseType),
            None => return Err(Wrong::InvalidRequest("response_type is required")),
        }
        match parameters.once("response_mode")? {
            None | Some("query" | "form_post") => {}
            Some(_) => {
                return Err(Wrong::InvalidRequest(
                    "response_mode must be query or form_post",
                ));
            }
        }
        let state = parameters.once("state")?;
        if state.is_some_and(|state| state.len() > LONGEST) {
            return Err(Wrong::InvalidRequest("state is too long"));
        }
        let nonce = parameters.once("nonce")?;
        if nonce.is_some_and(|nonce| nonce.len() > LONGEST) {
            return Err(Wrong::InvalidRequest("nonce is too long"));
        }
        let (scopes, resources) = asked_of(parameters, client)?;
        let max_age =
            match parameters.once("max_age")? {
                None => None,
                Some(text) => Some(text.parse().map_err(|_| {
                    Wrong::InvalidRequest("max_age must be a whole number of seconds")
                })?),
            };
        let short = |text: &str| text.chars().take(320).collect();
        Ok(Self {
            client: client.id.clone(),
            reply_to,
            scopes,
            resources,
            nonce: nonce.map(str::to_owned),
            code_challenge: challenge(parameters)?,
            prompt: Prompt::parse(parameters.once("prompt")?.unwrap_or_default())?,
            max_age,
            expected: None,
            login_hint: parameters.once("login_hint")?.map(short),
            ui_locales: parameters.once("ui_locales")?.map(short),
        })
    }

    /// Whether `session` is a sign-in as recent as the request demands. `before` is the
    /// sign-in that there was as the request came: it does not answer a `prompt` that wants
    /// another.
    #[must_use]
    pub fn is_met_by(&self, session: &Session, before: Before, now: UnixTime) -> bool {
        // However long the way from there to here took.
        let is_made_for_it = match before {
            Before::First => false,
            Before::Waited {
                since,
                session: was,
            } => was != Some(session.id) && session.auth_time >= since,
        };
        let proven = session.proven_at();
        let is_recent = |most: u64| {
            let is_new = is_made_for_it && proven.is_some_and(|at| at >= session.auth_time);
            is_new || proven.is_some_and(|at| now.seconds_since(at) <= most)
        };
        let recent = self.max_age.is_none_or(is_recent);
        let anew = !self.prompt.asks_to_sign_in() || is_made_for_it;
        recent && anew
    }
}

/// What there was before the sign-in that answers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// The request has just come.
    First,
    /// It waited for a sign-in.
    Waited {
        /// Since when.
        since: UnixTime,
        /// The sign-in that there was then.
        session: Option<Uuid>,
    },
}

/// A request that waits for its person to sign in or to answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingRequest {
    /// What is asked for.
    pub request: AuthorizationRequest,
    /// The browser that brought it, by the digest of a cookie that it keeps for this.
    pub browser: String,
    /// Who was signed in as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_before: Option<Uuid>,
    /// When the person answered the question whether the client may know them, if they did,
    /// and in which sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed_in: Option<Uuid>,
    /// When it came.
    pub created_at: UnixTime,
    /// When it ends.
    pub expires_at: UnixTime,
}

impl WaitingRequest {
    /// What there was before.
    #[must_use]
    pub const fn before(&self) -> Before {
        Before::Waited {
            since: self.created_at,
            session: self.session_before,
        }
    }
}

/// The scopes and APIs that are asked for, as far as `client` may have them. A scope that
/// it may not have is left out, which the answer tells it; an API is not.
fn asked_of(
    parameters: &Parameters,
    client: &Client,
) -> Result<(Scopes, Vec<String>), AuthorizationError> {
    let asked = Scopes::parse(parameters.once("scope")?.unwrap_or_default());
    let scopes = asked.within(&client.scopes);
    if scopes.is_empty() {
        return Err(AuthorizationError::InvalidScope);
    }
    let resources = resources(parameters.all("resource"), client)?;
    Ok((scopes, resources))
}

/// The APIs of a request, if the client may call all of them.
///
/// # Errors
/// [`AuthorizationError::InvalidTarget`].
pub fn resources<'a>(
    named: impl Iterator<Item = &'a str>,
    client: &Client,
) -> Result<Vec<String>, AuthorizationError> {
    let mut resources: Vec<String> = named.map(str::to_owned).collect();
    resources.dedup();
    let sound = resources.len() <= MOST_RESOURCES
        && resources.iter().all(|one| is_resource(one))
        && client.may_call(&resources);
    match sound {
        true => Ok(resources),
        false => Err(AuthorizationError::InvalidTarget),
    }
}

fn challenge(parameters: &Parameters) -> Result<String, AuthorizationError> {
    let challenge = parameters.once("code_challenge")?;
    let challenge = challenge.ok_or(AuthorizationError::InvalidRequest(
        "code_challenge is required (RFC 7636)",
    ))?;
    // Left out it would mean `plain`.
    if parameters.once("code_challenge_method")? != Some("S256") {
        return Err(AuthorizationError::InvalidRequest(
            "code_challenge_method must be S256",
        ));
    }
    let sound = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    match challenge.len() == 43 && challenge.bytes().all(sound) {
        true => Ok(challenge.to_owned()),
        false => Err(AuthorizationError::InvalidRequest(
            "code_challenge must be a SHA-256 digest in base64url",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::RedirectUri;

    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    const CALLBACK: &str = "https://app.example.com/cb";

    fn client() -> Client {
        Client {
            grants: vec![GrantType::AuthorizationCode],
            redirect_uris: vec![RedirectUri::parse(CALLBACK).unwrap()],
            scopes: Scopes::parse("openid email"),
            audiences: vec!["https://api.example.com".to_owned()],
            ..Client::of_devices("app", "App", UnixTime(1))
        }
    }

    fn read(change: &[(&str, &str)]) -> Result<AuthorizationRequest, AuthorizationError> {
        let mut pairs = vec![
            ("client_id", "app"),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid email phone"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        pairs.retain(|(name, _)| !change.iter().any(|(other, _)| name == other));
        pairs.extend(change);
        let pairs = pairs.into_iter();
        let parameters: Parameters = pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let target = Target::read(&parameters).unwrap();
        let reply_to = ReplyTo::read(&parameters, &target);
        AuthorizationRequest::read(&parameters, &client(), reply_to)
    }

    #[test]
    fn a_request_is_read_as_the_standard_has_it() {
        let request = read(&[("claims", "{}"), ("acr_values", "1"), ("extra", "x")]).unwrap();
        assert_eq!(request.scopes.as_str(), "openid email");
        for (change, wrong) in [
            (("response_type", "token"), "unsupported_response_type"),
            (("response_type", ""), "invalid_request"),
            (("code_challenge", ""), "invalid_request"),
            (("code_challenge", "short"), "invalid_request"),
            (("code_challenge_method", "plain"), "invalid_request"),
            (("code_challenge_method", ""), "invalid_request"),
            (("response_mode", "fragment"), "invalid_request"),
            (("prompt", "none login"), "invalid_request"),
            (("max_age", "-1"), "invalid_request"),
            (("scope", "phone"), "invalid_scope"),
            (("resource", "https://other.example.com"), "invalid_target"),
            (("request", "x"), "request_not_supported"),
            (
                ("request_uri", "https://x.example"),
                "request_uri_not_supported",
            ),
            (("registration", "{}"), "registration_not_supported"),
        ] {
            let refused = read(&[change]).unwrap_err();
            assert_eq!(refused.name(), wrong, "{change:?}");
            let plain = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\' || c == ' ';
            assert!(refused.description().chars().all(plain));
        }
        let twice = read(&[("nonce", "a"), ("nonce", "b")]).unwrap_err();
        assert_eq!(twice.name(), "invalid_request");
        let api = ("resource", "https://api.example.com");
        assert_eq!(read(&[api]).unwrap().resources, [api.1]);
    }

    #[test]
    fn who_asks_must_be_said_once() {
        let pairs = |pairs: &[(&str, &str)]| -> Parameters {
            let pairs = pairs.iter();
            pairs
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect()
        };
        let one = [("client_id", "a"), ("redirect_uri", CALLBACK)];
        assert!(Target::read(&pairs(&one)).is_some());
        let twice = [one[0], one[1], ("client_id", "b")];
        assert_eq!(Target::read(&pairs(&twice)), None);
        assert_eq!(Target::read(&pairs(&one[..1])), None);
    }
}
