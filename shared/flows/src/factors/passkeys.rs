//! Making a passkey that is to be a second factor (nauth), and what all its ceremonies need.
//!
//! The ceremony is kept in the row of what is being set up, and spent with it. Why an answer
//! was refused is told to the log, and to no caller.

use domain::Error;
use domain::factors::Factors;
use domain::factors::enrollment::Awaited;
use domain::factors::passkey::PasskeyState;
use domain::{Problem, ProblemKind, platform};
use passkeys::{NewCredential, PasskeyError, RelyingParty};

use super::enroll::Enrolling;
use crate::{EnrollmentData, Postern, log};

impl Postern {
    /// The site that passkeys are made for, if the installation says for which domain and
    /// lists an origin of it.
    pub(crate) fn relying_party(&self) -> Option<RelyingParty> {
        let settings = self.settings();
        let id = settings.nauth.relying_party_id.as_deref()?;
        let listed = self.origins();
        let listed = listed.web.iter().chain(&listed.native);
        let origins = listed.chain(settings.allowed_origins.iter());
        RelyingParty::new(
            id,
            &settings.service_name,
            origins.map(|origin| origin.as_str()),
        )
    }

    /// Begins to make a passkey.
    pub(super) async fn enroll_passkey(
        &self,
        enrolling: Enrolling<'_>,
        factors: &Factors,
    ) -> Result<EnrollmentData, Error> {
        let not_offered = || {
            let problem = Problem::of(enrolling.field, ProblemKind::NotAChoice);
            Error::Invalid(vec![problem])
        };
        let site = self.relying_party().ok_or_else(not_offered)?;
        let (_, account) = self.totp_names(enrolling.user);
        let begun = site.begin_registration(enrolling.user.sub, &account, factors.passkeys());
        let begun = begun.map_err(unreadable)?;
        let awaits = Awaited::Passkey {
            ceremony: begun.state,
        };
        let id = platform::uuid(self.entropy());
        let enrollment = self.new_enrollment(id, awaits, enrolling.meta);
        self.put_enrollment(enrolling, &enrollment, None).await?;
        Ok(EnrollmentData::Passkey(begun.options))
    }

    /// What is kept of the passkey that was made, if that answers `ceremony`.
    pub(super) fn made_passkey(
        &self,
        ceremony: &str,
        made: &NewCredential,
    ) -> Result<Option<PasskeyState>, Error> {
        let Some(site) = self.relying_party() else {
            return Ok(None);
        };
        unless_refused(site.finish_registration(ceremony, made))
    }
}

/// What a ceremony made, or nothing where the answer was refused.
pub(crate) fn unless_refused<T>(made: Result<T, PasskeyError>) -> Result<Option<T>, Error> {
    match made {
        Ok(made) => Ok(Some(made)),
        Err(PasskeyError::Refused(reason)) => {
            refused(&reason);
            Ok(None)
        }
        Err(error) => Err(unreadable(error)),
    }
}

/// Tells the log why a passkey was refused.
pub(crate) fn refused(reason: &str) {
    log::event("passkey_refused", [("reason", reason.into())]);
}

/// A row of ours cannot be read, which nothing that a caller sends can bring about.
pub(crate) fn unreadable(error: PasskeyError) -> Error {
    Error::Internal(error.to_string())
}
