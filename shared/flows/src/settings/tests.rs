//! Which settings are read, and which are refused.

use domain::provider::Provider;
use domain::sign_in::Enforcement;

use super::*;

fn with(vars: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let base = [
        ("POSTERN_TABLE", "t"),
        ("POSTERN_AUDIT_TABLE", "a"),
        ("POSTERN_ISSUER", "https://id.example.com"),
        ("POSTERN_KMS_KEY", "alias/t"),
        ("POSTERN_MAIL_FROM", "id@example.com"),
    ];
    let all: Vec<_> = vars.iter().chain(&base).copied().collect();
    Settings::from_vars(|name| {
        all.iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn defaults_are_the_documented_ones() {
    let settings = with(&[]).unwrap();
    let lives = |contract| {
        let lives = settings.lives.of(contract, Delivery::Body);
        (lives.access, lives.refresh)
    };
    assert_eq!(lives(Contract::Djangocfg), (1800, 2_592_000));
    assert_eq!(lives(Contract::Cashless), (900, 604_800));
    assert_eq!(lives(Contract::AuthService), (900, 604_800));
    assert_eq!(lives(Contract::Ravi), (900, 2_592_000));
    assert_eq!(lives(Contract::Nauth), (900, 2_592_000));
    assert_eq!(settings.codes.cooldown, 30);
    assert!(settings.code_only_from_new_networks && settings.trusted_proxies.is_empty());
    assert_eq!(settings.oauth.github, None);
    assert_eq!(
        *settings.oauth.redirect_uris.of(Provider::Github),
        ["https://id.example.com/auth?provider=github"]
    );
}

#[test]
fn a_second_factor_is_insisted_on_as_hard_as_the_setting_says() {
    let enforcement = |vars: &[(&str, &str)]| with(vars).map(|all| all.nauth.sign_in.enforcement);
    let required = ("POSTERN_NAUTH_MFA_ENFORCEMENT", "REQUIRED");
    assert_eq!(enforcement(&[]).unwrap(), Enforcement::Optional);
    let grace = 7 * DAY;
    assert_eq!(
        enforcement(&[required]).unwrap(),
        Enforcement::Required { grace }
    );
    let at_once = ("POSTERN_NAUTH_MFA_GRACE_DAYS", "0");
    assert_eq!(
        enforcement(&[required, at_once]).unwrap(),
        Enforcement::Required { grace: 0 }
    );
    let wrong = [
        ("POSTERN_NAUTH_MFA_ENFORCEMENT", "SOMETIMES"),
        ("POSTERN_NAUTH_MFA_GRACE_DAYS", "366"),
    ];
    assert_eq!(enforcement(&wrong).unwrap_err().0.len(), 2);
}

#[test]
fn one_header_names_whom_a_proxy_asks_for() {
    let header = |vars: &[(&str, &str)]| with(vars).map(|settings| settings.forwarded_header);
    let named = |name| header(&[("POSTERN_FORWARDED_HEADER", name)]).ok();
    assert_eq!(header(&[]).unwrap(), ForwardedHeader::XForwardedFor);
    assert_eq!(
        named("X-Forwarded-For"),
        Some(ForwardedHeader::XForwardedFor)
    );
    assert_eq!(named("forwarded"), Some(ForwardedHeader::Forwarded));
    assert_eq!(named("X-Real-IP"), None);
}

#[test]
fn the_issuer_and_what_the_template_joins_may_call() {
    let joined = " https://app.example.com,,http://localhost:4200,";
    let settings = with(&[("POSTERN_ALLOWED_ORIGINS", joined)]).unwrap();
    for allowed in [
        "https://id.example.com",
        "https://app.example.com",
        "http://localhost:4200",
    ] {
        assert!(settings.allowed_origins.contains(allowed), "{allowed}");
    }
    for stranger in ["", "null", "*", "https://app.example.com:8443"] {
        assert!(!settings.allowed_origins.contains(stranger), "{stranger}");
    }
    let alone = AllowedOrigins::from_vars(|name| match name {
        "POSTERN_ISSUER" => Some("http://127.0.0.1:9000".to_owned()),
        _ => None,
    });
    assert!(alone.unwrap().contains("http://127.0.0.1:9000"));
    let SettingsError(problems) = AllowedOrigins::from_vars(|_| None).unwrap_err();
    assert_eq!(problems, ["POSTERN_ISSUER is not set"]);
}

#[test]
fn secrets_are_named_and_nothing_else_of_them() {
    let settings = with(&[("POSTERN_SECRETS", "github, registration-key")]).unwrap();
    let named = [SecretName::GitHub, SecretName::RegistrationKey];
    assert_eq!(settings.secrets, named);
    assert!(with(&[("POSTERN_SECRETS", "github,hush-hush")]).is_err());
}

#[test]
fn every_mistake_is_named_at_once() {
    let SettingsError(problems) = with(&[
        ("POSTERN_ISSUER", "id.example.com/"),
        ("POSTERN_KEY_FILE", "/tmp/key"),
        ("POSTERN_OTP_VERIFY_LOCKOUT_SECONDS", "60"),
        ("POSTERN_MFA_POLICY", "sometimes"),
        ("POSTERN_CENTRIFUGO_URL", "localhost:8002"),
        (
            "POSTERN_TRUSTED_PROXIES",
            "10.0.0.1, 10.0.0.0/8, 10.0.0.0/99",
        ),
        ("POSTERN_SECRETS", "hush"),
        ("POSTERN_GITHUB_API_URL", "api.github.com"),
        ("POSTERN_OAUTH_REDIRECT_URIS", "https://a.example/#x"),
        ("POSTERN_ALLOWED_ORIGINS", "https://app.example.com/, *"),
    ])
    .unwrap_err();
    assert_eq!(problems.len(), 10, "{problems:?}");
}
