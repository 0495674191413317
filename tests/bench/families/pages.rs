//! Signing in on the pages.

use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use super::{Family, auth};
use crate::Failure;
use crate::instance::Invocation;
use crate::operation::{Operation, Ready};
use crate::people::{Person, form, request};
use crate::stage::Stage;

/// The family.
pub static FAMILY: Family = Family {
    name: "pages",
    operations: &[&SHOW_PAGE, &NAME, &ASK_FOR_CODE, &SHOW_CODE, &SHOW_PASSWORD],
};

static SHOW_PAGE: Operation = Operation::new("open the sign-in page", |person, _| {
    Box::pin(async move { Ok(Ready::new(&person, Browser::opening("/sign-in", None)?)) })
})
.round_trips(0);

static NAME: Operation = Operation::new("say who signs in", |person, stage| {
    Box::pin(async move {
        let browser = Browser::open(&person, stage, "/sign-in").await?;
        let request = browser.filling("/sign-in", &[("name", &person.email)])?;
        Ok(Ready::new(&person, request).expecting(StatusCode::SEE_OTHER))
    })
});

static ASK_FOR_CODE: Operation = Operation::new("ask for a code on the page", |person, stage| {
    Box::pin(async move {
        person.sign_in(stage).await?;
        let browser = Browser::named(&person, stage).await?;
        let request = browser.filling("/sign-in/send", &[])?;
        Ok(Ready::new(&person, request).expecting(StatusCode::SEE_OTHER))
    })
});

static SHOW_CODE: Operation = Operation::new("sign in by code on the page", |person, stage| {
    Box::pin(async move {
        person.sign_in(stage).await?;
        let browser = Browser::named(&person, stage).await?;
        let code = person.ask(stage).await?;
        let request = browser.filling("/sign-in/code", &[("code", &code)])?;
        Ok(Ready::new(&person, request).expecting(StatusCode::SEE_OTHER))
    })
});

static SHOW_PASSWORD: Operation =
    Operation::new("sign in by password on the page", |person, stage| {
        Box::pin(async move {
            // An account that has proven its address, or the page asks for that first.
            let tokens = person.sign_in(stage).await?;
            let body = json!({ "password": auth::PASSWORD });
            let choosing = request(Method::PUT, "/auth/profile", Some(&tokens.access), &body)?;
            stage.done(&person, choosing).await?;
            let browser = Browser::named(&person, stage).await?;
            let request = browser.filling("/sign-in/password", &[("password", auth::PASSWORD)])?;
            Ok(Ready::new(&person, request).expecting(StatusCode::SEE_OTHER))
        })
    })
    .hashing();

/// A person's browser: its cookie, and what its forms carry.
pub(super) struct Browser {
    cookie: String,
    token: String,
    at: String,
}

impl Browser {
    pub(super) fn opening(path: &str, cookie: Option<&str>) -> Result<Request<Bytes>, Failure> {
        let mut request = request(Method::GET, path, None, &Value::Null)?;
        if let Some(cookie) = cookie {
            request
                .headers_mut()
                .insert(header::COOKIE, cookie.parse()?);
        }
        Ok(request)
    }

    async fn open(person: &Person, stage: &Stage, path: &str) -> Result<Self, Failure> {
        let page = stage.done(person, Self::opening(path, None)?).await?;
        Self::showing(cookie(&page)?, &page)
    }

    /// The browser with that cookie and that page.
    fn showing(cookie: String, page: &Invocation) -> Result<Self, Failure> {
        let field = |name: &str| {
            let start = format!("name=\"{name}\" value=\"");
            let (_, rest) = page.text.split_once(&start)?;
            Some(rest.split('"').next().unwrap_or_default().to_owned())
        };
        Ok(Self {
            cookie,
            token: field("token").ok_or("a page without a form")?,
            at: field("at").unwrap_or_default(),
        })
    }

    /// A browser in which a person has said who signs in.
    async fn named(person: &Person, stage: &Stage) -> Result<Self, Failure> {
        let browser = Self::open(person, stage, "/sign-in").await?;
        let request = browser.filling("/sign-in", &[("name", &person.email)])?;
        let done = stage.expecting(person, request, StatusCode::SEE_OTHER);
        let to = done.await?.headers.get(header::LOCATION).cloned();
        let to = to.ok_or("it leads nowhere")?;
        let page = Self::opening(to.to_str()?, Some(&browser.cookie))?;
        let page = stage.done(person, page).await?;
        Self::showing(browser.cookie, &page)
    }

    pub(super) fn filling(
        &self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Request<Bytes>, Failure> {
        let own = [("token", self.token.as_str()), ("at", &self.at)];
        let fields: Vec<_> = fields.iter().copied().chain(own).collect();
        form(path, Some(&self.cookie), &fields)
    }

    /// A browser in which a person has signed in, at the page `path`.
    pub(super) async fn signed_in(
        person: &Person,
        stage: &Stage,
        path: &str,
    ) -> Result<Self, Failure> {
        person.sign_in(stage).await?;
        let browser = Self::named(person, stage).await?;
        let code = person.ask(stage).await?;
        let request = browser.filling("/sign-in/code", &[("code", &code)])?;
        let done = stage.expecting(person, request, StatusCode::SEE_OTHER);
        let cookie = cookie(&done.await?)?;
        let page = stage
            .done(person, Self::opening(path, Some(&cookie))?)
            .await?;
        Self::showing(cookie, &page)
    }
}

/// The cookie that an answer sets.
fn cookie(done: &Invocation) -> Result<String, Failure> {
    let set = done
        .headers
        .get(header::SET_COOKIE)
        .ok_or("no cookie came")?;
    let cookie = set.to_str()?.split(';').next().unwrap_or_default();
    Ok(cookie.to_owned())
}
