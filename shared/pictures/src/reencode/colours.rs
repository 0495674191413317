//! What the numbers of a picture mean.
//!
//! A picture is kept as JPEG or PNG, in which a profile can say what colours its numbers
//! are. The usual spaces keep theirs ([`super::profile`]). What says it in another way,
//! or in a profile that tells more than colours, gets numbers of sRGB that look the same:
//! a screenshot has the profile of its screen, with the screen's serial number.
//!
//! A PNG has four ways of saying it (PNG, third edition, §4.3), of which the first
//! counts: code points (`cICP`), a profile, that it is sRGB, and a gamma with
//! chromaticities. Code points of video with a high dynamic range have no counterpart in
//! eight bits, and their numbers stay.

use std::io::Cursor;

use image::{ImageDecoder, ImageFormat, RgbaImage};
use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, DataColorSpace,
    Layout, LocalizableString, MatrixCoefficients, ParsingOptions, ProfileText, ToneReprCurve,
    TransferCharacteristics, TransformOptions,
};

use super::profile::may_stay;

/// The largest profile that is read in order to be applied: a screen's has some
/// kilobytes, a camera's with other tags some hundred, and what is larger is made of
/// tables that are not looked at here.
const LARGEST: usize = 512 * 1024;

/// The most points of a curve that is looked at.
const MOST_POINTS: usize = 4096;

/// The gamma that a file names for numbers of sRGB, which have another curve.
const GAMMA: f32 = 1.0 / 2.2;

/// What the numbers of a picture are.
pub(super) enum Colours {
    /// Those of sRGB, or of a file that does not say.
    Srgb,
    /// Those of this profile, which stays with them.
    Kept(Vec<u8>),
    /// Those of this profile, which does not stay.
    Of(Box<ColorProfile>),
}

impl Colours {
    /// What a file says of its numbers. What cannot be read is not said.
    pub(super) fn read(sent: &[u8], format: ImageFormat, decoder: &mut impl ImageDecoder) -> Self {
        let chunks = (format == ImageFormat::Png).then(|| Chunks::read(sent));
        let chunks = chunks.flatten().unwrap_or_default();
        if let Some(colours) = chunks.code_points.and_then(of_code_points) {
            return colours;
        }
        // A picture with a broken profile is a picture without one.
        match decoder.icc_profile().ok().flatten() {
            Some(profile) if may_stay(&profile) => Self::Kept(profile),
            Some(profile) => of_profile(&profile).unwrap_or(Self::Srgb),
            None if chunks.is_srgb => Self::Srgb,
            None => chunks.of_gamma(),
        }
    }

    /// `picture` in the numbers that are kept, and the profile that stays with them.
    pub(super) fn settle(self, picture: RgbaImage) -> (RgbaImage, Option<Vec<u8>>) {
        match self {
            Self::Srgb => (picture, None),
            Self::Kept(profile) => (picture, Some(profile)),
            Self::Of(profile) => (in_srgb(&profile, &picture).unwrap_or(picture), None),
        }
    }
}

/// What a PNG says in chunks of its own.
#[derive(Default)]
struct Chunks {
    code_points: Option<(u8, u8)>,
    is_srgb: bool,
    gamma: Option<f32>,
    primaries: Option<[(f32, f32); 4]>,
}

impl Chunks {
    fn read(sent: &[u8]) -> Option<Self> {
        let limits = png::Limits { bytes: 8 * LARGEST };
        let mut decoder = png::Decoder::new_with_limits(Cursor::new(sent), limits);
        decoder.set_ignore_text_chunk(true);
        // The profile is the decoder's to read.
        decoder.set_ignore_iccp_chunk(true);
        let reader = decoder.read_info().ok()?;
        let info = reader.info();
        let code_points = info.coding_independent_code_points;
        let pair = |(x, y): (png::ScaledFloat, png::ScaledFloat)| (x.into_value(), y.into_value());
        Some(Self {
            code_points: code_points
                .filter(|points| points.is_video_full_range_image)
                .map(|points| (points.color_primaries, points.transfer_function)),
            is_srgb: info.srgb.is_some(),
            gamma: info.gama_chunk.map(png::ScaledFloat::into_value),
            primaries: info
                .chrm_chunk
                .map(|it| [it.white, it.red, it.green, it.blue].map(pair)),
        })
    }

    /// The space of a gamma and chromaticities. What is not named is sRGB's.
    fn of_gamma(&self) -> Colours {
        let gamma = self.gamma.filter(|gamma| (0.1..=2.0).contains(gamma));
        let gamma = gamma.filter(|gamma| (gamma - GAMMA).abs() > 0.01);
        let primaries = self.primaries.filter(|all| {
            let is_point =
                |(x, y): &(f32, f32)| (0.0..=1.0).contains(x) && (0.01..=1.0).contains(y);
            all.iter().all(is_point) && !are_those_of_srgb(all) && span_a_triangle(all)
        });
        if gamma.is_none() && primaries.is_none() {
            return Colours::Srgb;
        }
        let mut profile = ColorProfile::new_srgb();
        profile.cicp = None;
        if let Some(all) = primaries {
            let [white, red, green, blue] = all.map(|(x, y)| Chromaticity::new(x, y));
            profile.update_rgb_colorimetry(white.to_xyyb(), ColorPrimaries { red, green, blue });
        }
        if let Some(gamma) = gamma {
            let curve = Some(ToneReprCurve::Parametric(vec![1.0 / gamma]));
            profile.red_trc.clone_from(&curve);
            profile.green_trc.clone_from(&curve);
            profile.blue_trc = curve;
        }
        Colours::Of(Box::new(profile))
    }
}

fn are_those_of_srgb(all: &[(f32, f32); 4]) -> bool {
    let srgb = [(0.3127, 0.329), (0.64, 0.33), (0.3, 0.6), (0.15, 0.06)];
    let near =
        |(a, b): (&(f32, f32), (f32, f32))| (a.0 - b.0).abs() < 0.005 && (a.1 - b.1).abs() < 0.005;
    all.iter().zip(srgb).all(near)
}

/// Whether three colours make others: no matrix can be made of those on one line.
fn span_a_triangle(all: &[(f32, f32); 4]) -> bool {
    let [_, (rx, ry), (gx, gy), (bx, by)] = *all;
    ((gx - rx) * (by - ry) - (bx - rx) * (gy - ry)).abs() > 0.01
}

/// What these code points (ITU-T H.273) mean, if there is an answer.
fn of_code_points((primaries, transfer): (u8, u8)) -> Option<Colours> {
    let transfer = TransferCharacteristics::try_from(transfer).ok()?;
    let primaries = CicpColorPrimaries::try_from(primaries).ok()?;
    let of_video = |it| {
        use TransferCharacteristics::{Bt601, Bt709, Bt202010bit, Bt202012bit};
        matches!(it, Bt709 | Bt601 | Bt202010bit | Bt202012bit)
    };
    use TransferCharacteristics::{Bt470Bg, Bt470M, Linear, Srgb};
    match (primaries, transfer) {
        (CicpColorPrimaries::Bt709, Srgb) => Some(Colours::Srgb),
        (primaries, it) if matches!(it, Srgb | Bt470M | Bt470Bg | Linear) || of_video(it) => {
            let mut profile = ColorProfile::new_from_cicp(CicpProfile {
                color_primaries: primaries,
                transfer_characteristics: transfer,
                matrix_coefficients: MatrixCoefficients::Identity,
                full_range: true,
            });
            profile.cicp = None;
            profile.red_trc.as_ref()?;
            // As wide as the screens of today: clipping it would be a loss.
            if (primaries, transfer) == (CicpColorPrimaries::Smpte432, Srgb) {
                profile.description = Some(text("Display P3"));
                profile.copyright = Some(text("Public Domain"));
                let encoded = profile.encode().ok().filter(|profile| may_stay(profile));
                return encoded.map(Colours::Kept);
            }
            Some(Colours::Of(Box::new(profile)))
        }
        _ => None,
    }
}

fn text(text: &str) -> ProfileText {
    let text = LocalizableString::new("en".to_owned(), "US".to_owned(), text.to_owned());
    ProfileText::Localizable(vec![text])
}

/// The space of a profile that may not stay: three primaries and three curves, whatever
/// else it holds.
fn of_profile(profile: &[u8]) -> Option<Colours> {
    if profile.len() > LARGEST {
        return None;
    }
    let options = ParsingOptions {
        max_profile_size: LARGEST,
        max_allowed_clut_size: LARGEST,
        max_allowed_trc_size: MOST_POINTS,
    };
    let read = ColorProfile::new_from_slice_with_options(profile, options).ok()?;
    if read.color_space != DataColorSpace::Rgb || read.pcs != DataColorSpace::Xyz {
        return None;
    }
    let mut plain = ColorProfile::new_srgb();
    plain.cicp = None;
    plain.red_colorant = read.red_colorant;
    plain.green_colorant = read.green_colorant;
    plain.blue_colorant = read.blue_colorant;
    plain.red_trc = Some(read.red_trc?);
    plain.green_trc = Some(read.green_trc?);
    plain.blue_trc = Some(read.blue_trc?);
    // A space whose white is not white is refused.
    let white = plain.red_colorant.y + plain.green_colorant.y + plain.blue_colorant.y;
    (0.8..=1.2)
        .contains(&white)
        .then(|| Colours::Of(Box::new(plain)))
}

fn in_srgb(profile: &ColorProfile, picture: &RgbaImage) -> Option<RgbaImage> {
    let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
    let transform = profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgba, options);
    let mut numbers = vec![0; picture.as_raw().len()];
    transform
        .ok()?
        .transform(picture.as_raw(), &mut numbers)
        .ok()?;
    RgbaImage::from_raw(picture.width(), picture.height(), numbers)
}
