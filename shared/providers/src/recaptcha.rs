//! Asking Google's reCAPTCHA, or what answers as it does, what a page's token is worth.
//!
//! The address of the user is not passed on: it is optional, and nothing here needs it.

use domain::recaptcha::TokenVerdict;
use serde::Deserialize;

use crate::Failure;
use crate::connection::{Connection, post_form};

/// A verifier.
#[derive(Debug)]
pub struct Recaptcha {
    url: String,
    connection: Connection,
}

#[derive(Deserialize)]
struct Verified {
    success: bool,
    action: Option<String>,
    score: Option<f64>,
    #[serde(default, rename = "error-codes")]
    error_codes: Vec<String>,
}

impl From<Verified> for TokenVerdict {
    fn from(verified: Verified) -> Self {
        let Verified {
            success,
            action,
            score,
            error_codes,
        } = verified;
        let about_secret = |code: &String| code.ends_with("-input-secret");
        match success {
            true => Self::Genuine { action, score },
            false if error_codes.iter().any(about_secret) => Self::WrongSecret,
            false => Self::Refused,
        }
    }
}

impl Recaptcha {
    /// The verifier at `url`.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            connection: Connection::default(),
        }
    }

    /// What `token` is worth. Asked a second time, it is worth nothing.
    ///
    /// # Errors
    /// [`Failure`] if the verifier does not answer, or not what it should.
    pub async fn verify(&self, secret: &str, token: &str) -> Result<TokenVerdict, Failure> {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("secret", secret)
            .append_pair("response", token)
            .finish();
        let verified: Verified = self.connection.ask(post_form(&self.url, form)?).await?;
        Ok(verified.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> TokenVerdict {
        serde_json::from_str::<Verified>(text).unwrap().into()
    }

    #[test]
    fn both_versions_are_read_and_a_wrong_secret_is_told_from_a_bad_token() {
        let third = r#"{"success":true,"challenge_ts":"2026-01-01T00:00:00Z","hostname":"a.example",
            "score":0.9,"action":"login"}"#;
        let genuine = TokenVerdict::Genuine {
            action: Some("login".to_owned()),
            score: Some(0.9),
        };
        assert_eq!(read(third), genuine);
        let second = TokenVerdict::Genuine {
            action: None,
            score: None,
        };
        assert_eq!(read(r#"{"success":true}"#), second);
        let spent = r#"{"success":false,"error-codes":["timeout-or-duplicate"]}"#;
        assert_eq!(read(spent), TokenVerdict::Refused);
        assert_eq!(read(r#"{"success":false}"#), TokenVerdict::Refused);
        for code in ["invalid-input-secret", "missing-input-secret"] {
            let wrong = format!(r#"{{"success":false,"error-codes":["{code}"]}}"#);
            assert_eq!(read(&wrong), TokenVerdict::WrongSecret);
        }
    }
}
