//! The doors of the house, and how a person goes through each.

use domain::account::Role;
use domain::provider::Provider;
use local::github::Person;
use serde_json::{Value, json};
use tests::site::OPERATORS_PASSWORD;
use tests::{Answer, Visitor, World};

use super::operations::DOORS;
use crate::auth::phone::{self, PHONE};
use crate::auth::{firebase, login};
use crate::cfg::accounts::oauth::go;
use crate::nauth::social;

/// A person who may go through every door: with a mailbox, a telephone, a password,
/// accounts at GitHub and Google, and a job.
pub const OLGA: &str = "olga@example.com";

/// A door, by what is shown there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Code,
    GitHub,
    Form,
    Token,
    Json,
    OperatorsDevice,
    PageCode,
    PagePassword,
    Telephone,
    Firebase,
    Administrators,
    Nauth,
    NauthSocial,
    NauthSocialCookies,
    NauthApple,
    NauthApp,
}

impl Door {
    /// All of them, with their operations. `/auth/login` takes two kinds of body.
    pub const ALL: [(Self, &'static str); 16] = [
        (Self::Code, "POST /cfg/accounts/otp/verify/"),
        (Self::GitHub, "POST /cfg/accounts/oauth/github/callback/"),
        (Self::Form, "POST /auth/login"),
        (Self::Token, "POST /token"),
        (Self::Json, "POST /auth/login"),
        (Self::OperatorsDevice, "POST /devices/operator-token"),
        (Self::PageCode, "POST /sign-in/code"),
        (Self::PagePassword, "POST /sign-in/password"),
        (Self::Telephone, "POST /auth/login/phone/verify"),
        (Self::Firebase, "POST /auth/login/firebase"),
        (Self::Administrators, "POST /admin/login"),
        (Self::Nauth, "POST /nauth/login"),
        (Self::NauthSocial, "POST /nauth/social/exchange"),
        (
            Self::NauthSocialCookies,
            "GET /nauth/social/{provider}/callback",
        ),
        (Self::NauthApple, "POST /nauth/social/{provider}/callback"),
        (Self::NauthApp, "POST /nauth/social/{provider}/verify"),
    ];

    /// Whether a factor of that kind, which is no app, can be asked for here. A terminal asks
    /// for none, and is asked by all alike. The pages have no script, which a passkey takes.
    pub fn asks_for(self, factor: &str) -> bool {
        match self {
            Self::PageCode | Self::PagePassword => factor != "passkey",
            _ => matches!(
                self,
                Self::Nauth
                    | Self::NauthSocial
                    | Self::NauthSocialCookies
                    | Self::NauthApple
                    | Self::NauthApp
                    | Self::OperatorsDevice
            ),
        }
    }

    /// Olga shows her first factor here.
    pub async fn knock(self, world: &World) -> Knocked<'_> {
        let client = world.anyone();
        let role = match self {
            Self::Administrators => Role::Admin,
            _ => Role::Operator,
        };
        world.set_user(OLGA, |user| user.role = role).await;
        Knocked::At(match self {
            Self::Code => {
                client.request_code(OLGA).await.expect(200);
                client.verify_code(OLGA, &world.code(OLGA)).await
            }
            Self::GitHub => go(world, &client, &Person::new("olga", OLGA)).await,
            Self::Form => login(&client, OLGA, OPERATORS_PASSWORD).await,
            Self::Token => {
                let form = [("username", OLGA), ("password", OPERATORS_PASSWORD)];
                client.form("/token", &form).await
            }
            Self::Json => {
                let body =
                    json!({ "email": OLGA, "password": OPERATORS_PASSWORD, "role": "operator" });
                client.post("/auth/login", &body).await
            }
            Self::OperatorsDevice => {
                let body = json!({
                    "email": OLGA, "password": OPERATORS_PASSWORD, "dev_type": "POS",
                    "dev_mac": "AA:BB:CC:00:11:22",
                });
                client.post("/devices/operator-token", &body).await
            }
            Self::Telephone => {
                phone::ask(&client, PHONE).await.expect(200);
                phone::verify(&client, PHONE, &world.texted_code(PHONE)).await
            }
            Self::Firebase => {
                let said = json!({ "sub": "olga", "email": OLGA, "email_verified": true });
                firebase::login(&client, &firebase::token(world, &said)).await
            }
            Self::Administrators => {
                let body = json!({ "email": OLGA, "password": OPERATORS_PASSWORD });
                client.post("/admin/login", &body).await
            }
            Self::Nauth => {
                let body = json!({ "identifier": OLGA, "password": OPERATORS_PASSWORD });
                client.post("/nauth/login", &body).await
            }
            Self::NauthSocial => {
                let person = local::social::Person::new(OLGA);
                social::sign_in(&client, Provider::Google, &person).await
            }
            Self::NauthApp => {
                let person = local::social::Person::new(OLGA);
                let token = world.social.token_of(Provider::Google, &person);
                let body = json!({ "provider": "google", "idToken": token.expect("a token") });
                client.post("/nauth/social/google/verify", &body).await
            }
            Self::NauthApple => {
                let person = local::social::Person::new(OLGA);
                social::sign_in_by_cookies(&client, Provider::Apple, &person).await
            }
            Self::NauthSocialCookies => {
                let person = local::social::Person::new(OLGA);
                social::sign_in_by_cookies(&client, Provider::Google, &person).await
            }
            Self::PageCode => {
                let mut browser = Visitor::open(client, "/sign-in").await;
                browser.with_code(OLGA).await;
                return Knocked::On(browser);
            }
            Self::PagePassword => {
                let mut browser = Visitor::open(client, "/sign-in").await;
                browser.with_password(OLGA, OPERATORS_PASSWORD).await;
                return Knocked::On(browser);
            }
        })
    }
}

/// What came of a first factor.
pub enum Knocked<'w> {
    /// An answer of the API.
    At(Answer),
    /// A page.
    On(Visitor<'w>),
}

impl Knocked<'_> {
    /// Whether she is in: something in the answer opens something.
    pub async fn is_in(&self, world: &World) -> bool {
        match self {
            Self::At(answer) => opens(world, &answer.body).await,
            Self::On(browser) => {
                let mut browser = browser.clone();
                browser.go("/device").await;
                browser.page.text.contains("Signed in as")
            }
        }
    }

    /// Whether she was asked for her second factor, or turned away where none can
    /// be shown.
    pub fn is_asked(&self, door: Door) -> bool {
        match self {
            Self::At(answer) if door == Door::OperatorsDevice => answer.status == 401,
            Self::At(answer) => {
                let says = |name: &str| answer.body[name] == json!(true);
                let waits = answer.body["challengeName"] == json!("MFA_REQUIRED");
                answer.status == 200 && (waits || says("requires_2fa") || says("mfa_required"))
            }
            Self::On(browser) => browser.page.text.contains("action=\"/sign-in/factor\""),
        }
    }

    /// She shows it. `None` where there is no place to.
    pub async fn show(self, world: &World, code: &str) -> Option<Self> {
        let answer = match self {
            Self::On(mut browser) => {
                browser.fill("/sign-in/factor", &[("code", code)]).await;
                return Some(Self::On(browser));
            }
            Self::At(answer) => answer,
        };
        let client = world.anyone();
        if let Some(session) = answer.body["session_id"].as_str() {
            return Some(Self::At(client.second_factor(session, code).await));
        }
        if let Some(session) = answer.body["session"].as_str() {
            let body = json!({
                "session": session, "type": "MFA_REQUIRED", "method": "totp", "code": code,
            });
            return Some(Self::At(
                client.post("/nauth/respond-challenge", &body).await,
            ));
        }
        let pending = answer.body["access_token"].as_str()?;
        let body = json!({ "code": code });
        let client = client.bearing(pending);
        Some(Self::At(client.post("/auth/verify-2fa", &body).await))
    }
}

/// Whether any text in an answer is good as a credential.
async fn opens(world: &World, answer: &Value) -> bool {
    for text in texts(answer) {
        let valid = world.anyone().verify(text).await.expect(200);
        if valid.body["valid"] == json!(true) {
            return true;
        }
        for client in [
            world.anyone().bearing(text),
            world.anyone().header("x-api-key", text),
        ] {
            for path in ["/cfg/accounts/profile/", "/protected", "/api/identities/"] {
                if client.get(path).await.status == 200 {
                    return true;
                }
            }
        }
    }
    false
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) if !text.is_empty() => vec![text],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_door_is_walked_through() {
    let mut walked: Vec<&str> = Door::ALL.iter().map(|(_, operation)| *operation).collect();
    walked.sort_unstable();
    walked.dedup();
    assert_eq!(walked, DOORS);
}
