//! Profile pictures: [`reencode`] makes one anew from what a user sent, and
//! [`Bucket`] keeps it in S3.
//!
//! These are the two heaviest things that any flow needs, a set of image
//! decoders and the S3 SDK, and most functions never come near them. Neither
//! is reachable except through a picture's own flows, so the linker leaves them
//! out of every binary without such a flow; and the client is made at its
//! first use, so no start waits for it.

mod bucket;
mod reencode;

pub use bucket::{Bucket, BucketError, Grant};
pub use reencode::{NotAPicture, reencode};
