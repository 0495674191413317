//! Why a command did nothing, in one line.

use std::fmt;
use std::process::ExitCode;

use domain::Error;

use crate::report::shown;

/// What stopped a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The command line asks for something that cannot be done this way.
    Usage(String),
    /// The installation cannot be reached, or refused.
    Refused(String),
}

impl Failure {
    /// The shell's convention: 2 for a wrong command line, 1 for all else.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Refused(_) => ExitCode::FAILURE,
        }
    }

    /// Anything that says what is wrong with it.
    pub fn refused(problem: impl fmt::Display) -> Self {
        Self::Refused(problem.to_string())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Missing => Self::refused("nobody holds that address"),
            Error::AlreadyDeleted => Self::refused("the account was deleted meanwhile"),
            other => Self::refused(other),
        }
    }
}

/// One line, whatever the SDK makes of it.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Usage(text) | Self::Refused(text)) = self;
        let lines = text.lines().map(str::trim);
        let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
        f.write_str(&shown(&lines.join(" ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_line() {
        let failure = Failure::from(Error::Unavailable(
            "dispatch failure:\n\n  no route\n".into(),
        ));
        assert_eq!(
            failure.to_string(),
            "unavailable: dispatch failure: no route"
        );
        assert_eq!(failure.exit_code(), ExitCode::FAILURE);
        assert_eq!(Failure::Usage(String::new()).exit_code(), ExitCode::from(2));
    }
}
