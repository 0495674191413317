//! The words of the page, one file a language.
//!
//! A template has none of its own: it takes them from here by name, so that a
//! language is one file that is complete or does not compile. What holds markup
//! is ours alone; nothing that somebody sent is ever put into it.

mod de;
mod en;

use domain::account::User;
use flows::Language;

/// Everything that the page says in one language.
pub(crate) struct Words {
    /// Its BCP 47 tag.
    pub(crate) tag: &'static str,
    pub(crate) frame: Surroundings,
    pub(crate) sign_in: SignIn,
    pub(crate) letter: FromLetter,
    pub(crate) factor: SecondFactor,
    pub(crate) enter: Enter,
    pub(crate) confirm: Confirm,
    pub(crate) done: Done,
    pub(crate) problem: Problems,
    /// One second, several; minutes; hours.
    units: [(&'static str, &'static str); 3],
}

/// Around every page.
pub(crate) struct Surroundings {
    pub(crate) signed_in_as: &'static str,
    pub(crate) sign_out: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) begin_again: &'static str,
}

/// Where somebody says who they are.
pub(crate) struct SignIn {
    pub(crate) title: &'static str,
    pub(crate) heading: &'static str,
    pub(crate) by_code: &'static str,
    pub(crate) address: &'static str,
    pub(crate) send: &'static str,
    pub(crate) to_password: &'static str,
    pub(crate) by_password: &'static str,
    pub(crate) name: &'static str,
    pub(crate) password: &'static str,
    pub(crate) enter: &'static str,
    pub(crate) to_code: &'static str,
}

/// Where somebody types the code from the letter.
pub(crate) struct FromLetter {
    pub(crate) heading: &'static str,
    /// Before the address and after it.
    pub(crate) sent_to: (&'static str, &'static str),
    pub(crate) code: &'static str,
    pub(crate) again: &'static str,
}

/// Where somebody shows a second factor.
pub(crate) struct SecondFactor {
    pub(crate) heading: &'static str,
    pub(crate) ask: &'static str,
    pub(crate) code: &'static str,
}

/// Where somebody names the device.
pub(crate) struct Enter {
    pub(crate) heading: &'static str,
    pub(crate) ask: &'static str,
    pub(crate) code: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) next: &'static str,
}

/// Where somebody says yes or no.
pub(crate) struct Confirm {
    pub(crate) heading: &'static str,
    pub(crate) what: &'static str,
    pub(crate) unregistered: &'static str,
    pub(crate) runs_on: &'static str,
    pub(crate) unknown: &'static str,
    pub(crate) from: &'static str,
    pub(crate) here: &'static str,
    /// With markup.
    pub(crate) elsewhere: &'static str,
    pub(crate) asked: &'static str,
    pub(crate) ago: fn(&str) -> String,
    pub(crate) its_code: &'static str,
    pub(crate) beware: &'static str,
    /// With markup.
    pub(crate) gets_session: &'static str,
    /// With markup.
    pub(crate) gets_key: &'static str,
    pub(crate) type_code: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) approve: &'static str,
    pub(crate) deny: &'static str,
}

/// What became of it.
pub(crate) struct Done {
    pub(crate) connected_title: &'static str,
    pub(crate) connected: &'static str,
    pub(crate) goes_on: &'static str,
    pub(crate) denied: &'static str,
    pub(crate) stays_out: &'static str,
}

/// What went wrong, and what a person can do about it.
pub(crate) struct Problems {
    pub(crate) unreadable: &'static str,
    pub(crate) nothing_here: &'static str,
    pub(crate) wrong_factor: &'static str,
    pub(crate) password_change_required: &'static str,
    pub(crate) another_administrator: &'static str,
    pub(crate) unproven: &'static str,
    pub(crate) tries_left: fn(u32) -> String,
    pub(crate) sign_in_again: &'static str,
    pub(crate) foreign_form: &'static str,
    pub(crate) wrong_code: &'static str,
    pub(crate) wrong_password: &'static str,
    pub(crate) taken: &'static str,
    pub(crate) answered: &'static str,
    pub(crate) over: &'static str,
    pub(crate) too_many: fn(&str) -> String,
    pub(crate) disabled: &'static str,
    pub(crate) undeliverable: &'static str,
    pub(crate) ours: &'static str,
    pub(crate) no_address: &'static str,
    pub(crate) no_name: &'static str,
    pub(crate) sent_already: fn(&str) -> String,
    pub(crate) no_device: &'static str,
    pub(crate) signed_out: &'static str,
}

impl Words {
    /// The words of a language.
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &en::WORDS,
            Language::German => &de::WORDS,
        }
    }

    /// What a visitor reads: the language that their browser asks for, or else the
    /// one that the account's letters are in.
    pub(crate) fn for_visitor(asked: Option<&str>, user: Option<&User>) -> &'static Self {
        let stored = user.map(|user| user.language.as_str());
        Self::of(Language::of(asked.or(stored).unwrap_or_default()))
    }

    /// Seconds as people say them.
    pub(crate) fn span(&self, seconds: u64) -> String {
        let [in_seconds, in_minutes, in_hours] = self.units;
        let (count, (one, several)) = match seconds {
            0..=90 => (seconds, in_seconds),
            91..=5400 => (seconds.div_ceil(60), in_minutes),
            _ => (seconds.div_ceil(3600), in_hours),
        };
        let unit = if count == 1 { one } else { several };
        format!("{count} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_as_people_do() {
        for (seconds, english, german) in [
            (1, "1 second", "1 Sekunde"),
            (42, "42 seconds", "42 Sekunden"),
            (120, "2 minutes", "2 Minuten"),
            (3600, "60 minutes", "60 Minuten"),
            (7000, "2 hours", "2 Stunden"),
        ] {
            assert_eq!(Words::of(Language::English).span(seconds), english);
            assert_eq!(Words::of(Language::German).span(seconds), german);
        }
    }

    #[test]
    fn the_browser_is_asked_before_the_account() {
        for (asked, tag) in [(Some("de"), "de"), (Some("fr"), "en"), (None, "en")] {
            assert_eq!(Words::for_visitor(asked, None).tag, tag);
        }
    }
}
