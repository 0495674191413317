//! Others than people with a password: a user with a second factor, a vendor, an operator
//! at a till. How they come in, and what is guessed at them.

use std::sync::Mutex;

use serde_json::json;
use tests::{Answer, Anyone, Authenticator, Visitor, World, site};

use crate::auth::{PASSWORD, ask_for_reset, letter_token, login, reset};
use crate::vendor;

/// A password that is replaced now and then, by one reset at a time.
pub struct Password {
    current: Mutex<(u32, String)>,
    turn: tokio::sync::Mutex<()>,
}

impl Password {
    pub fn new(password: &str) -> Self {
        Self {
            current: Mutex::new((0, password.to_owned())),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// The one in force; a reset that is under way does not show yet.
    pub fn now(&self) -> String {
        self.current.lock().unwrap().1.clone()
    }

    /// Has `reset` put the next in force. Does nothing while another reset is under way.
    pub async fn replace(&self, reset: impl AsyncFnOnce(&str) -> Answer) -> Option<Answer> {
        let _turn = self.turn.try_lock().ok()?;
        let number = self.current.lock().unwrap().0 + 1;
        let next = format!("difference engine no. {number}");
        let answer = reset(&next).await;
        if answer.status == 200 {
            *self.current.lock().unwrap() = (number, next);
        }
        Some(answer)
    }
}

/// The token in the newest letter, if there is one.
fn newest_token(world: &World, address: &str) -> Option<String> {
    let has_one = |letter: &local::inbox::Message| {
        let mut lines = letter.text.lines();
        lines.any(|line| line.len() == 43 && !line.contains(' '))
    };
    let any = world.mail(address).iter().any(has_one);
    any.then(|| letter_token(world, address))
}

/// Resets a password by a letter: the answer of the last step.
pub async fn by_letter(client: &Anyone<'_>, email: &str, password: &Password) -> Option<Answer> {
    let replaced = password.replace(async |next| {
        let asked = ask_for_reset(client, email).await;
        match newest_token(client.world(), email) {
            Some(token) if asked.status == 200 => reset(client, &token, next).await,
            _ => asked,
        }
    });
    replaced.await
}

/// A user with an authenticator, beside a password and an address.
pub struct Guarded {
    pub email: String,
    pub app: Authenticator,
    number: usize,
}

/// A first factor.
#[derive(Clone, Copy, Debug)]
pub enum First {
    Password,
    Code,
    DevicePage,
    Nauth,
}

pub const FIRSTS: [First; 4] = [
    First::Password,
    First::Code,
    First::DevicePage,
    First::Nauth,
];

impl Guarded {
    pub async fn welcome(world: &World, number: usize) -> Self {
        let email = format!("guarded{number}@example.com");
        let home = world.at(&format!("192.0.2.{}", 100 + number));
        let member = home.sign_in(&email).await;
        ask_for_reset(&home, &email).await.expect(200);
        reset(&home, &letter_token(world, &email), PASSWORD)
            .await
            .expect(200);
        drop(member);
        world.clock.advance(61);
        let app = home.sign_in(&email).await.set_up_totp(world).await;
        Self { email, app, number }
    }

    /// Comes in by a first factor and then by `code`: the answer of the last step.
    pub async fn enter(&self, client: &Anyone<'_>, first: First, code: &str) -> Answer {
        let world = client.world();
        match first {
            First::Password => {
                let waiting = login(client, &self.email, PASSWORD).await;
                if waiting.status != 200 {
                    return waiting;
                }
                let pending = client.clone().bearing(waiting.str("access_token"));
                pending
                    .post("/auth/verify-2fa", &json!({ "code": code }))
                    .await
            }
            First::Code => {
                let asked = client.request_code(&self.email).await;
                if asked.status != 200 {
                    return asked;
                }
                let typed = world.code(&self.email);
                let waiting = client.verify_code(&self.email, &typed).await;
                if waiting.status != 200 {
                    return waiting;
                }
                client.second_factor(waiting.str("session_id"), code).await
            }
            First::Nauth => {
                let pair = json!({ "identifier": self.email, "password": PASSWORD });
                let waiting = client.post("/nauth/login", &pair).await;
                if waiting.status != 200 {
                    return waiting;
                }
                let body = json!({
                    "session": waiting.str("session"), "type": "MFA_REQUIRED",
                    "method": "totp", "code": code,
                });
                client.post("/nauth/respond-challenge", &body).await
            }
            First::DevicePage => {
                let mut browser = Visitor::open(client.clone(), "/device").await;
                let name = self.email.as_str();
                for (form, typed) in [
                    ("/sign-in", &[("name", name)][..]),
                    ("/sign-in/password", &[("password", PASSWORD)]),
                    ("/sign-in/factor", &[("code", code)]),
                ] {
                    let action = format!("action=\"{form}\"");
                    if browser.page.status != 200 || !browser.page.text.contains(&action) {
                        break;
                    }
                    browser.fill(form, typed).await;
                }
                browser.page
            }
        }
    }

    /// The ways that are shut, each tried at a moment with a code of its own.
    pub async fn shut_out(&self, world: &World) -> Vec<String> {
        let mut shut = Vec::new();
        for (n, first) in FIRSTS.into_iter().enumerate() {
            world.clock.advance(61);
            let client = world.at(&format!("203.0.{}.{n}", 101 + self.number));
            let answer = self
                .enter(&client, first, &self.app.code(world.now()))
                .await;
            // The page says in words that a code is wrong, and with its status.
            if answer.status != 200 {
                shut.push(format!("{first:?} of {}: {}", self.email, answer.status));
            }
        }
        let client = world.at(&format!("203.0.{}.9", 101 + self.number));
        world.clock.advance(61);
        let paper = &self.app.backup_codes[0];
        let answer = self.enter(&client, First::Password, paper).await;
        if answer.status != 200 {
            shut.push(format!("paper of {}: {}", self.email, answer.status));
        }
        shut
    }
}

/// A vendor.
pub struct Shop {
    pub email: String,
    password: Password,
    number: usize,
}

impl Shop {
    pub async fn welcome(world: &World, number: usize) -> Self {
        let email = format!("shop{number}@example.com");
        let home = world.at(&format!("192.0.2.{}", 120 + number));
        vendor::register(&home, &email).await.expect(200);
        let password = Password::new(vendor::PASSWORD);
        Self {
            email,
            password,
            number,
        }
    }

    pub async fn enter(&self, client: &Anyone<'_>) -> Answer {
        vendor::login(client, &self.email, &self.password.now()).await
    }

    pub async fn guess(&self, client: &Anyone<'_>) -> Answer {
        vendor::login(client, &self.email, "a wrong guess at it").await
    }

    pub async fn reset(&self, client: &Anyone<'_>) -> Option<Answer> {
        let replaced = self.password.replace(async |next| {
            let asked = vendor::ask(client, &self.email).await;
            match newest_token(client.world(), &self.email) {
                Some(token) if asked.status == 200 => vendor::reset(client, &token, next).await,
                _ => asked,
            }
        });
        replaced.await
    }

    pub async fn shut_out(&self, world: &World) -> Vec<String> {
        let client = world.at(&format!("203.0.{}.1", 121 + self.number));
        let answer = self.enter(&client).await;
        let shut = (answer.status != 200).then(|| format!("{}: {}", self.email, answer.text));
        shut.into_iter().collect()
    }
}

/// An operator at a till, and at others.
pub struct Operator {
    pub email: String,
    number: usize,
}

impl Operator {
    pub async fn welcome(world: &World, number: usize) -> Self {
        let email = format!("operator{number}@example.com");
        world.operator(&email, 7).await;
        Self { email, number }
    }

    pub async fn enter(&self, client: &Anyone<'_>, till: u64) -> Answer {
        self.try_with(client, till, site::OPERATORS_PASSWORD).await
    }

    pub async fn guess(&self, client: &Anyone<'_>) -> Answer {
        self.try_with(client, 0, "a wrong guess at it").await
    }

    async fn try_with(&self, client: &Anyone<'_>, till: u64, password: &str) -> Answer {
        let body = json!({
            "email": self.email, "password": password,
            "dev_type": "POS", "dev_mac": format!("AA:BB:CC:00:11:{till:02}"),
        });
        client.post("/devices/operator-token", &body).await
    }

    /// Gives a token back.
    pub async fn leave(&self, client: &Anyone<'_>, token: &str) -> Answer {
        let body = json!({ "refresh_token": token });
        client
            .clone()
            .bearing(token)
            .post("/auth/logout", &body)
            .await
    }

    pub async fn shut_out(&self, world: &World) -> Vec<String> {
        let client = world.at(&format!("203.0.{}.1", 141 + self.number));
        let answer = self.enter(&client, 99).await;
        let shut = (answer.status != 200).then(|| format!("{}: {}", self.email, answer.text));
        shut.into_iter().collect()
    }
}
