//! Which colour profiles (ICC.1) a picture keeps.
//!
//! A telephone takes pictures in Display P3, and the numbers of one are other colours
//! in sRGB. The profile is the only thing of a picture's metadata that is needed to
//! show it, so it stays; but it has room for text, and the profile of a screen tells
//! which screen: its model and serial number, its calibration. So what stays is a
//! colour space and nothing else: of RGB, as three primaries and three curves, small,
//! with no tag beside those of the standard that describe such a space. Display P3,
//! Adobe RGB, ProPhoto, Rec. 2020 and sRGB as their makers give them away all pass;
//! a calibrated screen, a printer and a private tag do not: the numbers of such a picture
//! become those of sRGB ([`super::colours`]).

/// The profiles of the usual spaces have 500 to 3,200 bytes; a page with twenty pictures
/// loads twenty of them.
const LARGEST: usize = 4096;

/// What comes before the table of tags, and its count.
const HEADER: usize = 128;

/// A tag's name, place and size.
const ENTRY: usize = 12;

/// The tags that make a space of RGB.
const NEEDED: [&[u8; 4]; 6] = [b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC"];

/// Those that may stand beside them: white and black, adaptation, code points, how it
/// is meant to be looked at, its name and whose it is.
const ALLOWED: [&[u8; 4]; 14] = [
    b"wtpt", b"bkpt", b"chad", b"chrm", b"cicp", b"lumi", b"meas", b"tech", b"view", b"vued",
    b"desc", b"cprt", b"dmnd", b"dmdd",
];

/// Whether `profile` is one that a picture of ours may have.
pub(super) fn may_stay(profile: &[u8]) -> bool {
    profile.len() <= LARGEST && is_plain_rgb(profile).unwrap_or(false)
}

/// `None` if it ends too early.
fn is_plain_rgb(profile: &[u8]) -> Option<bool> {
    let word = |at: usize| profile.get(at..)?.first_chunk::<4>();
    let number = |at: usize| usize::try_from(u32::from_be_bytes(*word(at)?)).ok();
    let sound = number(0)? == profile.len()
        && word(36)? == b"acsp"
        && word(16)? == b"RGB "
        && word(20)? == b"XYZ "
        && matches!(word(12)?, b"mntr" | b"spac");
    let count = number(HEADER)?;
    // As many as there can be, each once.
    if !sound || count > NEEDED.len() + ALLOWED.len() {
        return Some(false);
    }
    let table = HEADER + 4;
    let after = table + count * ENTRY;
    let mut names = Vec::with_capacity(count);
    for entry in (table..after).step_by(ENTRY) {
        let (name, at, size) = (word(entry)?, number(entry + 4)?, number(entry + 8)?);
        let lies_in_it = at >= after && at.checked_add(size)? <= profile.len();
        let known = NEEDED.contains(&name) || ALLOWED.contains(&name);
        if !lies_in_it || !known || names.contains(&name) {
            return Some(false);
        }
        names.push(name);
    }
    Some(NEEDED.iter().all(|needed| names.contains(needed)))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Display P3 with a plain curve, and these tags beside what it needs.
    pub(crate) fn display_p3(others: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let xyz = |numbers: [f64; 3]| {
            let fixed = numbers.map(|number| ((number * 65_536.0).round() as i32).to_be_bytes());
            [&b"XYZ \0\0\0\0"[..], &fixed.concat()].concat()
        };
        // One number is a gamma, in 8.8 bits: 2.2.
        let curve = b"curv\0\0\0\0\0\0\0\x01\x02\x33\0\0".to_vec();
        let mut tags: Vec<(&[u8; 4], Vec<u8>)> = vec![
            (b"wtpt", xyz([0.9642, 1.0, 0.8249])),
            (b"rXYZ", xyz([0.5151, 0.2412, -0.0011])),
            (b"gXYZ", xyz([0.2920, 0.6922, 0.0419])),
            (b"bXYZ", xyz([0.1571, 0.0666, 0.7841])),
            (b"rTRC", curve.clone()),
            (b"gTRC", curve.clone()),
            (b"bTRC", curve),
        ];
        tags.extend(others.iter().map(|(name, bytes)| (*name, bytes.to_vec())));
        let mut table = u32::try_from(tags.len()).unwrap().to_be_bytes().to_vec();
        let mut data = Vec::new();
        for (name, bytes) in &tags {
            let at = HEADER + 4 + tags.len() * ENTRY + data.len();
            table.extend(*name);
            table.extend(u32::try_from(at).unwrap().to_be_bytes());
            table.extend(u32::try_from(bytes.len()).unwrap().to_be_bytes());
            data.extend(bytes);
        }
        let mut header = vec![0; HEADER];
        let length = u32::try_from(HEADER + table.len() + data.len()).unwrap();
        header[0..4].copy_from_slice(&length.to_be_bytes());
        header[8] = 4;
        header[12..24].copy_from_slice(b"mntrRGB XYZ ");
        header[36..40].copy_from_slice(b"acsp");
        [header, table, data].concat()
    }

    #[test]
    fn a_colour_space_stays() {
        assert!(may_stay(&display_p3(&[])));
        assert!(may_stay(&display_p3(&[
            (b"desc", b"Display P3"),
            (b"chad", &[0; 44])
        ])));
    }

    #[test]
    fn what_tells_more_than_colours_goes() {
        let large = vec![0; LARGEST];
        for (name, bytes) in [
            (b"mmod", &b"serial"[..]),
            (b"vcgt", b"calibration"),
            (b"meta", b"text"),
            (b"rXYZ", b"again"),
            (b"desc", &large),
        ] {
            let shown = String::from_utf8_lossy(name).into_owned();
            assert!(!may_stay(&display_p3(&[(name, bytes)])), "{shown}");
        }
    }

    #[test]
    fn what_is_no_profile_goes() {
        let whole = display_p3(&[]);
        for end in 0..whole.len() {
            assert!(!may_stay(&whole[..end]), "{end}");
        }
        for (at, with) in [
            (12, &b"prtr"[..]),
            (16, b"CMYK"),
            (16, b"GRAY"),
            (20, b"Lab "),
            (36, b"    "),
            (HEADER, &[255; 4]),
            (HEADER + 4, b"wxyz"),
            (HEADER + 8, &[255; 4]),
            (HEADER + 12, &[255; 4]),
            (HEADER + 8, &[0; 4]),
        ] {
            let mut broken = whole.clone();
            broken[at..at + 4].copy_from_slice(with);
            assert!(!may_stay(&broken), "{at}");
        }
    }
}
