//! German.

use domain::account::Role;

use super::moment;
use crate::letter::{Letter, Words};

const MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// Was zu tun ist, wenn es jemand anders war.
const OTHERWISE: &str = "Waren Sie das nicht, ist jemand anderes bei Ihrem Konto angemeldet: fordern Sie ein neues \
                         Passwort an, als hätten Sie Ihres vergessen, und wählen Sie eines; das meldet überall ab. \
                         Sehen Sie dann das Konto durch, oder schreiben Sie uns.";

pub(super) fn words(letter: &Letter, service: &str) -> Words {
    let (subject, paragraphs) = match letter {
        Letter::SignInCode { code, minutes } => {
            let plural = if *minutes == 1 { "Minute" } else { "Minuten" };
            (
                format!("{code} ist Ihr Code für {service}"),
                vec![
                    format!("Mit diesem Code melden Sie sich an. Er gilt {minutes} {plural} und nur einmal."),
                    "Niemand von uns wird Sie je danach fragen. Wenn Sie sich nicht anmelden wollten, können \
                     Sie diesen Brief übergehen: ohne den Code geschieht nichts."
                        .to_owned(),
                ],
            )
        }
        Letter::VerificationCode { code, minutes } => {
            let plural = if *minutes == 1 { "Minute" } else { "Minuten" };
            (
                format!("{code} ist Ihr Code für {service}"),
                vec![
                    format!(
                        "Geben Sie diesen Code dort ein, wo Sie sich registriert oder angemeldet haben, um zu zeigen, \
                         dass Sie die Post dieser Adresse lesen. Er gilt {minutes} {plural} und einmal."
                    ),
                    "Niemand von uns wird Sie je danach fragen. Wenn Sie sich nicht registriert oder angemeldet haben, \
                     beachten Sie diesen Brief nicht: Ohne den Code gilt die Adresse nicht als Ihre."
                        .to_owned(),
                ],
            )
        }
        Letter::ResetCode { code, page, minutes } => {
            let plural = if *minutes == 1 { "Minute" } else { "Minuten" };
            let mut paragraphs = vec![format!(
                "Geben Sie diesen Code ein, um ein anderes Passwort für Ihr Konto zu wählen. Er gilt {minutes} {plural} \
                 und einmal."
            )];
            paragraphs.extend(page.clone());
            paragraphs.push(
                "Wenn Sie nicht darum gebeten haben, beachten Sie diesen Brief nicht: Ihr Passwort bleibt, wie es ist."
                    .to_owned(),
            );
            (format!("{code} ist Ihr Code für ein neues Passwort bei {service}"), paragraphs)
        }
        Letter::Welcome => (
            format!("Willkommen bei {service}"),
            vec![
                "Ihr Konto ist bereit. Sie melden sich mit Ihrer E-Mail-Adresse und jedes Mal einem neuen Code \
                 an; ein Passwort brauchen Sie nicht."
                    .to_owned(),
            ],
        ),
        Letter::NewNetwork { device, address, at } => {
            let (clock, day, month) = moment(*at, &MONTHS);
            let from = address.as_ref().map_or_else(String::new, |address| format!(", von der Adresse {address}"));
            (
                format!("Neue Anmeldung bei Ihrem Konto für {service}"),
                vec![
                    format!(
                        "Am {day}. {month} um {clock} UTC hat sich jemand von einem Ort bei Ihrem Konto \
                         angemeldet, von dem es noch nie benutzt wurde: {device}{from}."
                    ),
                    "Waren Sie das, ist alles in Ordnung. Wenn nicht, kann jemand Ihre Post lesen: ändern Sie \
                     zuerst das Passwort Ihres Postfachs, melden Sie sich dann hier an und löschen Sie das Konto, \
                     oder schreiben Sie uns."
                        .to_owned(),
                ],
            )
        }
        Letter::UnusualSignIn { device, address, place, at, blocked } => {
            let (clock, day, month) = moment(*at, &MONTHS);
            let from = address.as_ref().map_or_else(String::new, |address| format!(", von der Adresse {address}"));
            let place = place.as_ref().map_or_else(String::new, |place| format!(" ({place})"));
            let then = if *blocked {
                "Die Anmeldung wurde gesperrt."
            } else {
                "Es wurde nach einem zweiten Faktor gefragt."
            };
            (
                format!("Ungewöhnliche Anmeldung bei Ihrem Konto für {service}"),
                vec![
                    format!(
                        "Am {day}. {month} um {clock} UTC hat sich jemand auf eine für Ihr Konto ungewöhnliche Weise \
                         angemeldet: {device}{from}{place}. {then}"
                    ),
                    "Waren Sie das, ist alles in Ordnung. Wenn nicht, kennt jemand Ihr Passwort: wählen Sie jetzt ein \
                     anderes, für dieses Konto und überall, wo Sie es sonst benutzen."
                        .to_owned(),
                ],
            )
        }
        Letter::WrongGuesses => (
            format!("Jemand rät Codes für Ihr Konto bei {service}"),
            vec![
                "Für Ihre Adresse wurden mehrere falsche Codes eingegeben. Waren Sie das, fordern Sie in einer \
                 Weile einfach einen neuen an."
                    .to_owned(),
                "Waren Sie es nicht: niemand ist hineingekommen. Versuche werden gezählt und abgewiesen; von \
                 Orten, an denen Sie sich schon angemeldet haben, können Sie es weiterhin."
                    .to_owned(),
            ],
        ),
        Letter::WrongSecondFactors => (
            format!("Jemand versucht, in Ihr Konto bei {service} zu kommen"),
            vec![
                "Jemand hat sich mit einem Code angemeldet, der an Sie geschickt wurde, und dann mehrmals Ihren \
                 zweiten Faktor nicht zeigen können. Niemand ist hineingekommen."
                    .to_owned(),
                "Waren Sie das, versuchen Sie es in einer Weile wieder oder nehmen Sie einen Ihrer Ersatzcodes. \
                 Wenn nicht, kann jemand Ihre Post lesen: ändern Sie das Passwort Ihres Postfachs."
                    .to_owned(),
            ],
        ),
        Letter::FactorAdded => (
            format!("Ihr Konto bei {service} hat einen zweiten Faktor"),
            vec![
                "Für Ihr Konto wurde eine Authenticator-App eingerichtet. Von jetzt an fragt jede Anmeldung auch \
                 nach ihrem Code; alle anderen Sitzungen wurden beendet."
                    .to_owned(),
                "Waren Sie das nicht, ist jemand anderes bei Ihrem Konto angemeldet: schreiben Sie uns sofort."
                    .to_owned(),
            ],
        ),
        Letter::FactorRemoved => (
            format!("Ein zweiter Faktor Ihres Kontos bei {service} wurde entfernt"),
            vec![
                "Eine Authenticator-App Ihres Kontos wurde entfernt, oder alle. Alle anderen Sitzungen wurden \
                 beendet."
                    .to_owned(),
                "Waren Sie das nicht, ist jemand anderes bei Ihrem Konto angemeldet: schreiben Sie uns sofort."
                    .to_owned(),
            ],
        ),
        Letter::BackupCodesRenewed => (
            format!("Neue Ersatzcodes für Ihr Konto bei {service}"),
            vec![
                "Für Ihr Konto wurden neue Ersatzcodes gemacht. Die alten gelten nicht mehr.".to_owned(),
                "Waren Sie das nicht, ist jemand anderes bei Ihrem Konto angemeldet: schreiben Sie uns sofort."
                    .to_owned(),
            ],
        ),
        Letter::AccountLocked => (
            format!("Ihr Konto bei {service} ist gesperrt"),
            vec![
                "Es wurde ein Code angefordert, aber das Konto mit dieser Adresse ist gesperrt, deshalb gibt es \
                 keinen. Bitte schreiben Sie uns, damit wir es entsperren."
                    .to_owned(),
            ],
        ),
        Letter::NewApiKey => (
            format!("Neuer API-Schlüssel für Ihr Konto bei {service}"),
            vec![
                "Ihr Konto hat einen neuen API-Schlüssel. Der bisherige gilt seit diesem Augenblick nicht mehr."
                    .to_owned(),
                "Waren Sie das nicht, ist jemand bei Ihrem Konto angemeldet: melden Sie sich an und machen Sie \
                 noch einen neuen Schlüssel, dann ändern Sie das Passwort Ihres Postfachs."
                    .to_owned(),
            ],
        ),
        Letter::AccountRestored => (
            format!("Ihr Konto bei {service} ist wieder da"),
            vec![
                "Ihr gelöschtes Konto wurde wiederhergestellt. Melden Sie sich wie früher mit dieser Adresse und \
                 einem neuen Code an; was beim Löschen entfernt wurde, bleibt entfernt."
                    .to_owned(),
                "Haben Sie das nicht gewünscht, melden Sie sich an und löschen Sie das Konto erneut, oder \
                 schreiben Sie uns."
                    .to_owned(),
            ],
        ),
        Letter::Registered { token, page, account, by_another, hours } => (
            format!("Ein Konto für Sie bei {service}"),
            vec![
                match by_another {
                    false => format!(
                        "Jemand hat mit dieser Adresse und einem Passwort das Konto {account} angelegt. Waren Sie das, \
                         bestätigen Sie die Adresse in den nächsten {hours} Stunden mit Ihrem Passwort auf dieser Seite:"
                    ),
                    true => format!(
                        "Eine Administratorin oder ein Administrator hat das Konto {account} für Sie angelegt und gibt \
                         Ihnen das Passwort. Bestätigen Sie die Adresse in den nächsten {hours} Stunden damit auf \
                         dieser Seite:"
                    ),
                },
                page.clone(),
                "Eine Anwendung, bei der Sie angemeldet sind, fragt vielleicht stattdessen hiernach:".to_owned(),
                token.clone(),
                "Waren Sie es nicht, müssen Sie nichts tun, oder können es auf der Seite sagen. Noch hat niemand \
                 gezeigt, dass ihm diese Adresse gehört; sobald Sie es ohne das fremde Passwort tun, auf der Seite, mit \
                 einem Code oder mit einem neuen Passwort, endet alles, was dort eingerichtet wurde, und das Konto gehört Ihnen."
                    .to_owned(),
            ],
        ),
        Letter::RightsGiven { role, waits } => {
            let role = match role {
                Role::User => "die Rechte aller",
                Role::Operator => "die Rechte der Kassenbedienung",
                Role::NetworkManager => "die Rechte der Netzbetreuung",
                Role::Admin => "die Rechte der Administration",
            };
            (
                format!("Ihr Konto bei {service} hat neue Rechte"),
                vec![
                    match waits {
                        false => format!(
                            "Ihr Konto hat jetzt {role}. Wo Sie angemeldet waren, müssen Sie sich neu anmelden."
                        ),
                        true => format!(
                            "Ihr Konto bekommt {role}, sobald Sie diese Adresse bestätigen: melden Sie sich mit einem \
                             Code an, der hierher kommt, oder bestätigen Sie sie, während Sie angemeldet sind."
                        ),
                    },
                    "Wissen Sie nicht, warum, schreiben Sie uns.".to_owned(),
                ],
            )
        }
        Letter::PasswordReset { token, page, minutes } => {
            let by_token = |how: &str| format!("{how}, geben Sie in den nächsten {minutes} Minuten dies ein:");
            let mut how = match page {
                Some(page) => vec![
                    format!("Um ein neues Passwort zu wählen, öffnen Sie in den nächsten {minutes} Minuten diese Seite:"),
                    page.clone(),
                    by_token("Oder, wo Sie danach gefragt werden"),
                ],
                None => vec![by_token("Um ein neues Passwort zu wählen")],
            };
            how.push(token.clone());
            how.push(
                "Es gilt nur einmal. Haben Sie nicht darum gebeten, können Sie diesen Brief übergehen: Ihr Passwort \
                 bleibt, wie es ist."
                    .to_owned(),
            );
            (format!("Ein neues Passwort für Ihr Konto bei {service}"), how)
        }
        Letter::NoAccount => (
            format!("Kein Konto bei {service} mit dieser Adresse"),
            vec![
                "Jemand hat um ein neues Passwort gebeten, aber mit dieser Adresse gibt es kein Konto. Waren Sie \
                 das, hat Ihr Konto vielleicht eine andere."
                    .to_owned(),
                "Haben Sie nicht darum gebeten, können Sie diesen Brief übergehen.".to_owned(),
            ],
        ),
        Letter::ResetWhileLocked => (
            format!("Ihr Konto bei {service} ist gesperrt"),
            vec![
                "Jemand hat um ein neues Passwort gebeten, aber das Konto mit dieser Adresse ist gesperrt. Bitte \
                 schreiben Sie uns, damit wir es entsperren."
                    .to_owned(),
            ],
        ),
        Letter::PasswordChanged => (
            format!("Ihr Passwort bei {service} wurde geändert"),
            vec![
                "Ihr Konto hat ein neues Passwort. Wo Sie sonst noch angemeldet waren, müssen Sie sich neu anmelden."
                    .to_owned(),
                "Waren Sie das nicht, bitten Sie jetzt um noch ein neues: der Weg dahin führt durch dieses \
                 Postfach. Kann jemand anders Ihre Post lesen, ändern Sie zuerst das Passwort des Postfachs."
                    .to_owned(),
            ],
        ),
        Letter::ConfirmAddress { account, token, minutes } => (
            format!("Ist das Ihre Adresse für {service}?"),
            vec![
                format!(
                    "Das Konto {account} soll auf diese Adresse umgestellt werden. Ist es Ihres, geben Sie in den \
                     nächsten {minutes} Minuten dies ein, wo Sie angemeldet sind:"
                ),
                token.clone(),
                "Es gilt nur einmal. Ist das Konto nicht Ihres, geben Sie es nirgends ein: nichts ändert sich.".to_owned(),
            ],
        ),
        Letter::AddressChangeAsked => (
            format!("Ihr Konto bei {service} soll eine andere Adresse bekommen"),
            vec![
                "Jemand, der bei Ihrem Konto angemeldet ist, möchte es auf eine andere Adresse umstellen. Das geschieht, \
                 sobald diese bestätigt ist; bis dahin melden Sie sich mit der bisherigen an."
                    .to_owned(),
                "Waren Sie das nicht, setzen Sie jetzt Ihr Passwort zurück: das hebt die Umstellung auf und meldet \
                 überall ab."
                    .to_owned(),
            ],
        ),
        Letter::AddressChanged => (
            format!("Ihr Konto bei {service} hat eine andere Adresse"),
            vec![
                "Ihr Konto wurde auf eine andere Adresse umgestellt; Briefe dazu gehen von jetzt an dorthin. Wo Sie \
                 angemeldet waren, müssen Sie sich neu anmelden."
                    .to_owned(),
                "Waren Sie das nicht, schreiben Sie uns.".to_owned(),
            ],
        ),
        Letter::UsernameChanged => (
            format!("Ihr Konto bei {service} hat einen anderen Benutzernamen"),
            vec![
                "Ihr Konto hat einen anderen Benutzernamen. Wer sich mit einem Namen anmeldet, nimmt jetzt den neuen."
                    .to_owned(),
                OTHERWISE.to_owned(),
            ],
        ),
        Letter::NumberChanged => (
            format!("Ihr Konto bei {service} hat eine andere Telefonnummer"),
            vec![
                "Die Telefonnummer Ihres Kontos wurde geändert. Mit der bisherigen kann sich niemand mehr anmelden."
                    .to_owned(),
                OTHERWISE.to_owned(),
            ],
        ),
        Letter::ProviderLinked { provider } => (
            format!("{} meldet jetzt bei Ihrem Konto für {service} an", provider.title()),
            vec![
                format!(
                    "Ein Konto bei {} wurde mit Ihrem verbunden. Wer es dort benutzen kann, meldet sich damit hier an.",
                    provider.title()
                ),
                OTHERWISE.to_owned(),
            ],
        ),
        Letter::ProviderUnlinked { provider } => (
            format!("{} meldet nicht mehr bei Ihrem Konto für {service} an", provider.title()),
            vec![
                format!(
                    "Das Konto bei {} ist nicht mehr mit Ihrem verbunden und meldet hier nicht mehr an.",
                    provider.title()
                ),
                OTHERWISE.to_owned(),
            ],
        ),
        Letter::DeviceConnected { client, device, address, at } => {
            let (clock, day, month) = moment(*at, &MONTHS);
            let what = client.as_deref().unwrap_or("ein Kommandozeilenprogramm oder einen Agenten");
            let on = if device == "?" { String::new() } else { format!(" ({device})") };
            let from = address.as_ref().map_or_else(String::new, |address| format!("; gefragt hat es von der Adresse {address}"));
            let has = match client {
                Some(_) => "Es bleibt bis zu drei Monate lang bei Ihrem ganzen Konto angemeldet.",
                None => "Es hat einen dauerhaften Schlüssel zu Ihrem ganzen Konto.",
            };
            (
                format!("Mit Ihrem Konto bei {service} ist ein Gerät verbunden"),
                vec![
                    format!("Am {day}. {month} um {clock} UTC haben Sie zugelassen: {what}{on}{from}. {has}"),
                    "Wollen Sie das nicht mehr, oder waren Sie es nicht, dann fordern Sie ein neues Passwort an, als \
                     hätten Sie Ihres vergessen, und wählen Sie eines: damit endet jede Anmeldung und jeder Schlüssel \
                     sofort. Kann jemand anders Ihre Post lesen, ändern Sie zuerst das Passwort Ihres Postfachs, oder \
                     schreiben Sie uns."
                        .to_owned(),
                ],
            )
        }
        Letter::WrongPasswords => (
            format!("Jemand rät Ihr Passwort bei {service}"),
            vec![
                "Für Ihr Konto wurden mehrere falsche Passwörter eingegeben. Waren Sie das, versuchen Sie es in \
                 einer Weile noch einmal, oder wählen Sie ein neues."
                    .to_owned(),
                "Waren Sie es nicht: niemand ist hineingekommen. Versuche werden gezählt und gebremst; von Orten, \
                 an denen Sie sich schon angemeldet haben, können Sie es weiterhin."
                    .to_owned(),
            ],
        ),
    };
    Words {
        subject,
        paragraphs,
        closing: format!("Diesen Brief hat {service} geschickt."),
    }
}
