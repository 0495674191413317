//! What an account can be written to, and what of it is proven.
//!
//! The first proof of an address decides whose the account is. A stranger may have
//! registered with another person's address and set up a password, keys and factors; they
//! end when the reader of the address proves it ([`User::first_proven_by`]). A caller who
//! proves it and also shows a bearer of the same account keeps what the account has
//! ([`User::proven_by_bearer`]).

use super::{Role, User, Voucher, WayIn};
use crate::{Contact, EmailAddress, PhoneNumber, UnixTime};

impl User {
    /// Whether `contact`, which it holds, counts as its own now.
    #[must_use]
    pub fn has_proven(&self, contact: &Contact) -> bool {
        match contact {
            Contact::Email(_) => self.email_verified,
            Contact::Phone(_) => self.phone_verified,
        }
    }

    /// Whether `contact`, which it holds, was ever proven to be its own. A proof of one
    /// that was not is a first one.
    #[must_use]
    pub fn ever_proved(&self, contact: &Contact) -> bool {
        let (first, now) = match contact {
            Contact::Email(_) => (self.email_proven_at, self.email_verified),
            Contact::Phone(_) => (self.phone_proven_at, self.phone_verified),
        };
        // Rows from before these dates were kept have only the flag.
        first.is_some() || now
    }

    /// Whether anything about it was ever proven: an address, a number, or a provider's
    /// subject. Until then it gets no rights, factor, API key or device, since its
    /// address may belong to another person.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        let contact = self.email_proven_at.is_some()
            || self.email_verified
            || self.phone_proven_at.is_some()
            || self.phone_verified;
        contact || self.ways_in.contains(&WayIn::Provider)
    }

    /// This account with another number, which nobody has proven, no matter who names it.
    /// Its own one stays as it is.
    #[must_use]
    pub fn with_phone(&self, phone: &str) -> Self {
        if self.phone == phone {
            return self.clone();
        }
        Self {
            phone: phone.to_owned(),
            phone_verified: false,
            phone_proven_at: None,
            ..self.clone()
        }
    }

    /// The number that it signs in by. Unlike an address, a number is claimed only
    /// with its proof.
    #[must_use]
    pub fn proven_phone(&self) -> Option<PhoneNumber> {
        let proven = self.phone_verified.then_some(self.phone.as_str());
        proven.and_then(PhoneNumber::parse)
    }

    /// The address, as far as others may take it for this person's.
    #[must_use]
    pub fn proven_email(&self) -> Option<&EmailAddress> {
        self.email.as_ref().filter(|_| self.email_verified)
    }

    /// The address for contracts that cannot do without one, as others may read it: its
    /// proven one, or one that is reserved (RFC 2606), so that mail sent there is never
    /// delivered. An unproven address would open the victim's account at every service
    /// that identifies people by address.
    #[must_use]
    pub fn shown_email(&self) -> String {
        self.proven_email().map_or_else(
            || format!("{}@users.invalid", self.uid),
            ToString::to_string,
        )
    }

    /// The address, proven or not, as shown to administrators and, at registration, to
    /// the caller who registers it.
    #[must_use]
    pub fn claimed_email(&self) -> String {
        self.email
            .as_ref()
            .map_or_else(|| self.shown_email(), ToString::to_string)
    }

    /// This account once `contact` is proven by a caller who did not show a bearer of
    /// it, for the first time: without anything that was set up before, a number that
    /// signs in included, and with the rights that waited for the proof. Sessions end
    /// with the epoch. Tokens of providers stay good, the one of whoever has just proven it
    /// among them: the links end, and without a link a token signs in only by an address or
    /// a number that its provider has proven, too.
    #[must_use]
    pub fn first_proven_by(&self, contact: &Contact, now: UnixTime) -> Self {
        let bare = Self {
            email_verified: false,
            phone_verified: false,
            phone_proven_at: None,
            session_epoch: self.session_epoch + 1,
            trust_epoch: self.trust_epoch + 1,
            pending_email: None,
            factors: Vec::new(),
            ways_in: Vec::new(),
            provider_picture: String::new(),
            api_key: None,
            mfa_exempt: false,
            mfa_exemption: None,
            must_change_password: false,
            ..self.clone()
        };
        let bare = match self.voucher {
            Voucher::RegistrationKey => Self {
                role: Role::User,
                event: None,
                mode: None,
                ..bare
            },
            Voucher::Nobody | Voucher::Administrator => bare,
        };
        bare.now_proven(contact, now)
    }

    /// This account once `contact` is proven by a caller who shows a bearer of it: with
    /// all that it has, and the rights that waited. Other sessions end if it gets rights
    /// by it, because what they may do was decided before.
    #[must_use]
    pub fn proven_by_bearer(&self, contact: &Contact, now: UnixTime) -> Self {
        let proven = self.now_proven(contact, now);
        let raised = proven.appointment != self.appointment;
        Self {
            session_epoch: self.session_epoch + u64::from(raised),
            ..proven
        }
    }

    /// The same where `address` may be another than it has: it moves there, and a move ends
    /// all sessions.
    #[must_use]
    pub fn moved_by_bearer(&self, address: &EmailAddress, now: UnixTime) -> Self {
        let contact = Contact::Email(address.clone());
        if self.email.as_ref() == Some(address) {
            return self.proven_by_bearer(&contact, now);
        }
        self.moved_to(address)
            .proven_by_bearer(&contact, now)
            .with_sign_ins_ended(now)
    }

    /// This account once `contact` does not count as its own any more, which it may prove
    /// again. That will not be a first proof: rows from before the dates were kept get one.
    #[must_use]
    pub fn unproven(&self, contact: &Contact) -> Self {
        let mut unproven = self.clone();
        let (flag, first) = match contact {
            Contact::Email(_) => (&mut unproven.email_verified, &mut unproven.email_proven_at),
            Contact::Phone(_) => (&mut unproven.phone_verified, &mut unproven.phone_proven_at),
        };
        if std::mem::take(flag) {
            *first = first.or(Some(self.created_at));
        }
        unproven
    }

    fn now_proven(&self, contact: &Contact, now: UnixTime) -> Self {
        let mut proven = self.clone();
        match contact {
            Contact::Email(address) => {
                // What is proven does not wait for a proof any more.
                proven.pending_email = proven
                    .pending_email
                    .filter(|pending| pending.address != *address);
                proven.email_verified = true;
                proven.email_proven_at = self.email_proven_at.or(Some(now));
            }
            Contact::Phone(_) => {
                proven.phone_verified = true;
                proven.phone_proven_at = self.phone_proven_at.or(Some(now));
            }
        }
        if proven.may_have_rights() {
            proven = proven.with_rights_that_waited();
            proven.voucher = Voucher::Nobody;
        }
        proven
    }
}
