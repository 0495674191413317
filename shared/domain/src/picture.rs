//! Profile pictures: what may be sent, and what is kept of it.
//!
//! Whatever is sent, what is kept was made here: the first frame, as it is
//! meant to be seen, at most [`SIDE`] pixels a side, as a JPEG or, where
//! something shows through, a PNG. Nothing of the file itself survives, so no
//! metadata (where a photograph was taken), no second file that hides behind
//! the first, no script.
//!
//! # Memory
//!
//! A picture is as large as its header says, however small the file: 50 KB of
//! PNG can be 60 million pixels. So the header is read first and refused above
//! [`MAX_PIXELS`] pixels or [`MAX_DECODED`] bytes, before there is a buffer.
//! What is left is bounded: the pixels, at most 4 bytes each (96 MB), and
//! what a decoder needs beside them, at most 8 bytes each (192 MB; a
//! progressive JPEG of four components keeps all its coefficients until its
//! last scan). With the file itself in at most five copies (the event, its
//! base64 undone, the form, its field, the decoder's) that is below 320 MB.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Problem, ProblemKind, UnixTime};

/// The most bytes that a picture may have when it is sent (djangocfg: 5 MB).
pub const MAX_BYTES: usize = 5 * 1024 * 1024;

/// What problems with a picture are problems of: the field of the form that it is
/// sent in.
pub const FIELD: &str = "avatar";

/// The most pixels that a picture may have when it is sent: a photograph of
/// 6,000 by 4,000.
pub const MAX_PIXELS: u64 = 24_000_000;

/// The most bytes that its pixels may take, decoded: 4 for each, so that a
/// picture of 16 bits a channel may have half as many.
pub const MAX_DECODED: u64 = 4 * MAX_PIXELS;

/// The longest side of the picture that is kept, in pixels.
pub const SIDE: u32 = 512;

/// Seconds in which an upload past the API must have been sent and confirmed.
pub const UPLOAD_SECONDS: u64 = 10 * 60;

/// The picture that an account shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// What its address ends in: 122 random bits, new with each upload. Without
    /// them the stored object can be neither named nor read.
    pub id: Uuid,
    /// Where it is served. Kept whole, as it was handed out.
    pub url: String,
}

/// What a kept picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Opaque.
    Jpeg,
    /// Something shows through.
    Png,
}

impl Format {
    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// The media types that an upload may announce (djangocfg: JPEG, PNG, GIF,
/// WebP). The bytes say what it really is.
pub const UPLOAD_TYPES: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/// What is wrong with a picture, by what its sender announces before sending it.
#[must_use]
pub fn announced(media_type: &str, length: usize) -> Vec<Problem> {
    let mut problems = Vec::new();
    if length > MAX_BYTES {
        let kind = ProblemKind::FileTooLarge { max: MAX_BYTES };
        problems.push(Problem::of(FIELD, kind));
    }
    if length == 0 || !UPLOAD_TYPES.contains(&media_type) {
        problems.push(Problem::of(FIELD, ProblemKind::NotAPicture));
    }
    problems
}

/// A picture made from what was sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Remade {
    /// What it is.
    pub format: Format,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// An upload past the API that an account was allowed: one at a time, and good
/// for one picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Names it.
    pub id: Uuid,
    /// When it is too late to confirm it.
    pub expires_at: UnixTime,
}
