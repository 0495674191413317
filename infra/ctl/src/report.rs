//! What a command has to say, for people and for machines.

use std::io::{ErrorKind, Write as _, stdout};

use domain::username::is_invisible;
use serde::Serialize;
use serde_json::{Value, json};

use crate::Failure;

/// The same thing twice.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// For people: lines without the last line's end.
    pub text: String,
    /// For machines.
    pub json: Value,
}

impl Report {
    /// What is left to say by a command that has written as it went along.
    pub fn said() -> Self {
        Self {
            text: String::new(),
            json: Value::Null,
        }
    }

    /// Writes one of the two to standard output.
    ///
    /// # Errors
    /// If it cannot be written; a reader that has read enough is no error.
    pub fn print(&self, json: bool) -> Result<(), Failure> {
        if *self == Self::said() {
            return Ok(());
        }
        let text = if json {
            seen(&format!("{:#}", self.json))
        } else {
            self.text.clone()
        };
        match writeln!(stdout().lock(), "{text}") {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::refused(error)),
            _ => Ok(()),
        }
    }
}

/// `text` on an operator's terminal. People choose their own names, and a
/// terminal obeys control characters; what is invisible or turns the direction of
/// writing makes one name look like another. Such characters are written out.
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_invisible(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// JSON on an operator's terminal: the same document, with such characters
/// escaped as JSON does. They are nowhere but in its texts.
pub fn seen(json: &str) -> String {
    let mut seen = String::with_capacity(json.len());
    for c in json.chars() {
        if is_invisible(c) && c != '\n' {
            let units = c.encode_utf16(&mut [0; 2]).to_vec();
            seen.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            seen.push(c);
        }
    }
    seen
}

/// What is stored as a word, as that word.
pub fn word(value: impl Serialize) -> String {
    text(&json!(value)).unwrap_or_default()
}

/// A value as a person reads it; nothing where there is none.
pub fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values
            .iter()
            .filter_map(text)
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    };
    (!text.is_empty()).then_some(text)
}

/// Rows in columns, two spaces apart.
pub fn columns<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths);
        let line: String = cells
            .map(|(cell, width)| format!("{cell:width$}  "))
            .collect();
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_drive_the_terminal() {
        assert_eq!(
            shown("Ada\u{1b}[2J\nEve\u{9b}"),
            "Ada\\u{1b}[2J\\u{a}Eve\\u{9b}"
        );
    }

    #[test]
    fn what_is_invisible_is_seen() {
        assert_eq!(
            shown("a\u{200b}d\u{202e}a\u{ad}\u{feff}\u{2060}"),
            "a\\u{200b}d\\u{202e}a\\u{ad}\\u{feff}\\u{2060}"
        );
        for plain in [
            "Ada Lovelace",
            "J\u{f6}rg",
            "\u{5d0}\u{5d3}\u{5d4}",
            "\u{1f512}",
        ] {
            assert_eq!(shown(plain), plain);
        }
    }

    #[test]
    fn json_says_the_same_when_it_is_seen() {
        let value = json!({ "name": "a\u{200b}\u{9b}\u{7f}\n\u{e0001}\u{1f512}", "list": [1] });
        let text = seen(&format!("{value:#}"));
        assert!(!text.contains(|c| c != '\n' && is_invisible(c)), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a", "b", "c"], ["üüü", "", "d"]].map(|row| row.map(str::to_owned));
        assert_eq!(columns(&rows), "a    b  c\nüüü     d");
    }
}
