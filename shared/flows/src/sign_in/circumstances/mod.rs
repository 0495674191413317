//! What a sign-in is judged by beside its proof: its device and its risk (nauth).
//!
//! Both are read beside the account, judged once, when the first proof was right, and stay
//! with the sign-in while that waits ([`Circumstances`]): a factor that was asked for is not
//! talked away by an answer from elsewhere. Only the trust in the device is looked at again
//! ([`device`]).

mod device;
mod risk;
pub(crate) mod trust;

use delivery::Letter;
use domain::account::User;
use domain::audit::EventKind;
use domain::risk::SignInHistory;
use domain::session::Delivery;
use domain::sign_in::{Circumstances, ClientDevice, Enforcement, FactorDemand};
use domain::trusted_device::{DeviceToken, RememberDevices, TrustedDevice};
use domain::{Contract, Error};
use store::{AuditEvent, ShownDevice};
use uuid::Uuid;

use self::risk::KnownRisk;
use crate::sign_in::Proof;
use crate::{Postern, RequestMeta};

/// The device that a sign-in comes from.
#[derive(Clone, Debug, Default)]
pub struct SignInDevice {
    /// What the client says of it.
    pub said: ClientDevice,
    /// The token that it keeps, if it is or was a trusted one.
    pub token: Option<DeviceToken>,
}

/// What is known of a sign-in's circumstances at an account.
pub(crate) struct KnownCircumstances {
    /// The digest of the device's token, if it showed one.
    digest: Option<String>,
    shown: ShownDevice,
    /// What its risk is weighed by, where that decides.
    risk: Option<KnownRisk>,
}

/// What follows from them; nothing at the sign-ins of other contracts.
#[derive(Default)]
pub(crate) struct Judgement {
    pub(crate) circumstances: Circumstances,
    /// The trusted device.
    pub(crate) held: Option<TrustedDevice>,
    /// The account's sign-ins so far, where the risk decides.
    pub(crate) history: Option<SignInHistory>,
    /// What is to be written down, whatever becomes of the sign-in.
    pub(crate) events: Vec<AuditEvent>,
    /// What the account's owner is to be told.
    pub(crate) notice: Option<Letter>,
}

impl Postern {
    /// Whether the risk of sign-ins decides about the second factor.
    pub(crate) fn is_adaptive(&self, contract: Contract) -> bool {
        self.sign_in_policy(contract).enforcement == Enforcement::Adaptive
    }

    /// Reads what is known of a sign-in's circumstances at the account `sub`. `digest` is
    /// that of the device token that it shows.
    pub(crate) async fn known_circumstances(
        &self,
        meta: &RequestMeta,
        sub: Uuid,
        digest: Option<String>,
    ) -> Result<KnownCircumstances, Error> {
        let remembers = self.settings().nauth.trust.remember != RememberDevices::Never;
        let digest = digest.filter(|_| remembers);
        let shown = async {
            match &digest {
                Some(digest) => self.store().shown_device(sub, digest).await,
                None => Ok(ShownDevice::default()),
            }
        };
        let risk = async {
            match self.is_adaptive(Contract::Nauth) {
                true => self.known_risk(meta, sub).await.map(Some),
                false => Ok(None),
            }
        };
        let (shown, risk) = tokio::join!(shown, risk);
        Ok(KnownCircumstances {
            shown: shown?,
            risk: risk?,
            digest,
        })
    }

    /// Judges a sign-in of `user`, whose first proof was right.
    ///
    /// # Errors
    /// [`Error::Closed`] if its risk blocks it, or another's did that lately.
    pub(crate) async fn judge(
        &self,
        meta: &RequestMeta,
        user: &User,
        delivery: Delivery,
        known: KnownCircumstances,
    ) -> Result<Judgement, Error> {
        let KnownCircumstances {
            digest,
            shown,
            risk,
        } = known;
        let mut events = vec![self.user_event(user, EventKind::FirstFactorPassed, None, meta)?];
        if shown.is_foreign {
            let kind = EventKind::ForeignDeviceToken;
            events.push(self.user_event(user, kind, None, meta)?);
        }
        let is_foreign = shown.is_foreign;
        let held = shown
            .device
            .filter(|device| device.is_trusted(user, delivery, meta.now));
        let spares = held.is_some() && self.settings().nauth.trust.skips_factor;
        let mut circumstances = Circumstances {
            device: None,
            demand: match spares {
                true => FactorDemand::Waived,
                false => FactorDemand::IfSetUp,
            },
            told: false,
        };
        let (mut history, mut notice) = (None, None);
        if let Some(mut risk) = risk {
            risk.is_suspicious |= is_foreign;
            let device = (digest.as_deref(), held.is_some());
            let weighed = self.weigh(meta, user, device, risk, &mut events).await?;
            circumstances.demand = weighed.decision.demand(spares);
            circumstances.told = weighed.notice.is_some();
            (history, notice) = (Some(weighed.history), weighed.notice);
        }
        circumstances.device = digest.filter(|_| held.is_some());
        Ok(Judgement {
            circumstances,
            held,
            history,
            events,
            notice,
        })
    }

    /// `proof` in the circumstances that a sign-in of `user` by it is in, which shows a
    /// device token of this `digest`. What is to be written down is written.
    ///
    /// For proofs whose account is found only after they were checked, as a provider's; a
    /// password's is judged on the way ([`crate::sign_in::identifier`]).
    ///
    /// # Errors
    /// As [`Postern::judge`].
    pub(crate) async fn judged<'a>(
        &self,
        proof: &Proof<'a>,
        user: &User,
        digest: Option<String>,
    ) -> Result<Proof<'a>, Error> {
        if proof.contract != Contract::Nauth {
            return Ok(proof.clone());
        }
        let meta = proof.meta;
        let known = self.known_circumstances(meta, user.sub, digest).await?;
        let judgement = Box::pin(self.judge(meta, user, proof.delivery, known)).await?;
        let Judgement {
            circumstances,
            held,
            history,
            events,
            notice,
        } = judgement;
        let (written, told) = tokio::join!(
            self.append_all(&events),
            Box::pin(self.tell_owner(meta, user, notice.as_ref())),
        );
        written?;
        told?;
        Ok(Proof {
            circumstances,
            held,
            history,
            ..proof.clone()
        })
    }

    /// Writes these events, each by itself and all at once.
    pub(crate) async fn append_all(&self, events: &[AuditEvent]) -> Result<(), Error> {
        let writes = events.iter().map(|event| self.store().append_audit(event));
        futures_util::future::try_join_all(writes).await?;
        Ok(())
    }
}
