//! The settings of an installation, read once at start-up from environment
//! variables. A mistake in any of them stops the start and names them all: an
//! identity service that guesses what its administrator meant is a breach.

mod allowed_origins;
mod nauth;
mod oauth;
mod outbox;
mod pages;
mod vars;

use std::fmt;
use std::path::PathBuf;

use crypto::Algorithm;
use delivery::TextPolicy;
use domain::Contract;
use domain::email_code::{CodePolicy, LIFETIME};
use domain::limit::cashless::LOOKS_A_MINUTE;
use domain::secret::SecretName;
use domain::session::{Delivery, TokenLifetimes};
use domain::sign_in::MfaPolicy;
use domain::time::{DAY, HOUR, MINUTE};
use ipnet::IpNet;

use crate::CredentialKind;

pub use self::allowed_origins::AllowedOrigins;
pub use self::nauth::{DeliveryMode, NauthSettings};
pub use self::oauth::{OauthSettings, RedirectUris};
pub use self::outbox::OutboxSettings;
pub use self::pages::{PageLinks, PagesSettings};
use self::vars::Vars;

/// Everything that an installation may decide.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `POSTERN_TABLE`: the main table.
    pub table: String,
    /// `POSTERN_AUDIT_TABLE`: the table of security events.
    pub audit_table: String,
    /// `POSTERN_ISSUER`: the public URL, `iss` and `aud` of every token.
    pub issuer: String,
    /// `POSTERN_ALLOWED_ORIGINS`: from where browsers may call, beside the issuer's own
    /// origin and those of the installation's record.
    pub allowed_origins: AllowedOrigins,
    /// `POSTERN_KMS_KEY` or `POSTERN_KEY_FILE`: what wraps the key ring.
    pub wrapping: Wrapping,
    /// `POSTERN_SIGNING_ALGORITHM`: for the next signing key to be made.
    pub algorithm: Algorithm,
    /// `POSTERN_KEY_ROTATION_DAYS`: for how long a key signs, in seconds.
    pub key_rotation: u64,
    /// `POSTERN_MAIL_FROM`: the sender of letters.
    pub mail_from: String,
    /// `POSTERN_MAIL_CONFIGURATION_SET`: where SES reports bounces.
    pub mail_configuration_set: Option<String>,
    /// `POSTERN_SERVICE_NAME`: what people know the installation as.
    pub service_name: String,
    /// `POSTERN_MAIL_DAILY_BUDGET`: letters a day at most.
    pub mail_daily_budget: u32,
    /// `POSTERN_TEXT_DAILY_BUDGET`: text messages a day at most.
    pub text_daily_budget: u32,
    /// `POSTERN_VERIFICATIONS_A_MINUTE`: tokens that one network may have verified.
    pub verifications_a_minute: u32,
    /// `POSTERN_INTROSPECTIONS_A_MINUTE`: tokens that one service's key may introspect.
    pub introspections_a_minute: u32,
    /// `POSTERN_DEVICE_CONCURRENCY`: instances that are reserved for device authorization,
    /// of which some may wait; with none, no poll waits.
    pub device_concurrency: u32,
    /// `POSTERN_TRUSTED_PROXIES`: who may say on whose behalf it asks.
    pub trusted_proxies: Vec<IpNet>,
    /// `POSTERN_FORWARDED_HEADER`: the header in which they say it, and no other.
    pub forwarded_header: ForwardedHeader,
    /// `POSTERN_CFG_ACCESS_SECONDS`, `POSTERN_CFG_REFRESH_SECONDS` and so on for
    /// each contract; `POSTERN_SESSION_SECONDS`, `POSTERN_REFRESH_GRACE_SECONDS`
    /// for all.
    pub lives: ContractLives,
    /// `POSTERN_MFA_POLICY`: how hard clients push a second factor.
    pub mfa_policy: MfaPolicy,
    /// `POSTERN_OTP_…`: the numbers of codes by e-mail.
    pub codes: CodePolicy,
    /// `POSTERN_CODE_ONLY_FROM_NEW_NETWORKS` is `allow`: whether a code alone will
    /// do from a new network for accounts that have another way in.
    pub code_only_from_new_networks: bool,
    /// `POSTERN_TEXT_SENDER_ID`, `POSTERN_TEXT_CALLING_CODES`: whom texts come
    /// from and where they may go. No calling code, no texts.
    pub texts: TextPolicy,
    /// `POSTERN_CENTRIFUGO_URL`: where clients reach the realtime server, if there
    /// is one.
    pub centrifugo_url: Option<String>,
    /// Sign-in through providers.
    pub oauth: OauthSettings,
    /// `POSTERN_CHATBOT_TOPIC`: the ARN of the topic that interactions with a chatbot
    /// are published to, for the function that does.
    pub chatbot_topic: Option<String>,
    /// `POSTERN_PICTURES_BUCKET`: where profile pictures are kept, for the functions
    /// that put them there or remove them.
    pub pictures_bucket: Option<String>,
    /// `POSTERN_PASSWORD_RESET_PAGE`: the page of the installation's application that
    /// takes a reset token; letters link our own if there is none.
    pub password_reset_page: Option<String>,
    /// `POSTERN_PWNED_PASSWORDS_URL`: the range service that is asked whether a new
    /// password is known from breaches, if one is.
    pub pwned_passwords_url: Option<String>,
    /// `POSTERN_PLACES_DATABASE`: a file in MaxMind's format that says where addresses are;
    /// without one, none is anywhere.
    pub places_database: Option<PathBuf>,
    /// `POSTERN_MFA_FRESH_SECONDS`: for how long a second factor that was shown lets
    /// administrators do what asks for one (cashless).
    pub mfa_fresh: u64,
    /// `POSTERN_SECRETS`: the secrets that the function uses, by their names. They are rows
    /// of the table, and never in the environment.
    pub secrets: Vec<SecretName>,
    /// `POSTERN_AUTHORIZER_KINDS`: which credentials open the API whose authorizer we
    /// are, of `access`, `service`, `personal`, `offline` and `operator`.
    pub authorizer_kinds: Vec<CredentialKind>,
    /// `POSTERN_AUDIT_DAYS`: how long security events are kept.
    pub audit_days: u32,
    /// `POSTERN_NAUTH_…`: what is decided about the nauth contract.
    pub nauth: NauthSettings,
    /// `POSTERN_ACCENT_COLOUR` and so on: what is decided about the pages.
    pub pages: PagesSettings,
}

/// The header in which proxies say whom they ask for. One, and never both: a proxy
/// that writes one passes the other on as its own client forged it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`: addresses, separated by commas.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl ForwardedHeader {
    /// The one of that name, in any case, as header names are.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::XForwardedFor, Self::Forwarded]
            .into_iter()
            .find(|header| header.name().eq_ignore_ascii_case(name))
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
        }
    }
}

/// How long tokens live, contract by contract. Every function knows all of them,
/// since a session may be refreshed through another contract than it began in.
#[derive(Clone, Copy, Debug)]
pub struct ContractLives {
    djangocfg: TokenLifetimes,
    cashless: TokenLifetimes,
    auth_service: TokenLifetimes,
    ravi: TokenLifetimes,
    /// In bodies, and in cookies.
    nauth: [TokenLifetimes; 2],
}

impl ContractLives {
    /// Those of the sessions that `contract` begins, whose tokens travel by `delivery`.
    #[must_use]
    pub const fn of(&self, contract: Contract, delivery: Delivery) -> &TokenLifetimes {
        let [in_bodies, in_cookies] = &self.nauth;
        match (contract, delivery) {
            (Contract::Djangocfg, _) => &self.djangocfg,
            (Contract::Cashless, _) => &self.cashless,
            (Contract::AuthService, _) => &self.auth_service,
            // A browser's session ends with its sign-in's freshness, and has no tokens.
            (Contract::Ravi | Contract::Pages, _) => &self.ravi,
            (Contract::Nauth, Delivery::Body) => in_bodies,
            (Contract::Nauth, Delivery::Cookies) => in_cookies,
        }
    }
}

/// What wraps the key ring's data key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// A KMS key, by id, ARN or alias.
    Kms(String),
    /// A file of 32 random bytes, for the local stack.
    File(PathBuf),
}

/// What is wrong with the environment, all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError(pub Vec<String>);

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Postern cannot start: {}", self.0.join("; "))
    }
}

impl std::error::Error for SettingsError {}

impl Settings {
    /// Settings from the process's own environment.
    ///
    /// # Errors
    /// Every variable that is missing or makes no sense.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::from_vars(|name| std::env::var(name).ok())
    }

    /// Settings from any source of variables. An empty one counts as absent, as
    /// templates cannot leave one out.
    ///
    /// # Errors
    /// Every variable that is missing or makes no sense.
    pub fn from_vars(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let mut vars = Vars::new(lookup);
        let issuer = vars.issuer("POSTERN_ISSUER");
        let settings = Self {
            table: vars.required("POSTERN_TABLE"),
            audit_table: vars.required("POSTERN_AUDIT_TABLE"),
            allowed_origins: vars.allowed_origins("POSTERN_ALLOWED_ORIGINS", &issuer),
            issuer,
            wrapping: vars.wrapping(),
            algorithm: vars.choice("POSTERN_SIGNING_ALGORITHM", Algorithm::parse),
            key_rotation: vars.number("POSTERN_KEY_ROTATION_DAYS", 30, 1..=365) * DAY,
            mail_from: vars.sender("POSTERN_MAIL_FROM"),
            mail_configuration_set: vars.get("POSTERN_MAIL_CONFIGURATION_SET"),
            service_name: vars.service_name("POSTERN_SERVICE_NAME"),
            mail_daily_budget: vars.number("POSTERN_MAIL_DAILY_BUDGET", 10_000, 1..=10_000_000),
            text_daily_budget: vars.number("POSTERN_TEXT_DAILY_BUDGET", 1000, 1..=10_000_000),
            verifications_a_minute: vars.number(
                "POSTERN_VERIFICATIONS_A_MINUTE",
                LOOKS_A_MINUTE,
                1..=1_000_000,
            ),
            introspections_a_minute: vars.number(
                "POSTERN_INTROSPECTIONS_A_MINUTE",
                LOOKS_A_MINUTE,
                1..=1_000_000,
            ),
            device_concurrency: vars.number("POSTERN_DEVICE_CONCURRENCY", 60, 0..=1000),
            trusted_proxies: vars.networks("POSTERN_TRUSTED_PROXIES"),
            forwarded_header: vars.choice("POSTERN_FORWARDED_HEADER", ForwardedHeader::named),
            lives: vars.lives(),
            mfa_policy: vars.choice("POSTERN_MFA_POLICY", MfaPolicy::parse),
            codes: CodePolicy {
                lifetime: LIFETIME,
                cooldown: vars.number("POSTERN_OTP_RESEND_COOLDOWN_SECONDS", 30, 0..=HOUR),
                hourly: vars.number("POSTERN_OTP_HOURLY_LIMIT", 10, 1..=100),
                daily: vars.number("POSTERN_OTP_DAILY_LIMIT", 20, 1..=1000),
                max_tries: vars.number("POSTERN_OTP_MAX_VERIFY_ATTEMPTS", 5, 1..=5),
                lockout: vars.number(
                    "POSTERN_OTP_VERIFY_LOCKOUT_SECONDS",
                    15 * MINUTE,
                    LIFETIME..=DAY,
                ),
            },
            code_only_from_new_networks: vars.allow("POSTERN_CODE_ONLY_FROM_NEW_NETWORKS"),
            texts: TextPolicy {
                sender_id: vars.get("POSTERN_TEXT_SENDER_ID"),
                calling_codes: vars.calling_codes("POSTERN_TEXT_CALLING_CODES"),
            },
            centrifugo_url: vars.websocket("POSTERN_CENTRIFUGO_URL"),
            oauth: vars.oauth(),
            chatbot_topic: vars.get("POSTERN_CHATBOT_TOPIC"),
            pictures_bucket: vars.get("POSTERN_PICTURES_BUCKET"),
            password_reset_page: vars.web_address("POSTERN_PASSWORD_RESET_PAGE"),
            pwned_passwords_url: vars.web_address("POSTERN_PWNED_PASSWORDS_URL"),
            places_database: vars.get("POSTERN_PLACES_DATABASE").map(PathBuf::from),
            mfa_fresh: vars.number("POSTERN_MFA_FRESH_SECONDS", 8 * HOUR, MINUTE..=7 * DAY),
            secrets: vars.secrets("POSTERN_SECRETS"),
            authorizer_kinds: vars.kinds("POSTERN_AUTHORIZER_KINDS"),
            audit_days: vars.number("POSTERN_AUDIT_DAYS", 400, 1..=3653),
            nauth: vars.nauth(),
            pages: vars.pages(),
        };
        vars.finish(settings)
    }
}

/// Settings of several variables.
impl<F: Fn(&str) -> Option<String>> Vars<F> {
    fn secrets(&mut self, name: &str) -> Vec<SecretName> {
        let text = self.get(name).unwrap_or_default();
        let names = text.split(',').map(str::trim).filter(|one| !one.is_empty());
        let (known, unknown): (Vec<_>, Vec<_>) = names
            .map(|one| SecretName::named(one).ok_or(one))
            .partition(Result::is_ok);
        if !unknown.is_empty() {
            self.problems.push(format!("{name} names no secrets"));
        }
        known.into_iter().flatten().collect()
    }

    fn kinds(&mut self, name: &str) -> Vec<CredentialKind> {
        let Some(text) = self.get(name) else {
            return CredentialKind::USUAL.to_vec();
        };
        let kinds: Vec<_> = text
            .split(',')
            .map(|kind| CredentialKind::parse(kind.trim()))
            .collect();
        if kinds.contains(&None) {
            self.problems.push(format!(
                "{name} must be a list of access, service, personal, offline and operator"
            ));
        }
        kinds.into_iter().flatten().collect()
    }

    fn wrapping(&mut self) -> Wrapping {
        match (self.get("POSTERN_KMS_KEY"), self.get("POSTERN_KEY_FILE")) {
            (Some(key), None) => Wrapping::Kms(key),
            (None, Some(path)) => Wrapping::File(path.into()),
            _ => {
                self.problems.push(
                    "exactly one of POSTERN_KMS_KEY and POSTERN_KEY_FILE must be set".to_owned(),
                );
                Wrapping::Kms(String::new())
            }
        }
    }

    fn lives(&mut self) -> ContractLives {
        let session = self.number("POSTERN_SESSION_SECONDS", 90 * DAY, 60..=365 * DAY);
        let grace = self.number("POSTERN_REFRESH_GRACE_SECONDS", 10, 0..=60);
        let mut lives = |[access, refresh]: [(&str, u64); 2]| TokenLifetimes {
            access: self.number(access.0, access.1, 60..=DAY),
            refresh: self.number(refresh.0, refresh.1, 60..=365 * DAY),
            session,
            grace,
        };
        let djangocfg = lives([
            ("POSTERN_CFG_ACCESS_SECONDS", 30 * MINUTE),
            ("POSTERN_CFG_REFRESH_SECONDS", 30 * DAY),
        ]);
        let cashless = lives([
            ("POSTERN_CASHLESS_ACCESS_SECONDS", 15 * MINUTE),
            ("POSTERN_CASHLESS_REFRESH_SECONDS", 7 * DAY),
        ]);
        let auth_service = lives([
            ("POSTERN_AUTH_SERVICE_ACCESS_SECONDS", 15 * MINUTE),
            ("POSTERN_AUTH_SERVICE_REFRESH_SECONDS", 7 * DAY),
        ]);
        let ravi = lives([
            ("POSTERN_RAVI_ACCESS_SECONDS", 15 * MINUTE),
            ("POSTERN_RAVI_REFRESH_SECONDS", 30 * DAY),
        ]);
        let nauth = lives([
            ("POSTERN_NAUTH_ACCESS_SECONDS", 15 * MINUTE),
            ("POSTERN_NAUTH_REFRESH_SECONDS", 30 * DAY),
        ]);
        ContractLives {
            djangocfg,
            cashless,
            auth_service,
            ravi,
            nauth: self.nauth_lives(nauth),
        }
    }
}

#[cfg(test)]
mod tests;
