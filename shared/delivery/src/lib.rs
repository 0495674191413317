//! Letters, and the courier that carries them.
//!
//! A letter is data: a subject, a few paragraphs, perhaps a code. Its words
//! stand in [`words`], one file a language; one pair of templates turns it into
//! a text and an HTML part. The [`Courier`] hands mail to SES and text messages
//! to SNS within a short deadline, because a user is waiting for the answer. What goes
//! to programs goes to a [`Topic`] or to an [`EventBus`].

mod bus;
mod courier;
mod device;
mod letter;
mod postage;
mod rendered;
mod text;
mod topic;
mod words;

pub use bus::{BusEvent, EventBus, Refusal};
pub use courier::{Courier, DeliveryError, TextPolicy};
pub use device::{address_in_letters, describe as describe_device, system_and_program};
pub use letter::Letter;
pub use postage::Postage;
pub use rendered::Rendered;
pub use text::TextMessage;
pub use topic::Topic;
pub use words::Language;
