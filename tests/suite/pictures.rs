//! Pictures to send: sound ones, and what pretends to be one.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

/// A form that holds one file: its media type and its body.
pub fn form(field: &str, file: &[u8]) -> (String, Vec<u8>) {
    let head = format!(
        "--boundary\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"a.png\"\r\n\
         content-type: image/png\r\n\r\n"
    );
    let body = [head.as_bytes(), file, b"\r\n--boundary--\r\n"].concat();
    ("multipart/form-data; boundary=boundary".to_owned(), body)
}

fn written(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture: DynamicImage = picture.into();
    picture
        .write_to(&mut Cursor::new(&mut bytes), format)
        .unwrap();
    bytes
}

fn shaded(width: u32, height: u32) -> RgbImage {
    let shade = |at: u32| u8::try_from(at % 256).unwrap();
    RgbImage::from_fn(width, height, |x, y| Rgb([shade(x), shade(y), 90]))
}

pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    written(shaded(width, height), ImageFormat::Jpeg)
}

pub fn png(width: u32, height: u32, alpha: u8) -> Vec<u8> {
    let picture = RgbaImage::from_pixel(width, height, Rgba([9, 99, 199, alpha]));
    written(picture, ImageFormat::Png)
}

pub fn gif(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbaImage::from_pixel(width, height, Rgba([9, 99, 199, 255]));
    written(picture, ImageFormat::Gif)
}

pub fn webp(width: u32, height: u32) -> Vec<u8> {
    written(shaded(width, height), ImageFormat::WebP)
}

/// A picture whose parts all differ.
pub fn noise(width: u32, height: u32) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    let picture = RgbImage::from_fn(width, height, |_, _| Rgb([next(), next(), next()]));
    written(picture, ImageFormat::Png)
}

/// A sound PNG of exactly `length` bytes, most of them in a chunk that no decoder reads.
pub fn png_padded(length: usize) -> Vec<u8> {
    let whole = png(300, 300, 255);
    let (head, tail) = whole.split_at(33);
    let padding = length - whole.len() - 12;
    let chunk = chunk(b"paDd", &vec![0; padding]);
    [head, &chunk, tail].concat()
}

/// A PNG of that many pixels, all of them black and next to nothing compressed.
pub fn bomb(width: u32, height: u32) -> Vec<u8> {
    let one_bit = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[1, 0, 0, 0, 0],
    ]
    .concat();
    // Decoding never gets as far as the pixels.
    let pixels = vec![0; 40 * 1024];
    let signature: &[u8] = b"\x89PNG\r\n\x1a\n";
    [
        signature,
        &chunk(b"IHDR", &one_bit),
        &chunk(b"IDAT", &pixels),
        &chunk(b"IEND", &[]),
    ]
    .concat()
}

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    let checked = [kind.as_slice(), content].concat();
    [&length[..], &checked, &crc(&checked).to_be_bytes()].concat()
}

/// The checksum of PNG's chunks (ISO 3309).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
        })
    })
}

/// Exif that names a camera and which way up it was held.
pub fn exif(orientation: u8) -> Vec<u8> {
    let header: &[u8] = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02";
    let model = b"\x01\x10\0\x02\0\0\0\x07\0\0\0\x26";
    let turned = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
    [header, model, &turned, &[0; 4], b"Camera\0"].concat()
}

/// A JPEG with that Exif.
pub fn with_exif(jpeg: &[u8], exif: &[u8]) -> Vec<u8> {
    let (start, rest) = jpeg.split_at(2);
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [start, &[0xff, 0xe1], &length, exif, rest].concat()
}
