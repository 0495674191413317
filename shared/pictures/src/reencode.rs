//! From bytes that a user sent to a picture of ours.

mod colours;
mod profile;

use std::io::Cursor;

use colours::Colours;
use domain::picture::{Format, MAX_DECODED, MAX_PIXELS, Remade, SIDE};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{
    DynamicImage, GenericImageView as _, ImageDecoder, ImageEncoder, ImageFormat, ImageReader,
    Limits, RgbaImage,
};

/// The longest side of a picture that is sent. JPEG's own bound is four times it.
const MAX_SIDE: u32 = 16_384;

/// What a decoder may reserve beside the pixels: compressed metadata, a GIF's
/// frame that lies off its screen.
const MAX_ALLOC: u64 = 64 * 1024 * 1024;

/// Good enough that the difference is not seen at this size.
const JPEG_QUALITY: u8 = 85;

/// Why no picture was made.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAPicture {
    /// The first bytes are those of no format that is read here.
    #[error("none of the formats")]
    Unknown,
    /// It says that it has more pixels than are decoded here.
    #[error("too many pixels")]
    TooLarge,
    /// It is broken, cut short, or uses what its decoder does not know.
    #[error("cannot be decoded")]
    Broken,
}

/// The picture in `sent`, made anew. Its first bytes say what it is, not the announced
/// media type. Of an animation it is the first frame: a profile picture is looked at
/// beside twenty others, and a still one bounds the work.
///
/// It looks as it did: what its numbers mean is kept with them, or they are made those
/// of sRGB ([`colours`]).
///
/// # Errors
/// [`NotAPicture`]; before any pixel is decoded, if there would be too many.
pub fn reencode(sent: &[u8]) -> Result<Remade, NotAPicture> {
    let format = image::guess_format(sent).map_err(|_| NotAPicture::Unknown)?;
    // The crate knows the first bytes of formats that it was built without.
    if !is_read(format) {
        return Err(NotAPicture::Unknown);
    }
    if format == ImageFormat::WebP && !riff_is_whole(sent) {
        return Err(NotAPicture::Broken);
    }
    let mut reader = ImageReader::with_format(Cursor::new(sent), format);
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_ALLOC);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| refusal(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS || decoder.total_bytes() > MAX_DECODED {
        return Err(NotAPicture::TooLarge);
    }
    // A photograph taken sideways says so in the metadata that is about to go.
    let orientation = decoder.orientation().map_err(|error| refusal(&error))?;
    let colours = Colours::read(sent, format, &mut decoder);
    let whole = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error))?;
    let mut small = fitted(whole);
    small.apply_orientation(orientation);
    let (small, profile) = colours.settle(small.into_rgba8());
    written(small, profile)
}

const fn is_read(format: ImageFormat) -> bool {
    matches!(
        format,
        ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::Gif | ImageFormat::WebP
    )
}

/// Whether every chunk of a RIFF file (RFC 9649 §2.3) lies in it. The decoder makes
/// room for a chunk of metadata before it reads it, and a length is easily written.
fn riff_is_whole(sent: &[u8]) -> bool {
    let length = |at: usize| {
        let bytes = sent.get(at..)?.first_chunk::<4>()?;
        usize::try_from(u32::from_le_bytes(*bytes)).ok()
    };
    let Some(end) = length(4).map(|length| length.saturating_add(8)) else {
        return false;
    };
    let mut at = 12;
    while at < end {
        let Some(size) = length(at + 4) else {
            return false;
        };
        // Chunks begin at even places.
        at = at
            .saturating_add(8)
            .saturating_add(size)
            .saturating_add(size % 2);
    }
    // Some writers leave the last filling byte out.
    end <= sent.len() + 1 && at <= sent.len() + 1
}

/// `whole` at the size that is kept. What is smaller stays as small.
fn fitted(whole: DynamicImage) -> DynamicImage {
    let (width, height) = whole.dimensions();
    if width <= SIDE && height <= SIDE {
        whole
    } else {
        // Averages over the pixels as they are, with no second picture of floating-point numbers.
        whole.thumbnail(SIDE, SIDE)
    }
}

fn written(picture: RgbaImage, profile: Option<Vec<u8>>) -> Result<Remade, NotAPicture> {
    let mut bytes = Vec::new();
    let opaque = picture.pixels().all(|pixel| pixel.0[3] == u8::MAX);
    let picture = DynamicImage::ImageRgba8(picture);
    let (format, outcome) = if opaque {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
        let picture = DynamicImage::ImageRgb8(picture.to_rgb8());
        (Format::Jpeg, encoded(&picture, encoder, profile))
    } else {
        let encoder = PngEncoder::new(&mut bytes);
        (Format::Png, encoded(&picture, encoder, profile))
    };
    outcome.map_err(|error| refusal(&error))?;
    Ok(Remade { format, bytes })
}

fn encoded(
    picture: &DynamicImage,
    mut encoder: impl ImageEncoder,
    profile: Option<Vec<u8>>,
) -> image::ImageResult<()> {
    if let Some(profile) = profile {
        encoder
            .set_icc_profile(profile)
            .map_err(image::ImageError::Unsupported)?;
    }
    picture.write_with_encoder(encoder)
}

fn refusal(error: &image::ImageError) -> NotAPicture {
    match error {
        image::ImageError::Limits(_) => NotAPicture::TooLarge,
        _ => NotAPicture::Broken,
    }
}

#[cfg(test)]
mod tests;
