//! The browser session of our own pages.
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

use domain::Error;
use domain::session::BROWSER;
use store::Browser;

use crate::{Postern, RequestMeta, Signed, contended};

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

    /// A new cookie for the browser of a user who has just signed in.
    pub(crate) async fn open_browser(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
    ) -> Result<String, Error> {
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
