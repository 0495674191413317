//! The colour of an installation's buttons and links.
//!
//! One colour is given, for a light page; that for a dark one is mixed from it. Both have to
//! be read: text stands on them and they stand as text on the page, so each has a contrast
//! of at least 4.5 to 1 with what is around it (WCAG 2.2, 1.4.3).

use std::fmt;

/// A colour of sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(u8, u8, u8);

/// The darkest ground of light pages, the lightest of dark ones, and the ink on a button of
/// each: `style.css` has the same.
const LIGHT_GROUND: Rgb = Rgb(0xf6, 0xf5, 0xf2);
const DARK_GROUND: Rgb = Rgb(0x1f, 0x22, 0x28);
const WHITE: Rgb = Rgb(0xff, 0xff, 0xff);
const DARK_INK: Rgb = Rgb(0x10, 0x23, 0x1f);

/// The least contrast of text with its ground.
const LEAST: f64 = 4.5;

/// A colour for light pages and one for dark ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent {
    /// On light pages, with white on it.
    pub light: Rgb,
    /// On dark pages, with a dark ink on it.
    pub dark: Rgb,
}

impl Default for Accent {
    fn default() -> Self {
        Self {
            light: Rgb(0x0b, 0x5d, 0x4f),
            dark: Rgb(0x6f, 0xd3, 0xbd),
        }
    }
}

impl Accent {
    /// Reads `#rrggbb`, if that can be read on light pages. It is mixed with as much white
    /// as dark ones need.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let light = Rgb::parse(text)?;
        if light.contrast(LIGHT_GROUND) < LEAST {
            return None;
        }
        let is_read =
            |dark: &Rgb| dark.contrast(DARK_GROUND) >= LEAST && dark.contrast(DARK_INK) >= LEAST;
        // White itself can be read, so the last one will do.
        let dark = (0..=10)
            .map(|tenths| light.with_white(tenths))
            .find(is_read);
        Some(Self {
            light,
            dark: dark.unwrap_or(WHITE),
        })
    }
}

impl Rgb {
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Self(part(0)?, part(2)?, part(4)?))
    }

    /// With so many tenths of the way to white gone.
    fn with_white(self, tenths: u16) -> Self {
        let mix = |part: u8| {
            let mixed = (u16::from(part) * (10 - tenths) + 255 * tenths) / 10;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Self(mix(self.0), mix(self.1), mix(self.2))
    }

    /// WCAG's relative luminance.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            match part <= 0.04045 {
                true => part / 12.92,
                false => ((part + 0.055) / 1.055).powf(2.4),
            }
        };
        0.0722f64.mul_add(
            linear(self.2),
            0.2126f64.mul_add(linear(self.0), 0.7152 * linear(self.1)),
        )
    }

    /// WCAG's ratio of contrast.
    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(other) / one.min(other)
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_no_accent() {
        for text in [
            "", "red", "#123", "#12345g", "#1234567", "#ffcc00", "#ffffff", "#+1+1+1",
        ] {
            assert_eq!(Accent::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_accent_can_be_read_on_light_and_dark_pages() {
        for text in [
            "#0b5d4f", "#000000", "#0000ff", "#aa0000", "#6a1b9a", "#1a4fd0",
        ] {
            let accent = Accent::parse(text).unwrap();
            assert_eq!(accent.light.to_string(), text);
            assert!(accent.light.contrast(LIGHT_GROUND) >= LEAST);
            assert!(accent.light.contrast(WHITE) >= LEAST);
            assert!(accent.dark.contrast(DARK_GROUND) >= LEAST, "{text}");
            assert!(accent.dark.contrast(DARK_INK) >= LEAST, "{text}");
        }
        let usual = Accent::default();
        assert!(usual.light.contrast(LIGHT_GROUND) >= LEAST);
        assert!(usual.dark.contrast(DARK_INK) >= LEAST);
    }
}
