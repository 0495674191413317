//! Codes as people paste them.
//!
//! A code comes out of a letter, a chat or an authenticator with whatever stands
//! around it: `123 456`, `abcd-efgh`, a blank that does not break, a mark of zero
//! width, digits as a keyboard for Arabic or Chinese writes them. None of that is a
//! guess, so it goes before anything is counted.

/// The first of the ten digits of each script that people type numbers in.
const ZEROES: [u32; 20] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0xA9D0, 0xFF10,
];

/// How far the letters of full width lie from those that they are.
const FULL_WIDTH: u32 = 0xFEE0;

/// `typed` with only its letters and digits. Those of every script stay, for the code's
/// own rule to judge, and so does NUL, which no code holds.
#[must_use]
pub fn bare(typed: &str) -> String {
    let mut bare = typed.to_owned();
    bare.retain(|c| c.is_alphanumeric() || c == '\0');
    bare
}

/// The same, with its digits and its letters of full width as ASCII.
#[must_use]
pub fn pasted(typed: &str) -> String {
    bare(typed).chars().map(plain).collect()
}

/// `typed` without what surrounds it and is not seen: blanks, and the marks of direction
/// and of zero width that programs put around what is copied out of them.
#[must_use]
pub fn trimmed(typed: &str) -> &str {
    typed.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '\u{ad}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
                    | '\u{2060}'..='\u{2069}' | '\u{FEFF}'
            )
    })
}

/// `typed` reduced to ASCII letters and digits, of which every code of ours is made.
#[must_use]
pub fn code(typed: &str) -> String {
    let mut code = pasted(typed);
    code.retain(|c| c.is_ascii_alphanumeric() || c == '\0');
    code
}

/// `typed` reduced to what our tokens in letters are made of, the signs of base64url:
/// a letter breaks them across lines, a sentence ends behind them, a chat turns their
/// dashes into longer ones. A user who pastes the whole link means the token at its end.
#[must_use]
pub fn token(typed: &str) -> String {
    let named = typed
        .rsplit_once("token=")
        .map_or(typed, |(_, token)| token);
    let mut token = String::with_capacity(named.len());
    for c in named.chars().map(plain) {
        match c {
            '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}' => token.push('-'),
            '\u{2014}' => token.push_str("--"),
            '\u{FF3F}' => token.push('_'),
            c if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '\0') => token.push(c),
            _ => {}
        }
    }
    token
}

fn plain(c: char) -> char {
    let point = u32::from(c);
    let digit = ZEROES.iter().find_map(|zero| {
        let digit = point.checked_sub(*zero).filter(|digit| *digit < 10)?;
        char::from_digit(digit, 10)
    });
    let letter = || match c {
        'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(point - FULL_WIDTH),
        _ => None,
    };
    digit.or_else(letter).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_a_code_goes() {
        for typed in [
            "123456",
            " 123 456\r\n",
            "123-456",
            "123\u{a0}456",
            "\u{feff}123\u{200b}456\u{200e}",
            "123\u{2011}456.",
            "１２３４５６",
            "١٢٣٤٥٦",
            "۱۲۳۴۵۶",
            "१२३४५६",
        ] {
            assert_eq!(pasted(typed), "123456", "{typed}");
        }
        assert_eq!(pasted("abcd-EFGH"), "abcdEFGH");
        assert_eq!(pasted("ＡＢｃｚ－１"), "ABcz1");
    }

    #[test]
    fn a_token_is_read_out_of_what_is_pasted() {
        for typed in [
            "aB3-_9--x",
            "  aB3-_9--x\r\n",
            "aB3-_\r\n  9--x.",
            "\u{201c}aB3-_9--x\u{201d}",
            "<aB3-_9--x>",
            "aB3-\u{200b}_9\u{ad}--x\u{feff}",
            "aB3\u{2011}_9\u{2014}x",
            "https://id.example/reset?lang=de#token=aB3-_9--x",
            "aB3-_=\r\n9--x",
        ] {
            assert_eq!(token(typed), "aB3-_9--x", "{typed}");
        }
        assert_eq!(token(" . "), "");
        assert_eq!(token("a\0b"), "a\0b");
    }

    #[test]
    fn what_is_not_seen_around_a_text_goes() {
        for typed in [
            "+1",
            " +1\r\n",
            "\u{202a}+1\u{202c}",
            "\u{feff}+1\u{200e}\u{a0}",
        ] {
            assert_eq!(trimmed(typed), "+1", "{typed:?}");
        }
        assert_eq!(trimmed("a\u{200b}b"), "a\u{200b}b");
    }

    #[test]
    fn letters_are_kept_for_the_rule_to_see() {
        assert_eq!(bare("１2 é-4"), "１2é4");
        assert_eq!(pasted("12é-4"), "12é4");
        assert_eq!(pasted("1\u{0}2"), "1\u{0}2");
        assert_eq!(code("12é-4 ж"), "124");
        assert_eq!(code("—"), "");
    }
}
