//! Administrators, and the services that they make keys for.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::account::Role;
use http::header::CONTENT_TYPE;
use serde_json::json;
use uuid::Uuid;

use crate::{Answer, Anyone, Member, World, forge};

/// A user who signed in as an administrator just now, with a second factor.
#[derive(Clone)]
pub struct Admin<'w>(pub Member<'w>);

/// An API key of a service.
#[derive(Clone, Debug)]
pub struct Service {
    /// The key.
    pub key: String,
    /// Its public id.
    pub id: u64,
}

impl World {
    /// An administrator at this address.
    ///
    /// # Panics
    /// If the sign-in fails.
    pub async fn admin(&self, address: &str) -> Admin<'_> {
        let member = self.at("192.0.2.200").sign_in(address).await;
        self.set_user(address, |user| user.role = Role::Admin).await;
        let claims = forge::claims(&member.access);
        let id = |name: &str| Uuid::try_parse(claims[name].as_str().unwrap()).unwrap();
        // As a second factor would have left it, whichever way there is to show one.
        let amr = ["otp", "mfa"].map(|method| AttributeValue::S(method.to_owned()));
        self.db
            .update_item()
            .table_name(&self.table)
            .set_key(Some(store::key::session(id("sub"), id("sid")).attributes()))
            .update_expression("SET amr = :amr")
            .expression_attribute_values(":amr", AttributeValue::L(amr.to_vec()))
            .send()
            .await
            .expect("the session is there");
        // Rights are the token's, too.
        Admin(member.refreshed().await)
    }
}

impl<'w> Admin<'w> {
    /// The caller with the access token in hand.
    #[must_use]
    pub fn client(&self) -> Anyone<'w> {
        self.0.client()
    }

    /// Asks for a key for a service.
    pub async fn make_key(&self, scopes: &[&str]) -> Answer {
        let asked = json!({ "event_id": 7, "name": "pa_v4", "scopes": scopes });
        self.client().post("/tokens/api-key", &asked).await
    }

    /// A key for a service.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn service(&self, scopes: &[&str]) -> Service {
        let made = self.make_key(scopes).await.expect(200);
        Service {
            key: made.str("api_key").to_owned(),
            id: made.body["key_id"].as_u64().expect("an id"),
        }
    }

    /// Revokes the key of that id.
    pub async fn revoke_key(&self, id: u64) -> Answer {
        let path = format!("/tokens/api-key/{id}");
        self.client().raw("DELETE", &path, "").await
    }
}

impl Anyone<'_> {
    /// Posts a form as it travels, whatever it holds.
    pub async fn form_text(&self, path: &str, body: &str) -> Answer {
        let media = "application/x-www-form-urlencoded";
        let client = self.clone().header(CONTENT_TYPE.as_str(), media);
        client.raw("POST", path, body).await
    }

    /// Asks what a token is worth.
    pub async fn verify(&self, token: &str) -> Answer {
        let asked = json!({ "token": token });
        self.post("/tokens/verify", &asked).await
    }
}
