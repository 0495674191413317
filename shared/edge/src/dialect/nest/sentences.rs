//! What this contract says is wrong with a field: class-validator's sentences, which name
//! the field.

use domain::{Problem, ProblemKind};

/// What a problem is about.
pub(super) fn field(problem: &Problem) -> String {
    match problem.path.join(".") {
        root if root.is_empty() => "body".to_owned(),
        path => path,
    }
}

/// The sentence for a problem.
pub(super) fn sentence(problem: &Problem) -> String {
    let field = field(problem);
    let what = match problem.kind {
        ProblemKind::Required
        | ProblemKind::PhoneRequired
        | ProblemKind::Null
        | ProblemKind::Blank => "should not be empty".to_owned(),
        ProblemKind::NotText => "must be a string".to_owned(),
        ProblemKind::NotABoolean => "must be a boolean value".to_owned(),
        ProblemKind::Repeated => "must be sent once".to_owned(),
        ProblemKind::NotAnObject => "must be an object".to_owned(),
        ProblemKind::TooShort { min } => {
            format!("must be longer than or equal to {min} characters")
        }
        ProblemKind::TooLong { max } => {
            format!("must be shorter than or equal to {max} characters")
        }
        ProblemKind::NullCharacter => "must not hold a null character".to_owned(),
        ProblemKind::NotAnEmail => "must be an email".to_owned(),
        ProblemKind::NotAUrl => "must be a URL address".to_owned(),
        ProblemKind::NotDigits => "must be a number string".to_owned(),
        ProblemKind::NotAPhone => "must be a telephone number in E.164 format".to_owned(),
        ProblemKind::CountryNotServed => "must be of a country that texts are sent to".to_owned(),
        ProblemKind::UnknownField => "should not exist".to_owned(),
        ProblemKind::NotADate => "must be a valid ISO 8601 date string".to_owned(),
        ProblemKind::TooDeep { max } => format!("must not be nested deeper than {max} levels"),
        ProblemKind::NotANumber => "must be a number".to_owned(),
        ProblemKind::NotAnInteger | ProblemKind::NotAnId => "must be an integer number".to_owned(),
        ProblemKind::Below { min } => format!("must not be less than {min}"),
        ProblemKind::Above { max } => format!("must not be greater than {max}"),
        ProblemKind::NotAList => "must be an array".to_owned(),
        ProblemKind::TooMany { max } => format!("must contain no more than {max} elements"),
        ProblemKind::NotAScope => "must be a scope".to_owned(),
        ProblemKind::NotAUuid => "must be a UUID".to_owned(),
        ProblemKind::NotATimeZone => "must be a time zone".to_owned(),
        ProblemKind::NotAUsername => {
            "must hold 3 to 50 letters, digits, underscores and hyphens".to_owned()
        }
        ProblemKind::CommonPassword => "is among the passwords that are tried first".to_owned(),
        ProblemKind::BreachedPassword => "is known from a data breach".to_owned(),
        ProblemKind::NamedPassword => "is too similar to the account's own names".to_owned(),
        ProblemKind::FormerPassword => "was used before".to_owned(),
        ProblemKind::NotAChoice => "must be one of the allowed values".to_owned(),
        ProblemKind::FileTooLarge { max } => format!("must have at most {max} bytes"),
        ProblemKind::NotAPicture => "must be a picture".to_owned(),
        ProblemKind::NotACredential => "must be a WebAuthn credential".to_owned(),
    };
    format!("{field} {what}")
}
