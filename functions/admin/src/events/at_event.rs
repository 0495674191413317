//! The one event that a list is of.

use edge::{Fields, FromFields, Rejected};
use utoipa::IntoParams;

/// Which event.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AtEvent {
    /// Its integer id.
    pub(crate) event_id: u64,
}

impl FromFields for AtEvent {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let event_id = fields.text("event_id").number(0..=u64::MAX);
        Ok(Self {
            event_id: event_id?,
        })
    }
}
