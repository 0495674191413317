//! A user's authenticator app.

use domain::UnixTime;
use serde_json::json;
use totp_rs::{Builder, Secret, Totp};

use crate::{Answer, Anyone, Member, World};

/// An app that was set up, and the backup codes that came with it.
pub struct Authenticator {
    app: Totp,
    /// The device's id.
    pub device: String,
    /// The ten codes on a sheet of paper.
    pub backup_codes: Vec<String>,
}

impl Authenticator {
    /// What the app shows at `at`.
    ///
    /// # Panics
    /// Before 1970.
    #[must_use]
    pub fn code(&self, at: UnixTime) -> String {
        self.app
            .generate(u64::try_from(at.0).expect("a time"))
            .to_string()
    }

    /// The secret as it was typed or scanned.
    #[must_use]
    pub fn secret(&self) -> String {
        self.app.secret().to_base32()
    }

    /// A code that is wrong for minutes around `at`.
    #[must_use]
    pub fn wrong_code(&self, at: UnixTime) -> String {
        let near: Vec<String> = (-5..=5)
            .map(|n| self.code(UnixTime(at.0 + n * 30)))
            .collect();
        let free = (0..100).map(|n| format!("{n:06}"));
        free.into_iter()
            .find(|code| !near.contains(code))
            .expect("one of a hundred")
    }

    /// An app that holds what a set-up answered.
    ///
    /// # Panics
    /// If that is no set-up.
    #[must_use]
    pub fn scan(set_up: &Answer) -> Self {
        let secret = Secret::try_from_base32(set_up.str("secret")).expect("base32");
        Self {
            app: Builder::new().with_secret(secret).build_noncompliant(),
            device: set_up.str("device_id").to_owned(),
            backup_codes: Vec::new(),
        }
    }
}

impl Member<'_> {
    /// Sets up an app and puts it in force.
    ///
    /// # Panics
    /// If any step fails.
    pub async fn set_up_totp(&self, world: &World) -> Authenticator {
        let set_up = self.client().post("/cfg/totp/setup/", &json!({})).await;
        let mut app = Authenticator::scan(&set_up.expect(200));
        let body = json!({ "device_id": app.device, "code": app.code(world.now()) });
        let confirmed = self.client().post("/cfg/totp/setup/confirm/", &body).await;
        let codes = confirmed.expect(200).body["backup_codes"].clone();
        app.backup_codes = serde_json::from_value(codes).expect("codes");
        // The step is used: go on to the next.
        world.clock.advance(30);
        app
    }
}

impl<'w> Anyone<'w> {
    /// Signs in with a code from a letter, and `code` as the second factor.
    ///
    /// # Panics
    /// If any step fails.
    pub async fn sign_in_with(&self, world: &World, address: &str, code: &str) -> Member<'w> {
        let session = self.first_factor(world, address).await;
        let answer = self.second_factor(&session, code).await.expect(200);
        self.clone().member(
            address,
            answer.str("access_token"),
            answer.str("refresh_token"),
        )
    }

    /// Signs in as far as the second factor. The 2FA session.
    ///
    /// # Panics
    /// If none is asked for.
    pub async fn first_factor(&self, world: &World, address: &str) -> String {
        world.clock.advance(30);
        self.request_code(address).await.expect(200);
        let answer = self.verify_code(address, &world.code(address)).await;
        answer.expect(200).str("session_id").to_owned()
    }

    /// Shows an app's code to a 2FA session.
    pub async fn second_factor(&self, session: &str, code: &str) -> Answer {
        let body = json!({ "session_id": session, "code": code });
        self.post("/cfg/totp/verify/", &body).await
    }

    /// Shows a backup code to a 2FA session.
    pub async fn backup_code(&self, session: &str, code: &str) -> Answer {
        let body = json!({ "session_id": session, "backup_code": code });
        self.post("/cfg/totp/verify/backup/", &body).await
    }
}
