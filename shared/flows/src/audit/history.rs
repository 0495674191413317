//! Reading the security events of an account, for the administrator who has to answer
//! for them. What is personal in them is readable while the account's own key
//! exists.

use crypto::seal;
use delivery::system_and_program;
use domain::account::Role;
use domain::audit::{Actor, AuditedRisk, EventKind};
use domain::place::Place;
use domain::sign_in::ClientDevice;
use domain::username::LoginName;
use domain::{EmailAddress, Error, UnixTime};
use serde::{Deserialize, Serialize};
use store::{AuditQuery, AuditRecord, AuditSubject};
use uuid::Uuid;

use crate::audit::details_context;
use crate::{Postern, RequestMeta};

/// An event, in the clear.
#[derive(Clone, Debug)]
pub struct HistoryEvent {
    /// Its name.
    pub id: Uuid,
    /// Its integer id.
    pub number: u64,
    /// What happened.
    pub kind: EventKind,
    /// Who did it.
    pub actor: Actor,
    /// The administrator who did it, if one did.
    pub by: Option<Uuid>,
    /// When.
    pub at: UnixTime,
    /// The session that it made or ended.
    pub session: Option<Uuid>,
    /// The challenge that it opened or answered.
    pub challenge: Option<Uuid>,
    /// Whether that challenge was open already, and was gone on with.
    pub again: bool,
    /// The role that the account has from then on, if it was given another.
    pub role: Option<Role>,
    /// The risk that was weighed, of such an event.
    pub risk: Option<AuditedRisk>,
    /// Where from, if that is known and can be read still.
    pub client: Option<HistoryClient>,
}

/// Where an event came from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HistoryClient {
    /// The address.
    pub ip: String,
    /// What the client called itself.
    pub user_agent: String,
    /// What it said of its device, if it did.
    #[serde(default, skip_serializing_if = "ClientDevice::is_unsaid")]
    pub device: ClientDevice,
    /// The country and the city of the address, as far as they were known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Why the administrator at that client did it, if they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl HistoryClient {
    /// The names of the system that it runs on and of the program, as far as they are known
    /// ones.
    #[must_use]
    pub fn system_and_program(&self) -> (Option<&'static str>, Option<&'static str>) {
        system_and_program(&self.user_agent)
    }

    /// The sender of a request.
    pub(crate) fn of(meta: &RequestMeta) -> Self {
        Self {
            ip: meta.ip.to_string(),
            user_agent: meta.short_user_agent(),
            device: ClientDevice::default(),
            place: None,
            reason: None,
        }
    }

    /// The one that is sealed for the event or session `id`, while `key` can be read.
    pub(crate) fn opened(key: Option<&seal::Secret>, id: Uuid, sealed: &str) -> Option<Self> {
        let plain = seal::open_text(key?, &details_context(id), sealed).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

/// A page of events, latest first.
#[derive(Clone, Debug)]
pub struct History {
    /// The events.
    pub events: Vec<HistoryEvent>,
    /// How many there are on all pages.
    pub total: u64,
    /// Where the next page goes on, if there may be one.
    pub next: Option<String>,
}

/// Whose events to read.
#[derive(Clone, Debug)]
pub enum HistoryOf {
    /// The account that holds an address.
    Holder(EmailAddress),
    /// The account or vendor of that name, also once it is deleted.
    Account(Uuid),
    /// The vendor that has an address.
    Vendor(EmailAddress),
    /// An event of cashless: what the command line did to it.
    Event(u64),
}

impl Postern {
    /// Up to `limit` audit events, before the cursor of an earlier page.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no such account, vendor or event.
    pub async fn audit_history(
        &self,
        of: &HistoryOf,
        asked: &AuditQuery,
        before: Option<&str>,
        limit: usize,
    ) -> Result<History, Error> {
        // A person's key may have been destroyed: their details stay sealed.
        let (of, key) = self.trail(of).await?;
        let (records, total) = tokio::join!(
            self.store().audit_page(&of, asked, before, limit),
            self.store().audit_total(&of, asked),
        );
        let records = records?;
        let next = records
            .last()
            .filter(|_| records.len() == limit)
            .map(|record| record.cursor.clone());
        let events = records.into_iter();
        Ok(History {
            events: events.map(|record| opened(record, key.as_ref())).collect(),
            total: total?,
            next,
        })
    }
}

impl Postern {
    /// Whose events to read, and the key that their details are sealed under.
    async fn trail(&self, of: &HistoryOf) -> Result<(AuditSubject, Option<seal::Secret>), Error> {
        let user = match of {
            HistoryOf::Holder(address) => self.find_user(address).await?,
            HistoryOf::Account(sub) => match self.store().user(*sub).await? {
                Some(user) => user,
                None => return self.trail_of_vendor(*sub).await,
            },
            HistoryOf::Vendor(address) => {
                let name = LoginName::Vendor(address.clone());
                let id = self.store().holder_of_name(&name).await?;
                return self.trail_of_vendor(id.ok_or(Error::Missing)?).await;
            }
            HistoryOf::Event(id) => {
                self.store().event(*id).await?.ok_or(Error::Missing)?;
                return Ok((AuditSubject::Event(*id), None));
            }
        };
        Ok((AuditSubject::Account(user.sub), self.audit_key(&user).ok()))
    }

    async fn trail_of_vendor(
        &self,
        id: Uuid,
    ) -> Result<(AuditSubject, Option<seal::Secret>), Error> {
        let vendor = self.store().vendor(id).await?.ok_or(Error::Missing)?;
        let key = self.opened_audit_key(vendor.id, &vendor.audit_key).ok();
        Ok((AuditSubject::Account(vendor.id), key))
    }
}

pub(crate) fn opened(record: AuditRecord, key: Option<&seal::Secret>) -> HistoryEvent {
    let details = record.details.as_deref();
    let client = details.and_then(|sealed| HistoryClient::opened(key, record.id, sealed));
    HistoryEvent {
        id: record.id,
        number: record.number,
        kind: record.kind,
        actor: record.actor,
        by: record.by,
        at: record.at,
        session: record.session,
        challenge: record.challenge,
        again: record.again,
        role: record.role,
        risk: record.risk,
        client,
    }
}
