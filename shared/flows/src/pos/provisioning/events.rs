//! Events: making, renaming, ending.

use domain::audit::EventKind;
use domain::pos::PosEvent;
use domain::{Error, platform};
use store::EventPage;

use crate::admin::accounts::ActedBy;
use crate::{MAX_ROUNDS, Postern, contended};

/// What is to become of an event.
#[derive(Clone, Debug, Default)]
pub struct EventEdit {
    /// Its new name.
    pub name: Option<String>,
    /// Whether it is over.
    pub ended: Option<bool>,
}

/// Events on a page at most: each is a read of its own.
const MAX_PAGE: usize = 50;

impl Postern {
    /// The event of that id.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is none, or it is over.
    pub(crate) async fn event_on(&self, id: u64) -> Result<PosEvent, Error> {
        let event = self.store().event(id).await?;
        event.filter(PosEvent::is_on).ok_or(Error::Missing)
    }

    /// Makes an event.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if the administrator is no longer one, here and below.
    pub async fn create_event(&self, by: ActedBy<'_>, name: &str) -> Result<PosEvent, Error> {
        for _ in 0..MAX_ROUNDS {
            let event = PosEvent {
                id: platform::integer_id(self.entropy()),
                name: name.to_owned(),
                rev: 1,
                created_at: self.instant(by),
                ended_at: None,
            };
            let written = self.provisioning_event(by, event.id, EventKind::EventCreated)?;
            let transaction = self
                .store()
                .transaction()
                .create_event(&event)?
                .audit(&written)?;
            // Refused: of 2^53 ids, one that an event has.
            if self.provision(by, transaction).await?.is_none() {
                return Ok(event);
            }
        }
        Err(contended())
    }

    /// Renames an event, ends it or has it go on. What was issued for it is no good
    /// once it has ended; nothing that ended comes back with it but tokens that have
    /// not expired.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no such event.
    pub async fn edit_event(
        &self,
        by: ActedBy<'_>,
        id: u64,
        edit: &EventEdit,
    ) -> Result<PosEvent, Error> {
        for _ in 0..MAX_ROUNDS {
            let before = self.store().event(id).await?.ok_or(Error::Missing)?;
            let ended_at = match edit.ended {
                Some(true) => Some(before.ended_at.unwrap_or_else(|| self.instant(by))),
                Some(false) => None,
                None => before.ended_at,
            };
            let after = PosEvent {
                name: edit.name.clone().unwrap_or_else(|| before.name.clone()),
                ended_at,
                ..before.clone()
            };
            if after == before {
                return Ok(before);
            }
            let after = PosEvent {
                rev: before.rev + 1,
                ..after
            };
            let written = self.provisioning_event(by, id, EventKind::EventChanged)?;
            let transaction = self
                .store()
                .transaction()
                .edit_event(&after, before.rev)?
                .audit(&written)?;
            if self.provision(by, transaction).await?.is_none() {
                return Ok(after);
            }
        }
        Err(contended())
    }

    /// Up to `limit` events after the cursor of an earlier page, oldest first.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn events(&self, after: Option<&str>, limit: usize) -> Result<EventPage, Error> {
        let limit = i32::try_from(limit.clamp(1, MAX_PAGE)).unwrap_or(1);
        Ok(self.store().events(after, limit).await?)
    }
}
