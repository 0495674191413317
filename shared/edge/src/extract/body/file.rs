//! The one file of a form: `multipart/form-data` (RFC 7578).
//!
//! API Gateway hands such a body on in base64, whole: it is in memory already, and
//! an event never carries more than 6 MB.

use std::marker::PhantomData;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use domain::{Error, Problem, ProblemKind};

use super::forms::{disposition, parts};
use super::{Media, UNREADABLE, media_type, whole};
use crate::Refusal;

/// What is sent along with a file: boundaries, headers, fields that are not read.
const AROUND: usize = 64 * 1024;

/// A form whose one file matters.
pub trait FileForm: Send {
    /// The name of its field.
    const FIELD: &'static str;
    /// The most bytes that it may have.
    const MAX: usize;
}

/// The file that `F` asks for, as it was sent. Only its bytes say what it is.
#[derive(Clone, Debug)]
pub struct File<F> {
    /// All of it.
    pub bytes: Bytes,
    form: PhantomData<F>,
}

impl<S: Sync, F: FileForm> FromRequest<S> for File<F> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let bytes = read(request, F::FIELD, F::MAX).await?;
        Ok(Self {
            bytes,
            form: PhantomData,
        })
    }
}

async fn read(request: Request, field: &'static str, max: usize) -> Result<Bytes, Error> {
    let problem = |kind| Error::Invalid(vec![Problem::of(field, kind)]);
    let media = media_type(&request);
    let too_large = problem(ProblemKind::FileTooLarge { max });
    let body = whole(request, max + AROUND, too_large.clone()).await?;
    // No body at all is an empty form, whatever it claims to be.
    if body.is_empty() {
        return Err(problem(ProblemKind::Required));
    }
    if Media::named(&media) != Some(Media::Multipart) {
        return Err(Error::UnsupportedMedia(media));
    }
    let mut form = parts(&media, body)?;
    while let Some(part) = form.next_field().await.map_err(|_| UNREADABLE)? {
        let said = disposition(&part);
        // A field without a file name holds text (RFC 7578 §4.2), unless it says that it is something else: some
        // clients send what they have in memory without a name.
        let is_no_text = part
            .content_type()
            .is_some_and(|media| media.type_() != "text");
        let is_file = said.names("filename") || is_no_text;
        if is_file && said.get("name").as_deref() == Some(field) {
            let bytes = part.bytes().await.map_err(|_| UNREADABLE)?;
            if bytes.len() > max {
                return Err(too_large);
            }
            return Ok(bytes);
        }
    }
    Err(problem(ProblemKind::Required))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::header::CONTENT_TYPE;

    async fn sent(media: &str, body: impl AsRef<[u8]>) -> Result<Bytes, Error> {
        let request = Request::builder().header(CONTENT_TYPE, media);
        let request = request.body(Body::from(body.as_ref().to_vec())).unwrap();
        read(request, "avatar", 8).await
    }

    fn part(disposition: &str, content: &str) -> String {
        format!("--x\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n")
    }

    const MEDIA: &str = "multipart/form-data; boundary=x";

    #[tokio::test]
    async fn the_file_is_found_among_other_fields() {
        let body = [
            part("name=\"a\"", "b"),
            part("name=\"avatar\"", "text"),
            part("name=\"avatar\"; filename=\"\"", "12345678"),
        ];
        let body = body.concat() + "--x--\r\n";
        assert_eq!(sent(MEDIA, &body).await.unwrap(), "12345678");
    }

    #[tokio::test]
    async fn a_file_is_found_as_clients_name_it() {
        for disposition in [
            &b"Content-Disposition: form-data; name=\"avatar\"; filename*=utf-8''m%C3%BCller.png"[..],
            b"content-disposition: form-data; name=\"avatar\"; filename=\"m\xfcller.png\"",
            b"CONTENT-DISPOSITION: form-data; name=avatar; filename=\"C:\\me.png\"",
            b"Content-Disposition: form-data; name=\"avatar\"\r\nContent-Type: image/png",
        ] {
            let body = [b"--x\r\n", disposition, b"\r\n\r\n1234\r\n--x--\r\n"].concat();
            let shown = String::from_utf8_lossy(disposition);
            assert_eq!(
                sent(MEDIA, body).await.as_deref(),
                Ok(&b"1234"[..]),
                "{shown}"
            );
        }
        let quoted = "Multipart/Form-Data; charset=utf-8; Boundary=\"----=_Part_1\"";
        let body = part("name=\"avatar\"; filename=\"\"", "1").replace("--x", "------=_Part_1")
            + "------=_Part_1--";
        for media in [quoted, "multipart/form-data; boundary=----=_Part_1"] {
            assert_eq!(
                sent(media, &body).await.as_deref(),
                Ok(&b"1"[..]),
                "{media}"
            );
        }
    }

    #[tokio::test]
    async fn what_is_no_file_is_said_to_be_none() {
        let problem = |kind| Err(Error::Invalid(vec![Problem::of("avatar", kind)]));
        let none = part("name=\"avatar\"", "text") + "--x--\r\n";
        assert_eq!(sent(MEDIA, &none).await, problem(ProblemKind::Required));
        assert_eq!(sent("text/plain", "").await, problem(ProblemKind::Required));
        let large = part("name=\"avatar\"; filename=\"a\"", "123456789") + "--x--";
        let too_large = ProblemKind::FileTooLarge { max: 8 };
        assert_eq!(sent(MEDIA, &large).await, problem(too_large));
        let endless = "a".repeat(8 + AROUND + 1);
        assert_eq!(sent(MEDIA, &endless).await, problem(too_large));
    }

    #[tokio::test]
    async fn what_is_no_form_is_refused() {
        let unreadable = Err(Error::Unreadable { line: 1, column: 1 });
        let cut = part("name=\"avatar\"; filename=\"a\"", "1");
        for (media, body) in [
            ("multipart/form-data", "x"),
            (MEDIA, "nothing of the kind"),
            ("multipart/form-data; boundary=", "x"),
            (MEDIA, cut.as_str()),
        ] {
            assert_eq!(sent(media, body).await, unreadable, "{media} {body}");
        }
        for media in ["application/json", "", "multipart/mixed; boundary=x"] {
            let refused = Err(Error::UnsupportedMedia(media.to_owned()));
            assert_eq!(sent(media, "{}").await, refused);
        }
    }
}
