//! Who is asking. Each kind of caller is a type of its own, so a test says in its first
//! line what that caller may expect.

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::{Answer, World};

/// A caller at a network address, not signed in.
#[derive(Clone)]
pub struct Anyone<'w> {
    world: &'w World,
    ip: String,
    headers: Vec<(String, String)>,
}

impl<'w> Anyone<'w> {
    pub(crate) fn new(world: &'w World, ip: &str) -> Self {
        Self {
            world,
            ip: ip.to_owned(),
            headers: Vec::new(),
        }
    }

    /// The same, sending one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What it sends in the header `name`.
    #[must_use]
    pub fn sent(&self, name: &str) -> &str {
        let sent = self.headers.iter().rev().find(|(other, _)| other == name);
        sent.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// The same, with a bearer token.
    #[must_use]
    pub fn bearing(self, token: &str) -> Self {
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// Sends a request with a JSON body.
    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.clone()
            .header(CONTENT_TYPE.as_str(), "application/json")
            .raw(method, path, &body.to_string())
            .await
    }

    /// Posts a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, body).await
    }

    /// Posts a form.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.clone()
            .header(CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded")
            .raw("POST", path, &body)
            .await
    }

    /// Gets a path.
    pub async fn get(&self, path: &str) -> Answer {
        self.raw("GET", path, "").await
    }

    /// Sends exactly this.
    pub async fn raw(&self, method: &str, path: &str, body: &str) -> Answer {
        self.raw_bytes(method, path, body.as_bytes()).await
    }

    /// Sends exactly these bytes.
    pub async fn raw_bytes(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        self.world
            .send(&self.ip, method, path, &self.headers, body)
            .await
    }

    /// The address that they are at.
    #[must_use]
    pub fn ip(&self) -> &str {
        &self.ip
    }

    /// The world that they are in.
    #[must_use]
    pub fn world(&self) -> &'w World {
        self.world
    }

    /// Asks for a code.
    pub async fn request_code(&self, address: &str) -> Answer {
        self.post(
            "/cfg/accounts/otp/request/",
            &json!({ "identifier": address }),
        )
        .await
    }

    /// Tries a code.
    pub async fn verify_code(&self, address: &str, code: &str) -> Answer {
        self.post(
            "/cfg/accounts/otp/verify/",
            &json!({ "identifier": address, "otp": code }),
        )
        .await
    }

    /// Exchanges a refresh token.
    pub async fn refresh(&self, token: &str) -> Answer {
        self.post("/cfg/accounts/token/refresh/", &json!({ "refresh": token }))
            .await
    }

    /// The same, signed in to `address` with these tokens.
    pub(crate) fn member(self, address: &str, access: &str, refresh: &str) -> Member<'w> {
        Member {
            access: access.to_owned(),
            refresh: refresh.to_owned(),
            address: address.to_owned(),
            anyone: self,
        }
    }

    /// Signs in with a code from a real letter.
    ///
    /// # Panics
    /// If any step fails.
    pub async fn sign_in(&self, address: &str) -> Member<'w> {
        self.request_code(address).await.expect(200);
        let code = self.world.code(address);
        let answer = self.verify_code(address, &code).await.expect(200);
        Member {
            access: answer.str("access").to_owned(),
            refresh: answer.str("refresh").to_owned(),
            address: address.to_owned(),
            anyone: self.clone(),
        }
    }
}

/// A user who has signed in.
#[derive(Clone)]
pub struct Member<'w> {
    /// The proven address.
    pub address: String,
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
    anyone: Anyone<'w>,
}

impl<'w> Member<'w> {
    /// The caller with the access token in hand.
    #[must_use]
    pub fn client(&self) -> Anyone<'w> {
        self.anyone.clone().bearing(&self.access)
    }

    /// Reads the own profile.
    pub async fn profile(&self) -> Answer {
        self.client().get("/cfg/accounts/profile/").await
    }

    /// Exchanges the refresh token, and keeps what comes back.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn refreshed(&self) -> Self {
        let answer = self.anyone.refresh(&self.refresh).await.expect(200);
        Self {
            access: answer.str("access").to_owned(),
            refresh: answer.str("refresh").to_owned(),
            ..self.clone()
        }
    }
}
