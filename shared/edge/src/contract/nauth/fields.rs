//! Fields as this contract has them: limits beyond the schemas, and what counts as absent.

use crate::{Fields, Rejected};
use domain::account::Metadata;
use domain::password::Password;
use domain::username::{LoginName, Username};
use domain::{EmailAddress, PhoneNumber, ProblemKind};
use serde_json::{Map, Value};

/// The most characters of an address and of an identifier.
const LONG: usize = 255;

/// An address, trimmed and in lower case.
pub fn email(fields: &mut Fields) -> Result<EmailAddress, Rejected> {
    fields.text("email").max(LONG).email()
}

/// Another address, if one was sent.
pub fn email_if_sent(fields: &mut Fields) -> Option<EmailAddress> {
    fields.text_or_null("email").max(LONG).email_if_sent()
}

/// An address, a username or a number.
pub fn identifier(fields: &mut Fields, name: &'static str) -> Result<LoginName, Rejected> {
    let typed = fields.text(name).min(1).max(LONG).required()?;
    Ok(LoginName::identifier(&typed))
}

/// A new password, of 8 to 128 characters; what else makes it weak is for the flow to say.
pub fn new_password(fields: &mut Fields, name: &'static str) -> Result<Password, Rejected> {
    fields.password_of(name, 8..=128)
}

/// A reset code, of six digits and at most `most`, as it was pasted.
pub fn reset_code(fields: &mut Fields, most: usize) -> Result<String, Rejected> {
    let code = fields.text("code").pasted();
    code.min(6).max(most).digits().required()
}

/// A username of 3 to 50 letters, digits, underscores and hyphens, if one was sent.
pub fn username_if_sent(fields: &mut Fields) -> Option<Username> {
    let plain = |text: &str| {
        let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        (3..=50).contains(&text.len()) && text.chars().all(sound)
    };
    let parse = |text: &str| Username::parse(text).filter(|_| plain(text));
    fields
        .text_or_null("username")
        .parsed_if_sent(ProblemKind::NotAUsername, parse)
}

/// A given or family name, if one was sent.
pub fn name_if_sent(fields: &mut Fields, name: &'static str) -> Option<String> {
    fields.text_or_null(name).min(1).max(100).optional()
}

/// A number in E.164 form, blanks left out.
pub fn phone(fields: &mut Fields) -> Result<PhoneNumber, Rejected> {
    let text = fields.text("phone").max(32);
    text.parsed(ProblemKind::NotAPhone, PhoneNumber::spaced)
}

/// The same, if one was sent.
pub fn phone_if_sent(fields: &mut Fields) -> Option<PhoneNumber> {
    fields
        .text_or_null("phone")
        .max(32)
        .parsed_if_sent(ProblemKind::NotAPhone, PhoneNumber::spaced)
}

/// What is to be merged into the metadata, if it was sent.
pub fn metadata_edit_if_sent(fields: &mut Fields) -> Option<Map<String, Value>> {
    fields.object_if_sent("metadata", |edit| {
        Metadata::default().merged(edit)?;
        Ok(edit.clone())
    })
}

/// The metadata of a new account.
pub fn metadata(fields: &mut Fields) -> Metadata {
    let sent = fields.object_if_sent("metadata", |sent| Metadata::default().merged(sent));
    sent.unwrap_or_default()
}
