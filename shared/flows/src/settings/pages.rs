//! What an installation decides about its pages.

use domain::accent::Accent;

use super::vars::Vars;

/// How the pages look, and what stands under them.
#[derive(Clone, Debug, Default)]
pub struct PagesSettings {
    /// `POSTERN_ACCENT_COLOUR`: the colour of buttons and links, `#rrggbb`.
    pub accent: Accent,
    /// `POSTERN_TERMS_URL`, `POSTERN_PRIVACY_URL`, `POSTERN_SUPPORT_URL`: the
    /// installation's own pages.
    pub links: PageLinks,
}

/// The installation's own pages, as far as there are any.
#[derive(Clone, Debug, Default)]
pub struct PageLinks {
    /// Its terms.
    pub terms: Option<String>,
    /// What it does with personal data.
    pub privacy: Option<String>,
    /// Where its users find help.
    pub support: Option<String>,
}

impl PageLinks {
    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.terms.is_none() && self.privacy.is_none() && self.support.is_none()
    }
}

impl<F: Fn(&str) -> Option<String>> Vars<F> {
    pub(super) fn pages(&mut self) -> PagesSettings {
        PagesSettings {
            accent: self.accent("POSTERN_ACCENT_COLOUR"),
            links: PageLinks {
                terms: self.web_address("POSTERN_TERMS_URL"),
                privacy: self.web_address("POSTERN_PRIVACY_URL"),
                support: self.web_address("POSTERN_SUPPORT_URL"),
            },
        }
    }

    fn accent(&mut self, name: &str) -> Accent {
        let Some(text) = self.get(name) else {
            return Accent::default();
        };
        Accent::parse(&text).unwrap_or_else(|| {
            self.problems.push(format!(
                "{name} must be a colour, #rrggbb, on which white can be read: with a contrast of 4.5 to 1"
            ));
            Accent::default()
        })
    }
}
