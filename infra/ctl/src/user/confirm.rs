//! Asking before what cannot be taken back.

use std::io::{IsTerminal as _, Write as _, stderr, stdin};

use domain::account::User;

use crate::Failure;
use crate::report::shown;

/// Whether there is an operator to ask.
///
/// # Errors
/// [`Failure::Usage`] if standard input is no terminal: a script says `--yes`.
pub fn possible() -> Result<(), Failure> {
    if stdin().is_terminal() {
        Ok(())
    } else {
        let text = "this asks first, and nobody can answer here: say --yes";
        Err(Failure::Usage(text.to_owned()))
    }
}

/// Asks whether the account may be deleted.
///
/// # Errors
/// If it may not.
pub fn deletion(user: &User) -> Result<(), Failure> {
    let name = shown(&user.full_name());
    let role = user.role.name();
    deletion_of(&format!("the account of {name} (role {role})"))
}

/// Asks whether `what` may be deleted.
///
/// # Errors
/// If it may not.
pub fn deletion_of(what: &str) -> Result<(), Failure> {
    that(&format!("Delete {what}?"))
}

/// Asks whether it may be done.
///
/// # Errors
/// If it may not.
pub fn that(question: &str) -> Result<(), Failure> {
    // On standard error: standard output is the report's.
    let asked = write!(stderr(), "{question} [y/N] ");
    asked.map_err(Failure::refused)?;
    let mut answer = String::new();
    stdin().read_line(&mut answer).map_err(Failure::refused)?;
    if agrees(&answer) {
        Ok(())
    } else {
        Err(Failure::refused("nothing was done"))
    }
}

fn agrees(answer: &str) -> bool {
    let answer = answer.trim();
    answer.eq_ignore_ascii_case("y") || answer.eq_ignore_ascii_case("yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_a_yes() {
        assert!(agrees("y\n") && agrees(" YES \n"));
        assert!(!agrees("") && !agrees("\n") && !agrees("n\n") && !agrees("yellow\n"));
    }
}
