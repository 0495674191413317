//! `POST /sign-in/factor`: the second factor.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::account::Factor;
use domain::verification::masked;
use edge::Refusal;
use edge::page::Frame;
use flows::{ChallengeAnswer, OfferedFactors, Postern};

use super::code::{no_code, wrong};
use super::next::again;
use super::with::{not_sent, pause};
use crate::visit::{Form, Visit};

/// How a second factor is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By an authenticator's code, or by a backup code.
    App,
    /// By a code that is mailed.
    Email,
    /// By a code that is texted.
    Sms,
}

impl Way {
    /// The one of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::App, Self::Email, Self::Sms]
            .into_iter()
            .find(|way| way.name() == name)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }

    /// The kind of factor whose code is sent.
    const fn sent(self) -> Option<Factor> {
        match self {
            Self::App => None,
            Self::Email => Some(Factor::Email),
            Self::Sms => Some(Factor::Sms),
        }
    }
}

/// Where the person shows it.
#[derive(Template)]
#[template(path = "factor.html")]
pub(super) struct FactorPage<'a> {
    frame: &'a Frame,
    at: &'a str,
    way: Way,
    /// Where its code is sent, in part.
    sent_to: Option<String>,
    has_app: bool,
    has_app_or_backup: bool,
    mail_to: Option<String>,
    text_to: Option<String>,
    problems: Vec<String>,
}

impl<'a> FactorPage<'a> {
    pub(super) fn new(
        visit: &'a Visit,
        offered: &OfferedFactors,
        way: Option<Way>,
        problems: Vec<String>,
    ) -> Self {
        let has_app = offered.kinds.contains(&Factor::Totp);
        let mail_to = offered.email.as_ref().map(masked);
        let text_to = offered.phone.as_ref().map(masked);
        let has_app_or_backup = has_app || offered.backup_codes;
        let has = |way: &Way| match way {
            Way::App => has_app_or_backup,
            Way::Email => mail_to.is_some(),
            Way::Sms => text_to.is_some(),
        };
        let preferred = match offered.preferred {
            Some(Factor::Email) => Way::Email,
            Some(Factor::Sms) => Way::Sms,
            Some(Factor::Totp | Factor::Passkey) | None => Way::App,
        };
        let mut ways = way
            .into_iter()
            .chain([preferred, Way::App, Way::Email, Way::Sms]);
        let way = ways.find(has).unwrap_or(Way::App);
        Self {
            frame: &visit.frame,
            at: &visit.at,
            way,
            sent_to: match way {
                Way::App => None,
                Way::Email => mail_to.clone(),
                Way::Sms => text_to.clone(),
            },
            has_app,
            has_app_or_backup,
            mail_to,
            text_to,
            problems,
        }
    }

    /// The ways of which a code is sent, but for the one that is shown: its name, what its
    /// button says, and where the code goes.
    fn others(&self) -> Vec<(&'static str, &'static str, &str)> {
        let say = &self.frame.say.factor;
        let ways = [
            (Way::Email, say.mail_to, &self.mail_to),
            (Way::Sms, say.text_to, &self.text_to),
        ];
        let others = ways.into_iter().filter(|(way, ..)| *way != self.way);
        others
            .filter_map(|(way, words, to)| Some((way.name(), words, to.as_deref()?)))
            .collect()
    }

    fn has_other_ways(&self) -> bool {
        let ways = [
            self.has_app_or_backup,
            self.mail_to.is_some(),
            self.text_to.is_some(),
        ];
        ways.into_iter().filter(|has| *has).count() > 1
    }
}

/// Go on with an authenticator's code, a backup code, or a code that was sent.
///
/// # Errors
/// A form that was not shown to this browser; what else goes wrong is said on the page.
#[utoipa::path(
    post, path = "/sign-in/factor", operation_id = "sign_in_factor", tags = ["page"], security(()),
    responses(
        (status = 303, description = "In, or to what the sign-in still lacks"),
        (status = 400, content_type = "text/html", body = String, description = "Not the code, or no such sign-in"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 429, content_type = "text/html", body = String, description = "Too many"),
    )
)]
pub async fn show(
    State(postern): State<Postern>,
    Form { visit, typed }: Form,
) -> Result<Response, Refusal> {
    let Some(id) = visit.step.waiting else {
        return visit.begins_again(&postern);
    };
    let way = Way::named(&typed.by).unwrap_or(Way::App);
    let answered = match way.sent() {
        _ if typed.code.is_empty() => Err(no_code()),
        Some(factor) => {
            let answer = ChallengeAnswer::SentCode(factor, typed.code);
            postern.answer_browser(&visit.meta, id, &answer).await
        }
        None => {
            let answer = ChallengeAnswer::of_app_or_backup(&typed.code);
            postern.answer_browser(&visit.meta, id, &answer).await
        }
    };
    match answered {
        Ok(entered) => visit.enters(&postern, entered),
        Err(error) => {
            let problems = vec![wrong(&visit, &error)];
            again(&postern, &visit, Some(way), &error, problems).await
        }
    }
}

/// Send a code of the kind that is asked for, and show where to type it.
///
/// # Errors
/// As [`show`].
#[utoipa::path(
    post, path = "/sign-in/factor/send", operation_id = "sign_in_factor_send", tags = ["page"], security(()),
    responses(
        (status = 303, description = "To where to type the code"),
        (status = 400, content_type = "text/html", body = String, description = "No such kind of factor, or no such sign-in"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's"),
        (status = 404, content_type = "text/html", body = String, description = "The account has no factor of that kind"),
        (status = 429, content_type = "text/html", body = String, description = "Too many, or too soon"),
        (status = 503, content_type = "text/html", body = String, description = "It could not be sent"),
    )
)]
pub async fn send(
    State(postern): State<Postern>,
    Form { visit, typed }: Form,
) -> Result<Response, Refusal> {
    let way = Way::named(&typed.by).unwrap_or(Way::App);
    let (Some(id), Some(factor)) = (visit.step.waiting, way.sent()) else {
        return visit.begins_again(&postern);
    };
    let sent = postern.send_browser_code(&visit.meta, id, Some(factor));
    match sent.await {
        Ok(_) => visit.goes_to_way(way.name()),
        Err(error) => {
            let problem = match pause(&error) {
                Some(wait) => {
                    let wait = visit.frame.say.span(wait);
                    (visit.frame.say.problem.sent_already)(&wait)
                }
                None => not_sent(&visit, &error),
            };
            again(&postern, &visit, Some(way), &error, vec![problem]).await
        }
    }
}
