//! The codes by which nauth's sign-ins prove an address or a number.
//!
//! A code has six digits and three tries, and is good for one account and one
//! destination. An attacker guesses at an account that they have the password of, so what
//! matters is how many tries that account takes. Unknown networks together get three for
//! each of twenty codes a day: guessing for a day finds one code in some 16,000. Each known
//! network has twenty codes of its own, but ten tries an hour are all that the account takes
//! from anywhere: one code in some 4,000. Each code that was sent is a letter that its
//! reader sees.

use crate::Contact;
use crate::time::{HOUR, MINUTE};

/// Digits of a code.
pub const DIGITS: u32 = 6;

/// Tries that one code takes.
pub const TRIES: u32 = 3;

/// Seconds for which a code to `contact` is good.
#[must_use]
pub const fn lifetime(contact: &Contact) -> u64 {
    match contact {
        Contact::Email(_) => HOUR,
        Contact::Phone(_) => 5 * MINUTE,
    }
}

/// `contact` as a client may show it to a caller who has not proven it: an address by its
/// first letter and its domain, a number by its last four digits.
#[must_use]
pub fn masked(contact: &Contact) -> String {
    match contact {
        Contact::Email(address) => {
            let (local, domain) = parts(address.as_str());
            let first: String = local.chars().take(1).collect();
            format!("{first}***@{domain}")
        }
        Contact::Phone(number) => masked_phone(number.as_str()),
    }
}

/// The same as answers about resent and reset codes have it: an address by its first and
/// last letter.
#[must_use]
pub fn masked_by_ends(contact: &Contact) -> String {
    match contact {
        Contact::Email(address) => {
            let (local, domain) = parts(address.as_str());
            let first: String = local.chars().take(1).collect();
            let last: String = local.chars().skip(1).last().into_iter().collect();
            format!("{first}***{last}@{domain}")
        }
        Contact::Phone(number) => masked_phone(number.as_str()),
    }
}

fn parts(address: &str) -> (&str, &str) {
    address.rsplit_once('@').unwrap_or((address, ""))
}

fn masked_phone(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let last: String = digits.iter().skip(digits.len().saturating_sub(4)).collect();
    format!("***-***-{last}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EmailAddress, PhoneNumber};

    #[test]
    fn a_mask_tells_whose_it_is_only_to_its_owner() {
        let address = Contact::Email(EmailAddress::parse("user@example.com").unwrap());
        assert_eq!(masked(&address), "u***@example.com");
        assert_eq!(masked_by_ends(&address), "u***r@example.com");
        let short = Contact::Email(EmailAddress::parse("u@example.com").unwrap());
        assert_eq!(masked(&short), "u***@example.com");
        assert_eq!(masked_by_ends(&short), "u***@example.com");
        let number = Contact::Phone(PhoneNumber::parse("+4915112347890").unwrap());
        assert_eq!(masked(&number), "***-***-7890");
        assert_eq!(masked_by_ends(&number), "***-***-7890");
    }
}
