use std::io::Cursor;
use std::process::Command;

use image::{DynamicImage, ImageFormat, RgbImage, RgbaImage};

use super::*;

/// What a child process is told to remake.
const CHILD: &str = "POSTERN_TEST_PICTURE";

fn written(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture: DynamicImage = picture.into();
    let mut to = Cursor::new(&mut bytes);
    picture.write_to(&mut to, format).unwrap();
    bytes
}

/// A PNG that says it has that many pixels, and has one.
fn header(width: u32, height: u32) -> Vec<u8> {
    let mut png = written(RgbImage::new(1, 1), ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = !png[12..29].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
        })
    });
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    png
}

#[test]
fn what_would_be_too_many_pixels_is_refused_by_its_header() {
    for (width, height) in [(7_746, 7_746), (16_385, 1), (4_900, 4_900), (1 << 30, 9)] {
        let refused = reencode(&header(width, height)).err();
        assert_eq!(refused, Some(NotAPicture::TooLarge), "{width} {height}");
    }
    // As many as there may be get as far as their pixels, of which there are none.
    let refused = reencode(&header(6_000, 4_000)).err();
    assert_eq!(refused, Some(NotAPicture::Broken));
}

#[test]
fn what_is_cut_short_or_lies_about_its_length_is_refused() {
    let picture = RgbaImage::from_fn(90, 90, |x, y| {
        image::Rgba([x.to_be_bytes()[3], y.to_be_bytes()[3], 7, 255])
    });
    for format in [ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP] {
        let whole = written(picture.clone(), format);
        assert!(reencode(&whole).is_ok(), "{format:?}");
        let cut = reencode(&whole[..whole.len() / 2]).err();
        assert_eq!(cut, Some(NotAPicture::Broken), "{format:?}");
    }
    let mut boastful = written(picture, ImageFormat::WebP);
    boastful[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(reencode(&boastful).err(), Some(NotAPicture::Broken));
}

#[test]
fn what_shows_through_stays_a_png() {
    let glass = RgbaImage::from_pixel(4, 4, image::Rgba([1, 2, 3, 4]));
    let remade = reencode(&written(glass, ImageFormat::WebP)).unwrap();
    assert_eq!(remade.format, Format::Png);
    let again = image::load_from_memory(&remade.bytes).unwrap();
    assert_eq!(again.to_rgba8().get_pixel(0, 0).0, [1, 2, 3, 4]);
}

/// The most memory that this process ever had, in kilobytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// No test by itself: what the next two run in a process of its own.
#[test]
fn child() {
    if let Ok(path) = std::env::var(CHILD) {
        let sent = std::fs::read(path).unwrap();
        let before = peak();
        let outcome = reencode(&sent).map(|remade| remade.format);
        println!("child {} {outcome:?}", peak() - before);
    }
}

/// How many megabytes more it takes to remake this, in a process that does nothing
/// else, and what comes of it.
fn cost(name: &str, sent: &[u8]) -> (u64, String) {
    let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
    std::fs::write(&path, sent).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "reencode::tests::child", "--nocapture"])
        .env(CHILD, &path)
        .output()
        .unwrap();
    std::fs::remove_file(path).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let told = text.lines().find_map(|line| line.split_once("child "));
    let told = told.filter(|(_, told)| told.contains('('));
    let (_, told) = told.unwrap_or_else(|| panic!("{text}"));
    let (kilobytes, outcome) = told.split_once(' ').unwrap();
    let kilobytes: u64 = kilobytes.parse().unwrap();
    (kilobytes / 1024, outcome.to_owned())
}

#[test]
fn a_bomb_takes_no_memory() {
    let mut bomb = header(7_746, 7_746);
    bomb.resize(50 * 1024, 0);
    let (megabytes, outcome) = cost("bomb", &bomb);
    assert_eq!(outcome, "Err(TooLarge)");
    assert!(megabytes < 8, "{megabytes} MB");
}

#[test]
fn the_largest_pictures_take_what_the_arithmetic_says() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif] {
        let picture = DynamicImage::from(RgbImage::new(6_000, 4_000));
        let sent = match format {
            ImageFormat::Gif => written(picture.to_rgba8(), format),
            _ => written(picture, format),
        };
        let (megabytes, outcome) = cost(&format!("{format:?}"), &sent);
        assert_eq!(outcome, "Ok(Jpeg)", "{format:?}");
        assert!(megabytes <= 288, "{format:?}: {megabytes} MB");
        println!("{format:?}: {megabytes} MB");
    }
}

/// `picture` in the format of an encoder that was given this profile.
fn profiled(picture: &DynamicImage, mut encoder: impl ImageEncoder, profile: &[u8]) {
    encoder.set_icc_profile(profile.to_vec()).unwrap();
    picture.write_with_encoder(encoder).unwrap();
}

/// The profile and the first pixel of what is made of `sent`.
fn shown(sent: &[u8]) -> (Option<Vec<u8>>, image::Rgba<u8>) {
    let remade = reencode(sent).unwrap().bytes;
    let reader = ImageReader::new(Cursor::new(&remade));
    let mut decoder = reader
        .with_guessed_format()
        .unwrap()
        .into_decoder()
        .unwrap();
    let profile = decoder.icc_profile().unwrap();
    let picture = DynamicImage::from_decoder(decoder).unwrap();
    (profile, picture.get_pixel(0, 0))
}

#[test]
fn numbers_keep_the_profile_that_says_what_colours_they_are() {
    let p3 = profile::tests::display_p3(&[(b"desc", b"Display P3")]);
    let personal = profile::tests::display_p3(&[(b"mmod", b"serial number")]);
    for alpha in [255, 100] {
        let colour = image::Rgba([60, 160, 90, alpha]);
        let picture = DynamicImage::from(RgbaImage::from_pixel(700, 9, colour));
        for (profile, kept) in [(&p3, Some(&p3)), (&personal, None)] {
            let mut png = Vec::new();
            profiled(&picture, PngEncoder::new(&mut png), profile);
            let mut webp = Vec::new();
            let encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut webp);
            profiled(&picture, encoder, profile);
            for sent in [png, webp] {
                let (profile, pixel) = shown(&sent);
                assert_eq!(profile.as_ref(), kept);
                let far = pixel
                    .0
                    .iter()
                    .zip(colour.0)
                    .any(|(is, was)| is.abs_diff(was) > 4);
                assert!(!far, "{pixel:?}");
            }
        }
    }
    let mut jpeg = Vec::new();
    let picture = DynamicImage::from(RgbImage::from_pixel(9, 9, image::Rgb([60, 160, 90])));
    profiled(&picture, JpegEncoder::new(&mut jpeg), &p3);
    assert_eq!(shown(&jpeg).0, Some(p3));
}
