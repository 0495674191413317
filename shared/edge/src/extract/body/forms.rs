//! Forms as they travel: the fields of a page, or of an OAuth request.

use std::convert::Infallible;

use axum::body::Bytes;
use axum::http::header::CONTENT_DISPOSITION;
use domain::Error;
use futures_util::stream;
use multer::{Field, Multipart};

use super::parameters::Parameters;
use super::{Fields, UNREADABLE};

/// The fields of `application/x-www-form-urlencoded`. One without a value counts as
/// left out (RFC 6749 §3.2).
pub(super) fn urlencoded(bytes: &[u8]) -> Fields {
    let pairs = url::form_urlencoded::parse(bytes).into_owned();
    Fields::of_form(pairs.filter(|(_, value)| !value.is_empty()))
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
    let delimiter = format!("--{boundary}\r\n").into_bytes();
    let mut mended: Option<Vec<u8>> = None;
    let mut from = 0;
    while let Some(at) = find(&body, &delimiter, from) {
        let begins = at + delimiter.len();
        let Some(ends) = find(&body, b"\r\n\r\n", begins) else {
            break;
        };
        for index in begins..ends {
            let folds = matches!(
                body.get(index..index + 3),
                Some([b'\r', b'\n', b' ' | b'\t'])
            );
            let is_fold = folds
                || (index > begins
                    && matches!(
                        body.get(index - 1..index + 2),
                        Some([b'\r', b'\n', b' ' | b'\t'])
                    ));
            let is_control = body.get(index).is_some_and(|byte| {
                byte.is_ascii_control() && !matches!(byte, b'\r' | b'\n' | b'\t')
            });
            let with = match (is_fold, is_control) {
                (true, _) => b' ',
                (_, true) => b'_',
                _ => continue,
            };
            let mended = mended.get_or_insert_with(|| body.to_vec());
            if let Some(byte) = mended.get_mut(index) {
                *byte = with;
            }
        }
        from = ends;
    }
    mended.map_or(body, Bytes::from)
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
    fn a_field_stands_once_and_a_switch_is_on_or_off() {
        let twice = read(urlencoded(b"device_code=a&device_code=b&wait=maybe"));
        let problems = [
            Problem::of("device_code", ProblemKind::Repeated),
            Problem::of("wait", ProblemKind::NotABoolean),
        ];
        assert_eq!(twice, Err(Error::Invalid(problems.to_vec())));
    }
}
