//! A visit to a page: who comes, in which language, and how far they are.

use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::response::Response;
use domain::next_page::NextPage;
use domain::password::Password;
use edge::page::{Frame, onward, own_form, see_other};
use edge::{Browser, Fields, FromFields, Meta, Refusal, Rejected};
use flows::{Entered, Language, PageStep, Postern, RequestMeta};
use serde::Deserialize;

/// Longer than any name.
const LONGEST: usize = 320;

/// Longer than any step.
const LONGEST_STEP: usize = 4096;

/// What the address of a page may bring. What cannot be read was not brought.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    at: String,
    #[serde(rename = "continue")]
    next: String,
    login_hint: String,
    ui_locales: String,
    /// `login`: to sign in anew, whoever is signed in.
    pub prompt: String,
    /// Why, by the name of a [`edge::page::Reason`].
    pub reason: String,
    /// How the second factor is to be shown.
    pub by: String,
    /// The token of a letter about a forgotten password.
    pub token: String,
}

/// A visit to a page.
pub struct Visit {
    /// The circumstances, in the language of the page.
    pub meta: RequestMeta,
    /// The browser.
    pub browser: Browser,
    /// How far it is.
    pub step: PageStep,
    /// What the address brought beside that.
    pub asked: Asked,
    /// The frame of the page.
    pub frame: Frame,
    /// The step as the page carries it.
    pub at: String,
}

impl Visit {
    fn new(
        postern: &Postern,
        meta: RequestMeta,
        browser: Browser,
        step: PageStep,
        asked: Asked,
    ) -> Result<Self, Refusal> {
        let mut meta = meta;
        if step.language.is_some() {
            meta.language.clone_from(&step.language);
        }
        let frame = Frame::new(postern, &meta, &browser);
        let frame = match &step.next {
            Some(next) => frame.leading_back_to(next.clone()),
            None => frame,
        };
        let at = postern.seal_step(&browser.cookie.value, &step)?;
        Ok(Self {
            meta,
            browser,
            step,
            asked,
            frame,
            at,
        })
    }

    /// The same visit, as far as `step`.
    ///
    /// # Errors
    /// As [`Postern::seal_step`].
    pub fn at_step(self, postern: &Postern, step: PageStep) -> Result<Self, Refusal> {
        Self::new(postern, self.meta, self.browser, step, self.asked)
    }

    /// To another page, where the browser is as far as `step`.
    ///
    /// # Errors
    /// As [`Postern::seal_step`].
    pub fn goes_to(
        &self,
        postern: &Postern,
        path: &str,
        step: &PageStep,
    ) -> Result<Response, Refusal> {
        let at = postern.seal_step(&self.browser.cookie.value, step)?;
        see_other(&format!("{path}?at={at}"))
    }

    /// To the page for a second factor of the kind `way`.
    ///
    /// # Errors
    /// As [`Visit::goes_to`].
    pub fn goes_to_way(&self, way: &str) -> Result<Response, Refusal> {
        see_other(&format!("/sign-in/next?by={way}&at={}", self.at))
    }

    /// To the sign-in's first page, with nothing of the steps so far but where they lead.
    ///
    /// # Errors
    /// As [`Visit::goes_to`].
    pub fn begins_again(&self, postern: &Postern) -> Result<Response, Refusal> {
        self.goes_to(postern, "/sign-in", &self.fresh_step())
    }

    /// Where `entered` leads: to what the sign-in still waits for; or in, with a new cookie.
    ///
    /// # Errors
    /// As [`Visit::goes_to`].
    pub fn enters(&self, postern: &Postern, entered: Entered) -> Result<Response, Refusal> {
        match entered {
            Entered::Waiting(id) => {
                let step = PageStep {
                    waiting: Some(id),
                    ..self.step.clone()
                };
                self.goes_to(postern, "/sign-in/next", &step)
            }
            Entered::In {
                cookie,
                has_password,
            } => {
                if self.step.signs_up && !has_password {
                    let at = postern.seal_step(&cookie, &self.fresh_step())?;
                    return onward(&format!("/sign-up/password?at={at}"), &cookie);
                }
                onward(self.leads_to(), &cookie)
            }
        }
    }

    /// The page that the sign-in leads to.
    pub fn leads_to(&self) -> &str {
        self.step.next.as_ref().map_or("/sign-in", NextPage::as_str)
    }

    fn fresh_step(&self) -> PageStep {
        PageStep {
            next: self.step.next.clone(),
            language: self.step.language.clone(),
            ..PageStep::default()
        }
    }
}

impl FromRequestParts<Postern> for Visit {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let Meta(meta) = Meta::from_request_parts(parts, postern).await?;
        let browser = Browser::from_request_parts(parts, postern).await?;
        let asked = Query::<Asked>::from_request_parts(parts, postern).await;
        let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
        let step = postern.open_step(&browser.cookie.value, &asked.at);
        let step = step.unwrap_or_else(|| asked.begins());
        Self::new(postern, meta, browser, step, asked)
    }
}

impl Asked {
    /// The first step of what a link asks for.
    fn begins(&self) -> PageStep {
        let mut locales = self.ui_locales.split_ascii_whitespace();
        PageStep {
            name: self.login_hint.chars().take(LONGEST).collect(),
            next: NextPage::parse(&self.next),
            language: locales
                .find_map(Language::named)
                .map(|language| language.tag().to_owned()),
            ..PageStep::default()
        }
    }
}

/// The fields of all forms. A field that is not sent is empty; the handler tells the person
/// on the page itself what will not do.
pub struct Typed {
    /// An address, a number or a username.
    pub name: String,
    /// A password, whole.
    pub password: Option<Password>,
    /// A code.
    pub code: String,
    /// Which kind of factor is meant.
    pub by: String,
    /// The token of a letter.
    pub letter: String,
    next: String,
    at: String,
}

impl FromFields for Typed {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let mut text = |name, longest| {
            let text = fields.text(name).may_be_blank().max(longest).optional();
            text.unwrap_or_default()
        };
        Ok(Self {
            name: text("name", LONGEST),
            code: domain::paste::code(&text("code", LONGEST)),
            by: text("by", LONGEST),
            letter: text("letter", LONGEST),
            next: text("continue", LONGEST_STEP),
            at: text("at", LONGEST_STEP),
            password: fields.password_if_sent("password"),
        })
    }
}

/// A form that was shown to the browser which sends it.
pub struct Form {
    /// The visit that it was shown in.
    pub visit: Visit,
    /// What was typed.
    pub typed: Typed,
}

impl FromRequest<Postern> for Form {
    type Rejection = Refusal;

    async fn from_request(request: Request, postern: &Postern) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let Meta(meta) = Meta::from_request_parts(&mut parts, postern).await?;
        let browser = Browser::from_request_parts(&mut parts, postern).await?;
        let request = Request::from_parts(parts, body);
        let typed: Typed = own_form(request, postern, &browser.cookie).await?;
        let step = postern.open_step(&browser.cookie.value, &typed.at);
        let step = step.unwrap_or_else(|| PageStep {
            next: NextPage::parse(&typed.next),
            ..PageStep::default()
        });
        let visit = Visit::new(postern, meta, browser, step, Asked::default())?;
        Ok(Self { visit, typed })
    }
}
