//! Weighing the risk of a sign-in, and remembering it once it is complete (nauth:
//! `ADAPTIVE`).
//!
//! What it is weighed by is one row of the account, sealed under the account's key because
//! it says where a person lives, and the account's events of the last hour. Both are read
//! beside the account. A weighing is written down whatever becomes of the sign-in, and its
//! owner is told of an unusual one; the row is written with the session, by which time the
//! second factor, if one was asked for, was shown.

use crypto::seal;
use delivery::{Letter, address_in_letters, describe_device};
use domain::account::User;
use domain::audit::{AuditedRisk, EventKind};
use domain::limit::nauth::RISK_NOTICES;
use domain::place::Location;
use domain::risk::{
    FAILURES, Observed, RECENT, Risk, RiskBlock, RiskDecision, RiskLevel, SignInHistory,
};
use domain::{Closed, Error, UnixTime};
use store::{AuditEvent, AuditQuery, AuditSubject, RiskRecord, Transaction};
use uuid::Uuid;

use crate::sign_in::Proof;
use crate::{Postern, RequestMeta, broken, log};

/// What the risk of a sign-in is weighed by.
pub(crate) struct KnownRisk {
    record: RiskRecord,
    /// Whether there were failures or suspicions lately.
    pub(crate) is_suspicious: bool,
}

/// What weighing it came to.
pub(crate) struct Weighed {
    pub(crate) decision: RiskDecision,
    /// What the account's owner is to be told.
    pub(crate) notice: Option<Letter>,
    /// The sign-ins so far.
    pub(crate) history: SignInHistory,
}

impl Postern {
    /// Reads what the risk of a sign-in to the account `sub` is weighed by.
    pub(crate) async fn known_risk(
        &self,
        meta: &RequestMeta,
        sub: Uuid,
    ) -> Result<KnownRisk, Error> {
        let of = AuditSubject::Account(sub);
        let since = Some(UnixTime(meta.now.0.saturating_sub_unsigned(RECENT)));
        let lately = |kinds: &[EventKind]| AuditQuery {
            kinds: Some(kinds.to_vec()),
            since,
            until: None,
        };
        let (suspicious, failed) = (
            lately(&EventKind::SUSPICIOUS),
            lately(&EventKind::FAILED_SIGN_INS),
        );
        let (record, suspicious, failed) = tokio::join!(
            self.store().risk_record(sub),
            self.store().audit_page(&of, &suspicious, None, 1),
            self.store().audit_page(&of, &failed, None, FAILURES),
        );
        let is_suspicious = match suspicious.and_then(|one| failed.map(|some| (one, some))) {
            Ok((suspicious, failed)) => !suspicious.is_empty() || failed.len() >= FAILURES,
            // What cannot be read counts for the risk, and not against it.
            Err(error) => {
                log::event("risk_not_read", [("reason", error.to_string().into())]);
                true
            }
        };
        Ok(KnownRisk {
            record: record?,
            is_suspicious,
        })
    }

    /// Weighs the risk of a sign-in of `user` from a device, which is known by its digest if
    /// it showed a token, and may be trusted. Adds what is to be written down to `events`.
    ///
    /// # Errors
    /// [`Error::Closed`] if the sign-in is blocked: then all is written already.
    pub(crate) async fn weigh(
        &self,
        meta: &RequestMeta,
        user: &User,
        (device, is_trusted): (Option<&str>, bool),
        known: KnownRisk,
        events: &mut Vec<AuditEvent>,
    ) -> Result<Weighed, Error> {
        let KnownRisk {
            record,
            is_suspicious,
        } = known;
        if let Some(block) = record.block.filter(|block| block.holds(meta.now)) {
            events.push(self.user_event(user, EventKind::SignInBlocked, None, meta)?);
            self.append_all(events).await?;
            return Err(Error::Closed(Closed::Blocked(block)));
        }
        let (network, location) = (
            self.network_mark(Some(user.sub), meta),
            self.locate(meta.ip),
        );
        let observed = Observed {
            now: meta.now,
            device,
            is_trusted,
            network: &network,
            location: &location,
            password_since: record.password_since,
            is_suspicious,
        };
        let history = self.opened_history(user, record.history.as_deref())?;
        let risk = Risk::of(&observed, &history);
        let decision = risk.decision(self.settings().nauth.high_risk, meta.now);
        self.tell_risk(meta, user, &risk, (decision, is_trusted), events)?;
        if let RiskDecision::Block(until) = decision {
            let block = RiskBlock { until };
            events.push(self.user_event(user, EventKind::SignInBlocked, None, meta)?);
            let mut transaction = self.store().transaction().block_sign_ins(user.sub, block)?;
            for event in &*events {
                transaction = transaction.audit(event)?;
            }
            let notice = unusual_sign_in(meta, &location, true);
            let (blocked, told) = tokio::join!(
                self.commit(transaction),
                Box::pin(self.tell_owner(meta, user, Some(&notice))),
            );
            blocked?;
            told?;
            return Err(Error::Closed(Closed::Blocked(block)));
        }
        let unusual = risk.level() > RiskLevel::Low;
        Ok(Weighed {
            decision,
            notice: unusual.then(|| unusual_sign_in(meta, &location, false)),
            history,
        })
    }

    /// Adds the events of a weighing.
    fn tell_risk(
        &self,
        meta: &RequestMeta,
        user: &User,
        risk: &Risk,
        (decision, is_trusted): (RiskDecision, bool),
        events: &mut Vec<AuditEvent>,
    ) -> Result<(), Error> {
        let asks = decision == RiskDecision::Ask && !user.mfa_exempt;
        let kind = match risk.is_suspicious() {
            true => EventKind::RiskSuspected,
            false => EventKind::RiskAssessed,
        };
        let with_risk = |kind| {
            let event = self.user_event(user, kind, None, meta)?;
            Ok::<_, Error>(AuditEvent {
                risk: Some(AuditedRisk::new(risk, asks)),
                ..event
            })
        };
        events.push(with_risk(kind)?);
        let spared = match decision {
            RiskDecision::Allow => is_trusted && !user.factors.is_empty(),
            RiskDecision::Ask => user.mfa_exempt,
            RiskDecision::Block(_) => false,
        };
        if asks {
            events.push(with_risk(EventKind::RiskFactorAsked)?);
        } else if spared {
            events.push(with_risk(EventKind::RiskFactorSpared)?);
        }
        Ok(())
    }

    /// Tells the owner of `user` of an unusual sign-in, unless that was done lately.
    pub(crate) async fn tell_owner(
        &self,
        meta: &RequestMeta,
        user: &User,
        notice: Option<&Letter>,
    ) -> Result<(), Error> {
        let Some(letter) = notice else {
            return Ok(());
        };
        let here = self.whom_and_network(&user.sub.to_string(), meta);
        let counted = self.store().hit(&RISK_NOTICES, &here, meta.now).await?;
        if counted.is_ok() {
            self.notify(user, letter, meta).await;
        }
        Ok(())
    }

    /// Adds the sign-in of `user` that is complete with `proof` to what is remembered of the
    /// account's, on the trusted device of this digest if it is on one.
    pub(crate) async fn remember_sign_in<'t>(
        &self,
        so_far: Transaction<'t>,
        proof: &Proof<'_>,
        user: &User,
        device: Option<&str>,
    ) -> Result<Transaction<'t>, Error> {
        if !self.is_adaptive(proof.contract) {
            return Ok(so_far);
        }
        let meta = proof.meta;
        let history = match &proof.history {
            Some(history) => history.clone(),
            None => self.sign_in_history(user).await?,
        };
        let (network, location) = (
            self.network_mark(Some(user.sub), meta),
            self.locate(meta.ip),
        );
        let history = history.with(&Observed {
            now: meta.now,
            device,
            is_trusted: device.is_some(),
            network: &network,
            location: &location,
            password_since: None,
            is_suspicious: false,
        });
        let sealed = self.sealed_history(user, &history)?;
        Ok(so_far.save_sign_in_history(user.sub, &sealed)?)
    }

    /// Adds that the device of this digest is none that the account knows.
    pub(crate) async fn forget_sign_in_device<'t>(
        &self,
        so_far: Transaction<'t>,
        user: &User,
        digest: &str,
    ) -> Result<Transaction<'t>, Error> {
        let history = self.sign_in_history(user).await?;
        if !history.knows_device(digest) {
            return Ok(so_far);
        }
        let sealed = self.sealed_history(user, &history.without_device(digest))?;
        Ok(so_far.save_sign_in_history(user.sub, &sealed)?)
    }

    async fn sign_in_history(&self, user: &User) -> Result<SignInHistory, Error> {
        let record = self.store().risk_record(user.sub).await?;
        self.opened_history(user, record.history.as_deref())
    }

    /// The history that is sealed in the row; an empty one if there is none.
    fn opened_history(&self, user: &User, sealed: Option<&str>) -> Result<SignInHistory, Error> {
        let Some(sealed) = sealed else {
            return Ok(SignInHistory::default().in_epoch(user.trust_epoch));
        };
        let key = self.audit_key(user)?;
        let plain = seal::open_text(&key, &context(user.sub), sealed).map_err(broken)?;
        let history: SignInHistory = serde_json::from_slice(&plain)
            .map_err(|error| Error::Internal(format!("a history of sign-ins: {error}")))?;
        Ok(history.in_epoch(user.trust_epoch))
    }

    fn sealed_history(&self, user: &User, history: &SignInHistory) -> Result<String, Error> {
        let (key, plain) = (
            self.audit_key(user)?,
            serde_json::json!(history).to_string(),
        );
        seal::seal_text(&key, &context(user.sub), plain.as_bytes(), self.entropy()).map_err(broken)
    }
}

/// The letter about an unusual sign-in.
fn unusual_sign_in(meta: &RequestMeta, location: &Location, blocked: bool) -> Letter {
    let place = location.place().map(|place| match &place.city {
        Some(city) => format!("{city}, {}", place.country),
        None => place.country.clone(),
    });
    Letter::UnusualSignIn {
        device: describe_device(&meta.user_agent),
        address: address_in_letters(meta.ip),
        place,
        at: meta.now,
        blocked,
    }
}

fn context(sub: Uuid) -> String {
    format!("sign-in history#{sub}")
}
