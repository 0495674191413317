//! What becomes of a vendor. Each change counts as one edit; one that ends its tokens
//! moves its epoch on with it.

use crate::UnixTime;
use crate::account::Status;
use crate::password::{PasswordCredential, REMEMBERED};

use super::Vendor;

impl Vendor {
    /// Whether it may be used.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == Status::Active
    }

    /// As another revision, in another epoch.
    #[must_use]
    pub fn moved_on(self) -> Self {
        Self {
            rev: self.rev + 1,
            token_epoch: self.token_epoch + 1,
            ..self
        }
    }

    /// With another password, which ends its tokens and whatever made it owe one.
    #[must_use]
    pub fn with_password(&self, hash: String, now: UnixTime) -> Self {
        let before = self.credential.as_ref();
        Self {
            credential: Some(PasswordCredential::replacing(
                before, true, hash, REMEMBERED, now,
            )),
            must_change_password: false,
            ..self.clone()
        }
        .moved_on()
    }

    /// With a password that was chosen by a letter, which proves the address.
    #[must_use]
    pub fn with_reset(&self, hash: String, now: UnixTime) -> Self {
        Self {
            email_proven_at: self.email_proven_at.or(Some(now)),
            ..self.with_password(hash, now)
        }
    }

    /// With the same password hashed anew, which ends nothing.
    #[must_use]
    pub fn rehashed(&self, hash: String) -> Self {
        let before = self.credential.as_ref();
        Self {
            rev: self.rev + 1,
            credential: before.map(|before| before.rehashed(hash)),
            ..self.clone()
        }
    }

    /// Deleted: nothing is left of it but that it was there. Its integer id stays its
    /// own, since what others keep about it goes by that.
    #[must_use]
    pub fn deleted(&self) -> Self {
        Self {
            status: Status::Deleted,
            must_change_password: false,
            name: String::new(),
            email: None,
            email_proven_at: None,
            notices_wait: false,
            credential: None,
            description: None,
            profile_picture: None,
            rating: None,
            preferences: None,
            ..self.clone()
        }
        .moved_on()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EmailAddress;
    use crate::vendor::VendorClaims;
    use serde_json::json;
    use uuid::Uuid;

    /// As a row was before there were revisions, epochs and locks.
    fn old() -> Vendor {
        serde_json::from_value(json!({
            "id": Uuid::from_u128(1), "number": 7, "name": "Engines", "email": "shop@example.com",
            "credential": { "rev": 1, "hash": "h0", "changed_at": 5 },
            "description": "Difference engines", "rating": "4.5", "created_at": 5, "audit_key": "k",
        }))
        .unwrap()
    }

    #[test]
    fn an_old_row_is_an_active_vendor_and_an_old_token_is_its_own() {
        let vendor = old();
        assert!(vendor.is_active() && !vendor.must_change_password);
        assert_eq!((vendor.rev, vendor.token_epoch), (0, 0));
        assert_eq!(vendor.email, EmailAddress::parse("shop@example.com"));
        let claims = VendorClaims::new("i", &vendor, Uuid::from_u128(2), UnixTime(9), 60);
        let mut claims = serde_json::to_value(claims).unwrap();
        claims.as_object_mut().unwrap().remove("epoch");
        let claims: VendorClaims = serde_json::from_value(claims).unwrap();
        assert_eq!(claims.token_epoch, vendor.token_epoch);
    }

    #[test]
    fn a_new_password_ends_what_the_old_one_let_in_and_remembers_it() {
        let mut owing = old();
        owing.must_change_password = true;
        let changed = owing.with_password("h1".to_owned(), UnixTime(9));
        assert_eq!((changed.rev, changed.token_epoch), (1, 1));
        assert!(!changed.must_change_password);
        let credential = changed.credential.clone().unwrap();
        assert_eq!(
            (credential.rev, credential.history),
            (2, vec!["h0".to_owned()])
        );
        let rehashed = changed.rehashed("h1'".to_owned());
        assert_eq!((rehashed.rev, rehashed.token_epoch), (2, 1));
    }

    #[test]
    fn nothing_is_left_of_a_deleted_one_but_its_names_for_machines() {
        let deleted = old().deleted();
        assert_eq!(deleted.status, Status::Deleted);
        let left = serde_json::to_value(deleted).unwrap();
        assert_eq!(
            left,
            json!({
                "id": Uuid::from_u128(1), "number": 7, "rev": 1, "epoch": 1, "notices_wait": false, "status": "deleted",
                "must_change_password": false, "name": "", "created_at": 5, "audit_key": "k",
            })
        );
    }
}
