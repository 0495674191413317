//! S3 over a folder: a bucket is a folder in it, an object a file.
//!
//! Not ours but `s3s`, which checks signatures as S3 does, those of presigned
//! requests too: another method, object, length or type than was signed is
//! refused, and so is what is sent too late. What IAM would forbid is not known
//! here.

use std::io;
use std::path::Path;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;

/// The buckets of a stack. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Buckets(S3Service);

impl Buckets {
    /// The buckets of these names in `folder`, made if need be. Requests signed as
    /// `local` with the secret `local` may do everything.
    ///
    /// # Errors
    /// When the folders cannot be made or read.
    pub fn open<'a>(folder: &Path, names: impl IntoIterator<Item = &'a str>) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        for name in names {
            std::fs::create_dir_all(folder.join(name))?;
        }
        let files =
            FileSystem::new(folder).map_err(|error| io::Error::other(format!("{error:?}")))?;
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single("local", "local"));
        Ok(Self(service.build()))
    }

    /// Answers a request, with leave for any page to have sent it: the buckets of
    /// the template name the applications' origins, which here are ports of this
    /// machine.
    pub(super) async fn answer(&self, request: Request) -> Response {
        let mut response = if request.method() == Method::OPTIONS {
            StatusCode::OK.into_response()
        } else {
            match self.0.call(request.map(s3s::Body::http_body_unsync)).await {
                Ok(response) => response.map(Body::new),
                Err(error) => {
                    eprintln!("S3: {error:?}");
                    StatusCode::INTERNAL_SERVER_ERROR.into_response()
                }
            }
        };
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            (header::ACCESS_CONTROL_ALLOW_METHODS, "PUT"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
        ] {
            let value = HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        }
        response
    }
}
