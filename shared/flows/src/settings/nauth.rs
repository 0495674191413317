//! What an installation decides about the nauth contract.

use domain::recaptcha::Score;
use domain::risk::HighRisk;
use domain::session::TokenLifetimes;
use domain::sign_in::{Enforcement, GRACE_DAYS, SignInPolicy, Verification};
use domain::time::{DAY, HOUR, MINUTE};
use domain::trusted_device::{RememberDevices, TrustPolicy};

use super::vars::Vars;

/// How tokens travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeliveryMode {
    /// In bodies and headers.
    Json,
    /// In cookies.
    Cookies,
    /// As each request has it.
    #[default]
    Hybrid,
}

impl DeliveryMode {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "json" => Some(Self::Json),
            "cookies" => Some(Self::Cookies),
            "hybrid" => Some(Self::Hybrid),
            _ => None,
        }
    }
}

/// The settings `POSTERN_NAUTH_…`.
#[derive(Clone, Debug)]
pub struct NauthSettings {
    /// `DELIVERY`: how tokens travel.
    pub delivery: DeliveryMode,
    /// `VERIFICATION`: which addresses are proven before there are tokens;
    /// `MFA_ENFORCEMENT` and `MFA_GRACE_DAYS`: how hard a second factor is insisted on;
    /// and how patiently challenges wait.
    pub sign_in: SignInPolicy,
    /// `REMEMBER_DEVICES` and `TRUSTED_SKIP_MFA`: which devices are trusted, and whether
    /// that spares the second factor.
    pub trust: TrustPolicy,
    /// `RISK_HIGH` and `RISK_BLOCK_MINUTES`: what follows a sign-in of high risk, where the
    /// risk decides.
    pub high_risk: HighRisk,
    /// `RESEND_SECONDS`: between two codes for one challenge.
    pub resend: u64,
    /// `PASSWORD_HISTORY`: former passwords that an account may not go back to.
    pub password_history: usize,
    /// `MAX_SESSIONS`: live sessions of one account; the oldest go. None: no limit.
    pub max_sessions: Option<usize>,
    /// `SIGNUP`: whether people may make accounts.
    pub sign_up: bool,
    /// `FRONTEND_URL`: the site that browsers go back to from a provider. Without it, none
    /// is sent to one.
    pub frontend: Option<String>,
    /// `RP_ID`: the domain that passkeys are made for (WebAuthn's RP ID). Without it, there
    /// are none.
    pub relying_party_id: Option<String>,
    /// `RECAPTCHA` and `RECAPTCHA_URL`: the verifier that pages' tokens are shown to when
    /// users sign up or in. None: pages need no token.
    pub recaptcha_url: Option<String>,
    /// `RECAPTCHA_SCORE`: what a token has to be worth.
    pub recaptcha_score: Score,
    /// `LIST_ROWS`: how many accounts an administrator's list looks at, at most.
    pub list_rows: usize,
}

/// Where Google verifies tokens.
const RECAPTCHA: &str = "https://www.google.com/recaptcha/api/siteverify";

impl<F: Fn(&str) -> Option<String>> Vars<F> {
    pub(super) fn nauth(&mut self) -> NauthSettings {
        let verification = self.choice("POSTERN_NAUTH_VERIFICATION", Verification::parse);
        let grace_days = self.number("POSTERN_NAUTH_MFA_GRACE_DAYS", GRACE_DAYS, 0..=365);
        let enforcement = self.choice("POSTERN_NAUTH_MFA_ENFORCEMENT", |name| {
            Enforcement::parse(name, grace_days)
        });
        let block = self.number("POSTERN_NAUTH_RISK_BLOCK_MINUTES", 60, 0..=525_600);
        let high_risk = self.choice("POSTERN_NAUTH_RISK_HIGH", |name| {
            HighRisk::parse(name, block)
        });
        let max_sessions = self.number("POSTERN_NAUTH_MAX_SESSIONS", 0, 0..=1000);
        let recaptcha = self.truth("POSTERN_NAUTH_RECAPTCHA", false);
        let recaptcha_url = self.url("POSTERN_NAUTH_RECAPTCHA_URL", RECAPTCHA);
        NauthSettings {
            delivery: self.choice("POSTERN_NAUTH_DELIVERY", DeliveryMode::parse),
            sign_in: SignInPolicy::nauth(verification, enforcement),
            trust: TrustPolicy {
                remember: self.choice("POSTERN_NAUTH_REMEMBER_DEVICES", RememberDevices::parse),
                skips_factor: self.truth("POSTERN_NAUTH_TRUSTED_SKIP_MFA", true),
            },
            high_risk,
            resend: self.number("POSTERN_NAUTH_RESEND_SECONDS", MINUTE, MINUTE..=HOUR),
            password_history: self.number("POSTERN_NAUTH_PASSWORD_HISTORY", 0, 0..=24),
            max_sessions: (max_sessions > 0).then_some(max_sessions),
            sign_up: self.truth("POSTERN_NAUTH_SIGNUP", true),
            frontend: self.site("POSTERN_NAUTH_FRONTEND_URL"),
            relying_party_id: self.domain("POSTERN_NAUTH_RP_ID"),
            recaptcha_url: recaptcha.then_some(recaptcha_url),
            recaptcha_score: self.choice("POSTERN_NAUTH_RECAPTCHA_SCORE", Score::parse),
            list_rows: self.number("POSTERN_NAUTH_LIST_ROWS", 20_000, 1..=1_000_000),
        }
    }

    /// The lives of tokens in bodies and in cookies. Each has the common refresh life
    /// where it has none of its own.
    pub(super) fn nauth_lives(&mut self, common: TokenLifetimes) -> [TokenLifetimes; 2] {
        let names = [
            "POSTERN_NAUTH_JSON_REFRESH_SECONDS",
            "POSTERN_NAUTH_COOKIE_REFRESH_SECONDS",
        ];
        names.map(|name| TokenLifetimes {
            refresh: self.number(name, common.refresh, MINUTE..=365 * DAY),
            ..common
        })
    }
}
