//! The words of the pages, one file a language.
//!
//! A template has none of its own: it takes them from here by name, so that a language is
//! one file, for the pages of all families, that is complete or does not compile. Words
//! with markup are our own alone: nothing that a user sent is ever put into them.

#![allow(
    missing_docs,
    reason = "a field is called by what it says, and `en` says it"
)]

mod de;
mod en;

use domain::ProblemKind;
use domain::account::User;
use flows::Language;

/// Everything that the pages say in one language.
pub struct Words {
    /// Its BCP 47 tag.
    pub tag: &'static str,
    pub frame: Surroundings,
    pub sign_in: SignIn,
    pub sent: SentCode,
    pub factor: SecondFactor,
    pub proof: AddressProof,
    pub sign_up: SignUp,
    pub password: Passwords,
    pub sign_out: SignOut,
    pub enter: Enter,
    pub confirm: Confirm,
    pub done: Done,
    pub whose: AccountRef,
    pub authorize: Authorize,
    pub problem: Problems,
    /// One second, several; minutes; hours.
    units: [(&'static str, &'static str); 3],
}

/// Around every page.
pub struct Surroundings {
    pub signed_in_as: &'static str,
    pub sign_out: &'static str,
    pub failed: &'static str,
    pub begin_again: &'static str,
    pub about: &'static str,
    pub terms: &'static str,
    pub privacy: &'static str,
    pub support: &'static str,
}

/// Where the visitor signs in.
pub struct SignIn {
    pub title: &'static str,
    pub heading: &'static str,
    pub for_device: &'static str,
    pub name: &'static str,
    pub go_on: &'static str,
    pub new_here: &'static str,
    pub to_sign_up: &'static str,
    /// Before the name.
    pub signing_in_as: &'static str,
    pub other_name: &'static str,
    pub password: &'static str,
    pub enter: &'static str,
    pub forgotten: &'static str,
    pub without: &'static str,
    pub by_mail: &'static str,
    pub by_text: &'static str,
    pub signed_in: &'static str,
    pub nothing_more: &'static str,
}

/// Where the visitor types the code that was sent.
pub struct SentCode {
    pub by_mail: &'static str,
    pub by_text: &'static str,
    /// Around the address.
    pub mailed_to: (&'static str, &'static str),
    /// Around the number.
    pub texted_to: (&'static str, &'static str),
    pub code: &'static str,
    pub again: &'static str,
}

/// Where the visitor shows a second factor.
pub struct SecondFactor {
    pub heading: &'static str,
    pub ask_app: &'static str,
    pub ask_backup: &'static str,
    /// Around where the code is sent.
    pub ask_sent: (&'static str, &'static str),
    pub code: &'static str,
    pub otherwise: &'static str,
    pub use_app: &'static str,
    pub use_backup: &'static str,
    /// Before where the code is sent.
    pub mail_to: &'static str,
    /// Before where the code is sent.
    pub text_to: &'static str,
}

/// Where the visitor proves an address.
pub struct AddressProof {
    pub heading: &'static str,
    /// Around the address.
    pub ask: (&'static str, &'static str),
}

/// Where the visitor makes an account.
pub struct SignUp {
    pub heading: &'static str,
    pub lead: &'static str,
    pub address: &'static str,
    pub send: &'static str,
    pub have_one: &'static str,
    pub to_sign_in: &'static str,
}

/// Where the visitor chooses a password, or another one.
pub struct Passwords {
    pub choose: &'static str,
    pub need_none: &'static str,
    pub replace: &'static str,
    pub has_to_be: &'static str,
    pub new: &'static str,
    pub hint: &'static str,
    pub save: &'static str,
    pub not_now: &'static str,
    pub forgotten: &'static str,
    pub we_send: &'static str,
    pub send: &'static str,
    pub sent: &'static str,
    /// Around the name.
    pub link_sent: (&'static str, &'static str),
    /// Around the name.
    pub code_sent: (&'static str, &'static str),
    pub spent: &'static str,
    pub spent_why: &'static str,
    pub another: &'static str,
    pub back: &'static str,
}

/// Where the visitor signs out.
pub struct SignOut {
    pub ask: &'static str,
    pub lead: &'static str,
    pub yes: &'static str,
    pub done: &'static str,
    pub close: &'static str,
    pub again: &'static str,
}

/// Where the visitor names the device.
pub struct Enter {
    pub heading: &'static str,
    pub ask: &'static str,
    pub code: &'static str,
    pub hint: &'static str,
    pub next: &'static str,
}

/// Where the visitor says yes or no.
pub struct Confirm {
    pub heading: &'static str,
    pub what: &'static str,
    pub unregistered: &'static str,
    pub runs_on: &'static str,
    pub unknown: &'static str,
    pub from: &'static str,
    pub here: &'static str,
    /// With markup.
    pub elsewhere: &'static str,
    pub asked: &'static str,
    pub ago: fn(&str) -> String,
    pub its_code: &'static str,
    pub beware: &'static str,
    /// With markup.
    pub gets_session: &'static str,
    /// With markup.
    pub gets_key: &'static str,
    pub type_code: &'static str,
    pub hint: &'static str,
    pub approve: &'static str,
    pub deny: &'static str,
}

/// What became of it.
pub struct Done {
    pub connected_title: &'static str,
    pub connected: &'static str,
    pub goes_on: &'static str,
    pub denied: &'static str,
    pub stays_out: &'static str,
}

/// Where the reader of registration's letter says whose account it is.
pub struct AccountRef {
    pub heading: &'static str,
    /// Before the account's name, between that and its address, and after.
    pub made: (&'static str, &'static str, &'static str),
    pub mine: &'static str,
    pub password: &'static str,
    pub confirm: &'static str,
    pub not_mine: &'static str,
    pub ends: &'static str,
    pub disown: &'static str,
    pub or_nothing: &'static str,
    pub no_password: &'static str,
    pub wrong_password: &'static str,
    pub confirmed: &'static str,
    /// Around the address.
    pub kept: (&'static str, &'static str),
    pub disowned: &'static str,
    /// Around the address.
    pub ended: (&'static str, &'static str),
    pub spent: &'static str,
    pub spent_why: &'static str,
    pub another: &'static str,
    pub open_again: &'static str,
}

/// Where an application asks to know the visitor, and where they sign out.
pub struct Authorize {
    /// Before the application's name, and after it.
    pub heading: (&'static str, &'static str),
    pub will: &'static str,
    pub openid: &'static str,
    pub profile: &'static str,
    pub email: &'static str,
    pub phone: &'static str,
    pub address: &'static str,
    pub offline: &'static str,
    pub account: &'static str,
    /// Before the scope of an API.
    pub other: &'static str,
    /// Before the address of an API.
    pub calls: &'static str,
    pub goes_to: &'static str,
    pub allow: &'static str,
    pub refuse: &'static str,
    /// Before the application's name.
    pub back: &'static str,
    pub back_why: &'static str,
    pub go_on: &'static str,
    pub sign_out: &'static str,
    pub sign_out_why: &'static str,
    pub do_sign_out: &'static str,
    pub signed_out: &'static str,
    pub signed_out_why: &'static str,
    pub unknown_client: &'static str,
    pub bad_redirect: &'static str,
    pub over: &'static str,
    pub again_there: &'static str,
}

/// What went wrong, and what a person can do about it.
pub struct Problems {
    pub unreadable: &'static str,
    pub nothing_here: &'static str,
    pub wrong_factor: &'static str,
    pub password_change_required: &'static str,
    /// The account's second factors are none that a page can ask for.
    pub factor_elsewhere: &'static str,
    pub another_administrator: &'static str,
    /// A code by mail does not prove enough for an account with rights.
    pub code_alone: &'static str,
    pub unproven: &'static str,
    pub tries_left: fn(u32) -> String,
    pub sign_in_again: &'static str,
    pub foreign_form: &'static str,
    pub wrong_code: &'static str,
    pub wrong_password: &'static str,
    pub taken: &'static str,
    pub answered: &'static str,
    pub over: &'static str,
    pub too_many: fn(&str) -> String,
    pub disabled: &'static str,
    pub undeliverable: &'static str,
    pub ours: &'static str,
    pub no_address: &'static str,
    pub no_name: &'static str,
    pub no_password: &'static str,
    pub no_code: &'static str,
    pub no_texts: &'static str,
    pub short_password: fn(usize) -> String,
    pub long_password: fn(usize) -> String,
    pub common_password: &'static str,
    pub named_password: &'static str,
    pub breached_password: &'static str,
    pub former_password: &'static str,
    pub unfit_password: &'static str,
    pub password_replaced: &'static str,
    pub sent_already: fn(&str) -> String,
    pub no_device: &'static str,
    pub signed_out: &'static str,
}

impl Words {
    /// The words of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &en::WORDS,
            Language::German => &de::WORDS,
        }
    }

    /// What a visitor reads: the language that their browser asks for, or else the
    /// one that the account's letters are in.
    pub fn for_visitor(asked: Option<&str>, user: Option<&User>) -> &'static Self {
        let stored = user.map(|user| user.language.as_str());
        Self::of(Language::of(asked.or(stored).unwrap_or_default()))
    }

    /// Why a password that was chosen will not do.
    pub fn of_password(&self, kind: &ProblemKind) -> String {
        let problem = &self.problem;
        let text = match *kind {
            ProblemKind::TooShort { min } => return (problem.short_password)(min),
            ProblemKind::TooLong { max } => return (problem.long_password)(max),
            ProblemKind::CommonPassword => problem.common_password,
            ProblemKind::NamedPassword => problem.named_password,
            ProblemKind::BreachedPassword => problem.breached_password,
            ProblemKind::FormerPassword => problem.former_password,
            ProblemKind::Required => problem.no_password,
            _ => problem.unfit_password,
        };
        text.to_owned()
    }

    /// Seconds as people say them.
    pub fn span(&self, seconds: u64) -> String {
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
