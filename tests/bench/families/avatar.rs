//! Pictures: sent, uploaded past the API, looked at. What S3 takes to answer is
//! not ours, and is left out.

use axum::body::Bytes;
use axum::http::{HeaderValue, Method, Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Family;
use crate::Failure;
use crate::operation::{Operation, Ready};
use crate::people::{Tokens, request, sending, text};

/// The family.
pub static FAMILY: Family = Family {
    name: "avatar",
    operations: &[&SEND, &REPLACE, &LOOK, &ALLOW, &CONFIRM],
};

const PICTURE: &str = "/cfg/accounts/profile/avatar/";
const UPLOAD: &str = "/cfg/accounts/profile/avatar/upload/";

/// A PNG of one pixel: what a picture takes to decode depends on the picture.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

static SEND: Operation = Operation::new("send a picture", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        Ok(Ready::new(&person, picture(&tokens)?))
    })
});

static REPLACE: Operation = Operation::new("send another picture", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        stage.done(&person, picture(&tokens)?).await?;
        Ok(Ready::new(&person, picture(&tokens)?))
    })
});

static LOOK: Operation = Operation::new("look at a picture", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        let done = stage.done(&person, picture(&tokens)?).await?;
        let url = text(&done.body, "avatar")?;
        let path = url.strip_prefix("https://id.example.com").unwrap_or(url);
        Ok(Ready::new(
            &person,
            request(Method::GET, path, None, &Value::Null)?,
        ))
    })
})
.round_trips(1);

static ALLOW: Operation = Operation::new("ask for leave to upload", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        Ok(Ready::new(&person, asking(&tokens)?))
    })
});

static CONFIRM: Operation = Operation::new("confirm an upload", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        let done = stage.done(&person, asking(&tokens)?).await?;
        let url = text(&done.body, "url")?;
        let path = url.split('?').next().unwrap_or_default();
        let object = path.split_once("/staging/").ok_or("no place to put it")?;
        // What the browser does, as far as the bench is concerned.
        let folder = stage.outside.bucket.join("staging");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(object.1), STANDARD.decode(PIXEL)?)?;
        let body = json!({ "upload_id": text(&done.body, "upload_id")? });
        let path = format!("{UPLOAD}confirm/");
        Ok(Ready::new(
            &person,
            tokens.bearing(Method::POST, &path, &body)?,
        ))
    })
});

fn picture(tokens: &Tokens) -> Result<Request<Bytes>, Failure> {
    let head: &[u8] =
        b"--q\r\ncontent-disposition: form-data; name=\"avatar\"; filename=\"a.png\"\r\n\
        content-type: image/png\r\n\r\n";
    let body = [head, &STANDARD.decode(PIXEL)?, b"\r\n--q--\r\n"].concat();
    let media = "multipart/form-data; boundary=q";
    let mut request = sending(PICTURE, media, body.into(), None)?;
    let bearer = HeaderValue::from_str(&format!("Bearer {}", tokens.access))?;
    request.headers_mut().insert(header::AUTHORIZATION, bearer);
    Ok(request)
}

fn asking(tokens: &Tokens) -> Result<Request<Bytes>, Failure> {
    let length = STANDARD.decode(PIXEL)?.len();
    let body = json!({ "content_type": "image/png", "content_length": length });
    tokens.bearing(Method::POST, UPLOAD, &body)
}
