//! Where security events go. The function that sends them needs no other setting.

use super::SettingsError;
use super::vars::Vars;

/// The way out of security events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxSettings {
    /// `POSTERN_STACK`: the name of the stack, which each event carries.
    pub stack: String,
    /// `POSTERN_EVENT_BUS`: the name of the bus.
    pub bus: String,
    /// `POSTERN_EVENTS_BUCKET`: the bucket of what could not be sent.
    pub bucket: String,
}

impl OutboxSettings {
    /// Those of the process's own environment.
    ///
    /// # Errors
    /// Every variable that is missing.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::from_vars(|name| std::env::var(name).ok())
    }

    /// Those of any source of variables.
    ///
    /// # Errors
    /// Every variable that is missing.
    pub fn from_vars(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let mut vars = Vars::new(lookup);
        let settings = Self {
            stack: vars.required("POSTERN_STACK"),
            bus: vars.required("POSTERN_EVENT_BUS"),
            bucket: vars.required("POSTERN_EVENTS_BUCKET"),
        };
        vars.finish(settings)
    }
}
