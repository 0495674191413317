//! Vendors: making one, and signing in as one.
//!
//! Guesses at a vendor's password are counted like those at anybody's, in a ledger of
//! its own name. The places that it knows stand there and nowhere else, since nothing
//! but its password asks for them.

use crypto::password::{self, Verdict};
use delivery::Letter;
use domain::audit::EventKind;
use domain::password::guesses::{PASSWORDS_PER_PLACE, limit_per_place};
use domain::password::{Password, PasswordCredential};
use domain::place::remember;
use domain::username::LoginName;
use domain::vendor::{REGISTRATIONS_PER_PLACE, Vendor, VendorClaims};
use domain::{Contract, EmailAddress, Error, platform};
use store::Commit;

use crate::password_choice::Choice;
use crate::password_sign_in::Try;
use crate::{MAX_ROUNDS, Postern, RequestMeta, broken, contended};

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
    /// another vendor has the address, [`Error::TooMany`] by place.
    pub async fn register_vendor(
        &self,
        meta: &RequestMeta,
        registration: VendorRegistration,
    ) -> Result<Vendor, Error> {
        let (admitted, admitted_today) = tokio::join!(
            self.by_place(&PASSWORDS_PER_PLACE, meta),
            self.by_place(&REGISTRATIONS_PER_PLACE, meta),
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
            if let Commit::Done = transaction.commit(platform::uuid(self.entropy())).await? {
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
            email: said.email.clone(),
            credential: PasswordCredential::first(hash.to_owned(), meta.now),
            description: said.description.clone(),
            profile_picture: said.profile_picture.clone(),
            rating: said.rating,
            preferences: said.preferences.clone(),
            created_at: meta.now,
            audit_key: self.fresh_audit_key(id)?,
        })
    }

    /// The token of the vendor that has the address, if the password is its own.
    ///
    /// # Errors
    /// [`Error::WrongCode`] for any pair that will not do; [`Error::TooMany`] by
    /// place, or while the name rests after wrong tries.
    pub async fn sign_in_vendor(
        &self,
        meta: &RequestMeta,
        email: EmailAddress,
        typed: &Password,
    ) -> Result<String, Error> {
        let name = LoginName::Vendor(email);
        let (tried, vendor) = self
            .count_try(meta, &name, async |id| self.store().vendor(id).await)
            .await?;
        let vendor = vendor?;
        let hash = vendor
            .as_ref()
            .map_or(password::DUMMY, |vendor| vendor.credential.hash.as_str());
        let verdict = password::verify(typed, hash);
        match vendor {
            Some(vendor) if verdict != Verdict::Wrong => {
                self.enter_vendor(meta, tried, vendor, verdict, typed).await
            }
            vendor => self.refuse_vendor(meta, &tried, vendor, &name).await,
        }
    }

    async fn enter_vendor(
        &self,
        meta: &RequestMeta,
        tried: Try,
        mut vendor: Vendor,
        verdict: Verdict,
        typed: &Password,
    ) -> Result<String, Error> {
        if verdict == Verdict::Outdated {
            let before = vendor.credential.rev;
            let hash = password::hash(typed, self.entropy()).map_err(broken)?;
            vendor.credential = vendor.credential.rehashed(hash);
            self.store().rehash_vendor(&vendor, before).await?;
        }
        let known = &tried.counted;
        let known = match known.sub == Some(vendor.id) {
            true => known.places.as_slice(),
            false => &[],
        };
        let places = remember(known, &self.place_mark(Some(vendor.id), meta));
        let event = self.vendor_event(&vendor, EventKind::SignIn, meta)?;
        let (written, ()) = tokio::join!(
            self.store().append_audit(&event),
            self.settle_for(meta, tried, vendor.id, &places),
        );
        written?;
        let life = self.settings().lives.of(Contract::AuthService).access;
        let (issuer, jti) = (&self.settings().issuer, platform::uuid(self.entropy()));
        let claims = VendorClaims::new(issuer, &vendor, jti, meta.now, life);
        self.ring().sign_vendor(&claims).map_err(broken)
    }

    /// Writes a failure down, counts it against its place, and tells the vendor if it
    /// is time to.
    async fn refuse_vendor(
        &self,
        meta: &RequestMeta,
        tried: &Try,
        vendor: Option<Vendor>,
        name: &LoginName,
    ) -> Result<String, Error> {
        let event = match &vendor {
            Some(vendor) => self.vendor_event(vendor, EventKind::PasswordFailed, meta)?,
            None => self.name_event(name, EventKind::PasswordFailed, meta.now),
        };
        let (place, limit) = (meta.place().to_string(), limit_per_place(tried.lane));
        let tell = async {
            if let Some(vendor) = &vendor
                && tried.counted.deserves_notice(tried.lane)
            {
                let language = meta.language.as_deref().unwrap_or_default();
                self.warn_at(None, &vendor.email, &Letter::WrongPasswords, language, meta)
                    .await;
            }
        };
        let (written, counted, ()) = tokio::join!(
            self.store().append_audit(&event),
            // That the budget is used up now is for the next try to find out.
            self.store().hit(&limit, &place, meta.now),
            tell,
        );
        written?;
        let _ = counted?;
        Err(Error::WrongCode)
    }
}
