//! An unproven address is in no answer: a client that reads it there takes it for the
//! person's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tests::Answer;

use super::Walked;
use super::bodies::rows;

/// Answers to the reader of the letter that went to that very address.
const TO_THE_READER: [&str; 3] = [
    "GET /auth/confirm",
    "POST /auth/confirm/mine",
    "POST /auth/confirm/not-mine",
];

/// Answers that say beside the address that it is not proven.
const FLAGGED: [&str; 2] = ["GET /nauth/profile", "PUT /nauth/profile (name)"];

/// Asserts that no answer but those of `TO_THE_READER` names the unproven address of its
/// caller.
pub fn is_unnamed(walked: &[Walked]) {
    let rows = rows().zip(walked);
    let named = rows.filter(|(_, one)| {
        let address = one.asker.as_deref().expect("an account");
        said(&one.answer).contains(address)
    });
    let named = named.map(|(row, _)| row.name());
    let named: Vec<String> = named
        .filter(|name| !FLAGGED.contains(&name.as_str()))
        .collect();
    assert_eq!(named, TO_THE_READER, "an address that nobody proved");
}

/// All that an answer says: headers, body, and what is in its tokens.
fn said(answer: &Answer) -> String {
    let headers = answer.headers.iter();
    let mut said: String = headers.map(|(_, value)| format!("{value:?}\n")).collect();
    said.push_str(&answer.text);
    let words = said.split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)));
    let tokens = words.filter(|word| word.starts_with("eyJ"));
    let opened = tokens.filter_map(|token| URL_SAFE_NO_PAD.decode(token).ok());
    let opened: Vec<String> = opened
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    said + &opened.join("\n")
}
