//! Making accounts for other people.

pub mod plain;
pub mod social;

use edge::nauth::fields;
use edge::{Fields, Rejected};
use flows::{FirstPassword, NewAccount};

/// What both kinds say of an account.
fn account(fields: &mut Fields) -> Result<NewAccount, Rejected> {
    let email = fields::email(fields);
    let username = fields::username_if_sent(fields);
    let first_name = fields::name_if_sent(fields, "firstName");
    let last_name = fields::name_if_sent(fields, "lastName");
    let phone = fields::phone_if_sent(fields);
    let phone_verified = fields.flag_or_null("isPhoneVerified");
    let must_change = fields.flag_or_null("mustChangePassword");
    let metadata = fields::metadata(fields);
    Ok(NewAccount {
        email: email?,
        email_verified: false,
        password: FirstPassword::None,
        must_change_password: must_change.unwrap_or_default(),
        username,
        first_name: first_name.unwrap_or_default(),
        last_name: last_name.unwrap_or_default(),
        phone,
        phone_verified: phone_verified.unwrap_or_default(),
        metadata,
        link: None,
    })
}
