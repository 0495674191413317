//! Security events leave the house: from the audit table's stream to an event bus.
//!
//! An event and what it tells of are written in one transaction, and DynamoDB brings every
//! row that was written to the table's stream. So the stream is the outbox: nothing else has
//! to be written with an event, and whoever signs in pays nothing for it. (Reading the
//! stream is free for Lambda; EventBridge takes a dollar for a million events.) Rows are
//! never marked as sent, since the table is append-only: how far the stream has been read is
//! Lambda's to remember, and it goes on only when [`publish`] has answered for a batch. A
//! publisher that is killed has its batch sent again.
//!
//! Hence **at least once, and in no order**: readers know an event again by its `id`, and
//! order those of one `subject` by their `sort_key`, since the bus keeps no order.
//!
//! What cannot be sent must not hold up what comes after it in the stream:
//!
//! - an entry that the bus refuses for its own state is put again, it alone; if that does not
//!   help, its sequence number is reported, and Lambda sends the batch again from there;
//! - a row that cannot be read, or that the bus refuses for what it is, is put aside in a
//!   bucket ([`publish`]), and is tried again every hour ([`sweep`]): a release that knows its
//!   kind can read it;
//! - what was not sent for six hours, Lambda puts into the same bucket with its rows (the
//!   on-failure destination), long before the stream forgets it after a day. The sweep sends
//!   that, too.
//!
//! An event that is sent in time costs no write at all; one that is not, an object. What
//! none of this saw, because the stream was not read for a day, an operator sends again from
//! the table ([`replay`]).
//!
//! Nothing here opens the key ring, so nothing here could read what is sealed in a row:
//! addresses, IP addresses and clients stay in the table.

pub(crate) mod event;
pub(crate) mod publish;
pub(crate) mod replay;
pub(crate) mod sweep;

use std::sync::Arc;

use delivery::EventBus;
use domain::Clock;
use pictures::Bucket;

use crate::Aws;
use crate::settings::OutboxSettings;

/// The way out. Cheap to clone.
#[derive(Clone)]
pub struct Outbox(Arc<Inner>);

struct Inner {
    stack: String,
    bus: EventBus,
    bucket: Bucket,
    clock: Arc<dyn Clock>,
}

impl Outbox {
    /// The outbox that `settings` describe. Nothing is asked yet.
    #[must_use]
    pub fn new(settings: &OutboxSettings, aws: &Aws, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            stack: settings.stack.clone(),
            bus: EventBus::new(&aws.eventbridge, &settings.bus),
            bucket: Bucket::new(&aws.s3, &settings.bucket),
            clock,
        }))
    }
}
