//! A person's authenticator app.

use axum::http::Method;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret, Totp};

use crate::Failure;
use crate::people::{Person, Tokens, text};
use crate::stage::Stage;

/// Where one is set up.
pub const SET_UP: &str = "/cfg/totp/setup/";
/// Where it is put in force.
pub const CONFIRM: &str = "/cfg/totp/setup/confirm/";

/// The life of a code in seconds (RFC 6238's default).
const STEP: u64 = 30;

/// The app.
pub struct Authenticator {
    /// The device's id.
    pub device: String,
    app: Totp,
    backup_codes: Value,
}

impl Authenticator {
    /// Sets one up. It is not in force yet.
    pub async fn set_up(person: &Person, stage: &Stage, tokens: &Tokens) -> Result<Self, Failure> {
        let request = tokens.bearing(Method::POST, SET_UP, &json!({}))?;
        let done = stage.done(person, request).await?;
        Ok(Self {
            device: text(&done.body, "device_id")?.to_owned(),
            ..Self::of(text(&done.body, "secret")?)?
        })
    }

    /// One that has this secret, which was set up elsewhere.
    pub fn of(secret: &str) -> Result<Self, Failure> {
        let secret =
            Secret::try_from_base32(secret).map_err(|error| format!("no secret: {error:?}"))?;
        Ok(Self {
            device: String::new(),
            app: Builder::new().with_secret(secret).build_noncompliant(),
            backup_codes: Value::Null,
        })
    }

    /// The code that is shown now.
    pub fn code_now(&self) -> String {
        self.code(0)
    }

    /// What puts it in force: it uses up the code that is shown now.
    pub fn confirmation(&self) -> Value {
        json!({ "device_id": self.device, "code": self.code_now() })
    }

    /// Puts it in force.
    pub async fn confirm(
        &mut self,
        person: &Person,
        stage: &Stage,
        tokens: &Tokens,
    ) -> Result<(), Failure> {
        let request = tokens.bearing(Method::POST, CONFIRM, &self.confirmation())?;
        let done = stage.done(person, request).await?;
        self.backup_codes = done.body.get("backup_codes").cloned().unwrap_or_default();
        Ok(())
    }

    /// The code that comes after: accepted already, and not used up by a
    /// confirmation a moment ago.
    pub fn next_code(&self) -> String {
        self.code(STEP)
    }

    /// A backup code.
    pub fn backup_code(&self) -> Result<&str, Failure> {
        let first = self.backup_codes.get(0).and_then(Value::as_str);
        first.ok_or_else(|| "no backup codes came".into())
    }

    fn code(&self, ahead: u64) -> String {
        let now = local::clock::system()().as_second();
        let now = u64::try_from(now).unwrap_or_default();
        self.app.generate(now + ahead).to_string()
    }
}
