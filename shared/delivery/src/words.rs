//! The words of the letters, one file a language.

mod de;
mod en;

use domain::UnixTime;

use crate::letter::{Letter, Words};

/// A language that letters are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Language {
    /// English, for every user whose own is not here yet.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// The language of an account, by its stored tag (`de`, `de-CH`).
    #[must_use]
    pub fn of(tag: &str) -> Self {
        Self::named(tag).unwrap_or_default()
    }

    /// The language of a tag, if it is here.
    #[must_use]
    pub fn named(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// Its BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    pub(crate) fn words(self, letter: &Letter, service: &str) -> Words {
        match self {
            Self::English => en::words(letter, service),
            Self::German => de::words(letter, service),
        }
    }
}

/// Hour and minute in UTC, and the day and month: a year would read like a code.
fn clock_and_day(at: UnixTime) -> (String, usize, usize) {
    let stamp = at.to_string();
    let number = |range| {
        stamp
            .get(range)
            .and_then(|text: &str| text.parse().ok())
            .unwrap_or(1)
    };
    (
        stamp.get(11..16).unwrap_or_default().to_owned(),
        number(8..10),
        number(5..7),
    )
}

/// The same, with the month by its name.
fn moment(at: UnixTime, months: &[&'static str; 12]) -> (String, usize, &'static str) {
    let (clock, day, month) = clock_and_day(at);
    let named = month.checked_sub(1).and_then(|index| months.get(index));
    (clock, day, named.copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_find_their_language() {
        assert_eq!(Language::of("de-CH"), Language::German);
        assert_eq!(Language::of("DE"), Language::German);
        assert_eq!(Language::of("ko"), Language::English);
        assert_eq!(Language::of(""), Language::English);
    }

    #[test]
    fn moments_have_no_year() {
        assert_eq!(
            clock_and_day(UnixTime(1_795_307_611)),
            ("00:33".to_owned(), 22, 11)
        );
    }
}
