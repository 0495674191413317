//! Forms as they travel: the fields of a page, or of an OAuth request.

use std::convert::Infallible;

use axum::body::Bytes;
use axum::http::header::CONTENT_DISPOSITION;
use domain::Error;
use futures_util::stream;
use multer::{Field, Multipart};
use serde_json::{Map, Value};

use super::parameters::Parameters;
use super::{Fields, UNREADABLE};

/// The fields of `application/x-www-form-urlencoded`. One without a value counts as
/// left out (RFC 6749 §3.2).
pub(super) fn urlencoded(bytes: &[u8]) -> Fields {
    let pairs = url::form_urlencoded::parse(bytes).into_owned();
    Fields::of_form(pairs.filter(|(_, value)| !value.is_empty()))
}

/// The same for a query in which a name that stands several times is a list.
pub(super) fn repeatable(bytes: &[u8]) -> Fields {
    let mut sent = Map::new();
    for (name, value) in url::form_urlencoded::parse(bytes).into_owned() {
        let name = name.strip_suffix("[]").unwrap_or(&name).to_owned();
        if value.is_empty() {
            continue;
        }
        let value = Value::String(value);
        match sent.get_mut(&name) {
            None => drop(sent.insert(name, value)),
            Some(Value::Array(list)) => list.push(value),
            Some(one) => *one = Value::Array(vec![one.take(), value]),
        }
    }
    Fields::new(sent)
}

/// The parts of a multipart body that is in memory already and calls itself `media`.
pub(super) fn parts(media: &str, body: Bytes) -> Result<Multipart<'static>, Error> {
    let boundary = Parameters::of(media.as_bytes()).get("boundary");
    let boundary = boundary.filter(|boundary| !boundary.is_empty());
    let boundary = boundary.ok_or(UNREADABLE)?;
    let body = readable(body, &boundary);
    let body = stream::iter([Ok::<_, Infallible>(body)]);
    Ok(Multipart::new(body, boundary))
}

/// `body` with what clients write into the headers of its parts and `multer` refuses made
/// harmless: control bytes, which browsers leave in the names of files, and lines that are
/// folded (RFC 5322 §2.2.3). What the parts hold stays as it is.
fn readable(body: Bytes, boundary: &str) -> Bytes {
    let delimiter = format!("\r\n--{boundary}\r\n").into_bytes();
    // Copies nothing where the body has no other holder.
    let mut body = Vec::from(body);
    // The first part may begin where the body does.
    let first = body.starts_with(delimiter.get(2..).unwrap_or_default());
    let mut next = match first {
        true => Some(delimiter.len() - 2),
        false => find(&body, &delimiter, 0).map(|at| at + delimiter.len()),
    };
    while let Some(begins) = next {
        // The line of the delimiter ends the headers of a part that has none.
        let Some(ends) = find(&body, b"\r\n\r\n", begins - 2) else {
            break;
        };
        if let Some(headers) = body.get_mut(begins..ends) {
            mend(headers);
        }
        next = find(&body, &delimiter, ends).map(|at| at + delimiter.len());
    }
    Bytes::from(body)
}

/// Unfolds the lines of a part's headers, and puts a `_` for every other control byte.
fn mend(headers: &mut [u8]) {
    for index in 0..headers.len() {
        match headers.get_mut(index..) {
            Some([cr @ b'\r', lf @ b'\n', b' ' | b'\t', ..]) => (*cr, *lf) = (b' ', b' '),
            Some([b'\r' | b'\n' | b'\t', ..]) => {}
            Some([byte, ..]) if byte.is_ascii_control() => *byte = b'_',
            _ => {}
        }
    }
}

/// Where `what` next begins in `bytes`.
fn find(bytes: &[u8], what: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    memchr::memmem::find(rest, what).map(|at| from + at)
}

/// What a part says of itself. `multer`'s own reading knows no name that is not
/// UTF-8, and none in the form of RFC 2231.
pub(super) fn disposition(part: &Field<'_>) -> Parameters {
    let header = part.headers().get(CONTENT_DISPOSITION);
    Parameters::of(header.map_or(&[], |value| value.as_bytes()))
}

/// The fields of `multipart/form-data` (RFC 7578). A file reads as its text.
pub(super) async fn multipart(media: &str, bytes: Bytes) -> Result<Fields, Error> {
    let mut form = parts(media, bytes)?;
    let mut pairs = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| UNREADABLE)? {
        let name = disposition(&field).get("name").unwrap_or_default();
        let bytes = field.bytes().await.map_err(|_| UNREADABLE)?;
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| UNREADABLE)?;
        pairs.push((name, text));
    }
    Ok(Fields::of_form(pairs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Problem, ProblemKind};

    fn read(mut fields: Fields) -> Result<(String, bool), Error> {
        let code = fields.text("device_code").required();
        let wait = fields.flag("wait").unwrap_or_default();
        fields.finish(code.map(|code| (code, wait)))
    }

    #[tokio::test]
    async fn both_kinds_say_the_same() {
        let meant = Ok(("a b".to_owned(), true));
        assert_eq!(read(urlencoded(b"device_code=a+b&wait=on&x=%FF")), meant);
        let body = "--q\r\ncontent-disposition: form-data; name=\"device_code\"\r\n\r\na b\r\n\
                    --q\r\ncontent-disposition: form-data; name=\"wait\"\r\n\r\ntrue\r\n--q--\r\n";
        let media = "multipart/form-data; boundary=q";
        assert_eq!(read(multipart(media, body.into()).await.unwrap()), meant);
    }

    #[tokio::test]
    async fn what_is_no_form_is_unreadable() {
        for (media, body) in [
            ("multipart/form-data", "--q\r\n"),
            ("multipart/form-data; boundary=q", "garbage"),
            (
                "multipart/form-data; boundary=q",
                "--q\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\ncut",
            ),
        ] {
            let read = multipart(media, body.into()).await;
            assert!(
                matches!(read, Err(Error::Unreadable { .. })),
                "{media} {body}"
            );
        }
    }

    #[test]
    fn only_headers_are_mended() {
        let sent =
            "--q\r\na: b\x01;\r\n\tc\r\n\r\nx\x01--q\r\ny\x01\r\n z\r\n--q\r\n\r\n\x02\r\n--q--";
        let read = "--q\r\na: b_;  \tc\r\n\r\nx\x01--q\r\ny\x01\r\n z\r\n--q\r\n\r\n\x02\r\n--q--";
        assert_eq!(readable(sent.into(), "q"), read);
        let (sent, read) = (format!("before\r\n{sent}"), format!("before\r\n{read}"));
        assert_eq!(readable(sent.into(), "q"), read);
    }

    #[test]
    fn a_field_stands_once_and_a_switch_is_on_or_off() {
        let twice = read(urlencoded(b"device_code=a&device_code=b&wait=maybe"));
        let problems = [
            Problem::of("device_code", ProblemKind::Repeated),
            Problem::of("wait", ProblemKind::NotABoolean),
        ];
        assert_eq!(twice, Err(Error::Invalid(problems.to_vec())));
    }
}
