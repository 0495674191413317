//! The codes of challenges: when one is sent, and what it says.
//!
//! A code belongs to an account and to the address or number that it was sent to. It is
//! made again from its nonce whenever it is needed, so that a dump of the table holds
//! none. One that is still good is sent again as it is; its tries stay counted.

use delivery::{Letter, TextMessage};
use domain::account::User;
use domain::audit::EventKind;
use domain::limit::nauth::{
    CODES_PER_ADDRESS, CODES_PER_ADDRESS_A_DAY, CODES_PER_ADDRESS_AND_NETWORK, CODES_PER_NUMBER,
    TEXTS_PER_ACCOUNT,
};
use domain::limit::{Limit, OTP_REQUESTS_PER_NETWORK_A_DAY, cashless};
use domain::sign_in::{Challenge, ChallengeFailure, ChallengeKind, OpenChallenge, SentCode};
use domain::time::MINUTE;
use domain::verification::{TRIES, lifetime};
use domain::{Contact, Error, PhoneNumber, UnixTime};
use futures_util::future::join_all;
use store::Counted;

use crate::notify::postage::Purpose;
use crate::notify::text::of_texts;
use crate::sign_in::OfferedFactors;
use crate::{Postern, RequestMeta, broken};

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
    /// `code`, to be sent now.
    pub(crate) const fn now(contact: Contact, code: SentCode) -> Self {
        Self {
            contact,
            code: Some(code),
            send: true,
        }
    }

    /// The event of sending it.
    pub(crate) const fn requested(&self) -> EventKind {
        match self.contact {
            Contact::Email(_) => EventKind::EmailVerificationRequested,
            Contact::Phone(_) => EventKind::PhoneVerificationRequested,
        }
    }
}

/// Where the code of a challenge goes that proves an address or a number: `None` for other
/// kinds, and for an account that has no number yet.
pub(crate) fn destination(user: &User, kind: ChallengeKind, now: UnixTime) -> Option<Contact> {
    match kind {
        ChallengeKind::VerifyEmail => {
            let address = user.pending_email(now).or(user.email.as_ref());
            address.cloned().map(Contact::Email)
        }
        ChallengeKind::VerifyPhone => PhoneNumber::parse(&user.phone).map(Contact::Phone),
        ChallengeKind::ChangePassword
        | ChallengeKind::SetUpFactor
        | ChallengeKind::SecondFactor => None,
    }
}

impl Postern {
    /// Where the code of a challenge goes, of which `sent` was kept. A factor's code stays
    /// where its owner had it sent while it is good, and goes to the kind that they prefer
    /// otherwise, if codes of that are sent.
    pub(crate) fn code_contact(
        &self,
        user: &User,
        kind: ChallengeKind,
        offered: Option<&OfferedFactors>,
        sent: Option<&SentCode>,
        meta: &RequestMeta,
    ) -> Option<Contact> {
        let Some(offered) = offered else {
            return destination(user, kind, meta.now);
        };
        let sent_there = |contact: &&Contact| {
            let digest = self.destination_digest(user, contact);
            sent.is_some_and(|sent| sent.is_good_for(&digest, meta.now))
        };
        let mut contacts = [&offered.phone, &offered.email].into_iter().flatten();
        let contact = contacts.find(sent_there);
        contact.or_else(|| offered.first_destination()).cloned()
    }

    /// What is to become of the code of a challenge, of which `before` was kept: kept, sent
    /// again, or made anew. Limits keep it from being sent; they never refuse the sign-in.
    /// Nothing is counted yet: see [`Postern::send_planned`].
    pub(crate) async fn plan_code(
        &self,
        meta: &RequestMeta,
        user: &User,
        contact: Option<Contact>,
        before: Option<&SentCode>,
    ) -> Result<Option<CodePlan>, Error> {
        let Some(contact) = contact else {
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
        match self.may_send_code(meta, user, &contact).await {
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
            None => self.new_code(meta, user, &contact)?,
        };
        Ok(Some(CodePlan {
            code: Some(code),
            send: true,
            ..kept
        }))
    }

    /// Whether a code may be sent to `contact`, a destination of `user`, without counting.
    ///
    /// # Errors
    /// As [`Postern::count_code`].
    async fn may_send_code(
        &self,
        meta: &RequestMeta,
        user: &User,
        contact: &Contact,
    ) -> Result<(), Error> {
        self.check_country(contact)?;
        let limits = self.code_limits(meta, user, contact);
        let looks = limits
            .iter()
            .map(|(limit, who)| self.store().exceeded(limit, who, meta.now));
        for exceeded in join_all(looks).await {
            if let Some(exceeded) = exceeded? {
                return Err(Error::TooMany(exceeded));
            }
        }
        Ok(())
    }

    /// Counts one code that is sent to `contact`, a destination of `user`.
    ///
    /// # Errors
    /// [`Error::TooMany`] by destination or network, and for a text by account and by what
    /// other contracts sent to the number, and nothing is counted then;
    /// [`Error::Invalid`] for a number of a country that texts do not go to.
    pub(crate) async fn count_code(
        &self,
        meta: &RequestMeta,
        user: &User,
        contact: &Contact,
    ) -> Result<(), Error> {
        self.check_country(contact)?;
        let limits = self.code_limits(meta, user, contact);
        let hits = limits
            .iter()
            .map(|(limit, who)| self.store().hit(limit, who, meta.now));
        let hits = join_all(hits).await;
        let mut refused = None;
        let mut counted = Vec::new();
        for (hit, limit) in hits.into_iter().zip(&limits) {
            match hit? {
                Ok(_) => counted.push(limit),
                Err(exceeded) => refused = refused.or(Some(exceeded)),
            }
        }
        let refused = match (refused, contact) {
            (Some(exceeded), _) => Error::TooMany(exceeded),
            (None, Contact::Email(_)) => return Ok(()),
            (None, Contact::Phone(number)) => match self.admit_text(meta, number).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            },
        };
        for (limit, who) in counted {
            self.store().take_back(limit, who, meta.now).await?;
        }
        Err(match contact {
            Contact::Email(_) => refused,
            Contact::Phone(_) => of_texts(refused),
        })
    }

    /// Takes back the count of a code that was not sent after all.
    pub(crate) async fn uncount_code(
        &self,
        meta: &RequestMeta,
        user: &User,
        contact: &Contact,
    ) -> Result<(), Error> {
        for (limit, who) in self.code_limits(meta, user, contact) {
            self.store().take_back(limit, &who, meta.now).await?;
        }
        Ok(())
    }

    /// What a code to `contact` counts against. Networks that a proven account was signed
    /// in from have a quota of their own, which no stranger uses up.
    fn code_limits(
        &self,
        meta: &RequestMeta,
        user: &User,
        contact: &Contact,
    ) -> Vec<(&'static Limit, String)> {
        let digest = self
            .ring()
            .keyed_digest("nauth codes", &[], contact.as_str());
        let network = self.network_key(meta);
        let here = self.whom_and_network(&digest, meta);
        let known = user.is_proven() && self.knows_network(user, meta);
        match (contact, known) {
            (Contact::Email(_), true) => vec![
                (&OTP_REQUESTS_PER_NETWORK_A_DAY, network),
                (&CODES_PER_ADDRESS_AND_NETWORK, here.clone()),
                (&CODES_PER_ADDRESS_A_DAY, here),
            ],
            (Contact::Email(_), false) => vec![
                (&OTP_REQUESTS_PER_NETWORK_A_DAY, network),
                (&CODES_PER_ADDRESS_AND_NETWORK, here),
                (&CODES_PER_ADDRESS, digest.clone()),
                (&CODES_PER_ADDRESS_A_DAY, digest),
            ],
            (Contact::Phone(_), known) => vec![
                (&cashless::PHONE_CODES_A_DAY, network),
                (&CODES_PER_NUMBER, if known { here } else { digest }),
                (&TEXTS_PER_ACCOUNT, user.sub.to_string()),
            ],
        }
    }

    /// Another code to `contact`, to be sent now.
    pub(crate) fn another_code(
        &self,
        meta: &RequestMeta,
        user: &User,
        contact: Contact,
    ) -> Result<CodePlan, Error> {
        let code = self.new_code(meta, user, &contact)?;
        Ok(CodePlan::now(contact, code))
    }

    /// A code to `contact`, not yet written or sent.
    pub(crate) fn new_code(
        &self,
        meta: &RequestMeta,
        user: &User,
        contact: &Contact,
    ) -> Result<SentCode, Error> {
        Ok(SentCode {
            nonce: self.code_nonce()?,
            destination: self.destination_digest(user, contact),
            sent_at: meta.now,
            expires_at: meta.now.plus(lifetime(contact)),
            tries: 0,
        })
    }

    /// The code of `nonce` that goes to `contact` of `user`.
    pub(crate) fn code_of_nonce(
        &self,
        user: &User,
        contact: &Contact,
        nonce: &str,
    ) -> Result<String, Error> {
        let ring = self.ring();
        let code = ring.verification_code(user.sub, contact.as_str(), nonce);
        code.map_err(broken)
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
        let code = self.code_of_nonce(user, contact, &sent.nonce)?;
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
                let known = self.knows_network(user, meta);
                let text = TextMessage::SignInCode { code, minutes };
                self.text(number, &text, language, known, meta.now).await
            }
        }
    }
}

/// The code that was sent for `challenge`, after a try of it was counted: `gone` if another
/// right answer took it along.
pub(crate) fn tried_code(
    counted: Counted<OpenChallenge>,
    challenge: &Challenge,
    gone: Error,
) -> Result<Option<SentCode>, Error> {
    match counted {
        Counted::Taken(open) if open.id == challenge.id => Ok(open.code),
        Counted::Refused(Some(open)) if open.id == challenge.id => {
            let used_up = open.code.is_some_and(|code| code.tries >= TRIES);
            Err(match used_up {
                true => ChallengeFailure::NoCodeAttempts.into(),
                false => ChallengeFailure::CodeExpired.into(),
            })
        }
        // Of right answers at one moment the first takes the row along.
        Counted::Taken(_) | Counted::Refused(_) => Err(gone),
    }
}
