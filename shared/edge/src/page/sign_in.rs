//! The way from another page to the sign-in, and back.

use axum::response::Response;
use domain::next_page::NextPage;
use url::form_urlencoded::Serializer;

use super::see_other;
use crate::Refusal;

/// Why a browser is sent to the sign-in, where it has to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Ten minutes have passed since the last one.
    Expired,
    /// A code alone is not enough for what the account may do.
    CodeAlone,
    /// The password was replaced a moment ago.
    PasswordReplaced,
}

impl Reason {
    const ALL: [Self; 3] = [Self::Expired, Self::CodeAlone, Self::PasswordReplaced];

    /// What the address of the sign-in page calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::CodeAlone => "code_alone",
            Self::PasswordReplaced => "password_replaced",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// Sends the browser to sign in, and then to `next`. With a reason it signs in anew,
/// whoever is signed in.
///
/// # Errors
/// As [`see_other`].
pub fn sign_in(next: Option<&NextPage>, reason: Option<Reason>) -> Result<Response, Refusal> {
    let mut query = Serializer::new(String::new());
    if let Some(next) = next {
        query.append_pair("continue", next.as_str());
    }
    if let Some(reason) = reason {
        query.append_pair("reason", reason.name());
        query.append_pair("prompt", "login");
    }
    let query = query.finish();
    match query.is_empty() {
        true => see_other("/sign-in"),
        false => see_other(&format!("/sign-in?{query}")),
    }
}
