//! People who have every way in, and how they come in by each.

use domain::provider::Provider;
use local::github::Person as GitHubPerson;
use serde_json::json;
use tests::{Answer, Visitor, World};

use super::others::Password;
use crate::api::Device;
use crate::auth::{PASSWORD, ask_for_reset, firebase, letter_token, login, phone, reset};
use crate::cfg::accounts::oauth;
use crate::walks::matrix::principals::{CLIENT, GRANT};

/// A user with an account of an address, a password, GitHub, Firebase and Google, and
/// another account of a telephone number.
pub struct Person {
    pub email: String,
    pub username: String,
    pub phone: String,
    pub github: GitHubPerson,
    pub password: Password,
    number: usize,
}

/// A way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Code,
    Password,
    Username,
    GitHub,
    Firebase,
    Phone,
    DevicePage,
    Nauth,
    Google,
}

pub const WAYS: [Way; 9] = [
    Way::Code,
    Way::Password,
    Way::Username,
    Way::GitHub,
    Way::Firebase,
    Way::Phone,
    Way::DevicePage,
    Way::Nauth,
    Way::Google,
];

impl Person {
    /// Person number `number`, with every way in set up from a network of their own.
    pub async fn welcome(world: &World, number: usize) -> Self {
        let email = format!("person{number}@example.com");
        let home = world.at(&format!("192.0.2.{}", 10 + number));
        let member = home.sign_in(&email).await;
        let greeted = member.client().get("/protected").await.expect(200);
        ask_for_reset(&home, &email).await.expect(200);
        let token = letter_token(world, &email);
        reset(&home, &token, PASSWORD).await.expect(200);
        // A provider's token of the second of the reset is refused.
        world.clock.advance(1);
        let this = Self {
            username: greeted.str("user").to_owned(),
            phone: format!("+4915112345{number:03}"),
            github: GitHubPerson::new(&format!("person{number}"), &email),
            email,
            password: Password::new(PASSWORD),
            number,
        };
        for way in [
            Way::Password,
            Way::GitHub,
            Way::Firebase,
            Way::Phone,
            Way::Google,
        ] {
            let answer = this.enter(world, way, home.ip()).await;
            assert_eq!(answer.status, 200, "{way:?}: {}", answer.text);
        }
        this
    }

    /// Comes in by one way from a network. The answer of its last step.
    pub async fn enter(&self, world: &World, way: Way, ip: &str) -> Answer {
        let client = world.at(ip);
        match way {
            Way::Code => {
                let asked = client.request_code(&self.email).await;
                if asked.status != 200 {
                    return asked;
                }
                client
                    .verify_code(&self.email, &world.code(&self.email))
                    .await
            }
            Way::Password => login(&client, &self.email, &self.password.now()).await,
            Way::Username => login(&client, &self.username, &self.password.now()).await,
            Way::GitHub => oauth::go(world, &client, &self.github).await,
            Way::Firebase => {
                let said = json!({
                    "sub": format!("f-{}", self.number), "email": self.email, "email_verified": true,
                });
                firebase::login(&client, &firebase::token(world, &said)).await
            }
            Way::Phone => {
                let asked = phone::ask(&client, &self.phone).await;
                if asked.status != 200 {
                    return asked;
                }
                let code = world.texted_code(&self.phone);
                phone::verify(&client, &self.phone, &code).await
            }
            Way::Nauth => {
                let body = json!({ "identifier": self.email, "password": self.password.now() });
                client.post("/nauth/login", &body).await
            }
            Way::Google => {
                let person = local::social::Person::new(&self.email);
                let token = world.social.token_of(Provider::Google, &person);
                let body = json!({ "provider": "google", "idToken": token.expect("a token") });
                client.post("/nauth/social/google/verify", &body).await
            }
            Way::DevicePage => {
                let mut browser = Visitor::open(client, "/device").await;
                if browser.page.status == 200 {
                    let password = self.password.now();
                    browser.with_password(&self.email, &password).await;
                }
                browser.page
            }
        }
    }

    /// Lets a device in, from a network: the answer to the device. It asks as Ravi's do, or
    /// by RFC 8628.
    pub async fn approve(&self, world: &World, ip: &str, by_oauth: bool) -> Answer {
        let client = world.at(ip);
        let asking = [("client_id", CLIENT)];
        let started = match by_oauth {
            true => client.form("/oauth/device_authorization", &asking).await,
            false => client.post("/api/auth/device/", &json!({})).await,
        };
        if started.status != 200 {
            return started;
        }
        let device = Device {
            world,
            code: started.str("device_code").to_owned(),
            user_code: started.str("user_code").to_owned(),
        };
        let link = format!("/device?user_code={}", device.user_code);
        let mut browser = Visitor::open(world.at(ip), &link).await;
        let password = self.password.now();
        let name = [("name", self.email.as_str())];
        let typed = [("password", password.as_str())];
        let code = [("user_code", device.user_code.as_str())];
        for (form, typed) in [
            ("/sign-in", name.as_slice()),
            ("/sign-in/password", &typed),
            ("/device/approve", &code),
        ] {
            let action = format!("action=\"{form}\"");
            if browser.page.status != 200 || !browser.page.text.contains(&action) {
                return browser.page;
            }
            browser.fill(form, typed).await;
        }
        if browser.page.status != 200 {
            return browser.page;
        }
        let grant = [("grant_type", GRANT), ("device_code", &device.code)];
        match by_oauth {
            true => {
                client
                    .form("/oauth/token", &[&asking[..], &grant].concat())
                    .await
            }
            false => device.poll().await,
        }
    }

    /// The ways that this person has and cannot come in by, from unused networks, with
    /// every rest and limit over.
    pub async fn shut_out(&self, world: &World) -> Vec<String> {
        let mut shut = Vec::new();
        for (n, way) in WAYS.into_iter().enumerate() {
            let ip = format!("203.0.{}.{n}", 1 + self.number);
            let answer = self.enter(world, way, &ip).await;
            let waits = answer.body["challengeName"].is_string();
            if answer.status != 200 || waits {
                shut.push(format!("{way:?} of {}: {}", self.email, answer.status));
            }
        }
        shut
    }
}

/// Settles each try twice and asks no condition, as a sign-in that started over once
/// did: the broken twin of all that follows.
pub fn record_success_twice(call: &mut serde_json::Value) {
    let update = call["UpdateExpression"].as_str().unwrap_or_default();
    if update.contains("strange_tries - :settled") {
        call["ConditionExpression"] = json!("attribute_exists(pk)");
        call["ExpressionAttributeValues"][":settled"] = json!({ "N": "2" });
    }
}
