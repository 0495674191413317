//! Asking for a sign-in code.
//!
//! Writes the code row of the address or number and nothing else: an account comes
//! only with the first code that comes back. Known and unknown ones take the same
//! round trips and get a letter each, so neither the answer nor its time tells
//! whether there is an account.
//!
//! Three round trips: the limits, the row and who holds the address; that account, whose
//! networks decide which count the code falls under; the row with the code counted, and
//! beside it the letter's place in the day's budget.

use delivery::{Letter, Postage, TextMessage};
use domain::account::User;
use domain::email_code::{CodeLedger, CodePolicy, CodeRequest};
use domain::limit::{Limit, OTP_REQUESTS_PER_NETWORK, OTP_REQUESTS_PER_NETWORK_A_DAY, cashless};
use domain::time::MINUTE;
use domain::{Contact, EmailAddress, Error, Problem, ProblemKind, phone_code};
use uuid::Uuid;

use crate::notify::budget::Budget;
use crate::notify::postage::Purpose;
use crate::{MAX_ROUNDS, Postern, RequestMeta, broken, contended};

impl Postern {
    /// Sends `address` a code, the same one while it is good. `source` is the
    /// host of the site that asks.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a number of a country that texts do not go to,
    /// [`Error::TooMany`] by cooldown, hour, day, network or stack, and
    /// [`Error::Undeliverable`] if SES or SNS does not take the letter; then the code
    /// does not count as sent.
    pub async fn request_code(
        &self,
        meta: &RequestMeta,
        address: &Contact,
        source: &str,
    ) -> Result<(), Error> {
        self.check_country(address)?;
        let (a_minute, a_day) = requests(address);
        let digest = self.code_digest(address);
        let (admitted, admitted_today, found) = tokio::join!(
            self.limit_by_network(&a_minute, meta),
            self.limit_by_network(&a_day, meta),
            self.store().code_and_holder(address, &digest),
        );
        admitted?;
        admitted_today?;
        let found = found?;
        // A dummy row is read, so that an address without an account costs the same.
        let user = self
            .store()
            .user(found.holder.unwrap_or(Uuid::nil()))
            .await?;
        let asking = Asking {
            meta,
            address,
            source,
            user: user.as_ref(),
        };
        // A refusal by pause, hour or day takes nothing out of the budget.
        let ledger = self.next_ledger(&asking, found.ledger.as_ref())?;
        let (written, paid) = tokio::join!(
            self.write_code(&asking, found.ledger, ledger),
            self.code_postage(&asking),
        );
        let (before, ledger) = match (written, &paid) {
            (Ok(written), _) => written,
            (Err(error), Err(_)) => return Err(error),
            (Err(error), Ok(_)) => {
                self.unreserve(budget_of(address), meta.now).await;
                return Err(error);
            }
        };
        let sent = match paid {
            Ok(postage) => self.send_sign_in_code(&asking, postage, &ledger).await,
            Err(error) => Err(error),
        };
        if let (Ok(()), Some(user)) = (&sent, &user) {
            self.send_waiting(meta, user).await;
        }
        if sent.is_err() {
            // If a guess or another request came between, its row is the better one.
            self.store()
                .save_code(&digest, &ledger.unsent(before.as_ref()), Some(ledger.rev))
                .await?;
        }
        sent
    }

    /// The row with one more code counted.
    fn next_ledger(
        &self,
        asking: &Asking<'_>,
        before: Option<&CodeLedger>,
    ) -> Result<CodeLedger, Error> {
        let &Asking {
            meta,
            address,
            source,
            user,
        } = asking;
        let asked = CodeRequest {
            now: meta.now,
            nonce: self.code_nonce()?,
            network: self.network_mark(user.map(|user| user.sub), meta),
            sub: user.map(|user| user.sub),
            networks: user.map(|user| user.networks.clone()).unwrap_or_default(),
            source: source.to_owned(),
        };
        CodeLedger::request(before, asked, self.codes(address)).map_err(Error::TooMany)
    }

    /// Writes the row `next`, which follows `before`, or the one that follows what another
    /// request made of it. The row before, and after.
    async fn write_code(
        &self,
        asking: &Asking<'_>,
        mut before: Option<CodeLedger>,
        mut next: CodeLedger,
    ) -> Result<(Option<CodeLedger>, CodeLedger), Error> {
        let digest = self.code_digest(asking.address);
        for _ in 0..MAX_ROUNDS {
            let rev = before.as_ref().map(|row| row.rev);
            if self.store().save_code(&digest, &next, rev).await? {
                return Ok((before, next));
            }
            let found = self
                .store()
                .code_and_holder(asking.address, &digest)
                .await?;
            let now = found.ledger;
            // Our own write was done after all, and only its answer was lost.
            if now.as_ref() == Some(&next) {
                return Ok((before, next));
            }
            next = self.next_ledger(asking, now.as_ref())?;
            before = now;
        }
        Err(contended())
    }

    /// Takes the letter or text out of the day's budget.
    async fn code_postage(&self, asking: &Asking<'_>) -> Result<Postage, Error> {
        let (meta, account) = (asking.meta, asking.user);
        match asking.address {
            Contact::Email(address) => self.postage(meta, Purpose::Code { account }, address).await,
            Contact::Phone(_) => {
                let known = account.is_some_and(|user| self.knows_network(user, meta));
                self.text_postage(known, meta.now).await
            }
        }
    }

    /// Sends the code of a row, or that its account is locked.
    async fn send_sign_in_code(
        &self,
        asking: &Asking<'_>,
        postage: Postage,
        ledger: &CodeLedger,
    ) -> Result<(), Error> {
        let (meta, language) = (asking.meta, asking.meta.language_for(asking.user));
        let code = self.sign_in_code(asking, ledger)?;
        match asking.address {
            Contact::Email(address) => {
                let letter = match code {
                    Some((code, minutes)) => Letter::SignInCode { code, minutes },
                    None => Letter::AccountLocked,
                };
                self.deliver(postage, address, &letter, language, meta.now)
                    .await
            }
            Contact::Phone(number) => {
                let text = match code {
                    Some((code, minutes)) => TextMessage::SignInCode { code, minutes },
                    None => TextMessage::AccountLocked,
                };
                self.deliver_text(postage, number, &text, language, meta.now)
                    .await
            }
        }
    }

    /// The digits, and the whole minutes for which they are good; `None` for an
    /// account that they do not open.
    fn sign_in_code(
        &self,
        asking: &Asking<'_>,
        ledger: &CodeLedger,
    ) -> Result<Option<(String, u64)>, Error> {
        if asking.user.is_some_and(|user| !user.is_active()) {
            return Ok(None);
        }
        let nonce = ledger.nonce.as_deref().unwrap_or_default();
        let left = ledger.expires_at.seconds_since(asking.meta.now);
        let code = self.code(asking.address, nonce)?;
        Ok(Some((code, (left / MINUTE).max(1))))
    }

    /// The digits that belong to a row's nonce.
    pub(crate) fn code(&self, contact: &Contact, nonce: &str) -> Result<String, Error> {
        let code = match contact {
            Contact::Email(address) => self.ring().email_code(address.as_str(), nonce),
            Contact::Phone(number) => self.ring().phone_code(number.as_str(), nonce),
        };
        code.map_err(broken)
    }

    /// What the row of codes to `contact` is found by.
    pub(crate) fn code_digest(&self, contact: &Contact) -> String {
        self.ring().fingerprint("sign-in codes", contact.as_str())
    }

    /// Forgets the codes that were guessed at an address: whether there were any.
    pub(crate) async fn reset_code_guesses(&self, address: &EmailAddress) -> Result<bool, Error> {
        let digest = self.code_digest(&address.clone().into());
        Ok(self.store().reset_guesses(&digest).await?)
    }

    /// A fresh nonce for a code.
    pub(crate) fn code_nonce(&self) -> Result<String, Error> {
        self.ring().code_nonce(self.entropy()).map_err(broken)
    }

    /// The numbers that codes to `contact` go by.
    pub(crate) fn codes(&self, contact: &Contact) -> &CodePolicy {
        match contact {
            Contact::Email(_) => &self.settings().codes,
            Contact::Phone(_) => &phone_code::POLICY,
        }
    }

    /// Refuses a country that texts do not go to, before anything is counted.
    pub(crate) fn check_country(&self, contact: &Contact) -> Result<(), Error> {
        match contact {
            Contact::Phone(number) if !self.settings().texts.allows(number) => {
                let problem = Problem::of("phone", ProblemKind::CountryNotServed);
                Err(Error::Invalid(vec![problem]))
            }
            _ => Ok(()),
        }
    }
}

/// A request for a code.
struct Asking<'a> {
    meta: &'a RequestMeta,
    address: &'a Contact,
    /// The host of the site that asks.
    source: &'a str,
    /// The account of the address, if there is one.
    user: Option<&'a User>,
}

/// The budget that a code to `contact` is sent out of.
const fn budget_of(contact: &Contact) -> Budget {
    match contact {
        Contact::Email(_) => Budget::Letters,
        Contact::Phone(_) => Budget::Texts,
    }
}

/// What one network may ask for in a minute and in a day.
const fn requests(contact: &Contact) -> (Limit, Limit) {
    match contact {
        Contact::Email(_) => (OTP_REQUESTS_PER_NETWORK, OTP_REQUESTS_PER_NETWORK_A_DAY),
        Contact::Phone(_) => (cashless::PHONE_CODES, cashless::PHONE_CODES_A_DAY),
    }
}
