//! Events with their devices and operators, put where provisioning would put them.

use domain::account::{Role, User};
use domain::pos::{DeviceMac, PosDevice, PosEvent};
use serde_json::json;
use store::{Commit, Store, Transaction};
use uuid::Uuid;

use crate::World;

/// The password of all who work at a site.
pub const OPERATORS_PASSWORD: &str = "box office opens at noon";

impl World {
    /// The tables, as Postern reaches them.
    #[must_use]
    pub fn store(&self) -> Store {
        Store::new(&self.aws.dynamodb, &self.table, &self.audit_table)
    }

    /// An event.
    ///
    /// # Panics
    /// If it cannot be put, here and below.
    pub async fn event(&self, id: u64) -> PosEvent {
        let event = PosEvent {
            id,
            name: format!("Festival {id}"),
            rev: 1,
            created_at: self.now(),
            ended_at: None,
        };
        let store = self.store();
        done(store.transaction().create_event(&event).unwrap()).await;
        event
    }

    /// Ends an event.
    pub async fn end_event(&self, id: u64) {
        let store = self.store();
        let before = store.event(id).await.unwrap().expect("an event");
        let after = PosEvent {
            ended_at: Some(self.now()),
            rev: before.rev + 1,
            ..before.clone()
        };
        done(store.transaction().edit_event(&after, before.rev).unwrap()).await;
    }

    /// A device at an event.
    pub async fn device(&self, id: u64, event: u64, mac: &str) -> PosDevice {
        let device = PosDevice {
            id,
            event,
            mac: DeviceMac::parse(mac).expect("an address"),
            name: "Bar 3".into(),
            rev: 1,
            created_at: self.now(),
            archived_at: None,
            association: None,
        };
        let store = self.store();
        done(store.transaction().create_device(&device).unwrap()).await;
        device
    }

    /// Takes a device out of use.
    pub async fn archive(&self, id: u64) {
        let store = self.store();
        let (before, _) = store.device(id).await.unwrap().expect("a device");
        let after = PosDevice {
            archived_at: Some(self.now()),
            rev: before.rev + 1,
            ..before.clone()
        };
        done(store.transaction().edit_device(&after, before.rev).unwrap()).await;
    }

    /// An account with a password and a role.
    pub async fn staff(&self, address: &str, role: Role, event: Option<u64>) -> User {
        let name = address.split('@').next().expect("a name");
        let body = json!({ "username": name, "email": address, "password": OPERATORS_PASSWORD });
        let office = self.at("198.51.100.77");
        office.post("/auth/register", &body).await.expect(200);
        self.prove(address).await;
        self.set_user(address, |user| {
            user.role = role;
            user.event = event;
            user.mode = (role == Role::Operator).then_some(0);
        })
        .await;
        let address = domain::EmailAddress::parse(address).expect("an address");
        self.postern.find_user(&address).await.expect("an account")
    }

    /// An operator of an event.
    pub async fn operator(&self, address: &str, event: u64) -> User {
        self.staff(address, Role::Operator, Some(event)).await
    }
}

async fn done(transaction: Transaction<'_>) {
    let committed = transaction.commit(Uuid::from_u128(rand())).await;
    assert!(matches!(committed, Ok(Commit::Done)), "{committed:?}");
}

/// A request token that no other write of this process has.
fn rand() -> u128 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    u128::from(NEXT.fetch_add(1, Ordering::Relaxed)) << 64 | u128::from(std::process::id())
}
