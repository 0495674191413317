//! A passkey as the second factor of a sign-in (nauth).
//!
//! The ceremony is kept in the row of the sign-in that waits. The last one that was begun
//! takes the place of the one before, and the right answer spends it with the sign-in.

use domain::Error;
use domain::account::Factor;
use domain::factors::Factors;
use domain::sign_in::{ChallengeFailure, ChallengeKind};
use passkeys::Assertion;
use serde_json::Value;
use uuid::Uuid;

use crate::factors::passkeys::{refused, unless_refused, unreadable};
use crate::{Postern, RequestMeta};

impl Postern {
    /// Asks for a passkey in the sign-in `id`, which waits for a second factor: what the
    /// browser needs (`PublicKeyCredentialRequestOptionsJSON`).
    ///
    /// # Errors
    /// [`ChallengeFailure`]; [`Error::Missing`] if there is no passkey, or the installation
    /// has none any more.
    pub async fn ask_for_passkey(&self, meta: &RequestMeta, id: Uuid) -> Result<Value, Error> {
        let challenge = self.nauth_challenge(meta, id).await?;
        if challenge.kind != ChallengeKind::SecondFactor {
            return Err(ChallengeFailure::NotApplicable.into());
        }
        self.challenged_user(meta, &challenge).await?;
        let factors = self.store().factors(challenge.sub).await?;
        if factors.of_kind(Factor::Passkey).next().is_none() {
            return Err(Error::Missing);
        }
        let site = self.relying_party().ok_or(Error::Missing)?;
        let begun = site.begin_assertion(factors.passkeys());
        let begun = begun.map_err(unreadable)?;
        let store = self.store();
        let waits = store.begin_passkey_ceremony(id, &begun.state, meta.now);
        match waits.await? {
            true => Ok(begun.options),
            false => Err(self.takes_no_answer(&challenge).await?),
        }
    }

    /// The factors with the passkey used that was shown, if that answers `ceremony`.
    pub(crate) fn with_passkey_used(
        &self,
        ceremony: &str,
        factors: &Factors,
        shown: &Assertion,
        meta: &RequestMeta,
    ) -> Result<Option<Factors>, Error> {
        let Some(site) = self.relying_party() else {
            return Ok(None);
        };
        let passkey = unless_refused(site.finish_assertion(ceremony, shown, factors.passkeys()))?;
        let Some(passkey) = passkey else {
            return Ok(None);
        };
        let used = factors.asserted(&passkey, meta.now);
        if used.is_none() {
            refused("the counter did not move on since the ceremony began");
        }
        Ok(used)
    }
}
