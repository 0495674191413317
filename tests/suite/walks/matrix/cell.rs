//! One principal at one operation: what a row has at hand to make its request valid.

use std::pin::Pin;

use domain::EmailAddress;
use domain::account::Role;
use serde_json::{Value, json};
use tests::{Answer, Anyone, Authenticator, Member, World};

use super::principals::{Principal, app_of, device_asks, whole};
use crate::auth::{PASSWORD, letter_token, register};
use crate::vendor;

/// A row's request, under way.
pub type Sending<'c> = Pin<Box<dyn Future<Output = Answer> + Send + 'c>>;

/// A request to one operation, as one principal would make it.
pub struct Row {
    /// The operation, as `METHOD path`.
    pub operation: &'static str,
    /// What tells it from other rows of the same operation.
    pub with: &'static str,
    /// Whether it changes something of the principal's, which is then made anew for it.
    pub anew: bool,
    /// Makes the request.
    pub send: for<'c> fn(&'c Cell<'c>) -> Sending<'c>,
}

impl Row {
    /// The row's name: the operation, and what it is tried with.
    pub fn name(&self) -> String {
        match self.with {
            "" => self.operation.to_owned(),
            with => format!("{} ({with})", self.operation),
        }
    }
}

/// A row, by what it sends. `anew` is for what changes the principal.
macro_rules! row {
    ($operation:literal, $cell:ident => $sent:expr) => {
        row!(@ $operation, "", false, $cell, $sent)
    };
    ($operation:literal, anew, $cell:ident => $sent:expr) => {
        row!(@ $operation, "", true, $cell, $sent)
    };
    ($operation:literal, $with:literal, $cell:ident => $sent:expr) => {
        row!(@ $operation, $with, false, $cell, $sent)
    };
    ($operation:literal, $with:literal, anew, $cell:ident => $sent:expr) => {
        row!(@ $operation, $with, true, $cell, $sent)
    };
    (@ $operation:literal, $with:literal, $anew:literal, $cell:ident, $sent:expr) => {
        $crate::walks::matrix::cell::Row {
            operation: $operation,
            with: $with,
            anew: $anew,
            send: |$cell| Box::pin(async move { $sent }),
        }
    };
}
pub(super) use row;

/// A principal at an operation.
pub struct Cell<'w> {
    /// The world of the principal.
    pub world: &'w World,
    /// Who asks.
    pub principal: &'w Principal,
    /// What is asked.
    pub row: &'w Row,
    /// Which cell of its world it is. No two have an address, or anybody they act on,
    /// in common.
    pub number: usize,
}

/// A request to the operation of a cell, but for its body.
pub struct To<'c> {
    cell: &'c Cell<'c>,
    path: String,
}

impl<'c> Cell<'c> {
    /// The cell's own network address, so that no limit is met that another cell used up.
    fn ip(&self, kind: u8) -> String {
        let (high, low) = (self.number / 250, self.number % 250 + 1);
        format!("10.{kind}.{high}.{low}")
    }

    /// Who asks.
    pub fn client(&self) -> Anyone<'c> {
        self.principal.client(self.world.at(&self.ip(0)))
    }

    /// Somebody else, who prepares things.
    pub fn stranger(&self) -> Anyone<'c> {
        self.world.at(&self.ip(1))
    }

    /// A name that nobody else has.
    pub fn name(&self) -> String {
        format!("cell{}", self.number)
    }

    /// An address that nobody else has.
    pub fn address(&self) -> String {
        format!("{}@example.com", self.name())
    }

    /// A telephone number that nobody else has.
    pub fn phone(&self) -> String {
        format!("+4915112{:06}", self.number)
    }

    /// The address of a device's network card that no other has.
    pub fn mac(&self) -> String {
        let (high, low) = (self.number / 256, self.number % 256);
        format!("AA:BB:CC:00:{high:02X}:{low:02X}")
    }

    /// A number that no other cell has.
    pub fn id(&self) -> u64 {
        1000 + u64::try_from(self.number).expect("a small number")
    }

    /// A request to the operation, with these in the place of its path's parameters.
    pub fn at(&'c self, parameters: &[(&str, &str)]) -> To<'c> {
        let (_, path) = self.row.operation.split_once(' ').expect("a path");
        let mut path = path.to_owned();
        for (name, value) in parameters {
            let place = format!("{{{name}}}");
            assert!(path.contains(&place), "{path} has no {name}");
            path = path.replace(&place, value);
        }
        assert!(!path.contains('{'), "{path} needs more");
        To { cell: self, path }
    }

    /// The request without a body.
    pub async fn plain(&'c self) -> Answer {
        self.at(&[]).plain().await
    }

    /// The request with a JSON body.
    pub async fn json(&'c self, body: Value) -> Answer {
        self.at(&[]).json(body).await
    }

    /// The request with a form.
    pub async fn form(&'c self, fields: &[(&str, &str)]) -> Answer {
        self.at(&[]).form(fields).await
    }

    /// A form of the page for devices, in the principal's browser or in a new one.
    pub async fn page(&'c self, fields: &[(&str, &str)]) -> Answer {
        let opened = self.client().get("/device").await;
        let set = opened.header("set-cookie").split(';').next();
        let mut client = self.client();
        if let Some(cookie) = set.filter(|cookie| !cookie.is_empty()) {
            client = client.header("cookie", cookie);
        }
        let (_, token) = opened.text.split_once("name=\"token\"").expect("a form");
        let (_, token) = token.split_once("value=\"").expect("a value");
        let token = token.split('"').next().expect("its end");
        let fields = [&[("token", token)], fields].concat();
        let (_, path) = self.row.operation.split_once(' ').expect("a path");
        client.form(path, &fields).await
    }

    /// Whoever has an account, with nothing special about it.
    pub async fn somebody(&self) -> Member<'c> {
        self.stranger().sign_in(&self.address()).await
    }

    /// The same as an operator of event 7, in a session with all rights.
    pub async fn operator(&self) -> Member<'c> {
        let member = self.somebody().await;
        self.world
            .set_user(&member.address, |user| {
                user.role = Role::Operator;
                user.event = Some(7);
                user.mode = Some(0);
            })
            .await;
        whole(self.world, &member).await;
        member
    }

    /// The integer id of whoever holds an address.
    pub async fn uid(&self, address: &str) -> String {
        let address = EmailAddress::parse(address).expect("an address");
        let user = self.world.postern.find_user(&address).await;
        user.expect("an account").uid.to_string()
    }

    /// The integer id of somebody with nothing special about them.
    pub async fn somebodys_id(&self) -> String {
        let somebody = self.somebody().await;
        self.uid(&somebody.address).await
    }

    /// Somebody with a password, whose address is proven: their name is the cell's.
    pub async fn with_password(&self) {
        self.registered().await;
        self.world.prove(&self.address()).await;
    }

    /// Somebody who has just registered, and not proven anything.
    pub async fn registered(&self) {
        let made = register(&self.stranger(), &self.name(), &self.address(), PASSWORD).await;
        made.expect(200);
    }

    /// The token in the newest letter to the cell's own address.
    pub fn token(&self) -> String {
        letter_token(self.world, &self.address())
    }

    /// A vendor of the cell's own: its id.
    pub async fn vendor(&self) -> String {
        let made = vendor::register(&self.stranger(), &self.address()).await;
        made.expect(200).body["id"].to_string()
    }

    /// The principal's own account, signed in with all rights somewhere else: what is
    /// prepared there is what the principal could make use of. Where there is no such
    /// account, anybody's.
    pub async fn owner(&self) -> Anyone<'c> {
        match &self.principal.address {
            Some(address) if self.principal.kind.is_unproven() => {
                // A code would prove the address.
                assert!(!address.is_empty());
                self.client()
            }
            Some(address) => {
                let client = self.stranger();
                self.principal
                    .sign_in_again(self.world, &client, address)
                    .await
            }
            None => {
                let somebody = self.somebody().await;
                whole(self.world, &somebody).await;
                somebody.client()
            }
        }
    }

    /// What the app of whoever asks shows, of a step that is not used; if there is no
    /// app, some digits.
    pub fn shown(&self) -> String {
        let next = domain::UnixTime(self.world.now().0 + 30);
        let app = self.principal.app.as_ref();
        app.map_or_else(|| "123456".to_owned(), |app| app.code(next))
    }

    /// What came of the first step of setting up a factor: of whoever asks if they may,
    /// else of the owner of their account.
    pub async fn set_up(&self, method: &str, path: &str) -> Answer {
        let own = self.client().send(method, path, &json!({})).await;
        if own.status == 200 {
            return own;
        }
        self.owner().await.send(method, path, &json!({})).await
    }

    /// The code of an app that holds what [`Self::set_up`] answered.
    pub fn scanned(&self, set_up: &Answer) -> String {
        let secret = set_up.body["secret"].as_str();
        secret.map_or_else(
            || "123456".to_owned(),
            |secret| crate::auth::second_factor::shown(self.world, secret),
        )
    }

    /// A sign-in that waits for the second factor, and the app.
    pub async fn waiting(&self) -> (String, Authenticator) {
        let somebody = self.somebody().await;
        let app = app_of(self.world, &somebody).await;
        let client = self.stranger();
        client.request_code(&somebody.address).await.expect(200);
        let code = self.world.code(&somebody.address);
        let waits = client.verify_code(&somebody.address, &code).await;
        (waits.expect(200).str("session_id").to_owned(), app)
    }

    /// A device that asks to be let in, of the client of that name or of Ravi's: its
    /// secret and the code that it shows.
    pub async fn device_asks(&self, client: Option<&str>) -> (String, String) {
        device_asks(&self.stranger(), client).await
    }

    /// The secret of a device that somebody has let in.
    pub async fn device_is_let_in(&self, client: Option<&str>) -> String {
        let (secret, shown) = self.device_asks(client).await;
        let somebody = self.address();
        super::principals::let_in(self.stranger(), &somebody, None, &shown).await;
        secret
    }
}

impl To<'_> {
    /// The same, with a query.
    pub fn query(mut self, query: &str) -> Self {
        self.path = format!("{}?{query}", self.path);
        self
    }

    fn method(&self) -> &str {
        let (method, _) = self.cell.row.operation.split_once(' ').expect("a method");
        method
    }

    /// Sent without a body.
    pub async fn plain(self) -> Answer {
        let client = self.cell.client();
        client.raw(self.method(), &self.path, "").await
    }

    /// Sent with a JSON body.
    pub async fn json(self, body: Value) -> Answer {
        let client = self.cell.client();
        client.send(self.method(), &self.path, &body).await
    }

    /// Sent with a form.
    pub async fn form(self, fields: &[(&str, &str)]) -> Answer {
        self.cell.client().form(&self.path, fields).await
    }

    /// Sent with these bytes.
    pub async fn bytes(self, media: &str, body: &[u8]) -> Answer {
        let client = self.cell.client().header("content-type", media);
        client.raw_bytes(self.method(), &self.path, body).await
    }
}
