//! Beginning to set a second factor up (nauth): a secret is told, or a code is sent.
//!
//! The same steps are taken in a session and in a sign-in that waits for a factor. What is
//! begun waits in a row of its own ([`domain::factors::enrollment`]) and changes nothing of
//! the account. A number or an address that the account has proven needs no code again.

use domain::account::{Factor, User};
use domain::audit::EventKind;
use domain::factors::enrollment::{Awaited, Enrollment};
use domain::factors::{AuthenticatorKind, FactorFailure, Factors, MAX_DEVICES};
use domain::limit::nauth::NUMBERS_PER_CHALLENGE;
use domain::limit::{Exceeded, Quota};
use domain::{
    ClaimKind, Contact, Error, Part, PhoneNumber, Problem, ProblemKind, UnixTime, platform,
};
use uuid::Uuid;

use crate::factors::attempts::Guess;
use crate::factors::change::FactorChange;
use crate::sign_in::challenge::code::CodePlan;
use crate::{Postern, ProvenSession, RequestMeta, Signed};

/// A factor that is to be set up.
#[derive(Clone, Debug)]
pub enum NewFactor {
    /// An authenticator app.
    Totp,
    /// A telephone: the one of the account, or this one where it has proven none.
    Sms(Option<PhoneNumber>),
    /// The mailbox of the account.
    Email,
    /// A passkey.
    Passkey,
}

/// What its owner needs to go on with.
#[derive(Clone, Debug)]
pub enum EnrollmentData {
    /// The secret of an app. It is told once.
    Totp {
        /// In base32.
        secret: String,
        /// As an address for apps to read.
        uri: String,
        /// What the app calls us.
        issuer: String,
        /// What it calls the account.
        account: String,
    },
    /// What the browser makes a passkey by (`PublicKeyCredentialCreationOptionsJSON`).
    Passkey(serde_json::Value),
    /// A code was sent there.
    Sent(Contact),
    /// Nothing has to be shown; the number that the authenticator has or will have.
    Ready(u64),
}

/// Who sets a factor up, and in which session or challenge.
#[derive(Clone, Copy)]
pub(crate) struct Enrolling<'a> {
    pub(crate) meta: &'a RequestMeta,
    pub(crate) user: &'a User,
    pub(crate) within: Uuid,
    /// The field that named the kind of factor.
    pub(crate) field: &'static str,
}

impl Postern {
    /// Begins to set a factor up for the signed-in user. One that has nothing to be shown is
    /// in force at once.
    ///
    /// # Errors
    /// [`Error::StaleSignIn`]; [`Error::Unproven`]; [`Error::Invalid`] for a number that is
    /// missing, of a country that texts do not go to, or another than the account has
    /// proven; [`Error::Taken`]; [`FactorFailure::TooMany`]; [`Error::TooMany`] too soon
    /// after the last code, or by destination, account or network; [`Error::Undeliverable`].
    pub async fn enroll(
        &self,
        meta: &RequestMeta,
        signed: Signed,
        wanted: &NewFactor,
    ) -> Result<EnrollmentData, Error> {
        let session = ProvenSession::of_signed(signed, meta.now)?;
        let Signed { user, session: own } = session.signed().clone();
        let enrolling = Enrolling {
            meta,
            user: &user,
            within: own.id,
            field: "methodName",
        };
        let factors = self.store().factors(user.sub).await?;
        let data = self.begin_enrollment(enrolling, &factors, wanted).await?;
        let EnrollmentData::Ready(number) = data else {
            return Ok(data);
        };
        if factors.active().any(|device| device.number == number) {
            return Ok(data);
        }
        let begun = self.store().enrollment(user.sub, own.id).await?;
        let begun = begun.filter(|begun| begun.number == number);
        let begun = begun.ok_or(Error::Conflict)?;
        let ready = begun.awaits.contact_kind().ok_or(Error::Conflict)?;
        let completed =
            |factors: &Factors| completed(factors, &begun, own.id, None, &ready, meta.now);
        let kind = EventKind::FactorAdded;
        let guess = Guess::none(factors);
        let changed = self.change_factors(meta, session, guess, kind, completed);
        self.tell_of_factor(&changed.await?.user, meta).await;
        Ok(data)
    }

    /// Begins to set a factor up, in whatever `enrolling` says.
    pub(crate) async fn begin_enrollment(
        &self,
        enrolling: Enrolling<'_>,
        factors: &Factors,
        wanted: &NewFactor,
    ) -> Result<EnrollmentData, Error> {
        if factors.active().count() >= MAX_DEVICES {
            return Err(FactorFailure::TooMany.into());
        }
        match wanted {
            NewFactor::Totp => self.enroll_app(enrolling).await,
            NewFactor::Sms(named) => {
                let number = own_number(enrolling.user, named.as_ref())?;
                let named = named.is_some();
                self.enroll_contact(enrolling, factors, Contact::Phone(number), named)
                    .await
            }
            NewFactor::Email => {
                let address = enrolling.user.email.clone();
                let missing = || Error::Invalid(vec![Problem::of("email", ProblemKind::Required)]);
                let address = Contact::Email(address.ok_or_else(missing)?);
                self.enroll_contact(enrolling, factors, address, false)
                    .await
            }
            NewFactor::Passkey => self.enroll_passkey(enrolling, factors).await,
        }
    }

    async fn enroll_app(&self, enrolling: Enrolling<'_>) -> Result<EnrollmentData, Error> {
        let user = enrolling.user;
        let id = platform::uuid(self.entropy());
        let (secret, sealed) = self.fresh_secret(user.sub, id)?;
        let (issuer, account) = self.totp_names(user);
        let uri = self.totp_uri(&secret, user)?;
        let awaits = Awaited::Totp { secret: sealed };
        self.put_enrollment(
            enrolling,
            &self.new_enrollment(id, awaits, enrolling.meta),
            None,
        )
        .await?;
        Ok(EnrollmentData::Totp {
            secret: secret.base32(),
            uri,
            issuer,
            account,
        })
    }

    /// Sends a code to `contact`, unless the account has proven it. A number that was
    /// `named` is counted: whether another account has it is told.
    async fn enroll_contact(
        &self,
        enrolling: Enrolling<'_>,
        factors: &Factors,
        contact: Contact,
        named: bool,
    ) -> Result<EnrollmentData, Error> {
        let Enrolling {
            meta, user, within, ..
        } = enrolling;
        let id = platform::uuid(self.entropy());
        if user.has_proven(&contact) {
            let kind = match contact {
                Contact::Email(_) => Factor::Email,
                Contact::Phone(_) => Factor::Sms,
            };
            // There is one telephone and one mailbox, so a second factor of it is the same.
            if let Some(device) = factors.of_kind(kind).next() {
                return Ok(EnrollmentData::Ready(device.number));
            }
            let ready = self.new_enrollment(id, Awaited::sent(contact, None), meta);
            self.put_enrollment(enrolling, &ready, None).await?;
            return Ok(EnrollmentData::Ready(ready.number));
        }
        if named {
            let who = within.to_string();
            let hit = self.store().hit(&NUMBERS_PER_CHALLENGE, &who, meta.now);
            hit.await?.map_err(Error::TooMany)?;
        }
        let (before, holder) = tokio::join!(
            self.store().enrollment(user.sub, within),
            self.store().contact_holder(&contact),
        );
        if holder?.is_some_and(|holder| holder != user.sub) {
            return Err(Error::Taken(match contact {
                Contact::Email(_) => ClaimKind::Email,
                Contact::Phone(_) => ClaimKind::Phone,
            }));
        }
        let begin = |nonce| {
            let awaits = Awaited::sent(contact.clone(), Some(nonce));
            self.new_enrollment(id, awaits, meta)
        };
        self.send_first_code(enrolling, before?.as_ref(), &contact, begin)
            .await?;
        Ok(EnrollmentData::Sent(contact))
    }

    /// Sends a code to `contact` for what `begin` makes of its nonce, which takes the place
    /// of what was begun `before`.
    pub(crate) async fn send_first_code(
        &self,
        enrolling: Enrolling<'_>,
        before: Option<&Enrollment>,
        contact: &Contact,
        begin: impl FnOnce(String) -> Enrollment,
    ) -> Result<(), Error> {
        let Enrolling { meta, user, .. } = enrolling;
        self.rested(before, contact, meta.now)?;
        self.count_code(meta, user, contact).await?;
        let code = self.new_code(meta, user, contact)?;
        let begun = begin(code.nonce.clone());
        let plan = CodePlan::now(contact.clone(), code);
        self.put_enrollment(enrolling, &begun, Some(plan.requested()))
            .await?;
        self.send_code(meta, user, &plan).await
    }

    /// Refuses another code to `contact` too soon after the last one.
    fn rested(
        &self,
        before: Option<&Enrollment>,
        contact: &Contact,
        now: UnixTime,
    ) -> Result<(), Error> {
        let pause = self.settings().nauth.resend;
        let waited = before
            .filter(|before| before.awaits.code().is_some_and(|(to, _)| to == *contact))
            .map(|before| now.seconds_since(before.since))
            .filter(|waited| *waited < pause);
        match waited {
            None => Ok(()),
            Some(waited) => Err(Error::TooMany(Exceeded {
                quota: Quota::Cooldown,
                retry_after: pause - waited,
            })),
        }
    }

    pub(super) fn new_enrollment(
        &self,
        id: Uuid,
        awaits: Awaited,
        meta: &RequestMeta,
    ) -> Enrollment {
        let number = platform::integer_id(self.entropy());
        Enrollment::new(id, number, awaits, meta.now)
    }

    /// Writes what was begun, and that a code is sent for it.
    pub(super) async fn put_enrollment(
        &self,
        enrolling: Enrolling<'_>,
        enrollment: &Enrollment,
        requested: Option<EventKind>,
    ) -> Result<(), Error> {
        let Enrolling {
            meta, user, within, ..
        } = enrolling;
        let transaction = self
            .store()
            .transaction()
            .check_user(user)?
            .put_enrollment(user.sub, within, enrollment)?;
        let events: Vec<EventKind> = requested.into_iter().collect();
        let told = self.audit_events(transaction, user, &events, None, meta)?;
        match self.commit(told).await? {
            None => Ok(()),
            // The account was locked, deleted or given other credentials meanwhile.
            Some(_) => Err(Error::Conflict),
        }
    }
}

/// The change that completes a set-up of what was shown to be of this `kind`, if `factors` has
/// room for it.
pub(crate) fn completed(
    factors: &Factors,
    begun: &Enrollment,
    within: Uuid,
    name: Option<&str>,
    kind: &AuthenticatorKind,
    now: UnixTime,
) -> Result<FactorChange, Error> {
    let name = name.unwrap_or(match begun.awaits.factor() {
        Factor::Totp => "Authenticator",
        Factor::Sms => "Telephone",
        Factor::Email => "Mailbox",
        Factor::Passkey => "Passkey",
    });
    let proves = begun.awaits.code().map(|(contact, _)| contact);
    Ok(FactorChange {
        factors: factors.enrolled(begun.authenticator(name, kind.clone()), now)?,
        completes: Some((within, begun.id)),
        proves,
    })
}

/// The number that codes are to be texted to: one that is proven is never replaced this way.
fn own_number(user: &User, named: Option<&PhoneNumber>) -> Result<PhoneNumber, Error> {
    let problem = |kind| {
        Err(Error::Invalid(vec![Problem {
            part: Part::Body,
            path: vec!["setupData".into(), "phoneNumber".into()],
            kind,
        }]))
    };
    match (user.proven_phone(), named) {
        (Some(own), Some(named)) if own != *named => problem(ProblemKind::NotAChoice),
        (Some(own), _) => Ok(own),
        (None, Some(named)) => Ok(named.clone()),
        (None, None) => match PhoneNumber::parse(&user.phone) {
            Some(on_file) => Ok(on_file),
            None => problem(ProblemKind::PhoneRequired),
        },
    }
}
