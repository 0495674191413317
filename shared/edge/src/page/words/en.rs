//! English.

use super::{
    AccountRef, Confirm, Done, Enter, FromLetter, Problems, SecondFactor, SignIn, Surroundings,
    Words,
};

pub(super) const WORDS: Words = Words {
    tag: "en",
    frame: Surroundings {
        signed_in_as: "Signed in as",
        sign_out: "Not you? Sign out",
        failed: "That did not work",
        begin_again: "Begin again",
    },
    sign_in: SignIn {
        title: "Sign in",
        heading: "Sign in to connect a device",
        by_code: "We send a code to your e-mail address. There is no password to remember; a first sign-in makes \
                  the account.",
        address: "E-mail address",
        send: "Send me a code",
        to_password: "Use a password instead",
        by_password: "With the password that you chose for your account.",
        name: "E-mail address or username",
        password: "Password",
        enter: "Sign in",
        to_code: "Send me a code instead",
    },
    letter: FromLetter {
        heading: "Check your mail",
        sent_to: (
            "We wrote to ",
            ". Type the code from the newest letter; it is good for ten minutes.",
        ),
        code: "Code from the letter",
        again: "Send the code again",
    },
    factor: SecondFactor {
        heading: "Your second factor",
        ask: "Type the six digits that your authenticator app shows, or one of your backup codes.",
        code: "Code",
    },
    enter: Enter {
        heading: "Connect a device",
        ask: "Type the code that your device shows.",
        code: "Code on the device",
        hint: "Eight letters. Capitals and the dash do not matter.",
        next: "Go on",
    },
    confirm: Confirm {
        heading: "Let this device in?",
        what: "What asks",
        unregistered: "A command-line program or agent",
        runs_on: "Runs on",
        unknown: "A program we do not know by name",
        from: "Asks from",
        here: ", the same address as yours",
        elsewhere: ", <strong>not your address</strong>",
        asked: "Asked",
        ago: |span| format!("{span} ago"),
        its_code: "Its code",
        beware: "This request comes from another address than yours. If somebody sent you here, or you did not \
                 start this yourself a moment ago, deny it.",
        gets_session: "If you approve, it stays signed in to your <strong>whole account</strong>, for up to three \
                       months.",
        gets_key: "If you approve, it gets a <strong>lasting key to your whole account</strong>, which works until \
                   it is revoked.",
        type_code: "To approve, type the code that the device shows",
        hint: "From its own screen, not from a message. Capitals and the dash do not matter.",
        approve: "Approve",
        deny: "Deny",
    },
    done: Done {
        connected_title: "Device connected",
        connected: "Your device is connected",
        goes_on: "It goes on by itself in a few seconds. You can close this page.",
        denied: "Request denied",
        stays_out: "The device stays out. You can close this page.",
    },
    whose: AccountRef {
        heading: "Is this account yours?",
        made: (
            "The account ",
            " was made with the address ",
            " and a password. Nobody has shown yet that the address is theirs.",
        ),
        mine: "It is mine",
        password: "The account's password",
        confirm: "Confirm my address",
        not_mine: "Somebody else made it",
        ends: "Then the account becomes yours. Everything that was set up in it ends: its password, its sign-ins, its keys. \
               You sign in with a code that is sent to this address.",
        disown: "It was somebody else",
        or_nothing: "If you close this page, nothing changes.",
        no_password: "Please type the account's password.",
        wrong_password: "That is not the account's password. Please check it.",
        confirmed: "Your address is confirmed",
        kept: (
            "It is now shown that ",
            " is yours. Your account stays as it is. You can close this page.",
        ),
        disowned: "The account is yours now",
        ended: (
            "Everything that somebody else set up has ended. To use the account, or to delete it, sign in with a code \
             that is sent to ",
            ". You can close this page.",
        ),
        spent: "This link does not work any more",
        spent_why: "It was used, is more than three days old, or is not whole. If the address is confirmed already, there is \
                    nothing left to do.",
        another: "If not, sign in with your password and save your address in your profile once more: that sends a new \
                  letter. You can sign in with a code from a letter, too; but that ends what was set up with the password.",
        open_again: "Please open the link in your letter again.",
    },
    problem: Problems {
        unreadable: "That could not be read. Please try again.",
        nothing_here: "There is nothing here.",
        wrong_factor: "That code is not right.",
        factor_elsewhere: "Your second factor cannot be shown here. Please set up an authenticator app where you set that one up.",
        password_change_required: "Your password has to be replaced. Please use the way back to a forgotten one.",
        code_alone: "A code alone is not enough for an account with rights: sign in with your password or second factor.",
        another_administrator: "Only another administrator may do that.",
        unproven: "Confirm your e-mail address first: sign in here with a code that is sent to it.",
        tries_left: |left| format!("Tries left:\u{a0}{left}."),
        sign_in_again: "Please sign in again.",
        foreign_form: "This form is too old, or your browser keeps no cookies. Please begin again.",
        wrong_code: "That code does not work (any more). Please check it.",
        wrong_password: "That name and that password do not go together. Please check both.",
        taken: "That name is taken.",
        answered: "This request has just been answered somewhere else.",
        over: "This request is over. Start again on your device.",
        too_many: |span| format!("Too many tries. Please wait {span} and try again."),
        disabled: "This is not enabled here.",
        undeliverable: "The letter could not be sent. Please try again in a moment.",
        ours: "Something is wrong on our side. Please try again in a moment.",
        no_address: "Please type an e-mail address, such as name@example.com.",
        no_name: "Please type your name and your password.",
        sent_already: |span| {
            format!("We sent you a code a moment ago. You can ask for it again in {span}.")
        },
        no_device: "No device waits under that code. It may have expired, or have been answered; check it, or start \
                    again on your device.",
        signed_out: "You were signed out, as ten minutes have passed. Please sign in again.",
    },
    units: [
        ("second", "seconds"),
        ("minute", "minutes"),
        ("hour", "hours"),
    ],
};
