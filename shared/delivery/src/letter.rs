//! The letters that Postern writes.
//!
//! No letter but a code's own holds a free-standing number of four to eight
//! digits: people, phones and test suites all take the first one for the code.

use domain::UnixTime;
use domain::account::Role;
use domain::provider::Provider;
use serde::{Deserialize, Serialize};

/// A letter to one person, before it has words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Letter {
    /// The code that proves the address.
    SignInCode {
        /// Its digits.
        code: String,
        /// Whole minutes for which it is still good, at least one.
        minutes: u64,
    },
    /// The code by which a sign-in proves the address (nauth).
    VerificationCode {
        /// Its digits.
        code: String,
        /// Whole minutes for which it is still good, at least one.
        minutes: u64,
    },
    /// The code that replaces a forgotten password (nauth).
    ResetCode {
        /// Its digits.
        code: String,
        /// The page that takes it, if the client named one of its own.
        page: Option<String>,
        /// Whole minutes for which it is good.
        minutes: u64,
    },
    /// The account came to be.
    Welcome,
    /// A sign-in came from a network that the account did not know.
    NewNetwork {
        /// The client in a few words, see [`crate::describe_device`].
        device: String,
        /// The IPv4 address, or nothing for IPv6, whose groups read like codes.
        address: Option<String>,
        /// When.
        at: UnixTime,
    },
    /// A sign-in with the right password looked unusual (nauth).
    UnusualSignIn {
        /// The client in a few words, see [`crate::describe_device`].
        device: String,
        /// The IPv4 address, or nothing for IPv6, whose groups read like codes.
        address: Option<String>,
        /// The city and the country, as far as they are known.
        place: Option<String>,
        /// When.
        at: UnixTime,
        /// Whether it was blocked; if not, a second factor was asked for.
        blocked: bool,
    },
    /// Several codes were tried in vain.
    WrongGuesses,
    /// Several wrong second factors followed a right first one.
    WrongSecondFactors,
    /// A second factor was confirmed.
    FactorAdded,
    /// A second factor was taken out of force.
    FactorRemoved,
    /// All backup codes were replaced.
    BackupCodesRenewed,
    /// A code was asked for, but the account is locked.
    AccountLocked,
    /// The account has a new API key.
    NewApiKey,
    /// An operator brought the deleted account back.
    AccountRestored,
    /// An account with a password was made for an address that is not proven: with the
    /// way to prove it.
    Registered {
        /// The token, which holds nothing that reads like a code.
        token: String,
        /// The page that takes it beside the account's password.
        page: String,
        /// The account's username.
        account: String,
        /// Whether an administrator made it for the reader.
        by_another: bool,
        /// Whole hours for which the token is good.
        hours: u64,
    },
    /// The account has another role, or gets it with the proof of its address.
    RightsGiven {
        /// The role.
        role: Role,
        /// Whether it waits for the proof.
        waits: bool,
    },
    /// The way back to a forgotten password.
    PasswordReset {
        /// The token, which holds nothing that reads like a code.
        token: String,
        /// The page that takes it, with the token, if there is one.
        page: Option<String>,
        /// Whole minutes for which it is good.
        minutes: u64,
    },
    /// A forgotten password was reported where there is no account.
    NoAccount,
    /// A forgotten password was reported, but the account is locked.
    ResetWhileLocked,
    /// The account has another password.
    PasswordChanged,
    /// Several passwords were tried in vain.
    WrongPasswords,
    /// A user wants to move their account to this address.
    ConfirmAddress {
        /// The account's username.
        account: String,
        /// The token, which holds nothing that reads like a code.
        token: String,
        /// Whole minutes for which it is good.
        minutes: u64,
    },
    /// Somebody who is signed in asked to move the account to another address.
    AddressChangeAsked,
    /// The account has moved to another address.
    AddressChanged,
    /// The account has another username.
    UsernameChanged,
    /// The account has another telephone number, or none by which it signs in.
    NumberChanged,
    /// The account can be signed in to through a provider.
    ProviderLinked {
        /// Which.
        provider: Provider,
    },
    /// The account cannot be signed in to through a provider any more.
    ProviderUnlinked {
        /// Which.
        provider: Provider,
    },
    /// The person let a device in (RFC 8628).
    DeviceConnected {
        /// The registered client's name; `None` for programs that need none.
        client: Option<String>,
        /// Where it runs, see [`crate::describe_device`].
        device: String,
        /// The IPv4 address that it asked from, or nothing for IPv6.
        address: Option<String>,
        /// When it was let in.
        at: UnixTime,
    },
}

/// A letter with its words.
pub(crate) struct Words {
    pub(crate) subject: String,
    pub(crate) paragraphs: Vec<String>,
    pub(crate) closing: String,
}

/// Whether a paragraph is the address of a page and nothing else, which is a link where
/// letters have any. Text that other people chose never begins a paragraph.
pub(crate) fn is_address(paragraph: &str) -> bool {
    let web = paragraph.starts_with("https://") || paragraph.starts_with("http://");
    web && !paragraph.contains(char::is_whitespace)
}
