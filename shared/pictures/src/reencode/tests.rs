use std::io::Cursor;
use std::process::Command;

use image::{DynamicImage, ImageFormat, RgbImage};

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
    let crc = crc(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    png
}

/// The checksum of PNG's chunks (ISO 3309).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
        })
    })
}

#[test]
fn what_would_be_too_many_pixels_is_refused_by_its_header() {
    for (width, height) in [(7_746, 7_746), (16_385, 1), (4_900, 4_900), (1 << 30, 9)] {
        let refused = reencode(&header(width, height)).err();
        assert_eq!(refused, Some(NotAPicture::TooLarge), "{width} {height}");
    }
    // As many as are allowed pass the check of the header, and are broken: they have no
    // pixels.
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
        let applied = image::Rgba([0, 164, 81, alpha]);
        let picture = DynamicImage::from(RgbaImage::from_pixel(700, 9, colour));
        for (profile, kept) in [(&p3, Some(&p3)), (&personal, None)] {
            let colour = if kept.is_some() { colour } else { applied };
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

/// A PNG of one colour with these chunks before its pixels.
fn with_chunks(colour: [u8; 3], chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let png = written(
        RgbImage::from_pixel(9, 9, image::Rgb(colour)),
        ImageFormat::Png,
    );
    let (head, rest) = png.split_at(33);
    let mut bytes = head.to_vec();
    for (kind, content) in chunks {
        let checked = [kind.as_slice(), content].concat();
        bytes.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
        bytes.extend(&checked);
        bytes.extend(crc(&checked).to_be_bytes());
    }
    [&bytes, rest].concat()
}

/// In hundred-thousandths, as the chunks have them.
fn scaled(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_be_bytes()).collect()
}

/// White, red, green and blue.
const SRGB: [u32; 8] = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000];
const ADOBE_RGB: [u32; 8] = [31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000];

#[test]
fn what_a_png_says_of_its_colours_is_heeded() {
    let (kept_as_p3, plain) = (true, false);
    let grey = [128, 128, 128];
    let green = [60, 160, 90];
    let adobe = scaled(&ADOBE_RGB);
    let (srgb, gamma, linear) = (
        scaled(&SRGB),
        45455_u32.to_be_bytes(),
        100_000_u32.to_be_bytes(),
    );
    let flat = scaled(&[31270, 32900, 30000, 30000, 30000, 30000, 30000, 30000]);
    type Chunks<'a> = &'a [(&'a [u8; 4], &'a [u8])];
    let cases: &[([u8; 3], Chunks<'_>, [u8; 3], bool)] = &[
        // Display P3 by code points, and with what older readers understand beside it.
        (green, &[(b"cICP", &[12, 13, 0, 1])], green, kept_as_p3),
        (
            green,
            &[(b"cICP", &[12, 13, 0, 1]), (b"gAMA", &linear)],
            green,
            kept_as_p3,
        ),
        // sRGB in each of the ways of saying it.
        (green, &[(b"cICP", &[1, 13, 0, 1])], green, plain),
        (
            green,
            &[(b"cICP", &[1, 13, 0, 1]), (b"gAMA", &linear)],
            green,
            plain,
        ),
        (green, &[(b"sRGB", &[0])], green, plain),
        (
            green,
            &[(b"sRGB", &[0]), (b"gAMA", &gamma), (b"cHRM", &srgb)],
            green,
            plain,
        ),
        (green, &[(b"gAMA", &gamma), (b"cHRM", &srgb)], green, plain),
        (green, &[(b"sRGB", &[0]), (b"gAMA", &linear)], green, plain),
        // Linear light, by code points and by its gamma: half the light is 188 of 255.
        (grey, &[(b"cICP", &[1, 8, 0, 1])], [188, 188, 188], plain),
        (grey, &[(b"gAMA", &linear)], [188, 188, 188], plain),
        // Adobe RGB: its greens are none of sRGB's.
        (
            green,
            &[(b"gAMA", &gamma), (b"cHRM", &adobe)],
            [0, 161, 87],
            plain,
        ),
        // Rec. 2020.
        (grey, &[(b"cICP", &[9, 13, 0, 1])], grey, plain),
        (green, &[(b"cICP", &[9, 13, 0, 1])], [0, 167, 80], plain),
        // What makes no sense: no gamma at all, primaries on one point, code points of
        // nothing.
        (green, &[(b"gAMA", &[0; 4])], green, plain),
        (green, &[(b"gAMA", &gamma), (b"cHRM", &flat)], green, plain),
        (green, &[(b"cHRM", &[0; 32])], green, plain),
        (green, &[(b"cICP", &[200, 200, 0, 1])], green, plain),
        (green, &[(b"cICP", &[12, 13])], green, plain),
        // High dynamic range has no counterpart here.
        (green, &[(b"cICP", &[9, 16, 0, 1])], green, plain),
        (green, &[], green, plain),
    ];
    for (sent, chunks, looks, kept) in cases {
        let (profile, pixel) = shown(&with_chunks(*sent, chunks));
        let what: Vec<_> = chunks
            .iter()
            .map(|(kind, content)| (String::from_utf8_lossy(*kind), content))
            .collect();
        assert_eq!(profile.is_some(), *kept, "{what:?}");
        let far = pixel
            .0
            .iter()
            .zip(looks)
            .any(|(is, was)| is.abs_diff(*was) > 5);
        assert!(!far, "{pixel:?}, {what:?}");
        if let Some(profile) = profile {
            assert!(profile::may_stay(&profile));
            let read = moxcms::ColorProfile::new_from_slice(&profile).unwrap();
            let p3 = moxcms::ColorProfile::new_display_p3();
            let near = |a: f64, b: f64| (a - b).abs() < 0.001;
            assert!(near(read.red_colorant.x, p3.red_colorant.x));
            assert!(near(read.green_colorant.y, p3.green_colorant.y));
        }
    }
}

/// Whatever a profile says, a picture comes of it.
#[test]
fn no_profile_costs_the_picture() {
    let whole = profile::tests::display_p3(&[(b"mmod", b"serial number")]);
    let picture = DynamicImage::from(RgbImage::from_pixel(2, 2, image::Rgb([60, 160, 90])));
    let lengths = (0..whole.len()).map(|end| whole[..end].to_vec());
    let numbers = (0..whole.len()).flat_map(|at| {
        [0, 1, 0x7f, 0x80, 0xff].map(|byte| {
            let mut damaged = whole.clone();
            damaged[at] = byte;
            damaged
        })
    });
    for profile in lengths.chain(numbers) {
        let mut sent = Vec::new();
        profiled(&picture, JpegEncoder::new(&mut sent), &profile);
        reencode(&sent).unwrap();
    }
}
