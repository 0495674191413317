//! One principal at one operation: what a row has at hand to make its request valid.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use domain::account::Role;
use local::inbox::Channel;
use serde_json::{Value, json};
use tests::{Admin, Answer, Anyone, Authenticator, Fault, Member, World};

use super::letters::fill;
use super::principals::{Kind, Principal, app_of, device_asks, whole};
use crate::auth::{PASSWORD, letter_token, register};
use crate::vendor;

/// A row's request, under way.
pub type Sending<'c> = Pin<Box<dyn Future<Output = Answer> + Send + 'c>>;

/// The principal that a permitted request changes.
#[derive(Clone, Copy, Debug)]
pub enum Changes {
    /// None that the next request needs as it was.
    Nobody,
    /// The principal, of whatever kind it is.
    Principal,
    /// The principal, if it is of such a kind: a request of any other kind does not
    /// change it.
    Only(fn(Kind) -> bool),
}

/// A request to one operation, as one principal would make it.
pub struct Row {
    /// The operation, as `METHOD path`.
    pub operation: &'static str,
    /// What tells it from other rows of the same operation.
    pub with: &'static str,
    /// Whose account it changes where it is permitted: that principal is then made anew.
    pub changes: Changes,
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

    /// Whether a permitted request changes a principal of that kind.
    pub fn changes(&self, kind: Kind) -> bool {
        match self.changes {
            Changes::Nobody => false,
            Changes::Principal => true,
            Changes::Only(such) => such(kind),
        }
    }
}

/// A user or thing that a request is about.
#[derive(Clone, Debug, Default)]
pub struct Somebody {
    /// The address.
    pub address: String,
    /// The username.
    pub name: String,
    /// The integer id.
    pub id: String,
    /// What a request has to name of them: a token, a key, a picture.
    pub holds: String,
}

/// Users that no request has changed yet, so that a refused request can leave its user to
/// the next one.
#[derive(Default)]
pub struct Stock {
    people: Mutex<BTreeMap<&'static str, Somebody>>,
    used: Mutex<Vec<&'static str>>,
    guarded: Mutex<Option<(String, Arc<Authenticator>)>>,
}

impl Stock {
    /// After a request: if it was permitted, the users that it used up are gone.
    pub fn settle(&self, permitted: bool) {
        for used in std::mem::take(&mut *self.used.lock().unwrap()) {
            if permitted {
                self.people.lock().unwrap().remove(used);
            }
        }
    }
}

/// A row, by what it sends. `anew` is for what changes the principal, or those of a kind.
macro_rules! row {
    ($operation:literal, anew, $cell:ident => $sent:expr) => {
        row!(@ $operation, "", Principal, $cell, $sent)
    };
    ($operation:literal, anew $such:ident, $cell:ident => $sent:expr) => {
        row!(@ $operation, "", Only($crate::walks::matrix::principals::Kind::$such), $cell, $sent)
    };
    ($operation:literal, $with:literal, anew, $cell:ident => $sent:expr) => {
        row!(@ $operation, $with, Principal, $cell, $sent)
    };
    ($operation:literal, $with:literal, $cell:ident => $sent:expr) => {
        row!(@ $operation, $with, Nobody, $cell, $sent)
    };
    ($operation:literal, $cell:ident => $sent:expr) => {
        row!(@ $operation, "", Nobody, $cell, $sent)
    };
    (@ $operation:literal, $with:literal, $changes:ident $(($kind:expr))?, $cell:ident, $sent:expr) => {
        $crate::walks::matrix::cell::Row {
            operation: $operation,
            with: $with,
            changes: $crate::walks::matrix::cell::Changes::$changes $(($kind))?,
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
    /// The users that are there already.
    pub stock: &'w Stock,
    /// The newest letter or text that there was when its request went out.
    pub newest: Mutex<Option<String>>,
    /// Whether every count of letters to one recipient is full by then.
    pub full: bool,
    /// The call that goes wrong once its request is out, how, and how often.
    pub trouble: Option<(usize, Fault, u32)>,
    /// Which cell of its world it is. No two have an address, or a user that they act on,
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

    /// The request itself goes out now: what was prepared for it is done.
    pub async fn goes_out(&self) -> Anyone<'c> {
        let newest = self.world.inbox.messages(None).into_iter().next();
        *self.newest.lock().unwrap() = newest.map(|message| message.id);
        if self.full {
            fill(self.world).await;
        }
        if let Some((calls_before, fault, times)) = self.trouble {
            self.world.tap.fail_after(calls_before, fault, times);
        }
        self.client()
    }

    /// The recipients that its request wrote to, by letter or text.
    pub fn written_to(&self) -> Vec<String> {
        let before = self.newest.lock().unwrap().clone();
        let all = self.world.inbox.messages(None).into_iter();
        let since = all.take_while(|message| Some(&message.id) != before.as_ref());
        let people = since.filter(|message| message.channel != Channel::Topic);
        people.map(|message| message.to).collect()
    }

    /// Who asks.
    pub fn client(&self) -> Anyone<'c> {
        self.principal.client(self.world.at(&self.ip(0)))
    }

    /// Another caller, who prepares things.
    pub fn stranger(&self) -> Anyone<'c> {
        self.world.at(&self.ip(1))
    }

    /// A name that no other cell has.
    pub fn name(&self) -> String {
        format!("cell{}", self.number)
    }

    /// An address that no other cell has.
    pub fn address(&self) -> String {
        format!("{}@example.com", self.name())
    }

    /// A telephone number that no other cell has.
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

    /// A form of our pages, in the principal's browser or in a new one.
    pub async fn page(&'c self, fields: &[(&str, &str)]) -> Answer {
        self.page_at("/sign-up", fields).await
    }

    /// The same in a sign-in of `name`.
    pub async fn page_of(&'c self, name: &str, fields: &[(&str, &str)]) -> Answer {
        let (client, opened) = self.opened("/sign-up").await;
        let token = hidden(&opened, "token").expect("a form");
        let step = flows::PageStep {
            name: name.to_owned(),
            ..flows::PageStep::default()
        };
        let cookie = client.sent("cookie").split_once('=').expect("a cookie").1;
        let at = self.world.postern.seal_step(cookie, &step).expect("a step");
        let (_, path) = self.row.operation.split_once(' ').expect("a path");
        self.goes_out().await;
        let own = [("token", token), ("at", at.as_str())];
        client.form(path, &[&own, fields].concat()).await
    }

    /// The same of the page at `shown`.
    pub async fn page_at(&'c self, shown: &str, fields: &[(&str, &str)]) -> Answer {
        let (client, opened) = self.opened(shown).await;
        let (_, path) = self.row.operation.split_once(' ').expect("a path");
        let token = hidden(&opened, "token").expect("a form");
        self.goes_out().await;
        client
            .form(path, &[&[("token", token)], fields].concat())
            .await
    }

    /// The same for the second step of a sign-in, which is begun there.
    pub async fn page_of_factor(&'c self) -> Answer {
        let (somebody, app) = self.guarded().await;
        self.stranger().request_code(&somebody).await.expect(200);
        let digits = self.world.code(&somebody);
        let (client, opened) = self.opened("/sign-up").await;
        let token = hidden(&opened, "token").expect("a form").to_owned();
        let step = flows::PageStep {
            name: somebody.clone(),
            ..flows::PageStep::default()
        };
        let cookie = client.sent("cookie").split_once('=').expect("a cookie").1;
        let at = self.world.postern.seal_step(cookie, &step).expect("a step");
        let typed = [
            ("token", token.as_str()),
            ("at", at.as_str()),
            ("code", &digits),
        ];
        let asked = client.form("/sign-in/code", &typed).await.expect(303);
        let (_, at) = asked.header("location").split_once("at=").expect("a step");
        let typed = [
            ("token", token.as_str()),
            ("at", at),
            ("code", &app.backup_codes[1]),
        ];
        let (_, path) = self.row.operation.split_once(' ').expect("a path");
        self.goes_out().await;
        client.form(path, &typed).await
    }

    /// The page, in the browser that it was opened in.
    async fn opened(&self, page: &str) -> (Anyone<'c>, Answer) {
        let opened = self.client().get(page).await;
        let set = opened.header("set-cookie").split(';').next();
        let client = match set.filter(|cookie| !cookie.is_empty()) {
            Some(cookie) => self.client().header("cookie", cookie),
            None => self.client(),
        };
        (client, opened)
    }

    /// A user with nothing special about them, signed in.
    pub async fn somebody(&self) -> Member<'c> {
        self.stranger().sign_in(&self.address()).await
    }

    /// A user who is kept for other cells; if requests use them up, only until one is
    /// permitted.
    async fn kept(
        &self,
        what: &'static str,
        is_used_up: bool,
        made: impl Future<Output = Somebody> + Send,
    ) -> Somebody {
        if is_used_up {
            self.stock.used.lock().unwrap().push(what);
        }
        let kept = self.stock.people.lock().unwrap().get(what).cloned();
        if let Some(kept) = kept {
            return kept;
        }
        let made = made.await;
        let kept = made.clone();
        self.stock.people.lock().unwrap().insert(what, kept);
        made
    }

    /// The user with the cell's own address, who holds something.
    async fn holder(&self, holds: &str) -> Somebody {
        let address = crate::auth::address(&self.address());
        let user = self.world.postern.find_user(&address).await;
        let user = user.expect("an account");
        Somebody {
            address: self.address(),
            name: user.username,
            id: user.uid.to_string(),
            holds: holds.to_owned(),
        }
    }

    /// A user with nothing special about them, to act on.
    pub async fn target(&self) -> Somebody {
        let made = async {
            self.somebody().await;
            self.holder("").await
        };
        self.kept("target", true, made).await
    }

    /// A user who is not acted on; they hold an access token.
    pub async fn bystander(&self) -> Somebody {
        let made = async {
            let access = self.somebody().await.access;
            self.holder(&access).await
        };
        self.kept("bystander", false, made).await
    }

    /// An operator of event 7, to act on, who holds the access token of a session with
    /// all rights.
    pub async fn operator(&self) -> Somebody {
        let made = async {
            let member = self.somebody().await;
            self.appoint(&self.address(), Role::Operator).await;
            let member = whole(self.world, member).await;
            self.holder(&member.access).await
        };
        self.kept("operator", true, made).await
    }

    /// A user who holds a password.
    pub async fn with_password(&self) -> Somebody {
        let made = async {
            self.register().await;
            self.world.prove(&self.address()).await;
            self.holder(PASSWORD).await
        };
        self.kept("with password", false, made).await
    }

    /// An administrator who holds a password, and has no factor.
    pub async fn chief(&self) -> Somebody {
        let made = async {
            self.register().await;
            self.world.prove(&self.address()).await;
            self.appoint(&self.address(), Role::Admin).await;
            self.holder(PASSWORD).await
        };
        self.kept("chief", false, made).await
    }

    /// A service's key, by its id, to act on.
    pub async fn service(&self) -> Somebody {
        let made = async {
            let member = self.somebody().await;
            self.appoint(&self.address(), Role::Admin).await;
            let admin = Admin(whole(self.world, member).await);
            let service = admin.service(&["orders"]).await;
            Somebody {
                id: service.id.to_string(),
                ..Somebody::default()
            }
        };
        self.kept("service", true, made).await
    }

    /// A vendor whose password is [`vendor::PASSWORD`].
    pub async fn vendor(&self, is_used_up: bool) -> Somebody {
        let made = async {
            let made = vendor::register(&self.stranger(), &self.address()).await;
            Somebody {
                address: self.address(),
                id: made.expect(200).body["id"].to_string(),
                ..Somebody::default()
            }
        };
        self.kept("vendor", is_used_up, made).await
    }

    /// Gives the holder of an address a role, past everything that Postern would allow.
    pub async fn appoint(&self, address: &str, role: Role) {
        let of_an_event = matches!(role, Role::Operator | Role::NetworkManager);
        self.world
            .set_user(address, |user| {
                user.role = role;
                user.event = of_an_event.then_some(7);
                user.mode = of_an_event.then_some(0);
            })
            .await;
    }

    /// The integer id of the account that holds an address.
    pub async fn uid(&self, address: &str) -> String {
        let address = crate::auth::address(address);
        let user = self.world.postern.find_user(&address).await;
        user.expect("an account").uid.to_string()
    }

    async fn register(&self) {
        let made = register(&self.stranger(), &self.name(), &self.address(), PASSWORD).await;
        made.expect(200);
    }

    /// The token in the newest letter to an address.
    pub fn token(&self, address: &str) -> String {
        letter_token(self.world, address)
    }

    /// The principal's own account, signed in with all rights somewhere else: what is
    /// prepared there is what the principal could make use of. Without such an account, a
    /// bystander's.
    pub async fn owner(&self) -> Anyone<'c> {
        if self.principal.kind == Kind::Unproven {
            // A code would prove the address.
            return self.client();
        }
        match self.principal.owner(self.world, self.stranger()).await {
            Some(owner) => owner,
            None => self.stranger().bearing(&self.bystander().await.holds),
        }
    }

    /// The principal's own account, signed in somewhere else with all rights, if it has one
    /// that is proven; else another's. The address is free, for the account to move to.
    pub async fn mover(&self) -> (Anyone<'c>, String) {
        let own = self.principal.owner(self.world, self.stranger()).await;
        let owner = match own {
            Some(owner) => owner,
            None => self.somebody().await.client(),
        };
        (owner, format!("moved{}@example.com", self.number))
    }

    /// What the principal's app shows, of a step that is not used; if there is no app,
    /// some digits.
    pub fn shown(&self) -> String {
        let next = domain::UnixTime(self.world.now().0 + 30);
        let app = self.principal.app.as_ref();
        app.map_or_else(|| "123456".to_owned(), |app| app.code(next))
    }

    /// The answer to the first step of setting up a factor: begun by the principal if
    /// they may, else by the owner of their account. A principal that has lost its proof
    /// begins before that, so that the loss shows.
    pub async fn set_up(&self, method: &str, path: &str) -> Answer {
        let own = self.client().send(method, path, &json!({})).await;
        if own.status == 200 {
            return own;
        }
        if let (true, Some(address)) = (self.principal.kind.is_unproven(), &self.principal.address)
        {
            self.world.prove(address).await;
            let begun = self.client().send(method, path, &json!({})).await;
            let unproven = |user: &mut domain::account::User| {
                user.email_verified = false;
                user.email_proven_at = None;
            };
            self.world.set_user(address, unproven).await;
            return begun;
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

    /// A user with an app, by their address.
    async fn guarded(&self) -> (String, Arc<Authenticator>) {
        if let Some(guarded) = self.stock.guarded.lock().unwrap().clone() {
            return guarded;
        }
        let somebody = self.somebody().await;
        let app = Arc::new(app_of(self.world, &somebody).await);
        let guarded = (somebody.address, app);
        *self.stock.guarded.lock().unwrap() = Some(guarded.clone());
        guarded
    }

    /// A sign-in that waits for the second factor, and the app.
    pub async fn waiting(&self) -> (String, Arc<Authenticator>) {
        let (somebody, app) = self.guarded().await;
        let client = self.stranger();
        client.request_code(&somebody).await.expect(200);
        let code = self.world.code(&somebody);
        let waits = client.verify_code(&somebody, &code).await;
        (waits.expect(200).str("session_id").to_owned(), app)
    }

    /// The request with a refresh token that is good, in the field of that name; its
    /// successor is kept for the next.
    pub async fn renewing(&'c self, field: &str) -> Answer {
        let kept = self.renewable().await;
        let answer = self.json(json!({ field: kept.holds })).await;
        if let Some(next) = answer.body[field].as_str() {
            let holds = next.to_owned();
            self.keep("refresh", Somebody { holds, ..kept });
        }
        answer
    }

    /// A user who holds a refresh token.
    pub async fn renewable(&self) -> Somebody {
        self.kept("refresh", false, self.refreshing()).await
    }

    /// The same, for what ends the session.
    pub async fn ending(&self) -> Somebody {
        self.kept("refresh", true, self.refreshing()).await
    }

    async fn refreshing(&self) -> Somebody {
        let refresh = self.somebody().await.refresh;
        self.holder(&refresh).await
    }

    /// The username of the principal's own account.
    pub async fn own_name(&self) -> String {
        let Some(address) = &self.principal.address else {
            return self.name();
        };
        let address = crate::auth::address(address);
        let user = self.world.postern.find_user(&address).await;
        user.expect("an account").username
    }

    /// Keeps another user in the place of the kept one.
    pub fn keep(&self, what: &'static str, somebody: Somebody) {
        self.stock.people.lock().unwrap().insert(what, somebody);
    }

    /// The id of a bystander's picture.
    pub async fn picture(&self) -> Somebody {
        let made = async {
            let (media, body) = crate::pictures::form("avatar", &crate::pictures::png(32, 32, 255));
            let client = self.stranger().bearing(&self.bystander().await.holds);
            let client = client.header("content-type", &media);
            let path = "/cfg/accounts/profile/avatar/";
            let profile = client.raw_bytes("POST", path, &body).await.expect(200);
            let url = profile.str("avatar").trim_end_matches('/');
            let (_, id) = url.rsplit_once('/').expect("a path");
            Somebody {
                id: id.to_owned(),
                ..Somebody::default()
            }
        };
        self.kept("picture", false, made).await
    }

    /// A user who has registered and not proven the address yet: they can prove it once.
    pub async fn registered(&self) -> Somebody {
        let made = async {
            self.register().await;
            self.holder("").await
        };
        self.kept("registered", true, made).await
    }

    /// The token of a letter that proves its reader's address: the principal's, if they
    /// have proven nothing, else that of a newly registered user.
    pub async fn unproven_letter(&self) -> String {
        match &self.principal.address {
            Some(address) if self.principal.kind.is_unproven() => self.token(address),
            _ => self.token(&self.registered().await.address),
        }
    }

    /// A device that asks to be let in, of the client of that name or of Ravi's: its
    /// secret and the code that it shows.
    pub async fn device_asks(&self, client: Option<&str>) -> (String, String) {
        device_asks(&self.stranger(), client).await
    }

    /// The secret of a device that a user has let in.
    pub async fn device_is_let_in(&self, client: Option<&str>) -> String {
        let (secret, shown) = self.device_asks(client).await;
        let somebody = self.address();
        super::principals::let_in(self.stranger(), &somebody, None, &shown).await;
        secret
    }
}

/// A hidden field of a page.
fn hidden<'a>(page: &'a Answer, name: &str) -> Option<&'a str> {
    let (_, field) = page.text.split_once(&format!("name=\"{name}\""))?;
    let (_, value) = field.split_once("value=\"")?;
    value.split('"').next()
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
        let client = self.cell.goes_out().await;
        client.raw(self.method(), &self.path, "").await
    }

    /// Sent with a JSON body.
    pub async fn json(self, body: Value) -> Answer {
        let client = self.cell.goes_out().await;
        client.send(self.method(), &self.path, &body).await
    }

    /// Sent with a form.
    pub async fn form(self, fields: &[(&str, &str)]) -> Answer {
        self.cell.goes_out().await.form(&self.path, fields).await
    }

    /// Sent with these bytes.
    pub async fn bytes(self, media: &str, body: &[u8]) -> Answer {
        let client = self.cell.goes_out().await.header("content-type", media);
        client.raw_bytes(self.method(), &self.path, body).await
    }
}
