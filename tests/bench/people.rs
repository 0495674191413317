//! The people who make the requests, and what they do beforehand.

use std::net::{IpAddr, Ipv4Addr};

use axum::body::Bytes;
use axum::http::{HeaderValue, Method, Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use store::key;
use uuid::Uuid;

use crate::Failure;
use crate::authenticator::Authenticator;
use crate::outside::Outside;
use crate::stage::Stage;

/// A person, who is alone at their network.
#[derive(Clone, Debug)]
pub struct Person {
    /// Where their codes go.
    pub email: String,
    /// Where they ask from.
    pub peer: IpAddr,
}

/// What a signed-in person holds.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
}

impl Person {
    /// A person who is new to the stack. No two share an address prefix, so no limit is
    /// ever met.
    pub fn new(number: u32) -> Self {
        let peer = Ipv4Addr::from_bits(Ipv4Addr::new(10, 0, 0, 0).to_bits() | number);
        Self {
            email: format!("person-{number}@example.com"),
            peer: IpAddr::V4(peer),
        }
    }

    /// The same person somewhere else.
    pub fn elsewhere(&self) -> Self {
        let peer = match self.peer {
            IpAddr::V4(peer) => IpAddr::V4(Ipv4Addr::from_bits(peer.to_bits() ^ (1 << 28))),
            peer => peer,
        };
        Self {
            email: self.email.clone(),
            peer,
        }
    }

    /// The request for a code.
    pub fn asking(&self) -> Result<Request<Bytes>, Failure> {
        request(
            Method::POST,
            "/cfg/accounts/otp/request/",
            None,
            &json!({ "identifier": self.email }),
        )
    }

    /// The request that shows one.
    pub fn showing(&self, code: &str) -> Result<Request<Bytes>, Failure> {
        request(
            Method::POST,
            "/cfg/accounts/otp/verify/",
            None,
            &json!({ "identifier": self.email, "otp": code }),
        )
    }

    /// Has a code sent, and reads it.
    pub async fn ask(&self, stage: &Stage) -> Result<String, Failure> {
        stage.done(self, self.asking()?).await?;
        let letters = stage.outside.inbox.messages(Some(&self.email));
        let letter = letters.first().ok_or("no letter came")?;
        let words = letter.text.split(|letter: char| !letter.is_ascii_digit());
        let code = words.into_iter().find(|word| word.len() == 4);
        code.map(str::to_owned)
            .ok_or_else(|| "the letter holds no code".into())
    }

    /// Signs in, which makes the account.
    pub async fn sign_in(&self, stage: &Stage) -> Result<Tokens, Failure> {
        let code = self.ask(stage).await?;
        let done = stage.done(self, self.showing(&code)?).await?;
        Tokens::of(&done.body)
    }

    /// Refreshes.
    pub async fn refresh(&self, stage: &Stage, tokens: &Tokens) -> Result<Tokens, Failure> {
        let done = stage.done(self, tokens.refreshing()?).await?;
        Tokens::of(&done.body)
    }

    /// Has an API key made that is shown whole.
    pub async fn new_key(&self, stage: &Stage, tokens: &Tokens) -> Result<String, Failure> {
        let done = stage.done(self, tokens.regenerating()?).await?;
        text(&done.body, "key").map(str::to_owned)
    }

    /// Puts an authenticator app in force.
    pub async fn guard(&self, stage: &Stage, tokens: &Tokens) -> Result<Authenticator, Failure> {
        let mut app = Authenticator::set_up(self, stage, tokens).await?;
        app.confirm(self, stage, tokens).await?;
        Ok(app)
    }
}

impl Tokens {
    /// The tokens of an answer.
    pub fn of(body: &Value) -> Result<Self, Failure> {
        Ok(Self {
            access: text(body, "access")?.to_owned(),
            refresh: text(body, "refresh")?.to_owned(),
        })
    }

    /// The same with another signature of the right form.
    pub fn forged(&self) -> Self {
        // Not the first letter, which could make a number that is too large to be
        // checked, nor the last, which holds padding.
        let middle = self
            .access
            .rfind('.')
            .map(|dot| dot.midpoint(self.access.len()));
        let letters = self.access.char_indices().map(|(at, letter)| match letter {
            'A' if Some(at) == middle => 'B',
            _ if Some(at) == middle => 'A',
            other => other,
        });
        Self {
            access: letters.collect(),
            refresh: self.refresh.clone(),
        }
    }

    /// The request that exchanges the refresh token.
    pub fn refreshing(&self) -> Result<Request<Bytes>, Failure> {
        request(
            Method::POST,
            "/cfg/accounts/token/refresh/",
            None,
            &json!({ "refresh": self.refresh }),
        )
    }

    /// The request for a new API key.
    pub fn regenerating(&self) -> Result<Request<Bytes>, Failure> {
        let path = "/cfg/accounts/api-key/regenerate/";
        self.bearing(Method::POST, path, &Value::Null)
    }

    /// A request as the bearer.
    pub fn bearing(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<Request<Bytes>, Failure> {
        request(method, path, Some(&self.access), body)
    }

    /// Makes the account look unused for an hour, as it is when a client comes
    /// back after the life of its access token.
    pub async fn let_an_hour_pass(&self, outside: &Outside) -> Result<(), Failure> {
        let earlier = "SET last_login_at = last_login_at - :value";
        let an_hour = json!({ "N": "3600" });
        self.set(outside, earlier, json!({}), an_hour).await
    }

    /// Gives the account a role, past everything that would end its sessions.
    pub async fn become_role(&self, outside: &Outside, role: &str) -> Result<(), Failure> {
        let names = json!({ "#role": "role" });
        let role = json!({ "S": role });
        self.set(outside, "SET #role = :value", names, role).await
    }

    /// Writes into the account's row.
    async fn set(
        &self,
        outside: &Outside,
        expression: &str,
        names: Value,
        value: Value,
    ) -> Result<(), Failure> {
        let payload = self
            .access
            .split('.')
            .nth(1)
            .ok_or("a token without payload")?;
        let payload: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload)?)?;
        let sub: Uuid = payload
            .get("sub")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .parse()?;
        let key = key::user(sub);
        let mut update = json!({
            "TableName": outside.table,
            "Key": { key::PK: { "S": key.pk }, key::SK: { "S": key.sk } },
            "UpdateExpression": expression,
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeValues": { ":value": value },
        });
        if let Some(update) = update.as_object_mut().filter(|_| names != json!({})) {
            update.insert("ExpressionAttributeNames".to_owned(), names);
        }
        outside.dynamodb("UpdateItem", &update).await.map(drop)
    }
}

/// A request as a browser would send it.
pub fn request(
    method: Method,
    path: &str,
    bearer: Option<&str>,
    body: &Value,
) -> Result<Request<Bytes>, Failure> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "id.example.com")
        .header(header::ACCEPT, "application/json")
        .header(header::ACCEPT_LANGUAGE, "en-GB,en;q=0.9")
        .header(
            header::USER_AGENT,
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        );
    if let Some(token) = bearer {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    if body.is_null() {
        return Ok(request.body(Bytes::new())?);
    }
    Ok(request
        .header(header::CONTENT_TYPE, "application/json")
        .body(Bytes::from(body.to_string()))?)
}

/// A form as a browser would send it, with its cookie if it has one.
pub fn form(
    path: &str,
    cookie: Option<&str>,
    fields: &[(&str, &str)],
) -> Result<Request<Bytes>, Failure> {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    sending(
        path,
        "application/x-www-form-urlencoded",
        body.into(),
        cookie,
    )
}

/// A body of another kind.
pub fn sending(
    path: &str,
    media: &str,
    body: Bytes,
    cookie: Option<&str>,
) -> Result<Request<Bytes>, Failure> {
    let mut request = request(Method::POST, path, None, &Value::Null)?;
    let headers = request.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(media)?);
    if let Some(cookie) = cookie {
        headers.insert(header::COOKIE, HeaderValue::from_str(cookie)?);
    }
    *request.body_mut() = body;
    Ok(request)
}

/// The same with an API key.
pub fn request_by_key(
    method: Method,
    path: &str,
    key: &str,
    body: &Value,
) -> Result<Request<Bytes>, Failure> {
    let mut request = request(method, path, None, body)?;
    let key = HeaderValue::from_str(key)?;
    request.headers_mut().insert("x-api-key", key);
    Ok(request)
}

/// A text that an answer must have.
pub fn text<'a>(body: &'a Value, name: &str) -> Result<&'a str, Failure> {
    let text = body.get(name).and_then(Value::as_str);
    text.ok_or_else(|| format!("an answer without {name}: {body}").into())
}
