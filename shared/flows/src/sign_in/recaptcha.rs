//! Whether a person made a page's request, before anything else is done for it (nauth).
//!
//! Only requests that are answered with cookies are asked: those of pages. A program has no
//! way to solve what reCAPTCHA shows, and an installation that serves no program says so by
//! `POSTERN_NAUTH_DELIVERY`. A verifier that does not answer refuses nobody, as nobody could
//! sign in while it is down; the log tells, and a metric counts. One that says that the
//! installation's own secret is wrong did answer.

use domain::Error;
use domain::recaptcha::{PageAction, RecaptchaFailure, TokenVerdict};
use domain::secret::SecretName;
use domain::session::Delivery;

use crate::{Postern, log};

impl Postern {
    /// Lets a request pass that needs no reCAPTCHA, or whose token will do.
    ///
    /// # Errors
    /// [`Error::Recaptcha`]; [`Error::Unavailable`] if the secret cannot be read.
    pub(crate) async fn ask_recaptcha(
        &self,
        delivery: Delivery,
        action: PageAction,
        token: Option<&str>,
    ) -> Result<(), Error> {
        let (Some(verifier), Delivery::Cookies) = (&self.0.recaptcha, delivery) else {
            return Ok(());
        };
        let refuse = |failure| Err(Error::Recaptcha(failure));
        let Some(secret) = self.secret(SecretName::Recaptcha)? else {
            return refuse(RecaptchaFailure::NotSetUp);
        };
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return refuse(RecaptchaFailure::NoToken);
        };
        let verdict = match verifier.verify(&secret, token).await {
            Ok(verdict) => verdict,
            Err(failure) => {
                let reason = failure.to_string();
                log::event("recaptcha_unanswered", [("reason", reason.into())]);
                return Ok(());
            }
        };
        if verdict == TokenVerdict::WrongSecret {
            log::event("recaptcha_secret_wrong", []);
        }
        let least = self.settings().nauth.recaptcha_score;
        verdict.admits(action, least).map_err(Error::Recaptcha)
    }
}
