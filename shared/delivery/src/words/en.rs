//! English.

use domain::account::Role;

use super::moment;
use crate::letter::{Letter, Words};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// What to do about what somebody else did.
const OTHERWISE: &str = "If that was not you, somebody else is signed in to your account: ask for a new password, as if \
                         you had forgotten yours, and choose one, which signs everybody out. Then look through the \
                         account, or write to us.";

pub(super) fn words(letter: &Letter, service: &str) -> Words {
    let (subject, paragraphs) = match letter {
        Letter::SignInCode { code, minutes } => {
            let plural = if *minutes == 1 { "minute" } else { "minutes" };
            (
                format!("{code} is your {service} code"),
                vec![
                    format!("Enter this code to sign in. It is good for {minutes} {plural} and works once."),
                    "Nobody from our side will ever ask you for it. If you did not try to sign in, you can \
                     ignore this letter: without the code nothing happens."
                        .to_owned(),
                ],
            )
        }
        Letter::VerificationCode { code, minutes } => {
            let plural = if *minutes == 1 { "minute" } else { "minutes" };
            (
                format!("{code} is your {service} code"),
                vec![
                    format!(
                        "Enter this code where you signed up or signed in, to show that you read the mail of this \
                         address. It is good for {minutes} {plural} and works once."
                    ),
                    "Nobody from our side will ever ask you for it. If you did not sign up or sign in, ignore this \
                     letter: without the code the address is not taken for yours."
                        .to_owned(),
                ],
            )
        }
        Letter::ResetCode { code, page, minutes } => {
            let plural = if *minutes == 1 { "minute" } else { "minutes" };
            let mut paragraphs = vec![format!(
                "Enter this code to choose another password for your account. It is good for {minutes} {plural} and \
                 works once."
            )];
            paragraphs.extend(page.clone());
            paragraphs.push(
                "If you did not ask for it, ignore this letter: your password stays as it is.".to_owned(),
            );
            (format!("{code} is your {service} code for another password"), paragraphs)
        }
        Letter::Welcome => (
            format!("Welcome to {service}"),
            vec![
                "Your account is ready. You sign in with your e-mail address and a fresh code each time; \
                 there is no password to remember."
                    .to_owned(),
            ],
        ),
        Letter::NewNetwork { device, address, at } => {
            let (clock, day, month) = moment(*at, &MONTHS);
            let from = address.as_ref().map_or_else(String::new, |address| format!(", from the address {address}"));
            (
                format!("New sign-in to your {service} account"),
                vec![
                    format!(
                        "Somebody signed in to your account at {clock} UTC on {day} {month} from a place it had \
                         not been used from before: {device}{from}."
                    ),
                    "If that was you, all is well. If not, somebody can read your mail: change the password of \
                     your mailbox first, then sign in here and delete the account or write to us."
                        .to_owned(),
                ],
            )
        }
        Letter::UnusualSignIn { device, address, place, at, blocked } => {
            let (clock, day, month) = moment(*at, &MONTHS);
            let from = address.as_ref().map_or_else(String::new, |address| format!(", from the address {address}"));
            let place = place.as_ref().map_or_else(String::new, |place| format!(" ({place})"));
            let then = if *blocked { "The sign-in was blocked." } else { "A second factor was asked for." };
            (
                format!("Unusual sign-in to your {service} account"),
                vec![
                    format!(
                        "At {clock} UTC on {day} {month} somebody signed in to your account in a way that is unusual \
                         for it: {device}{from}{place}. {then}"
                    ),
                    "If that was you, all is well. If not, somebody knows your password: choose another one now, for \
                     this account and wherever else you use it."
                        .to_owned(),
                ],
            )
        }
        Letter::WrongGuesses => (
            format!("Somebody is guessing codes for your {service} account"),
            vec![
                "Several wrong codes were entered for your address. If that was you, simply ask for a new code \
                 in a while."
                    .to_owned(),
                "If it was not you: nobody got in. Guesses are counted and cut off; from places you signed in \
                 from before you can still sign in yourself."
                    .to_owned(),
            ],
        ),
        Letter::WrongSecondFactors => (
            format!("Somebody is trying to get into your {service} account"),
            vec![
                "Somebody signed in with a code that was sent to you, and then failed to show your second factor \
                 several times. Nobody got in."
                    .to_owned(),
                "If that was you, try again in a while, or use one of your backup codes. If not, somebody can read \
                 your mail: change the password of your mailbox."
                    .to_owned(),
            ],
        ),
        Letter::FactorAdded => (
            format!("Your {service} account has a second factor"),
            vec![
                "An authenticator app was set up for your account. From now on every sign-in asks for its code too; \
                 all other sessions have been ended."
                    .to_owned(),
                "If that was not you, somebody else is signed in to your account: write to us at once.".to_owned(),
            ],
        ),
        Letter::FactorRemoved => (
            format!("A second factor of your {service} account was removed"),
            vec![
                "An authenticator app was removed from your account, or all of them were. All other sessions have \
                 been ended."
                    .to_owned(),
                "If that was not you, somebody else is signed in to your account: write to us at once.".to_owned(),
            ],
        ),
        Letter::BackupCodesRenewed => (
            format!("New backup codes for your {service} account"),
            vec![
                "New backup codes were made for your account. The old ones do not work any more.".to_owned(),
                "If that was not you, somebody else is signed in to your account: write to us at once.".to_owned(),
            ],
        ),
        Letter::AccountLocked => (
            format!("Your {service} account is locked"),
            vec![
                "A code was asked for, but the account with this address is locked, so none was made. Please \
                 write to us to have it unlocked."
                    .to_owned(),
            ],
        ),
        Letter::NewApiKey => (
            format!("New API key for your {service} account"),
            vec![
                "Your account has a new API key. The one before stopped working at that moment.".to_owned(),
                "If that was not you, somebody is signed in to your account: sign in and make another key, then \
                 change the password of your mailbox."
                    .to_owned(),
            ],
        ),
        Letter::AccountRestored => (
            format!("Your {service} account is back"),
            vec![
                "Your deleted account was restored. Sign in with this address and a fresh code, as before; what \
                 deletion erased stays erased."
                    .to_owned(),
                "If you did not ask for that, sign in and delete the account again, or write to us.".to_owned(),
            ],
        ),
        Letter::Registered { token, page, account, by_another, hours } => (
            format!("An account for you at {service}"),
            vec![
                match by_another {
                    false => format!(
                        "Somebody made the account {account} with this address and a password. If that was you, \
                         confirm the address within {hours} hours, with your password, on this page:"
                    ),
                    true => format!(
                        "An administrator made the account {account} for you, with a password that they give you. \
                         Confirm the address within {hours} hours, with that password, on this page:"
                    ),
                },
                page.clone(),
                "An application that you are signed in to may ask for this token instead:".to_owned(),
                token.clone(),
                "If it was not you, you need not do anything, or can say so on the page. Nobody has shown yet that this \
                 address is theirs; the first time you do without their password, on the page, by a code or by choosing \
                 a new one, everything that they set up ends, and the account is yours."
                    .to_owned(),
            ],
        ),
        Letter::RightsGiven { role, waits } => {
            let role = match role {
                Role::User => "user",
                Role::Operator => "operator",
                Role::NetworkManager => "network manager",
                Role::Admin => "administrator",
            };
            (
                format!("Your {service} account has new rights"),
                vec![
                    match waits {
                        false => format!("An administrator made you {role}. Wherever you were signed in, you have to sign in again."),
                        true => format!(
                            "An administrator made you {role}. That begins when you prove this address: sign in with \
                             a code that is sent here, or confirm it while you are signed in."
                        ),
                    },
                    "If you do not know why, write to us.".to_owned(),
                ],
            )
        }
        Letter::PasswordReset { token, page, minutes } => {
            let by_token = |how: &str| format!("{how}, enter this token within {minutes} minutes:");
            let mut how = match page {
                Some(page) => vec![
                    format!("To choose a new password, open this page within {minutes} minutes:"),
                    page.clone(),
                    by_token("Or, where you are asked for a token"),
                ],
                None => vec![by_token("To choose a new password")],
            };
            how.push(token.clone());
            how.push(
                "It works once. If you did not ask for it, you can ignore this letter: your password stays as it is."
                    .to_owned(),
            );
            (format!("A new password for your {service} account"), how)
        }
        Letter::NoAccount => (
            format!("No {service} account with this address"),
            vec![
                "Somebody asked for a new password, but there is no account with this address. If that was you, \
                 your account may have another one."
                    .to_owned(),
                "If you did not ask for it, you can ignore this letter.".to_owned(),
            ],
        ),
        Letter::ResetWhileLocked => (
            format!("Your {service} account is locked"),
            vec![
                "Somebody asked for a new password, but the account with this address is locked. Please write to us \
                 to have it unlocked."
                    .to_owned(),
            ],
        ),
        Letter::PasswordChanged => (
            format!("Your {service} password was changed"),
            vec![
                "Your account has a new password. Wherever else you were signed in, you have to sign in again."
                    .to_owned(),
                "If that was not you, ask for another one now: the way to it leads through this mailbox. If \
                 somebody else can read your mail, change the password of the mailbox first."
                    .to_owned(),
            ],
        ),
        Letter::ConfirmAddress { account, token, minutes } => (
            format!("Is this your address for {service}?"),
            vec![
                format!(
                    "The account {account} is to be moved to this address. If it is yours, enter this token where you \
                     are signed in, within {minutes} minutes:"
                ),
                token.clone(),
                "It works once. If the account is not yours, do not enter it anywhere: nothing changes.".to_owned(),
            ],
        ),
        Letter::AddressChangeAsked => (
            format!("Your {service} account is to have another address"),
            vec![
                "Somebody who is signed in to your account asked to move it to another address. It moves once that \
                 address is proven; until then you sign in by this one."
                    .to_owned(),
                "If that was not you, set a new password by the reset now: it calls the move off and signs everybody \
                 out."
                    .to_owned(),
            ],
        ),
        Letter::AddressChanged => (
            format!("Your {service} account has another address"),
            vec![
                "Your account was moved to another address, and letters about it go there from now on. Wherever you \
                 were signed in, you have to sign in again."
                    .to_owned(),
                "If that was not you, write to us.".to_owned(),
            ],
        ),
        Letter::UsernameChanged => (
            format!("Your {service} account has another username"),
            vec![
                "Your account has another username. Whoever signs in by name signs in by the new one.".to_owned(),
                OTHERWISE.to_owned(),
            ],
        ),
        Letter::NumberChanged => (
            format!("Your {service} account has another telephone number"),
            vec![
                "The telephone number of your account was changed. The one before does not sign in any more.".to_owned(),
                OTHERWISE.to_owned(),
            ],
        ),
        Letter::ProviderLinked { provider } => (
            format!("{} signs in to your {service} account", provider.title()),
            vec![
                format!(
                    "An account at {} was linked to yours. Whoever can use it there signs in to your account here.",
                    provider.title()
                ),
                OTHERWISE.to_owned(),
            ],
        ),
        Letter::ProviderUnlinked { provider } => (
            format!("{} does not sign in to your {service} account any more", provider.title()),
            vec![
                format!(
                    "The account at {} is not linked to yours any more, and does not sign in to it.",
                    provider.title()
                ),
                OTHERWISE.to_owned(),
            ],
        ),
        Letter::DeviceConnected { client, device, address, at } => {
            let (clock, day, month) = moment(*at, &MONTHS);
            let what = client.as_deref().unwrap_or("a command-line program or agent");
            let on = if device == "?" { String::new() } else { format!(" ({device})") };
            let from = address.as_ref().map_or_else(String::new, |address| format!(", which asked from the address {address}"));
            let has = match client {
                Some(_) => "It stays signed in to your whole account for up to three months.",
                None => "It has a lasting key to your whole account.",
            };
            (
                format!("A device is connected to your {service} account"),
                vec![
                    format!("At {clock} UTC on {day} {month} you let in {what}{on}{from}. {has}"),
                    "If you do not want that any longer, or if it was not you, ask for a new password, as if you had \
                     forgotten yours, and choose one: that ends every sign-in and every key at once. If somebody else \
                     can read your mail, change the password of your mailbox first, or write to us."
                        .to_owned(),
                ],
            )
        }
        Letter::WrongPasswords => (
            format!("Somebody is guessing your {service} password"),
            vec![
                "Several wrong passwords were entered for your account. If that was you, try again in a while, or \
                 choose a new one."
                    .to_owned(),
                "If it was not you: nobody got in. Guesses are counted and slowed down; from places you signed in \
                 from before you can still sign in yourself."
                    .to_owned(),
            ],
        ),
    };
    Words {
        subject,
        paragraphs,
        closing: format!("This letter was sent by {service}."),
    }
}
