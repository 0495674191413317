//! The origins that a deployment allows, whatever its record says.

use std::sync::Arc;

use domain::origin::{Origin, OriginKind};

use super::SettingsError;
use super::vars::Vars;

/// Origins from which browsers may call, as the environment names them: the issuer's own,
/// and those of `POSTERN_ALLOWED_ORIGINS`. Cheap to clone.
///
/// Few, and known before the first request: the environment of a function has room for no
/// list that grows. Such lists are in the installation's record ([`domain::origin::Origins`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedOrigins(Arc<[Origin]>);

impl AllowedOrigins {
    /// Those of the process's own environment, for a function that needs no other setting.
    ///
    /// # Errors
    /// Every variable that is missing or makes no sense.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::from_vars(|name| std::env::var(name).ok())
    }

    /// Those of any source of variables.
    ///
    /// # Errors
    /// Every variable that is missing or makes no sense.
    pub fn from_vars(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let mut vars = Vars::new(lookup);
        let issuer = vars.issuer("POSTERN_ISSUER");
        let origins = vars.allowed_origins("POSTERN_ALLOWED_ORIGINS", &issuer);
        vars.finish(origins)
    }

    /// Whether `origin` is one of them.
    #[must_use]
    pub fn contains(&self, origin: &str) -> bool {
        self.0.iter().any(|allowed| allowed.as_str() == origin)
    }

    /// Each of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Origin> {
        self.0.iter()
    }
}

impl<F: Fn(&str) -> Option<String>> Vars<F> {
    /// The listed origins and the issuer's. The template joins parameters that may be
    /// empty, so nothing may stand between two commas.
    pub(super) fn allowed_origins(&mut self, name: &str, issuer: &str) -> AllowedOrigins {
        let text = self.get(name).unwrap_or_default();
        let entries = text.split(',').map(str::trim);
        let entries = entries.filter(|entry| !entry.is_empty());
        let listed: Vec<_> = entries
            .map(|entry| Origin::parse(OriginKind::Web, entry))
            .collect();
        if listed.contains(&None) {
            self.problems.push(format!(
                "{name} must be a list of origins such as https://app.example.com"
            ));
        }
        let own = Origin::of_url(issuer);
        AllowedOrigins(listed.into_iter().flatten().chain(own).collect())
    }
}
