//! Second factors as this contract names them, what a client sends to set one up, and what
//! it gets to go on with.

use domain::account::Factor;
use domain::{PhoneNumber, ProblemKind, verification};
use flows::{EnrollmentData, FirstProof, NewFactor};
use passkeys::{Assertion, NewCredential};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::openapi::Record;
use crate::{Fields, Refusal, Rejected, qr};

/// A kind of factor that is set up on a device.
#[derive(ToSchema)]
#[schema(as = MFADeviceMethod, rename_all = "lowercase")]
#[allow(dead_code, missing_docs, reason = "for the document")]
pub enum MfaDeviceMethod {
    Totp,
    Sms,
    Email,
    Passkey,
}

/// What the contract calls a kind of factor.
#[must_use]
pub const fn factor_name(factor: Factor) -> &'static str {
    match factor {
        Factor::Totp => "totp",
        Factor::Sms => "sms",
        Factor::Email => "email",
        Factor::Passkey => "passkey",
    }
}

/// The kind of factor that has this name, in small letters.
#[must_use]
pub fn factor_named(name: &str) -> Option<Factor> {
    match name {
        "totp" => Some(Factor::Totp),
        "sms" => Some(Factor::Sms),
        "email" => Some(Factor::Email),
        "passkey" => Some(Factor::Passkey),
        _ => None,
    }
}

/// The kind of factor in the field `name`.
///
/// # Errors
/// [`Rejected`] if it is none.
pub fn factor(fields: &mut Fields, name: &'static str) -> Result<Factor, Rejected> {
    let text = fields.text(name).max(50).lower();
    text.parsed(ProblemKind::NotAChoice, factor_named)
}

/// The kind of factor in the field `name`, and what `read` makes of `setupData` for it. Where
/// there is no such kind, it is told all the same if that is no object.
fn of_kind<T>(
    fields: &mut Fields,
    name: &'static str,
    read: impl FnOnce(&mut Fields, Factor) -> Result<T, Rejected>,
) -> Result<T, Rejected> {
    match factor(fields, name) {
        Ok(factor) => read(fields, factor),
        Err(rejected) => {
            let _ = fields.nested("setupData", |_| Ok(()));
            Err(rejected)
        }
    }
}

/// What is said of a factor that is to be set up, whose kind is in the field `name`.
///
/// # Errors
/// [`Rejected`] for a kind or a number that is none.
pub fn named_factor(fields: &mut Fields, name: &'static str) -> Result<NewFactor, Rejected> {
    of_kind(fields, name, new_factor)
}

/// What shows a factor that is being set up, whose kind is in the field `name`.
///
/// # Errors
/// [`Rejected`] for what is missing or malformed.
pub fn named_proof(fields: &mut Fields, name: &'static str) -> Result<FirstProof, Rejected> {
    of_kind(fields, name, first_proof)
}

/// What `setupData` says of a factor that is to be set up.
///
/// # Errors
/// [`Rejected`] for a number that is none.
fn new_factor(fields: &mut Fields, factor: Factor) -> Result<NewFactor, Rejected> {
    fields.nested("setupData", |data| {
        Ok(match factor {
            Factor::Totp => NewFactor::Totp,
            Factor::Sms => NewFactor::Sms(number(data)),
            Factor::Email => NewFactor::Email,
            Factor::Passkey => NewFactor::Passkey,
        })
    })
}

/// What `setupData` shows of a factor that is being set up. Nothing is right where the
/// account has proven the number or address already.
///
/// # Errors
/// [`Rejected`] for what is missing or malformed.
fn first_proof(fields: &mut Fields, factor: Factor) -> Result<FirstProof, Rejected> {
    fields.nested("setupData", |data| {
        if factor == Factor::Passkey {
            let made = data.object("credential", new_credential)?;
            return Ok(FirstProof::Passkey(Box::new(made)));
        }
        if factor != Factor::Totp && !data.is_given("code") {
            let number = data.integer_or_null("deviceId");
            return Ok(FirstProof::Ready { factor, number });
        }
        let secret = data.text_or_null("secret").code().max(64).optional();
        let phone = number(data);
        let code = data.text("code").code().min(4).max(10).required()?;
        Ok(match factor {
            Factor::Totp => FirstProof::Totp {
                code,
                secret: secret.map(|secret| secret.to_ascii_uppercase()),
            },
            Factor::Sms => FirstProof::Sms { code, phone },
            Factor::Email | Factor::Passkey => FirstProof::Email { code },
        })
    })
}

/// What a browser tells of a passkey that it made: the credential, or, as the contract's own
/// client has it, an object with that in it. The challenge that such a client says it answers
/// is not read: the one that counts is remembered here.
fn new_credential(sent: &Map<String, Value>) -> Result<NewCredential, ProblemKind> {
    let inner = sent.get("credential").and_then(Value::as_object);
    NewCredential::parse(inner.unwrap_or(sent)).ok_or(ProblemKind::NotACredential)
}

/// The passkey in the field `credential`.
///
/// # Errors
/// [`Rejected`] if it is none.
pub fn assertion(fields: &mut Fields) -> Result<Box<Assertion>, Rejected> {
    let parse =
        |sent: &Map<String, Value>| Assertion::parse(sent).ok_or(ProblemKind::NotACredential);
    fields.object("credential", parse).map(Box::new)
}

/// A ceremony's options under the contract's name and under its client's, which reads the
/// other.
#[must_use]
pub fn ceremony(options: &Value) -> Value {
    json!({ "options": options, "publicKey": options })
}

/// The number that a code is to be sent to, or was: the contract has two names for it.
fn number(data: &mut Fields) -> Option<PhoneNumber> {
    let name = match data.is_given("phoneNumber") {
        true => "phoneNumber",
        false => "phone",
    };
    data.text_or_null(name)
        .max(32)
        .parsed_if_sent(ProblemKind::NotAPhone, PhoneNumber::spaced)
}

/// What a client needs to go on setting a factor up.
///
/// # Errors
/// More text than a QR code holds.
pub fn setup_data(data: &EnrollmentData) -> Result<Record, Refusal> {
    let told = match data {
        EnrollmentData::Totp {
            secret,
            uri,
            issuer,
            account,
        } => json!({
            "secret": secret,
            "qrCode": qr::data_uri(uri)?,
            "manualEntryKey": in_fours(secret),
            "issuer": issuer,
            "accountName": account,
        }),
        EnrollmentData::Passkey(options) => ceremony(options),
        EnrollmentData::Sent(contact) => {
            let name = match contact {
                domain::Contact::Phone(_) => "maskedPhone",
                domain::Contact::Email(_) => "maskedEmail",
            };
            json!({ name: verification::masked(contact) })
        }
        EnrollmentData::Ready(number) => json!({ "autoCompleted": true, "deviceId": number }),
    };
    Ok(Record(match told {
        Value::Object(told) => told,
        _ => Map::new(),
    }))
}

/// A secret in groups of four, as people type it.
fn in_fours(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_typed_in_groups_of_four() {
        assert_eq!(in_fours("ABCDEFGHIJ"), "ABCD EFGH IJ");
        for factor in Factor::ALL {
            assert_eq!(factor_named(factor_name(factor)), Some(factor));
        }
    }
}
