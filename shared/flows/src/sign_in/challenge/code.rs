//! The codes of challenges: when one is sent, and what it says.
//!
//! A code belongs to an account and to the address or number that it was sent to. It is
//! made again from its nonce whenever it is needed, so that a dump of the table holds
//! none. One that is still good is sent again as it is; its tries stay counted.

use delivery::{Letter, TextMessage};
use domain::account::User;
use domain::audit::EventKind;
use domain::limit::nauth::{CODES_PER_CONTACT, TEXTS_PER_ACCOUNT};
use domain::limit::{OTP_REQUESTS_PER_NETWORK_A_DAY, cashless};
use domain::sign_in::{ChallengeKind, SentCode};
use domain::time::MINUTE;
use domain::verification::{TRIES, lifetime};
use domain::{Contact, Error, PhoneNumber, UnixTime, platform};

use crate::notify::postage::Purpose;
use crate::notify::text::of_texts;
use crate::{Postern, RequestMeta};

/// What becomes of a challenge's code.
#[derive(Clone, Debug)]
pub(crate) struct CodePlan {
    /// Where it goes.
    pub(crate) contact: Contact,
    /// The code as it is to be kept, if there is one.
    pub(crate) code: Option<SentCode>,
    /// Whether it is sent now.
    pub(crate) send: bool,
}

impl CodePlan {
    /// The event of sending it.
    pub(crate) const fn requested(&self) -> EventKind {
        match self.contact {
            Contact::Email(_) => EventKind::EmailVerificationRequested,
            Contact::Phone(_) => EventKind::PhoneVerificationRequested,
        }
    }
}

/// Where the code of a challenge goes: `None` for kinds without one, and for an account
/// that has no number yet.
pub(crate) fn destination(user: &User, kind: ChallengeKind, now: UnixTime) -> Option<Contact> {
    match kind {
        ChallengeKind::VerifyEmail => {
            let address = user.pending_email(now).or(user.email.as_ref());
            address.cloned().map(Contact::Email)
        }
        ChallengeKind::VerifyPhone => PhoneNumber::parse(&user.phone).map(Contact::Phone),
        ChallengeKind::ChangePassword | ChallengeKind::SecondFactor => None,
    }
}

impl Postern {
    /// What is to become of the code of a challenge, of which `before` was kept: kept, sent
    /// again, or made anew. Limits keep it from being sent; they never refuse the sign-in.
    pub(crate) async fn plan_code(
        &self,
        meta: &RequestMeta,
        user: &User,
        kind: ChallengeKind,
        before: Option<&SentCode>,
    ) -> Result<Option<CodePlan>, Error> {
        let Some(contact) = destination(user, kind, meta.now) else {
            return Ok(None);
        };
        let digest = self.destination_digest(user, &contact);
        let before = before.filter(|code| code.destination == digest);
        let kept = CodePlan {
            contact: contact.clone(),
            code: before.cloned(),
            send: false,
        };
        let pause = self.settings().nauth.resend;
        if before.is_some_and(|code| !code.may_be_followed(pause, meta.now)) {
            return Ok(Some(kept));
        }
        match self.admit_code(meta, user, &contact).await {
            Ok(()) => {}
            Err(Error::TooMany(_) | Error::Invalid(_)) => return Ok(Some(kept)),
            Err(error) => return Err(error),
        }
        let good = before.filter(|code| code.expires_at > meta.now && code.tries < TRIES);
        let code = match good {
            Some(code) => SentCode {
                sent_at: meta.now,
                ..code.clone()
            },
            None => self.new_code(meta, user, &contact),
        };
        Ok(Some(CodePlan {
            code: Some(code),
            send: true,
            ..kept
        }))
    }

    /// Counts one code that is to be sent to `contact` for a sign-in of `user`.
    ///
    /// # Errors
    /// [`Error::TooMany`] by destination or network, and for a text by account;
    /// [`Error::Invalid`] for a number of a country that texts do not go to.
    pub(crate) async fn admit_code(
        &self,
        meta: &RequestMeta,
        user: &User,
        contact: &Contact,
    ) -> Result<(), Error> {
        self.check_country(contact)?;
        let Contact::Phone(number) = contact else {
            return self.admit_to(meta, contact).await;
        };
        let who = user.sub.to_string();
        let (admitted, by_account) = tokio::join!(
            self.admit_to(meta, contact),
            self.store().hit(&TEXTS_PER_ACCOUNT, &who, meta.now),
        );
        admitted.map_err(of_texts)?;
        by_account?.map_err(Error::TooMany)?;
        self.admit_text(meta, number).await.map_err(of_texts)
    }

    async fn admit_to(&self, meta: &RequestMeta, contact: &Contact) -> Result<(), Error> {
        let digest = self
            .ring()
            .keyed_digest("nauth codes", &[], contact.as_str());
        let by_network = match contact {
            Contact::Email(_) => &OTP_REQUESTS_PER_NETWORK_A_DAY,
            Contact::Phone(_) => &cashless::PHONE_CODES_A_DAY,
        };
        let (counted, admitted) = tokio::join!(
            self.store().hit(&CODES_PER_CONTACT, &digest, meta.now),
            self.limit_by_network(by_network, meta),
        );
        counted?.map_err(Error::TooMany)?;
        admitted
    }

    /// A code to `contact`, not yet written or sent.
    pub(crate) fn new_code(&self, meta: &RequestMeta, user: &User, contact: &Contact) -> SentCode {
        SentCode {
            nonce: platform::uuid(self.entropy()).simple().to_string(),
            destination: self.destination_digest(user, contact),
            sent_at: meta.now,
            expires_at: meta.now.plus(lifetime(contact)),
            tries: 0,
        }
    }

    /// By what a code's destination is recognised.
    pub(crate) fn destination_digest(&self, user: &User, contact: &Contact) -> String {
        self.ring()
            .keyed_digest("verification", user.sub.as_bytes(), contact.as_str())
    }

    /// Sends the code of a plan.
    ///
    /// # Errors
    /// As [`Postern::send_mail`] and [`Postern::text`].
    pub(crate) async fn send_code(
        &self,
        meta: &RequestMeta,
        user: &User,
        plan: &CodePlan,
    ) -> Result<(), Error> {
        let Some(sent) = &plan.code else {
            return Ok(());
        };
        let contact = &plan.contact;
        let code = self
            .ring()
            .verification_code(user.sub, contact.as_str(), &sent.nonce);
        let minutes = (sent.expires_at.seconds_since(meta.now) / MINUTE).max(1);
        let language = meta.language_for(Some(user));
        match contact {
            Contact::Email(address) => {
                let letter = Letter::VerificationCode { code, minutes };
                let purpose = Purpose::Code {
                    account: Some(user),
                };
                self.send_mail(meta, purpose, address, &letter, language)
                    .await
            }
            Contact::Phone(number) => {
                let here = self.network_mark(Some(user.sub), meta);
                let known = user.networks.contains(&here);
                let text = TextMessage::SignInCode { code, minutes };
                let sent = self.text(number, &text, language, known, meta.now);
                sent.await.map_err(of_texts)
            }
        }
    }
}
