//! Passwords that are made for people, who get them once from an administrator.

use super::Password;

/// Random bytes that one is made of.
pub const RANDOM: usize = 2 * 8 * LENGTH;

/// Characters of one: 16 of 70 are 98 bits.
const LENGTH: usize = 16;

/// Of each of these there is one at the least, as some policies have it. What is left out
/// would be read as something else.
const KINDS: [&str; 4] = [
    "ABCDEFGHJKLMNPQRSTUVWXYZ",
    "abcdefghijkmnopqrstuvwxyz",
    "23456789",
    "!@#$%^&*",
];

/// A password made of these bytes.
#[must_use]
pub fn generated(random: &[u8; RANDOM]) -> Password {
    let mut numbers = random.chunks_exact(8).map(|bytes| {
        bytes
            .iter()
            .fold(0_u64, |n, byte| n << 8 | u64::from(*byte))
    });
    // Of 2^64 numbers, so that no place is likelier than another by anything that counts.
    let mut below = |most: usize| {
        let number = numbers.next().unwrap_or_default();
        let most = u64::try_from(most.max(1)).unwrap_or(1);
        usize::try_from(number % most).unwrap_or_default()
    };
    let all: String = KINDS.concat();
    let mut drawn: Vec<char> = (0..LENGTH)
        .filter_map(|place| {
            let from = KINDS.get(place).copied().unwrap_or(&all);
            from.chars().nth(below(from.len()))
        })
        .collect();
    for last in (1..drawn.len()).rev() {
        drawn.swap(last, below(last + 1));
    }
    Password::typed(&drawn.into_iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_has_sixteen_characters_of_four_kinds(random in proptest::array::uniform32(any::<[u8; 8]>())) {
            let password = generated(&random.concat().try_into().unwrap());
            let text = password.as_str();
            prop_assert_eq!(text.len(), 16);
            for kind in KINDS {
                prop_assert!(text.chars().any(|c| kind.contains(c)));
            }
            prop_assert_eq!(password.weakness(), None);
        }
    }
}
