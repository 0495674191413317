//! Vendors: making one, and what can be done as one and to one.
//!
//! | what | file |
//! |---|---|
//! | signing in | [`sign_in`] |
//! | knowing a vendor's bearer | [`authenticate`] |
//! | another password, by the one before | [`password`] |
//! | another password, by a letter | [`reset`] |
//! | locking, deleting | [`govern`] |
//! | letters about it | [`tell`] |

mod authenticate;
mod govern;
mod password;
mod reset;
mod sign_in;
mod tell;

use domain::account::Status;
use domain::audit::EventKind;
use domain::password::guesses::PASSWORDS_PER_NETWORK;
use domain::password::{Password, PasswordCredential};
use domain::username::LoginName;
use domain::vendor::{REGISTRATIONS_PER_NETWORK, Vendor};
use domain::{EmailAddress, Error, platform};

use crate::password::choose::Choice;
use crate::{MAX_ROUNDS, Postern, RequestMeta, contended};

pub use self::govern::{VendorAction, WhichVendor};

/// What a vendor says of itself.
#[derive(Clone, Debug)]
pub struct VendorRegistration {
    /// What people call it.
    pub name: String,
    /// An address that is said to be its own.
    pub email: EmailAddress,
    /// The password to sign in by.
    pub password: Password,
    /// What it sells.
    pub description: Option<String>,
    /// Where its picture is.
    pub profile_picture: Option<String>,
    /// How it is rated.
    pub rating: Option<f64>,
    /// What the client keeps about it.
    pub preferences: Option<String>,
}

impl Postern {
    /// Makes a vendor.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a password that will not do, [`Error::Taken`] if
    /// another vendor has the address, [`Error::TooMany`] by network.
    pub async fn register_vendor(
        &self,
        meta: &RequestMeta,
        registration: VendorRegistration,
    ) -> Result<Vendor, Error> {
        let (admitted, admitted_today) = tokio::join!(
            self.limit_by_network(&PASSWORDS_PER_NETWORK, meta),
            self.limit_by_network(&REGISTRATIONS_PER_NETWORK, meta),
        );
        admitted?;
        admitted_today?;
        let choice = Choice {
            field: "password",
            password: &registration.password,
            names: vec![registration.email.as_str(), &registration.name],
            before: None,
        };
        let hash = self.choose_password(choice).await?;
        let name = LoginName::Vendor(registration.email.clone());
        for _ in 0..MAX_ROUNDS {
            let vendor = self.new_vendor(meta, &registration, &hash)?;
            let event = self.vendor_event(&vendor, EventKind::AccountCreated, meta)?;
            let transaction = self.store().transaction();
            let transaction = transaction.create_vendor(&vendor)?.audit(&event)?;
            if self.commit(transaction).await?.is_none() {
                return Ok(vendor);
            }
            self.say_what_is_taken([name.clone()], None).await?;
        }
        Err(contended())
    }

    fn new_vendor(
        &self,
        meta: &RequestMeta,
        said: &VendorRegistration,
        hash: &str,
    ) -> Result<Vendor, Error> {
        let id = platform::uuid(self.entropy());
        Ok(Vendor {
            id,
            number: platform::integer_id(self.entropy()),
            name: said.name.clone(),
            rev: 1,
            token_epoch: 1,
            status: Status::Active,
            must_change_password: false,
            notices_wait: false,
            email: Some(said.email.clone()),
            email_proven_at: None,
            credential: Some(PasswordCredential::first(hash.to_owned(), meta.now)),
            description: said.description.clone(),
            profile_picture: said.profile_picture.clone(),
            rating: said.rating,
            preferences: said.preferences.clone(),
            created_at: meta.now,
            audit_key: self.fresh_audit_key(id)?,
        })
    }
}

/// What others know about a vendor.
fn names(vendor: &Vendor) -> Vec<&str> {
    let address = vendor.email.as_ref().map(EmailAddress::as_str);
    address.into_iter().chain([vendor.name.as_str()]).collect()
}
