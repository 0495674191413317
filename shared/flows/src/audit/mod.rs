//! Building security events. What is personal in them (address, client) is
//! sealed under a key of the account, and that key under the ring's: destroying
//! the account's key makes the append-only table forget the person.

pub(crate) mod history;
pub(crate) mod own_history;

use crypto::seal;
use domain::account::User;
use domain::audit::{Actor, EventKind};
use domain::place::Place;
use domain::time::DAY;
use domain::username::LoginName;
use domain::vendor::Vendor;
use domain::{Contact, Error, UnixTime, platform};
use store::{AuditEvent, AuditSubject};
use uuid::Uuid;

use crate::sign_in::Proof;
use crate::{HistoryClient, Postern, RequestMeta, broken};

/// What sealed details are bound to: the event or session they stand in.
pub(crate) fn details_context(id: Uuid) -> String {
    format!("details#{id}")
}

impl Postern {
    /// A fresh audit key for the account `sub`, sealed.
    pub(crate) fn fresh_audit_key(&self, sub: Uuid) -> Result<String, Error> {
        let key = seal::fresh_secret(self.entropy());
        self.seal_personal(&key_context(sub), key.as_ref())
    }

    /// The audit key of an account.
    pub(crate) fn audit_key(&self, user: &User) -> Result<seal::Secret, Error> {
        self.opened_audit_key(user.sub, &user.audit_key)
    }

    pub(crate) fn opened_audit_key(&self, sub: Uuid, sealed: &str) -> Result<seal::Secret, Error> {
        let key = self.open_personal(&key_context(sub), sealed)?;
        let key: [u8; 32] = key
            .try_into()
            .map_err(|_| broken(crypto::CryptoError::Seal))?;
        Ok(seal::Secret::new(key))
    }

    /// Where a request came from, for the event or session `id`: readable only
    /// with the account's audit key.
    pub(crate) fn sealed_client(
        &self,
        user: &User,
        id: Uuid,
        meta: &RequestMeta,
    ) -> Result<String, Error> {
        self.sealed_under(&self.audit_key(user)?, id, meta)
    }

    /// The same for a session, with what the client said of its device.
    pub(crate) fn sealed_device(
        &self,
        user: &User,
        id: Uuid,
        proof: &Proof<'_>,
    ) -> Result<String, Error> {
        let client = HistoryClient {
            device: proof.device.said.clone(),
            ..self.client_of(proof.meta)
        };
        self.seal_client(&self.audit_key(user)?, id, &client)
    }

    /// The same with why an administrator did it, in their own words: these may name the
    /// person.
    pub(crate) fn sealed_reason(
        &self,
        user: &User,
        id: Uuid,
        meta: &RequestMeta,
        reason: &str,
    ) -> Result<String, Error> {
        let client = HistoryClient {
            reason: Some(reason.to_owned()),
            ..self.client_of(meta)
        };
        self.seal_client(&self.audit_key(user)?, id, &client)
    }

    fn sealed_under(
        &self,
        key: &seal::Secret,
        id: Uuid,
        meta: &RequestMeta,
    ) -> Result<String, Error> {
        self.seal_client(key, id, &self.client_of(meta))
    }

    /// The sender of a request, and where that is.
    fn client_of(&self, meta: &RequestMeta) -> HistoryClient {
        let location = self.locate(meta.ip);
        HistoryClient {
            place: location.place().map(Place::shown),
            ..HistoryClient::of(meta)
        }
    }

    fn seal_client(
        &self,
        key: &seal::Secret,
        id: Uuid,
        client: &HistoryClient,
    ) -> Result<String, Error> {
        let details = serde_json::json!(client).to_string();
        seal::seal_text(
            key,
            &details_context(id),
            details.as_bytes(),
            self.entropy(),
        )
        .map_err(broken)
    }

    /// An event of `user` that the sender of a request brought about.
    pub(crate) fn user_event(
        &self,
        user: &User,
        kind: EventKind,
        session: Option<Uuid>,
        meta: &RequestMeta,
    ) -> Result<AuditEvent, Error> {
        let event = self.event(
            AuditSubject::Account(user.sub),
            kind,
            Actor::Caller,
            meta.now,
        );
        let details = Some(self.sealed_client(user, event.id, meta)?);
        Ok(AuditEvent {
            session,
            details,
            ..event
        })
    }

    /// An event of `user` in the answering of a challenge.
    pub(crate) fn challenge_event(
        &self,
        user: &User,
        kind: EventKind,
        challenge: Uuid,
        meta: &RequestMeta,
    ) -> Result<AuditEvent, Error> {
        Ok(AuditEvent {
            challenge: Some(challenge),
            ..self.user_event(user, kind, None, meta)?
        })
    }

    /// An event of `vendor` that the sender of a request brought about.
    pub(crate) fn vendor_event(
        &self,
        vendor: &Vendor,
        kind: EventKind,
        meta: &RequestMeta,
    ) -> Result<AuditEvent, Error> {
        let subject = AuditSubject::Account(vendor.id);
        let event = self.event(subject, kind, Actor::Caller, meta.now);
        let key = self.opened_audit_key(vendor.id, &vendor.audit_key)?;
        let details = Some(self.sealed_under(&key, event.id, meta)?);
        Ok(AuditEvent { details, ..event })
    }

    /// An event of `user` that the command line brought about.
    pub(crate) fn operator_event(&self, user: &User, kind: EventKind, now: UnixTime) -> AuditEvent {
        self.event(
            AuditSubject::Account(user.sub),
            kind,
            Actor::CommandLine,
            now,
        )
    }

    /// An event of `user` that an administrator brought about by a request: it names the
    /// administrator, and where they are is sealed for the account that it is about.
    pub(crate) fn administrator_event(
        &self,
        user: &User,
        kind: EventKind,
        administrator: Uuid,
        meta: &RequestMeta,
    ) -> Result<AuditEvent, Error> {
        Ok(AuditEvent {
            actor: Actor::Administrator,
            by: Some(administrator),
            ..self.user_event(user, kind, None, meta)?
        })
    }

    /// A failure at an address or number that no account holds. No account's key can seal
    /// where it came from, so it says only that it happened.
    pub(crate) fn address_event(
        &self,
        address: &Contact,
        kind: EventKind,
        now: UnixTime,
    ) -> AuditEvent {
        let digest = self
            .ring()
            .keyed_digest("audit address", &[], address.as_str());
        self.event(AuditSubject::Address(digest), kind, Actor::Caller, now)
    }

    /// An event of a device grant that no user has answered: no account's key can seal
    /// where it came from either.
    pub(crate) fn grant_event(&self, digest: &str, kind: EventKind, now: UnixTime) -> AuditEvent {
        let subject = AuditSubject::Grant(digest.to_owned());
        self.event(subject, kind, Actor::Caller, now)
    }

    /// A failure at a name that has no holder, as [`Postern::address_event`].
    pub(crate) fn name_event(
        &self,
        name: &LoginName,
        kind: EventKind,
        now: UnixTime,
    ) -> AuditEvent {
        let digest = match name {
            LoginName::Email(address) => {
                return self.address_event(&address.clone().into(), kind, now);
            }
            LoginName::Phone(number) => {
                return self.address_event(&number.clone().into(), kind, now);
            }
            LoginName::Vendor(address) => {
                self.ring()
                    .keyed_digest("audit vendor", &[], address.as_str())
            }
            LoginName::Username(name) => {
                self.ring()
                    .keyed_digest("audit username", &[], &name.form())
            }
            LoginName::Nobody => self.ring().keyed_digest("audit username", &[], ""),
        };
        self.event(AuditSubject::Address(digest), kind, Actor::Caller, now)
    }

    /// An event of `user`, or of the name alone where that has no holder.
    pub(crate) fn event_of_name(
        &self,
        name: &LoginName,
        user: Option<&User>,
        kind: EventKind,
        meta: &RequestMeta,
    ) -> Result<AuditEvent, Error> {
        match user {
            Some(user) => self.user_event(user, kind, None, meta),
            None => Ok(self.name_event(name, kind, meta.now)),
        }
    }

    fn next_event_id(&self) -> Uuid {
        self.0.event_ids.next(&*self.0.clock, self.entropy())
    }

    pub(crate) fn event(
        &self,
        subject: AuditSubject,
        kind: EventKind,
        actor: Actor,
        at: UnixTime,
    ) -> AuditEvent {
        AuditEvent {
            subject,
            // Events of one second are listed in the order in which they happened.
            id: self.next_event_id(),
            number: platform::integer_id(self.entropy()),
            kind,
            actor,
            by: None,
            at,
            session: None,
            challenge: None,
            again: false,
            role: None,
            risk: None,
            details: None,
            keep_until: at.plus(u64::from(self.settings().audit_days) * DAY),
        }
    }
}

/// What an account's key is sealed for.
pub(crate) fn key_context(sub: Uuid) -> String {
    format!("audit key#{sub}")
}
