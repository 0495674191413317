//! Choosing a password: what the rules say of it, what the breach service says of
//! it, and the hash of one that will do.

use crypto::password::{Verdict, hash, verify};
use domain::password::{Password, PasswordCredential};
use domain::{Error, Problem, ProblemKind, UnixTime};

use crate::{Postern, broken};

/// A password that a user would like to have.
pub(crate) struct Choice<'a> {
    /// The field that it came in.
    pub(crate) field: &'static str,
    pub(crate) password: &'a Password,
    /// What others know about the account.
    pub(crate) names: Vec<&'a str>,
    /// The password that it replaces, if its owner had one.
    pub(crate) before: Option<&'a PasswordCredential>,
}

impl Postern {
    /// The hash of a password that will do.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every reason why it will not.
    pub(crate) async fn choose_password(&self, choice: Choice<'_>) -> Result<String, Error> {
        let Choice {
            field,
            password,
            mut names,
            before,
        } = choice;
        names.push(&self.settings().service_name);
        let former = before.is_some_and(|before| {
            std::iter::once(&before.hash)
                .chain(&before.history)
                .any(|hash| verify(password, hash) != Verdict::Wrong)
        });
        let breached = password.weakness().is_none() && self.is_breached(password).await;
        let problems: Vec<Problem> = [
            password.weakness(),
            password
                .is_made_of(names)
                .then_some(ProblemKind::NamedPassword),
            breached.then_some(ProblemKind::BreachedPassword),
            former.then_some(ProblemKind::FormerPassword),
        ]
        .into_iter()
        .flatten()
        .map(|kind| Problem::of(field, kind))
        .collect();
        if problems.is_empty() {
            return hash(password, self.entropy()).map_err(broken);
        }
        Err(Error::Invalid(problems))
    }

    /// The credential of a password with this `hash`, chosen in place of `before`, which goes
    /// into the history if it was the account's `own`.
    pub(crate) fn next_credential(
        &self,
        before: Option<&PasswordCredential>,
        own: bool,
        hash: String,
        now: UnixTime,
    ) -> PasswordCredential {
        let remembered = self.settings().nauth.password_history;
        PasswordCredential::replacing(before, own, hash, remembered, now)
    }

    /// Whether the breach service, if there is one, knows the password. One that
    /// does not answer refuses no password; the log says so.
    async fn is_breached(&self, password: &Password) -> bool {
        let Some(service) = &self.0.pwned else {
            return false;
        };
        match service.knows(password.as_bytes()).await {
            Ok(known) => known,
            Err(failure) => {
                crate::log::event(
                    "breach_service_failed",
                    [("reason", failure.to_string().into())],
                );
                false
            }
        }
    }
}
