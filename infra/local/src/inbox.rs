//! What the stack would have sent: every mail and text message, newest first, and beside
//! them the events that went to the bus.
//!
//! The sinks put messages in; a person reads them on the inbox page and a test through
//! `/api/messages` and `/api/events` (see [`page`]). Only the last [`CAPACITY`] of either are
//! kept, in memory: they hold sign-in codes, and old ones are of no use. Events are on a
//! shelf of their own, since each sign-in makes several, which nobody waits for.

pub mod page;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{Timestamp, Unit};
use serde::Serialize;

use crate::clock::Clock;

/// How many messages are kept, and how many events.
pub const CAPACITY: usize = 500;

/// The way a message would have gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// By e-mail (SES).
    Mail,
    /// By text message (SNS).
    Text,
    /// To a topic (SNS).
    Topic,
    /// To an event bus (EventBridge).
    Event,
}

/// A message as it was handed in.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The way it goes.
    pub channel: Channel,
    /// An e-mail address, a telephone number, or the name of a topic or a bus.
    pub to: String,
    /// The sender, if it names one.
    pub from: String,
    /// The subject; empty for a text message.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML part, if it has one.
    pub html: Option<String>,
}

/// A message in the inbox.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// The id that the sender was told.
    pub id: String,
    /// The way it went.
    pub channel: Channel,
    /// An e-mail address or a telephone number.
    pub to: String,
    /// The sender.
    pub from: String,
    /// The subject; empty for a text message.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML part, if it has one.
    pub html: Option<String>,
    /// When it was handed in.
    pub sent_at: Timestamp,
}

/// The messages. A clone is another handle to the same inbox.
#[derive(Clone)]
pub struct Inbox {
    shelf: Arc<Mutex<Shelf>>,
    clock: Clock,
}

#[derive(Default)]
struct Shelf {
    messages: VecDeque<Message>,
    events: VecDeque<Message>,
    received: u64,
}

impl Inbox {
    /// An empty inbox.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            shelf: Arc::default(),
            clock,
        }
    }

    /// Takes in a message, as one draft for each recipient, and tells the id
    /// of the first.
    pub fn receive(&self, drafts: impl IntoIterator<Item = Draft>) -> String {
        // A mail's time needs no nanoseconds.
        let now = (self.clock)();
        let sent_at = now.round(Unit::Millisecond).unwrap_or(now);
        let shelf = &mut *self.shelf();
        let mut first = None;
        for draft in drafts {
            shelf.received += 1;
            let id = format!("{:013x}-{:06}", sent_at.as_millisecond(), shelf.received);
            first.get_or_insert_with(|| id.clone());
            let pile = match draft.channel {
                Channel::Event => &mut shelf.events,
                Channel::Mail | Channel::Text | Channel::Topic => &mut shelf.messages,
            };
            pile.push_front(Message {
                id,
                channel: draft.channel,
                to: draft.to,
                from: draft.from,
                subject: draft.subject,
                text: draft.text,
                html: draft.html,
                sent_at,
            });
            pile.truncate(CAPACITY);
        }
        first.unwrap_or_default()
    }

    /// The messages, newest first: all, or those to one address or number.
    #[must_use]
    pub fn messages(&self, to: Option<&str>) -> Vec<Message> {
        let shelf = self.shelf();
        let wanted = |message: &&Message| to.is_none_or(|to| message.to.eq_ignore_ascii_case(to));
        shelf.messages.iter().filter(wanted).cloned().collect()
    }

    /// The events, newest first: all, or those of one type.
    #[must_use]
    pub fn events(&self, kind: Option<&str>) -> Vec<Message> {
        let shelf = self.shelf();
        let wanted = |event: &&Message| kind.is_none_or(|kind| event.subject == kind);
        shelf.events.iter().filter(wanted).cloned().collect()
    }

    /// Empties it.
    pub fn clear(&self) {
        let mut shelf = self.shelf();
        shelf.messages.clear();
        shelf.events.clear();
    }

    /// A thread that died while it held the lock left whole messages behind.
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
