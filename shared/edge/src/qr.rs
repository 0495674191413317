//! A QR code as a PNG in a `data:` URI, one bit a dot.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::Error;
use png::{BitDepth, ColorType, Encoder};
use qrcode::{Color, EcLevel, QrCode};

/// Dots on each side of a module: enough for a camera across a desk.
const SCALE: usize = 6;

/// Modules of white around the code (ISO/IEC 18004 §9.1).
const QUIET_ZONE: usize = 4;

/// `text` as a picture that an `<img>` shows.
///
/// # Errors
/// [`Error::Internal`] for more text than a QR code holds.
pub fn data_uri(text: &str) -> Result<String, Error> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|error| Error::Internal(format!("QR code: {error}")))?;
    let png = draw(&code).map_err(|error| Error::Internal(format!("PNG: {error}")))?;
    Ok(format!("data:image/png;base64,{}", STANDARD.encode(png)))
}

fn draw(code: &QrCode) -> Result<Vec<u8>, png::EncodingError> {
    let side = (code.width() + 2 * QUIET_ZONE) * SCALE;
    let size = u32::try_from(side).unwrap_or(u32::MAX);
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, size, size);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&dots(code, side))?;
    writer.finish()?;
    Ok(file)
}

/// The dots row by row, eight to a byte, white ones set.
fn dots(code: &QrCode, side: usize) -> Vec<u8> {
    let colors = code.to_colors();
    let dark = |dot_x: usize, dot_y: usize| {
        let module = |dot: usize| (dot / SCALE).checked_sub(QUIET_ZONE);
        let (Some(x), Some(y)) = (module(dot_x), module(dot_y)) else {
            return false;
        };
        x < code.width() && colors.get(y * code.width() + x) == Some(&Color::Dark)
    };
    let byte = |first: usize, y: usize| {
        (0..8).fold(0u8, |bits, n| bits << 1 | u8::from(!dark(first + n, y)))
    };
    (0..side)
        .flat_map(|y| (0..side).step_by(8).map(move |first| (first, y)))
        .map(|(first, y)| byte(first, y))
        .collect()
}
