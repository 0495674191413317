//! All principals that may come to an operation, each with what they come with.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::account::Role;
use serde_json::json;
use tests::{Admin, Anyone, Authenticator, Member, Visitor, World, forge};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::auth::{PASSWORD, login, register};
use crate::vendor;

/// Kinds of principals. Where one and the same kind of credential may be a member's or
/// an administrator's, the administrator's is there too: it is what must be refused for
/// what it is, and not for whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No credential at all.
    Nobody,
    /// Signed in by password just now, the address proven, no rights, no factor.
    Member,
    /// The same, by the four digits of a letter.
    FourDigits,
    /// Registered by password, the address not proven.
    Unproven,
    /// A factor is active, and was not shown at the sign-in.
    NoFactor,
    /// A factor is active, and was shown at the sign-in.
    WithFactor,
    /// A member by four digits, eleven minutes after.
    Stale,
    /// An administrator whose sign-in waits for the factor.
    Pending,
    /// The session of a device that a member let in (Ravi).
    Device,
    /// The same of an administrator, who had shown the factor.
    AdminsDevice,
    /// The session of an OAuth client that a member let in (RFC 8628).
    OauthClient,
    /// A member's API key.
    ApiKey,
    /// An administrator's API key.
    AdminsKey,
    /// A device's key to the whole account (Ravi).
    AgentKey,
    /// A device's key to one identity (Ravi).
    IdentityKey,
    /// A service's key, with the scope to introspect.
    ServiceKey,
    /// A vendor.
    Vendor,
    /// A browser that is signed in, by its cookie.
    Browser,
    /// The same of an account that has proven nothing.
    UnprovenBrowser,
    /// The same of an administrator, by the four digits of a letter.
    AdminsBrowser,
    /// An operator, signed in by password.
    Operator,
    /// A network manager, signed in by password.
    Manager,
    /// The token of an operator's device.
    PosToken,
    /// An administrator's offline token.
    Offline,
    /// An administrator by the four digits of a letter.
    AdminFour,
    /// An administrator with the factor, eleven minutes after.
    AdminStale,
    /// An administrator with the factor, just now.
    Admin,
}

impl Kind {
    /// All of them, in the order of the table's columns.
    pub const ALL: [Self; 27] = [
        Self::Nobody,
        Self::Member,
        Self::FourDigits,
        Self::Unproven,
        Self::NoFactor,
        Self::WithFactor,
        Self::Stale,
        Self::Pending,
        Self::Device,
        Self::AdminsDevice,
        Self::OauthClient,
        Self::ApiKey,
        Self::AdminsKey,
        Self::AgentKey,
        Self::IdentityKey,
        Self::ServiceKey,
        Self::Vendor,
        Self::Browser,
        Self::UnprovenBrowser,
        Self::AdminsBrowser,
        Self::Operator,
        Self::Manager,
        Self::PosToken,
        Self::Offline,
        Self::AdminFour,
        Self::AdminStale,
        Self::Admin,
    ];

    /// The heading of its column, and what that stands for.
    pub const fn heading(self) -> (&'static str, &'static str) {
        match self {
            Self::Nobody => ("nobody", "no credential"),
            Self::Member => ("member", "member, by password just now, no factor"),
            Self::FourDigits => ("digits", "member, by the four digits of a letter"),
            Self::Unproven => ("unprov", "registered by password, nothing proven"),
            Self::NoFactor => ("no-fac", "member with a factor that was not shown"),
            Self::WithFactor => ("factor", "member with a factor that was shown"),
            Self::Stale => ("stale", "member, eleven minutes after the sign-in"),
            Self::Pending => ("pendng", "administrator whose sign-in waits for the factor"),
            Self::Device => ("device", "session of a device that a member let in"),
            Self::AdminsDevice => ("a-dev", "session of a device that an administrator let in"),
            Self::OauthClient => ("oauth", "session of an OAuth client that a member let in"),
            Self::ApiKey => ("apikey", "a member's API key"),
            Self::AdminsKey => ("a-key", "an administrator's API key"),
            Self::AgentKey => ("agent", "a device's key to the account"),
            Self::IdentityKey => ("ident", "a device's key to one identity"),
            Self::ServiceKey => ("servic", "a service's key, with the scope introspect"),
            Self::Vendor => ("vendor", "vendor"),
            Self::Browser => ("browsr", "the cookie of a browser that is signed in"),
            Self::UnprovenBrowser => ("u-brow", "the same of an account that has proven nothing"),
            Self::AdminsBrowser => ("a-brow", "the same of an administrator, by the four digits"),
            Self::Operator => ("operat", "operator of event 7, by password just now"),
            Self::Manager => ("manag", "network manager of event 7, by password just now"),
            Self::PosToken => ("pos", "the token of an operator's device"),
            Self::Offline => ("offlin", "an administrator's offline token"),
            Self::AdminFour => ("a-digs", "administrator, by the four digits of a letter"),
            Self::AdminStale => (
                "a-stal",
                "administrator with the factor, eleven minutes after",
            ),
            Self::Admin => ("admin", "administrator with the factor, just now"),
        }
    }

    /// Whether time has passed since it was made.
    pub fn is_stale(self) -> bool {
        matches!(self, Self::Stale | Self::AdminStale)
    }

    /// Whether it is a browser, by its cookie.
    pub fn is_a_browser(self) -> bool {
        matches!(
            self,
            Self::Browser | Self::UnprovenBrowser | Self::AdminsBrowser
        )
    }

    /// Whether its account has proven nothing.
    pub fn is_unproven(self) -> bool {
        matches!(self, Self::Unproven | Self::UnprovenBrowser)
    }

    /// Whether it is an operator, or what belongs to one.
    pub fn is_an_operators(self) -> bool {
        matches!(self, Self::Operator | Self::PosToken)
    }

    /// A principal of this kind, which no other has anything in common with.
    pub async fn make(self, world: &World, number: usize) -> Principal {
        let name = format!("{self:?}{number}").to_lowercase();
        let making = Making {
            world,
            kind: self,
            client: world.at(&format!("10.9.{}.{}", number / 250, number % 250 + 1)),
            address: format!("{name}@example.com"),
            name,
        };
        making.made().await
    }
}

/// A principal, and what they come with.
pub struct Principal {
    /// What kind of.
    pub kind: Kind,
    /// The address of their account; `None` if they have none.
    pub address: Option<String>,
    /// The refresh token that came with the other.
    pub refresh: Option<String>,
    /// Their app, if a factor is active.
    pub app: Option<Authenticator>,
    /// The identity of Ravi's that a key belongs to.
    pub identity: Option<String>,
    headers: Vec<(&'static str, String)>,
    owner: OnceCell<String>,
}

impl Principal {
    /// The same circumstances with this principal in them.
    pub fn client<'w>(&self, client: Anyone<'w>) -> Anyone<'w> {
        let with = |client: Anyone<'w>, (name, value): &(&str, String)| client.header(name, value);
        self.headers.iter().fold(client, with)
    }

    /// This principal's own account, signed in with all rights somewhere else, where it is
    /// proven: once, however often it is asked for.
    pub async fn owner<'w>(&self, world: &World, client: Anyone<'w>) -> Option<Anyone<'w>> {
        let address = self.address.as_ref().filter(|_| !self.kind.is_unproven())?;
        let signed_in = async {
            client.request_code(address).await.expect(200);
            let code = world.code(address);
            let answer = client.verify_code(address, &code).await.expect(200);
            let Some(app) = &self.app else {
                set_amr(world, answer.str("access"), &["otp", "mfa"]).await;
                let refreshed = client.refresh(answer.str("refresh")).await;
                return refreshed.expect(200).str("access").to_owned();
            };
            let session = answer.str("session_id");
            let answer = client.backup_code(session, &app.backup_codes[1]).await;
            answer.expect(200).str("access_token").to_owned()
        };
        let token = self.owner.get_or_init(|| signed_in).await;
        Some(client.clone().bearing(token))
    }
}

/// A principal in the making.
struct Making<'w> {
    world: &'w World,
    kind: Kind,
    client: Anyone<'w>,
    name: String,
    address: String,
}

impl<'w> Making<'w> {
    async fn made(self) -> Principal {
        match self.kind {
            Kind::Nobody => Principal {
                address: None,
                ..self.with(Vec::new())
            },
            Kind::Member => self.by_password(None).await,
            Kind::Unproven => self.unproven().await,
            Kind::FourDigits | Kind::Stale => {
                let member = self.client.sign_in(&self.address).await;
                self.member(&member)
            }
            Kind::AdminFour => {
                let member = self.client.sign_in(&self.address).await;
                self.appoint(Role::Admin).await;
                self.member(&member)
            }
            Kind::NoFactor => {
                let member = self.client.sign_in(&self.address).await;
                let app = app_of(self.world, &member).await;
                set_amr(self.world, &member.access, &["otp"]).await;
                Principal {
                    app: Some(app),
                    ..self.member(&member)
                }
            }
            Kind::WithFactor => self.by_factor(Role::User).await,
            Kind::Admin | Kind::AdminStale => self.by_factor(Role::Admin).await,
            Kind::Pending => self.pending().await,
            Kind::Device | Kind::AgentKey | Kind::IdentityKey | Kind::AdminsDevice => {
                self.of_a_device().await
            }
            Kind::OauthClient => self.of_a_client().await,
            Kind::ApiKey | Kind::AdminsKey => self.key().await,
            Kind::ServiceKey => {
                let admin = self.admin().await;
                let service = admin.service(&["introspect"]).await;
                Principal {
                    address: None,
                    ..self.with(vec![("x-api-key", service.key)])
                }
            }
            Kind::Vendor => {
                let made = vendor::register(&self.client, &self.address).await;
                made.expect(200);
                let answer = vendor::login(&self.client, &self.address, vendor::PASSWORD).await;
                Principal {
                    address: None,
                    ..self.bearing(answer.expect(200).str("access_token"))
                }
            }
            Kind::Browser | Kind::AdminsBrowser => {
                let mut browser = Visitor::open(self.client.clone(), "/device").await;
                browser.sign_in(&self.address).await;
                if self.kind == Kind::AdminsBrowser {
                    self.appoint(Role::Admin).await;
                }
                self.with(vec![("cookie", browser.cookie().to_owned())])
            }
            Kind::UnprovenBrowser => {
                self.register().await;
                // The sign-in itself asks for the proof, which is then lost again.
                let world = self.client.world();
                world.prove(&self.address).await;
                let mut browser = Visitor::open(self.client.clone(), "/device").await;
                browser.with_password(&self.address, PASSWORD).await;
                assert!(browser.page.text.contains("Signed in as"));
                let unproven = |user: &mut domain::account::User| {
                    user.email_verified = false;
                    user.email_proven_at = None;
                };
                world.set_user(&self.address, unproven).await;
                self.with(vec![("cookie", browser.cookie().to_owned())])
            }
            Kind::Operator => self.by_password(Some(Role::Operator)).await,
            Kind::Manager => self.by_password(Some(Role::NetworkManager)).await,
            Kind::PosToken => {
                self.by_password(Some(Role::Operator)).await;
                let body = json!({
                    "email": self.address, "password": PASSWORD, "dev_type": "POS",
                    "dev_mac": "AA:BB:CC:00:11:22",
                });
                let answer = self.client.post("/devices/operator-token", &body).await;
                let token = answer.expect(200).str("token").to_owned();
                Principal {
                    refresh: Some(token.clone()),
                    ..self.bearing(&token)
                }
            }
            Kind::Offline => {
                let admin = self.admin().await;
                let body = json!({ "event_id": 7 });
                let answer = admin.client().post("/tokens/offline", &body).await;
                self.bearing(answer.expect(200).str("offline_token"))
            }
        }
    }

    fn with(&self, headers: Vec<(&'static str, String)>) -> Principal {
        Principal {
            kind: self.kind,
            address: Some(self.address.clone()),
            refresh: None,
            app: None,
            identity: None,
            headers,
            owner: OnceCell::new(),
        }
    }

    fn bearing(&self, token: &str) -> Principal {
        self.with(vec![("authorization", format!("Bearer {token}"))])
    }

    fn member(&self, member: &Member<'_>) -> Principal {
        Principal {
            refresh: Some(member.refresh.clone()),
            ..self.bearing(&member.access)
        }
    }

    /// Gives a role, past everything that Postern would allow.
    async fn appoint(&self, role: Role) {
        self.world
            .set_user(&self.address, |user| {
                user.role = role;
                if matches!(role, Role::Operator | Role::NetworkManager) {
                    user.event = Some(7);
                    user.mode = Some(0);
                }
            })
            .await;
    }

    async fn register(&self) {
        let made = register(&self.client, &self.name, &self.address, PASSWORD).await;
        made.expect(200);
    }

    /// An administrator in a session with all rights.
    async fn admin(&self) -> Admin<'w> {
        let member = self.client.sign_in(&self.address).await;
        self.appoint(Role::Admin).await;
        Admin(whole(self.world, member).await)
    }

    async fn unproven(&self) -> Principal {
        self.register().await;
        self.signed_in().await
    }

    async fn signed_in(&self) -> Principal {
        let answer = login(&self.client, &self.address, PASSWORD).await;
        let answer = answer.expect(200);
        Principal {
            refresh: answer.body["refresh_token"].as_str().map(str::to_owned),
            ..self.bearing(answer.str("access_token"))
        }
    }

    async fn by_password(&self, role: Option<Role>) -> Principal {
        self.register().await;
        self.world.prove(&self.address).await;
        if let Some(role) = role {
            self.appoint(role).await;
        }
        self.signed_in().await
    }

    /// Signed in by four digits and a code from the sheet of paper: the app's next code
    /// is not used yet.
    async fn by_factor(&self, role: Role) -> Principal {
        let member = self.client.sign_in(&self.address).await;
        let app = app_of(self.world, &member).await;
        self.appoint(role).await;
        self.client.request_code(&self.address).await.expect(200);
        let code = self.world.code(&self.address);
        let waits = self.client.verify_code(&self.address, &code).await;
        let waits = waits.expect(200);
        let answer = self
            .client
            .backup_code(waits.str("session_id"), &app.backup_codes[0])
            .await
            .expect(200);
        Principal {
            app: Some(app),
            refresh: Some(answer.str("refresh_token").to_owned()),
            ..self.bearing(answer.str("access_token"))
        }
    }

    async fn pending(&self) -> Principal {
        let first = self.by_password(None).await;
        let client = first.client(self.client.clone());
        let app = app_at(self.world, &client).await;
        self.appoint(Role::Admin).await;
        let body = json!({ "email": self.address, "password": PASSWORD, "role": "admin" });
        let answer = self.client.post("/auth/login", &body).await.expect(200);
        assert_eq!(answer.body["mfa_required"], json!(true));
        Principal {
            app: Some(app),
            refresh: answer.body["refresh_token"].as_str().map(str::to_owned),
            ..self.bearing(answer.str("access_token"))
        }
    }

    async fn of_a_device(&self) -> Principal {
        let mut app = None;
        if self.kind == Kind::AdminsDevice {
            let member = self.client.sign_in(&self.address).await;
            app = Some(app_of(self.world, &member).await);
            self.appoint(Role::Admin).await;
        }
        let (secret, shown) = device_asks(&self.client, None).await;
        let client = self.client.clone();
        let_in(client, &self.address, app.as_ref(), &shown).await;
        let body = json!({ "device_code": secret });
        let got = self.client.post("/api/auth/device/token/", &body).await;
        let got = got.expect(200);
        let token = match self.kind {
            Kind::AgentKey => "management_key",
            Kind::IdentityKey => "identity_key",
            _ => "access",
        };
        Principal {
            app,
            refresh: Some(got.str("refresh").to_owned()),
            identity: got.body["identity"]["uuid"].as_str().map(str::to_owned),
            ..self.bearing(got.str(token))
        }
    }

    async fn of_a_client(&self) -> Principal {
        let (secret, shown) = device_asks(&self.client, Some(CLIENT)).await;
        let_in(self.client.clone(), &self.address, None, &shown).await;
        let asked = [
            ("grant_type", GRANT),
            ("client_id", CLIENT),
            ("device_code", &secret),
        ];
        let got = self.client.form("/oauth/token", &asked).await.expect(200);
        Principal {
            refresh: Some(got.str("refresh_token").to_owned()),
            ..self.bearing(got.str("access_token"))
        }
    }

    async fn key(&self) -> Principal {
        let member = self.client.sign_in(&self.address).await;
        let path = "/cfg/accounts/api-key/regenerate/";
        let made = member.client().post(path, &json!({})).await.expect(200);
        if self.kind == Kind::AdminsKey {
            self.appoint(Role::Admin).await;
        }
        self.with(vec![("x-api-key", made.str("key").to_owned())])
    }
}

/// The OAuth client that every world of the walk knows.
pub const CLIENT: &str = "tv";

/// The client that browsers bring codes to.
pub const APP: &str = "app";

/// What an OAuth client exchanges.
pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// An app that `member` puts in force just now.
pub async fn app_of(world: &World, member: &Member<'_>) -> Authenticator {
    app_at(world, &member.client()).await
}

async fn app_at(world: &World, bearer: &Anyone<'_>) -> Authenticator {
    let begun = bearer.post("/cfg/totp/setup/", &json!({})).await;
    let mut app = Authenticator::scan(&begun.expect(200));
    let body = json!({ "device_id": app.device, "code": app.code(world.now()) });
    let confirmed = bearer.post("/cfg/totp/setup/confirm/", &body).await;
    let codes = confirmed.expect(200).body["backup_codes"].clone();
    app.backup_codes = serde_json::from_value(codes).expect("codes");
    app
}

/// Gives a session all the rights of its account, as a second factor would.
pub async fn whole<'w>(world: &World, member: Member<'w>) -> Member<'w> {
    set_amr(world, &member.access, &["otp", "mfa"]).await;
    // Rights are the token's, too.
    member.refreshed().await
}

/// Has a session know other ways in which its identity was proven.
async fn set_amr(world: &World, access: &str, amr: &[&str]) {
    let claims = forge::claims(access);
    let id = |name: &str| Uuid::try_parse(claims[name].as_str().expect("a text")).expect("an id");
    let amr = amr.iter().map(|way| AttributeValue::S((*way).to_owned()));
    world
        .db
        .update_item()
        .table_name(&world.table)
        .set_key(Some(store::key::session(id("sub"), id("sid")).attributes()))
        .update_expression("SET amr = :amr")
        .expression_attribute_values(":amr", AttributeValue::L(amr.collect()))
        .send()
        .await
        .expect("the session is there");
}

/// A device that asks to be let in, of the OAuth client of that name or of Ravi's: its
/// secret and the code that it shows.
pub async fn device_asks(client: &Anyone<'_>, of: Option<&str>) -> (String, String) {
    let started = match of {
        Some(id) => {
            let asked = [("client_id", id)];
            client.form("/oauth/device_authorization", &asked).await
        }
        None => client.post("/api/auth/device/", &json!({})).await,
    };
    let started = started.expect(200);
    let text = |name: &str| started.str(name).to_owned();
    (text("device_code"), text("user_code"))
}

/// Lets in the device that shows `code`, in a browser where `address` signs in by the
/// four digits of a letter, and by the first backup code if there is an app.
pub async fn let_in(client: Anyone<'_>, address: &str, app: Option<&Authenticator>, code: &str) {
    let mut browser = Visitor::open(client, "/device").await;
    match app {
        None => drop(browser.sign_in(address).await),
        Some(app) => {
            browser.with_code(address).await;
            let backup = [("code", app.backup_codes[0].as_str())];
            browser.fill("/sign-in/factor", &backup).await;
        }
    }
    browser.fill("/device/check", &[("user_code", code)]).await;
    browser.fill("/device/approve", &[]).await;
    assert_eq!(browser.page.status, 200, "{}", browser.page.text);
}
