//! Events sent again from the table, on an operator's word: for a reader that lost some, or
//! is new, and for what no sweep saw. They have the ids that they had.

use std::time::Duration;

use delivery::{BusEvent, EventBus};
use domain::{Error, UnixTime};
use uuid::Uuid;

use super::Outbox;
use super::event::for_bus;
use crate::Postern;

/// How often a call is made before a replay ends.
const TRIES: u32 = 5;

/// Which events to send again.
#[derive(Clone, Copy, Debug)]
pub struct Replay {
    /// Not before.
    pub since: UnixTime,
    /// Not after.
    pub until: UnixTime,
    /// Only those about this account or vendor. For all, the whole table is read.
    pub account: Option<Uuid>,
}

/// What a replay did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// How many events the bus took.
    pub taken: usize,
    /// How many rows could not be read.
    pub unreadable: usize,
    /// How many events the bus refuses for what they are.
    pub refused: usize,
}

impl Postern {
    /// Sends events of the audit table again.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table or the bus does not answer. Some events have been
    /// sent then; sending all of them again does no harm.
    pub async fn replay(&self, outbox: &Outbox, asked: &Replay) -> Result<Replayed, Error> {
        let (mut replayed, mut after) = (Replayed::default(), None);
        loop {
            let Replay { since, until, .. } = *asked;
            let page = self.store().audit_span(asked.account, since, until, after);
            let (rows, end) = page.await?;
            let mut events = Vec::with_capacity(rows.len());
            for row in rows {
                match row {
                    Ok(row) => events.push(for_bus(row, &outbox.0.stack)),
                    Err(_) => replayed.unreadable += 1,
                }
            }
            while !events.is_empty() {
                let later = events.split_off(EventBus::fitting(&events));
                outbox.put_again(events, &mut replayed).await?;
                events = later;
            }
            after = end;
            if after.is_none() {
                return Ok(replayed);
            }
        }
    }
}

impl Outbox {
    async fn put_again(
        &self,
        mut events: Vec<BusEvent>,
        replayed: &mut Replayed,
    ) -> Result<(), Error> {
        for tried in 0..TRIES {
            if tried > 0 {
                // The bus has a limit of events a second, which a replay soon reaches.
                tokio::time::sleep(Duration::from_millis(200 << tried)).await;
            }
            let said = self.0.bus.put(&events).await;
            let said = said.map_err(|error| Error::Unavailable(error.to_string()))?;
            let mut again = Vec::new();
            for (event, said) in events.into_iter().zip(said) {
                match said {
                    Ok(()) => replayed.taken += 1,
                    Err(refusal) if refusal.passing => again.push(event),
                    Err(_) => replayed.refused += 1,
                }
            }
            events = again;
            if events.is_empty() {
                return Ok(());
            }
        }
        Err(Error::Unavailable("the bus takes no more".to_owned()))
    }
}
