//! A client, and a browser that goes where it is sent.

use std::collections::BTreeMap;

use domain::client::{AuthMethod, Client, GrantType, RedirectUri};
use domain::oidc::scope::Scopes;
use serde_json::Value;
use tests::{Answer, Visitor, World};

pub const ADA: &str = "ada@example.com";
pub const CALLBACK: &str = "https://app.example.com/cb";
pub const SIGNED_OUT: &str = "https://app.example.com/bye";
pub const ISSUER: &str = "https://id.example.com";
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A first-party client that has all scopes of ours.
pub fn app(world: &World) -> Client {
    Client {
        first_party: true,
        grants: vec![GrantType::AuthorizationCode],
        redirect_uris: vec![RedirectUri::parse(CALLBACK).unwrap()],
        post_logout_redirect_uris: vec![RedirectUri::parse(SIGNED_OUT).unwrap()],
        scopes: Scopes::parse("openid profile email phone address offline_access account read"),
        audiences: vec!["https://api.example.com".to_owned()],
        ..Client::of_devices("app", "The App", world.now())
    }
}

/// A client in its world.
#[derive(Clone)]
pub struct App<'w> {
    pub world: &'w World,
    pub id: String,
    pub secret: Option<String>,
}

impl<'w> App<'w> {
    /// The usual one.
    pub async fn new(world: &'w World) -> Self {
        Self::of(world, app(world)).await
    }

    /// One whose name the person is asked about.
    pub async fn of_others(world: &'w World) -> Self {
        let client = Client {
            first_party: false,
            ..app(world)
        };
        Self::of(world, client).await
    }

    /// This one.
    pub async fn of(world: &'w World, client: Client) -> Self {
        let has_secret = client.auth_method.takes_secret();
        let id = client.id.clone();
        world.postern.register_client(client).await.unwrap();
        let secret = match has_secret {
            true => Some(
                world
                    .postern
                    .rotate_client_secret(&id)
                    .await
                    .unwrap()
                    .secret,
            ),
            false => None,
        };
        Self { world, id, secret }
    }

    /// One that shows a secret in the body.
    pub async fn with_secret(world: &'w World) -> Self {
        let client = Client {
            auth_method: AuthMethod::ClientSecretPost,
            ..app(world)
        };
        Self::of(world, client).await
    }

    /// Where it sends a browser, with these parameters changed.
    pub fn request(&self, change: &[(&str, &str)]) -> String {
        let usual = [
            ("client_id", self.id.as_str()),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid email"),
            ("state", "s t&te"),
            ("nonce", "n-1"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let kept = usual
            .iter()
            .filter(|(name, _)| !change.iter().any(|(other, _)| other == name));
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let all = kept.chain(change).filter(|(_, value)| !value.is_empty());
        query.extend_pairs(all);
        format!("/oauth/authorize?{}", query.finish())
    }

    /// What a code buys at the token endpoint, with these fields changed.
    pub async fn exchange(&self, code: &str, change: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("client_id", self.id.as_str()),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        fields.extend(
            self.secret
                .as_deref()
                .map(|secret| ("client_secret", secret)),
        );
        fields.retain(|(name, _)| !change.iter().any(|(other, _)| other == name));
        fields.extend(change);
        fields.retain(|(_, value)| !value.is_empty());
        self.world.anyone().form("/oauth/token", &fields).await
    }

    /// What a refresh token buys.
    pub async fn refresh(&self, token: &str, more: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("grant_type", "refresh_token"),
            ("client_id", self.id.as_str()),
            ("refresh_token", token),
        ];
        fields.extend(
            self.secret
                .as_deref()
                .map(|secret| ("client_secret", secret)),
        );
        fields.extend(more);
        self.world.anyone().form("/oauth/token", &fields).await
    }

    /// The tokens of a person who is signed in with `browser`.
    pub async fn tokens(&self, browser: &mut Browser<'w>, change: &[(&str, &str)]) -> Answer {
        let code = browser.code(&self.request(change)).await;
        self.exchange(&code, &[]).await.expect(200)
    }

    /// What a token shows.
    pub async fn userinfo(&self, token: &str) -> Answer {
        let bearer = self.world.anyone().bearing(token);
        bearer.get("/oauth/userinfo").await
    }
}

/// A browser with all its cookies.
#[derive(Clone)]
pub struct Browser<'w> {
    pub world: &'w World,
    pub cookies: BTreeMap<String, String>,
    pub page: Answer,
}

impl<'w> Browser<'w> {
    /// One in which nobody is signed in.
    pub async fn new(world: &'w World) -> Self {
        let page = world.anyone().get("/health").await;
        Self {
            world,
            cookies: BTreeMap::new(),
            page,
        }
    }

    /// One in which Ada is.
    pub async fn of_ada(world: &'w World) -> Self {
        let mut this = Self::new(world).await;
        this.sign_in(ADA).await;
        this
    }

    /// Signs somebody in, on the page that is for that.
    pub async fn sign_in(&mut self, address: &str) {
        self.world.clock.advance(60);
        let mut visitor = Visitor::open(self.world.anyone(), "/device").await;
        visitor.sign_in(address).await;
        let (name, value) = visitor.cookie().split_once('=').expect("a cookie");
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    fn client(&self) -> tests::Anyone<'w> {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        self.world.anyone().header("cookie", &pairs.join("; "))
    }

    /// Goes somewhere, and keeps what it is given. Follows no redirect.
    pub async fn go(&mut self, path: &str) -> &Answer {
        self.page = self.client().get(path).await;
        self.keep();
        &self.page
    }

    /// Sends a form there.
    pub async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> &Answer {
        self.page = self.client().form(path, fields).await;
        self.keep();
        &self.page
    }

    /// Sends the form of the page that it shows.
    pub async fn press(&mut self, action: &str, typed: &[(&str, &str)]) -> &Answer {
        let hidden = self.hidden();
        let pairs = hidden
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let fields: Vec<(&str, &str)> = pairs.chain(typed.iter().copied()).collect();
        self.send(action, &fields).await
    }

    /// The hidden fields of its page.
    pub fn hidden(&self) -> Vec<(String, String)> {
        let attribute = |tag: &str, name: &str| {
            let (_, rest) = tag.split_once(&format!("{name}=\"")).expect("an attribute");
            unescaped(rest.split('"').next().unwrap_or_default())
        };
        let inputs = self.page.text.split("<input ").skip(1);
        let inputs = inputs.filter(|input| input.contains("type=\"hidden\""));
        inputs
            .map(|input| (attribute(input, "name"), attribute(input, "value")))
            .collect()
    }

    fn keep(&mut self) {
        for line in self.page.headers.get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Where it is sent.
    #[track_caller]
    pub fn sent_to(&self) -> String {
        match self.page.status {
            303 => self.page.header("location").to_owned(),
            200 => {
                let (_, rest) = self.page.text.split_once("url=").expect("a way back");
                unescaped(rest.split('"').next().unwrap_or_default())
            }
            status => panic!("{status}: {}", self.page.text),
        }
    }

    /// What the client is answered.
    #[track_caller]
    pub fn answered(&self) -> BTreeMap<String, String> {
        parameters_of(&self.sent_to(), CALLBACK)
    }

    /// The code that a request brings without a page.
    pub async fn code(&mut self, request: &str) -> String {
        self.go(request).await;
        let answered = self.answered();
        let code = answered.get("code");
        code.unwrap_or_else(|| panic!("no code in {answered:?}"))
            .clone()
    }

    /// The name of the request that waits, from where the browser is sent.
    #[track_caller]
    pub fn waits_as(&self) -> String {
        let to = self.sent_to();
        match to.strip_prefix("/sign-in?") {
            Some(query) => {
                let mut pairs = url::form_urlencoded::parse(query.as_bytes());
                let (_, path) = pairs
                    .find(|(name, _)| name == "continue")
                    .expect("a way on");
                path.into_owned()
            }
            None => to,
        }
    }
}

/// The parameters of an answer that went to `target`.
#[track_caller]
pub fn parameters_of(to: &str, target: &str) -> BTreeMap<String, String> {
    let query = to
        .strip_prefix(target)
        .unwrap_or_else(|| panic!("sent to {to}"));
    let query = query.strip_prefix(['?', '&']).unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

fn unescaped(text: &str) -> String {
    text.replace("&#38;", "&")
        .replace("&amp;", "&")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
}

/// The claims of a token, unchecked.
pub fn claims(token: &str) -> Value {
    jsonwebtoken::dangerous::insecure_decode::<Value>(token)
        .unwrap()
        .claims
}
