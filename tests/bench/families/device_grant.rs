//! Letting devices in: what the device asks, what the page does, what comes of it.

use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use super::{Family, auth};
use crate::Failure;
use crate::instance::Invocation;
use crate::operation::{Operation, Ready};
use crate::people::{Person, form, request, text};
use crate::stage::Stage;

/// The family.
pub static FAMILY: Family = Family {
    name: "device-grant",
    operations: &[
        &START,
        &POLL,
        &SHOW_PAGE,
        &ASK_FOR_CODE,
        &SHOW_CODE,
        &SHOW_PASSWORD,
        &NAME_DEVICE,
        &APPROVE,
        &EXCHANGE,
        &LIST_IDENTITIES,
        &MAKE_KEY,
    ],
};

static START: Operation = Operation::new("a device asks", |person, _| {
    Box::pin(async move { Ok(Ready::new(&person, starting()?)) })
});

static POLL: Operation = Operation::new("a device polls in vain", |person, stage| {
    Box::pin(async move {
        let asking = stage.done(&person, starting()?).await?.body;
        Ok(Ready::new(&person, polling(&asking)?).expecting(StatusCode::BAD_REQUEST))
    })
});

static SHOW_PAGE: Operation = Operation::new("open the page", |person, _| {
    Box::pin(async move { Ok(Ready::new(&person, Browser::opening(None)?)) })
})
.round_trips(0);

static ASK_FOR_CODE: Operation = Operation::new("ask for a code on the page", |person, stage| {
    Box::pin(async move {
        person.sign_in(stage).await?;
        let browser = Browser::open(&person, stage).await?;
        let request = browser.filling("/device/email", &[("email", &person.email)])?;
        Ok(Ready::new(&person, request))
    })
});

static SHOW_CODE: Operation = Operation::new("sign in by code on the page", |person, stage| {
    Box::pin(async move {
        person.sign_in(stage).await?;
        let browser = Browser::open(&person, stage).await?;
        let code = person.ask(stage).await?;
        let fields = [("email", person.email.as_str()), ("code", &code)];
        let request = browser.filling("/device/code", &fields)?;
        Ok(Ready::new(&person, request).expecting(StatusCode::SEE_OTHER))
    })
});

static SHOW_PASSWORD: Operation =
    Operation::new("sign in by password on the page", |person, stage| {
        Box::pin(async move {
            auth::sign_in(&person, stage).await?;
            let browser = Browser::open(&person, stage).await?;
            let request = browser.by_password(&person)?;
            Ok(Ready::new(&person, request).expecting(StatusCode::SEE_OTHER))
        })
    })
    .hashing();

static NAME_DEVICE: Operation = Operation::new("name the device", |person, stage| {
    Box::pin(async move {
        let browser = Browser::signed_in(&person, stage).await?;
        let asking = stage.done(&person, starting()?).await?.body;
        let fields = [("user_code", text(&asking, "user_code")?)];
        let request = browser.filling("/device/check", &fields)?;
        Ok(Ready::new(&person, request))
    })
});

static APPROVE: Operation = Operation::new("let the device in", |person, stage| {
    Box::pin(async move {
        let asking = stage.done(&person, starting()?).await?.body;
        let request = approving(&person, stage, &asking).await?;
        Ok(Ready::new(&person, request))
    })
});

static EXCHANGE: Operation = Operation::new("the device gets its keys", |person, stage| {
    Box::pin(async move {
        let asking = let_in(&person, stage).await?;
        Ok(Ready::new(&person, polling(&asking)?))
    })
});

static LIST_IDENTITIES: Operation = Operation::new("list identities, by key", |person, stage| {
    Box::pin(async move {
        let key = manager(&person, stage).await?;
        let request = request(Method::GET, "/api/identities/", Some(&key), &Value::Null)?;
        Ok(Ready::new(&person, request))
    })
});

static MAKE_KEY: Operation = Operation::new("make a key for an agent", |person, stage| {
    Box::pin(async move {
        let key = manager(&person, stage).await?;
        let path = "/api/auth/keys/management/";
        let body = json!({ "label": "bench" });
        let request = request(Method::POST, path, Some(&key), &body)?;
        Ok(Ready::new(&person, request).expecting(StatusCode::CREATED))
    })
});

fn starting() -> Result<Request<Bytes>, Failure> {
    request(Method::POST, "/api/auth/device/", None, &json!({}))
}

fn polling(asking: &Value) -> Result<Request<Bytes>, Failure> {
    let body = json!({ "device_code": text(asking, "device_code")? });
    request(Method::POST, "/api/auth/device/token/", None, &body)
}

async fn approving(
    person: &Person,
    stage: &Stage,
    asking: &Value,
) -> Result<Request<Bytes>, Failure> {
    let browser = Browser::signed_in(person, stage).await?;
    let code = text(asking, "user_code")?;
    browser.filling("/device/approve", &[("user_code", code), ("shown", code)])
}

/// What a device got when it asked, after a person has let it in.
async fn let_in(person: &Person, stage: &Stage) -> Result<Value, Failure> {
    let asking = stage.done(person, starting()?).await?.body;
    let request = approving(person, stage, &asking).await?;
    stage.done(person, request).await?;
    Ok(asking)
}

/// The management key of a device that was let in.
async fn manager(person: &Person, stage: &Stage) -> Result<String, Failure> {
    let asking = let_in(person, stage).await?;
    let done = stage.done(person, polling(&asking)?).await?;
    text(&done.body, "management_key").map(str::to_owned)
}

/// A person's browser: its cookie, and what its forms carry.
struct Browser {
    cookie: String,
    token: String,
}

impl Browser {
    fn opening(cookie: Option<&str>) -> Result<Request<Bytes>, Failure> {
        let mut request = request(Method::GET, "/device", None, &Value::Null)?;
        if let Some(cookie) = cookie {
            request
                .headers_mut()
                .insert(header::COOKIE, cookie.parse()?);
        }
        Ok(request)
    }

    async fn open(person: &Person, stage: &Stage) -> Result<Self, Failure> {
        let page = stage.done(person, Self::opening(None)?).await?;
        Self::showing(cookie(&page)?, &page)
    }

    /// The browser with that cookie and that page.
    fn showing(cookie: String, page: &Invocation) -> Result<Self, Failure> {
        let field = page.text.split_once("name=\"token\" value=\"");
        let (_, rest) = field.ok_or("a page without a form")?;
        Ok(Self {
            cookie,
            token: rest.split('"').next().unwrap_or_default().to_owned(),
        })
    }

    fn filling(&self, path: &str, fields: &[(&str, &str)]) -> Result<Request<Bytes>, Failure> {
        let token = ("token", self.token.as_str());
        let fields: Vec<_> = fields.iter().copied().chain([token]).collect();
        form(path, Some(&self.cookie), &fields)
    }

    fn by_password(&self, person: &Person) -> Result<Request<Bytes>, Failure> {
        let fields = [
            ("name", person.email.as_str()),
            ("password", auth::PASSWORD),
        ];
        self.filling("/device/password", &fields)
    }

    /// A browser in which a person has signed in.
    async fn signed_in(person: &Person, stage: &Stage) -> Result<Self, Failure> {
        person.sign_in(stage).await?;
        let browser = Self::open(person, stage).await?;
        let code = person.ask(stage).await?;
        let fields = [("email", person.email.as_str()), ("code", &code)];
        let request = browser.filling("/device/code", &fields)?;
        let done = stage.expecting(person, request, StatusCode::SEE_OTHER);
        let cookie = cookie(&done.await?)?;
        let page = stage.done(person, Self::opening(Some(&cookie))?).await?;
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
