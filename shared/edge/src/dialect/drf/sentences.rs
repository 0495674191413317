//! What this contract says is wrong with a field.

use domain::ProblemKind;

/// DRF's sentence for a problem.
pub(super) fn sentence(kind: ProblemKind) -> String {
    match kind {
        ProblemKind::Required => "This field is required.".to_owned(),
        ProblemKind::PhoneRequired => "A phone number is required.".to_owned(),
        ProblemKind::NotADate => "Enter a valid date and time.".to_owned(),
        ProblemKind::TooDeep { max } => format!("Ensure this field has no more than {max} levels."),
        ProblemKind::Null => "This field may not be null.".to_owned(),
        ProblemKind::Blank => "This field may not be blank.".to_owned(),
        ProblemKind::NotText => "Not a valid string.".to_owned(),
        ProblemKind::NotABoolean => "Must be a valid boolean.".to_owned(),
        ProblemKind::Repeated => "Send this field once.".to_owned(),
        ProblemKind::NotAnObject => "Invalid data. Expected a dictionary.".to_owned(),
        ProblemKind::TooShort { min } => {
            format!("Ensure this field has at least {min} characters.")
        }
        ProblemKind::TooLong { max } => {
            format!("Ensure this field has no more than {max} characters.")
        }
        ProblemKind::NullCharacter => "Null characters are not allowed.".to_owned(),
        ProblemKind::NotAnEmail => "Enter a valid email address.".to_owned(),
        ProblemKind::NotAUrl => "Enter a valid URL.".to_owned(),
        ProblemKind::NotDigits => "OTP must contain only digits.".to_owned(),
        ProblemKind::NotAPhone => "Please enter a valid phone number.".to_owned(),
        ProblemKind::CountryNotServed => "Text messages are not sent to this country.".to_owned(),
        ProblemKind::UnknownField => "Unexpected field.".to_owned(),
        ProblemKind::NotANumber => "A valid number is required.".to_owned(),
        ProblemKind::NotAnInteger => "A valid integer is required.".to_owned(),
        ProblemKind::Below { min } => {
            format!("Ensure this value is greater than or equal to {min}.")
        }
        ProblemKind::Above { max } => {
            format!("Ensure this value is less than or equal to {max}.")
        }
        ProblemKind::NotAList => "Expected a list of items.".to_owned(),
        ProblemKind::TooMany { max } => {
            format!("Ensure this field has no more than {max} elements.")
        }
        ProblemKind::NotAScope => "Enter a valid scope.".to_owned(),
        ProblemKind::NotAUuid => "Must be a valid UUID.".to_owned(),
        ProblemKind::NotAChoice => "This is not a valid choice.".to_owned(),
        ProblemKind::NotATimeZone => "Enter a valid time zone.".to_owned(),
        ProblemKind::FileTooLarge { max } => format!(
            "Avatar file size must be less than {}MB.",
            max / (1024 * 1024)
        ),
        ProblemKind::NotAPicture => {
            "Avatar must be a valid image file (JPEG, PNG, GIF, or WebP).".to_owned()
        }
        ProblemKind::NotACredential => "Not a valid WebAuthn credential.".to_owned(),
        ProblemKind::NotAUsername => "Enter a valid username.".to_owned(),
        ProblemKind::NotAnId => "A valid integer is required.".to_owned(),
        ProblemKind::CommonPassword => "This password is too common.".to_owned(),
        ProblemKind::BreachedPassword => "This password is known from a data breach.".to_owned(),
        ProblemKind::NamedPassword => {
            "This password is too similar to your name, your address or the service's.".to_owned()
        }
        ProblemKind::FormerPassword => "This password was used before.".to_owned(),
    }
}
