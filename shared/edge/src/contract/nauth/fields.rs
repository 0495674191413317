//! Fields as this contract has them: limits beyond the schemas, and what counts as absent.

use crate::{Fields, Rejected};
use domain::account::Metadata;
use domain::password::Password;
use domain::provider::Provider;
use domain::username::{LoginName, Username};
use domain::{EmailAddress, PhoneNumber, ProblemKind};
use flows::AttributeEdit;
use serde_json::{Map, Value};

use super::factors::factor_named;

/// The most characters of an address and of an identifier.
const LONG: usize = 255;

/// The providers that the contract offers, in the order in which it names them.
const OFFERED: [Provider; 3] = [Provider::Google, Provider::Apple, Provider::Facebook];

/// The provider of that name, if the contract offers it, however it is written.
#[must_use]
pub fn offered_provider(name: &str) -> Option<Provider> {
    let name = name.to_lowercase();
    OFFERED.into_iter().find(|one| one.name() == name)
}

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

/// What is to change of an account; what is left out or null stays as it is.
pub fn attribute_edit(fields: &mut Fields) -> AttributeEdit {
    AttributeEdit {
        username: username_if_sent(fields),
        first_name: name_if_sent(fields, "firstName"),
        last_name: name_if_sent(fields, "lastName"),
        email: email_if_sent(fields),
        phone: phone_if_sent(fields),
        metadata: metadata_edit_if_sent(fields),
        preferred_factor: fields
            .text_or_null("preferredMfaMethod")
            .lower()
            .parsed_if_sent(ProblemKind::NotAChoice, factor_named),
    }
}

/// Why an administrator does something, if they say so.
pub fn reason(fields: &mut Fields) -> Option<String> {
    let reason = fields.text_or_null("reason").max(500).optional();
    reason.filter(|reason| !reason.is_empty())
}

/// A provider that the contract offers.
pub fn provider(fields: &mut Fields) -> Result<Provider, Rejected> {
    let text = fields.text("provider").max(50);
    text.parsed(ProblemKind::NotAChoice, offered_provider)
}
