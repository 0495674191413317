mod device_token;
mod keys;
mod wait;

use serde_json::json;
use tests::{Answer, Visitor, World};

pub const ADA: &str = "ada@example.com";

/// A device of Ravi's that has asked to be let in.
pub struct Device<'w> {
    pub world: &'w World,
    pub code: String,
    pub user_code: String,
}

impl<'w> Device<'w> {
    /// A device that has just asked.
    pub async fn asking(world: &'w World) -> Self {
        Self::asking_from(world, "192.0.2.1").await
    }

    /// A device at this address that has just asked.
    pub async fn asking_from(world: &'w World, ip: &str) -> Self {
        let started = world
            .at(ip)
            .header("content-type", "application/json")
            .raw("POST", "/api/auth/device/", "")
            .await
            .expect(200);
        Self {
            world,
            code: started.str("device_code").to_owned(),
            user_code: started.str("user_code").to_owned(),
        }
    }

    /// A poll.
    pub async fn poll(&self) -> Answer {
        let body = json!({ "device_code": self.code });
        self.world
            .anyone()
            .post("/api/auth/device/token/", &body)
            .await
    }

    /// What the person answers, by the button that posts there.
    pub async fn answered(&self, address: &str, button: &str) {
        let mut browser = Visitor::open(self.world.anyone(), "/device").await;
        browser.sign_in(address).await;
        browser
            .fill("/device/check", &[("user_code", &self.user_code)])
            .await;
        assert_eq!(browser.page.status, 200, "{}", browser.page.text);
        browser.press("/device/approve", button, &[]).await;
        assert_eq!(browser.page.status, 200, "{}", browser.page.text);
    }

    /// What a device gets once `address` has let it in.
    pub async fn let_in(world: &'w World, address: &str) -> Answer {
        let device = Self::asking(world).await;
        device.answered(address, "/device/approve").await;
        device.poll().await.expect(200)
    }
}

/// Whether each of the two keys that a device got opens anything.
pub async fn keys_work(world: &World, got: &Answer) -> [bool; 2] {
    let mut work = [false; 2];
    for (works, name) in work.iter_mut().zip(["management_key", "identity_key"]) {
        let agent = world.anyone().bearing(got.str(name));
        let answer = agent.get("/api/identities/").await;
        assert!([200, 401].contains(&answer.status), "{}", answer.text);
        *works = answer.status == 200;
    }
    work
}

/// An OAuth error.
#[track_caller]
pub fn refused(answer: &Answer, error: &str) {
    assert_eq!((answer.status, answer.str("error")), (400, error));
    assert!(!answer.str("error_description").is_empty());
}
