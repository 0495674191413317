//! Whether a page's request was made by a person, as reCAPTCHA sees it (nauth).
//!
//! The page gets a token for what it is about to ask, and the verifier says once what the
//! token is worth: by a score (version 3), or by a box that was ticked (version 2), which
//! has neither a score nor an action.

/// What a page asks a token for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageAction {
    /// To sign up.
    SignUp,
    /// To sign in.
    SignIn,
}

impl PageAction {
    /// What pages call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignUp => "signup",
            Self::SignIn => "login",
        }
    }
}

/// Why a request is not taken for a person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecaptchaFailure {
    /// It brought no token.
    NoToken,
    /// The installation cannot ask: it has no secret, or a wrong one.
    NotSetUp,
    /// The token is not genuine, was shown before, is too old, or is for something else.
    BadToken,
    /// Too likely no person.
    LowScore,
}

/// How likely a person made a request, in hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score(u8);

impl Default for Score {
    /// What the contract has where nothing is said.
    fn default() -> Self {
        Self(50)
    }
}

impl Score {
    /// The score in a text: a number from 0 to 1 with at most two decimals.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        let hundredths = match (whole, part.len()) {
            ("0" | "1", 1) if digits => part.parse::<u8>().ok()? * 10,
            ("0" | "1", 2) if digits => part.parse().ok()?,
            _ => return None,
        };
        let all = if whole == "1" { 100 } else { 0 } + hundredths;
        (all <= 100).then_some(Self(all))
    }

    /// Whether `score` is as high.
    fn is_reached_by(self, score: f64) -> bool {
        score >= f64::from(self.0) / 100.0
    }
}

/// What the verifier says of a token.
#[derive(Clone, Debug, PartialEq)]
pub enum TokenVerdict {
    /// It is genuine, and shown for the first time.
    Genuine {
        /// What it was made for, if that was said.
        action: Option<String>,
        /// How likely a person asked for it, if that was weighed.
        score: Option<f64>,
    },
    /// It is not.
    Refused,
    /// It was not looked at, as the secret is wrong.
    WrongSecret,
}

impl TokenVerdict {
    /// Whether it lets a request for `action` pass that needs the score `least`.
    ///
    /// # Errors
    /// [`RecaptchaFailure`].
    pub fn admits(&self, action: PageAction, least: Score) -> Result<(), RecaptchaFailure> {
        match self {
            Self::WrongSecret => Err(RecaptchaFailure::NotSetUp),
            Self::Refused => Err(RecaptchaFailure::BadToken),
            Self::Genuine {
                action: Some(other),
                ..
            } if other != action.name() => Err(RecaptchaFailure::BadToken),
            Self::Genuine {
                score: Some(score), ..
            } if !least.is_reached_by(*score) => Err(RecaptchaFailure::LowScore),
            Self::Genuine { .. } => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_a_number_from_nought_to_one() {
        for (text, hundredths) in [
            ("0", 0),
            ("0.5", 50),
            ("0.05", 5),
            ("0.75", 75),
            ("1", 100),
            ("1.0", 100),
        ] {
            assert_eq!(Score::parse(text), Some(Score(hundredths)), "{text}");
        }
        for text in [
            "", "1.1", "2", "-0.5", ".5", "0.", "0.555", "0.+5", "0,5", "NaN",
        ] {
            assert_eq!(Score::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_token_is_for_one_action_and_worth_its_score() {
        let genuine = |action: Option<&str>, score| TokenVerdict::Genuine {
            action: action.map(str::to_owned),
            score,
        };
        let of = |verdict: TokenVerdict| verdict.admits(PageAction::SignIn, Score::default());
        assert_eq!(of(genuine(Some("login"), Some(0.5))), Ok(()));
        assert_eq!(of(genuine(None, None)), Ok(()), "a box that was ticked");
        let low = Err(RecaptchaFailure::LowScore);
        assert_eq!(of(genuine(Some("login"), Some(0.49))), low);
        let bad = Err(RecaptchaFailure::BadToken);
        assert_eq!(of(genuine(Some("signup"), Some(0.9))), bad);
        assert_eq!(of(TokenVerdict::Refused), bad);
        let wrong = of(TokenVerdict::WrongSecret);
        assert_eq!(wrong, Err(RecaptchaFailure::NotSetUp));
    }
}
