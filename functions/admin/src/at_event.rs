//! The one event that a list is of.

use edge::{Fields, FromFields};
use utoipa::IntoParams;

/// Which event.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AtEvent {
    /// Its integer id.
    pub(crate) event_id: u64,
}

impl FromFields for AtEvent {
    fn read(fields: &mut Fields) -> Option<Self> {
        let event_id = fields.text("event_id").number(0..=u64::MAX);
        Some(Self {
            event_id: event_id?,
        })
    }
}
