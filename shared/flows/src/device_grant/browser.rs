//! The browser session of the device page.
//!
//! A cookie holds 256 random bits and the table their digest. It is made when the
//! sign-in is complete, so an attacker cannot plant one before (OWASP ASVS 7.2.4), and it
//! lasts for [`BROWSER`] seconds, so that clients get answers without a page. What wants a
//! fresh sign-in, as letting a device in, asks for one. The session behind it, like every
//! sign-in's, ends with it, and with the account's epoch.
//!
//! Before the sign-in a browser has such a cookie too, which stands for nothing.
//! It is there for the forms: each carries a digest of the cookie, which another
//! site can neither read nor make (OWASP, signed double-submit cookie).

use domain::password::Password;
use domain::pos::Capacity;
use domain::session::BROWSER;
use domain::username::LoginName;
use domain::{Contract, EmailAddress, Error};
use store::Browser;
use uuid::Uuid;

use crate::{Postern, RequestMeta, SecondFactor, SignIn, Signed, contended};

/// How far a code from a letter, or a password, brings a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entered {
    /// All the way: its new cookie.
    Cookie(String),
    /// To the second factor of the sign-in of this name.
    SecondFactor(Uuid),
}

impl Postern {
    /// A cookie that stands for nothing yet.
    #[must_use]
    pub fn fresh_cookie(&self) -> String {
        self.fresh_token()
    }

    /// What the forms of a page shown to the bearer of `cookie` carry.
    #[must_use]
    pub fn form_token(&self, cookie: &str) -> String {
        self.ring().fingerprint("form token", cookie)
    }

    /// Whether a form that carries `token` was shown to the bearer of `cookie`.
    #[must_use]
    pub fn is_form_token(&self, cookie: &str, token: &str) -> bool {
        crypto::derive::constant_time_eq(&self.form_token(cookie), token)
    }

    /// Signs a browser in with the code from a letter, as far as that goes.
    ///
    /// # Errors
    /// As [`Postern::verify_code`].
    pub async fn sign_in_browser(
        &self,
        meta: &RequestMeta,
        address: &EmailAddress,
        code: &str,
    ) -> Result<Entered, Error> {
        let address = address.clone().into();
        let signed_in = self.verify_code(meta, Contract::Ravi, &address, code, "", None);
        self.entered(meta, signed_in.await?).await
    }

    /// Signs a browser in by password, as far as that goes.
    ///
    /// # Errors
    /// As [`Postern::sign_in_by_password`].
    pub async fn sign_in_browser_by_password(
        &self,
        meta: &RequestMeta,
        name: &LoginName,
        typed: &Password,
    ) -> Result<Entered, Error> {
        let signed_in =
            self.sign_in_by_password(meta, Contract::Ravi, name, typed, Capacity::Anybody);
        self.entered(meta, signed_in.await?).await
    }

    async fn entered(&self, meta: &RequestMeta, signed_in: SignIn) -> Result<Entered, Error> {
        Ok(match signed_in {
            SignIn::Complete(tokens) => {
                Entered::Cookie(self.open_browser(meta, &tokens.signed).await?)
            }
            SignIn::Waiting(waiting) => Entered::SecondFactor(waiting.challenge.id),
        })
    }

    /// Signs a browser in with the second factor that [`Entered::SecondFactor`]
    /// asked for. Its new cookie.
    ///
    /// # Errors
    /// As [`Postern::answer_challenge`].
    pub async fn sign_in_browser_with_factor(
        &self,
        meta: &RequestMeta,
        challenge: Uuid,
        typed: &str,
    ) -> Result<String, Error> {
        let shown = SecondFactor::typed(typed);
        let answered = self.answer_challenge(meta, Contract::Ravi, challenge, shown);
        let answer = answered.await?;
        self.open_browser(meta, &answer.tokens.signed).await
    }

    /// A new cookie for the browser of a user who has just signed in.
    async fn open_browser(&self, meta: &RequestMeta, signed: &Signed) -> Result<String, Error> {
        let cookie = self.fresh_cookie();
        let browser = Browser {
            sub: signed.user.sub,
            session: signed.session.id,
            expires_at: meta.now.plus(BROWSER),
        };
        let transaction = self
            .store()
            .transaction()
            .begin_browser(&self.cookie_digest(&cookie), &browser)?
            .shorten_session(&signed.session, &browser)?;
        match self.commit(transaction).await? {
            None => Ok(cookie),
            Some(_) => Err(contended()),
        }
    }

    /// The user who is signed in with the browser that bears `cookie`, if there is one. What
    /// wants a fresh sign-in asks for that by itself. Two round trips.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn browsing(
        &self,
        meta: &RequestMeta,
        cookie: &str,
    ) -> Result<Option<Signed>, Error> {
        let found = self.store().browser(&self.cookie_digest(cookie)).await?;
        let Some(browser) = found.filter(|browser| browser.expires_at > meta.now) else {
            return Ok(None);
        };
        let found = self
            .store()
            .session_and_user(browser.sub, browser.session)
            .await?;
        Ok(found
            .filter(|(session, user)| session.is_alive(user, self.moment(meta.now)))
            .map(|(session, user)| Signed { user, session }))
    }

    /// Signs the browser that bears `cookie` out.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn close_browser(&self, cookie: &str) -> Result<(), Error> {
        Ok(self
            .store()
            .delete_browser(&self.cookie_digest(cookie))
            .await?)
    }

    pub(crate) fn cookie_digest(&self, cookie: &str) -> String {
        self.ring().fingerprint("browser cookie", cookie)
    }
}
