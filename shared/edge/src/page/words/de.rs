//! German.

use super::{
    AccountRef, Authorize, Confirm, Done, Enter, FromLetter, Problems, SecondFactor, SignIn,
    Surroundings, Words,
};

pub(super) const WORDS: Words = Words {
    tag: "de",
    frame: Surroundings {
        signed_in_as: "Angemeldet als",
        sign_out: "Das sind nicht Sie? Abmelden",
        failed: "Das hat nicht geklappt",
        begin_again: "Von vorn beginnen",
    },
    sign_in: SignIn {
        title: "Anmelden",
        heading: "Anmelden und ein Gerät verbinden",
        by_code: "Wir schicken einen Code an Ihre E-Mail-Adresse. Ein Passwort brauchen Sie nicht; mit der ersten \
                  Anmeldung entsteht das Konto.",
        address: "E-Mail-Adresse",
        send: "Code schicken",
        to_password: "Lieber mit Passwort",
        by_password: "Mit dem Passwort, das Sie für Ihr Konto gewählt haben.",
        name: "E-Mail-Adresse oder Benutzername",
        password: "Passwort",
        enter: "Anmelden",
        to_code: "Lieber mit einem Code",
    },
    letter: FromLetter {
        heading: "Sehen Sie in Ihre Post",
        sent_to: (
            "Wir haben an ",
            " geschrieben. Tippen Sie den Code aus dem neuesten Brief ab; er gilt zehn Minuten.",
        ),
        code: "Code aus dem Brief",
        again: "Code noch einmal schicken",
    },
    factor: SecondFactor {
        heading: "Ihr zweiter Faktor",
        ask: "Tippen Sie die sechs Ziffern ein, die Ihre Authenticator-App zeigt, oder einen Ihrer Ersatzcodes.",
        code: "Code",
    },
    enter: Enter {
        heading: "Ein Gerät verbinden",
        ask: "Tippen Sie den Code ein, den Ihr Gerät zeigt.",
        code: "Code auf dem Gerät",
        hint: "Acht Buchstaben. Groß oder klein, mit oder ohne Strich.",
        next: "Weiter",
    },
    confirm: Confirm {
        heading: "Dieses Gerät zulassen?",
        what: "Wer fragt",
        unregistered: "Ein Kommandozeilen\u{ad}programm oder ein Agent",
        runs_on: "Läuft auf",
        unknown: "Einem Programm, das wir nicht kennen",
        from: "Fragt von",
        here: ", derselben Adresse wie Ihrer",
        elsewhere: ", <strong>nicht Ihrer Adresse</strong>",
        asked: "Gefragt",
        ago: |span| format!("vor {span}"),
        its_code: "Sein Code",
        beware: "Diese Anfrage kommt von einer anderen Adresse als Ihrer. Hat jemand Sie hierher geschickt, oder \
                 haben Sie nicht selbst gerade damit angefangen, dann lehnen Sie sie ab.",
        gets_session: "Stimmen Sie zu, bleibt es bis zu drei Monate lang bei Ihrem <strong>ganzen Konto</strong> \
                       angemeldet.",
        gets_key: "Stimmen Sie zu, bekommt es einen <strong>dauerhaften Schlüssel zu Ihrem ganzen Konto</strong>, \
                   der gilt, bis er widerrufen wird.",
        type_code: "Um zuzustimmen, tippen Sie den Code ein, den das Gerät zeigt",
        hint: "Von seinem eigenen Bildschirm, nicht aus einer Nachricht. Groß oder klein, mit oder ohne Strich.",
        approve: "Zulassen",
        deny: "Ablehnen",
    },
    done: Done {
        connected_title: "Gerät verbunden",
        connected: "Ihr Gerät ist verbunden",
        goes_on: "In ein paar Sekunden macht es von selbst weiter. Sie können diese Seite schließen.",
        denied: "Anfrage abgelehnt",
        stays_out: "Das Gerät bleibt draußen. Sie können diese Seite schließen.",
    },
    whose: AccountRef {
        heading: "Ist das Ihr Konto?",
        made: (
            "Das Konto ",
            " wurde mit der Adresse ",
            " und einem Passwort angelegt. Noch hat niemand gezeigt, dass ihm die Adresse gehört.",
        ),
        mine: "Es ist meines",
        password: "Das Passwort des Kontos",
        confirm: "Meine Adresse bestätigen",
        not_mine: "Jemand anderes hat es angelegt",
        ends: "Dann wird das Konto Ihres. Alles, was dort eingerichtet wurde, endet: sein Passwort, seine Anmeldungen, seine \
               Schlüssel. Sie melden sich mit einem Code an, der an diese Adresse geht.",
        disown: "Das war jemand anderes",
        or_nothing: "Schließen Sie diese Seite, ändert sich nichts.",
        no_password: "Bitte tippen Sie das Passwort des Kontos ein.",
        wrong_password: "Das ist nicht das Passwort des Kontos. Bitte prüfen Sie es.",
        confirmed: "Ihre Adresse ist bestätigt",
        kept: (
            "Es ist jetzt gezeigt, dass ",
            " Ihre Adresse ist. Ihr Konto bleibt, wie es ist. Sie können diese Seite schließen.",
        ),
        disowned: "Das Konto ist jetzt Ihres",
        ended: (
            "Alles, was jemand anderes eingerichtet hat, ist beendet. Um das Konto zu benutzen oder zu löschen, melden Sie \
             sich mit einem Code an, der an ",
            " geht. Sie können diese Seite schließen.",
        ),
        spent: "Dieser Link gilt nicht mehr",
        spent_why: "Er wurde benutzt, ist älter als drei Tage oder nicht vollständig. Ist die Adresse schon bestätigt, bleibt \
                    nichts zu tun.",
        another: "Sonst melden Sie sich mit Ihrem Passwort an und speichern Sie Ihre Adresse in Ihrem Profil noch einmal: \
                  dann kommt ein neuer Brief. Auch mit einem Code aus einem Brief können Sie sich anmelden; damit endet aber, \
                  was mit dem Passwort eingerichtet wurde.",
        open_again: "Bitte öffnen Sie den Link in Ihrem Brief noch einmal.",
    },
    authorize: Authorize {
        heading: ("", " möchte Sie kennen"),
        will: "Wenn Sie es erlauben, kann die Anwendung",
        openid: "Sie wiedererkennen, wenn Sie zurückkommen",
        profile: "Ihren Namen, Ihren Benutzernamen und Ihr Bild sehen",
        email: "Ihre E-Mail-Adresse sehen",
        phone: "Ihre Telefonnummer sehen",
        address: "sehen, wo Sie wohnen, wenn das hier bekannt ist",
        offline: "mit all dem fortfahren, während Sie fort sind",
        account: "Ihr Konto hier in Ihrem Namen benutzen",
        other: "in Ihrem Namen benutzen:",
        calls: "in Ihrem Namen aufrufen:",
        goes_to: "Die Antwort geht an",
        allow: "Erlauben",
        refuse: "Ablehnen",
        back: "Zurück zu ",
        back_why: "Sie werden zurückgebracht. Wenn nichts geschieht, gehen Sie selbst weiter.",
        go_on: "Weiter",
        sign_out: "Abmelden?",
        sign_out_why: "Sie sind hier mit diesem Browser angemeldet. Anwendungen, bei denen Sie sich damit angemeldet \
                       haben, fragen Sie danach vielleicht wieder.",
        do_sign_out: "Abmelden",
        signed_out: "Sie sind abgemeldet",
        signed_out_why: "Sie können diese Seite schließen.",
        unknown_client: "Die Anwendung, die Sie hierher geschickt hat, ist hier nicht bekannt. Es wurde ihr nichts \
                         geschickt.",
        bad_redirect: "Die Anwendung, die Sie hierher geschickt hat, nannte für die Antwort eine Adresse, die nicht \
                       ihre ist. Dorthin wurde nichts geschickt.",
        over: "Diese Anfrage ist vorbei, oder sie begann in einem anderen Browser.",
        again_there: "Bitte gehen Sie zur Anwendung zurück und beginnen Sie dort von vorn.",
    },
    problem: Problems {
        unreadable: "Das war nicht zu lesen. Bitte versuchen Sie es noch einmal.",
        nothing_here: "Hier ist nichts.",
        wrong_factor: "Dieser Code stimmt nicht.",
        factor_elsewhere: "Ihr zweiter Faktor kann hier nicht gezeigt werden. Bitte richten Sie dort, wo Sie ihn eingerichtet haben, eine Authenticator-App ein.",
        password_change_required: "Ihr Passwort muss ersetzt werden. Bitte lassen Sie sich dafür den Weg zum vergessenen Passwort zusenden.",
        code_alone: "Für ein Konto mit Rechten genügt ein Code allein nicht: Melden Sie sich mit Passwort oder zweitem Faktor an.",
        another_administrator: "Das kann nur jemand anderes tun, der Administrator ist.",
        unproven: "Bestätigen Sie zuerst Ihre E-Mail-Adresse: melden Sie sich hier mit einem Code an, der dorthin kommt.",
        tries_left: |left| format!("Versuche übrig:\u{a0}{left}."),
        sign_in_again: "Bitte melden Sie sich noch einmal an.",
        foreign_form: "Dieses Formular ist zu alt, oder Ihr Browser behält keine Cookies. Bitte beginnen Sie von vorn.",
        wrong_code: "Dieser Code gilt nicht (mehr). Bitte sehen Sie noch einmal nach.",
        wrong_password: "Dieser Name und dieses Passwort gehören nicht zusammen. Bitte prüfen Sie beides.",
        taken: "Dieser Name ist vergeben.",
        answered: "Diese Anfrage wurde gerade anderswo beantwortet.",
        over: "Diese Anfrage ist vorbei. Beginnen Sie auf Ihrem Gerät von vorn.",
        too_many: |span| {
            format!("Zu viele Versuche. Bitte warten Sie {span} und versuchen Sie es wieder.")
        },
        disabled: "Das ist hier nicht eingeschaltet.",
        undeliverable: "Der Brief konnte nicht verschickt werden. Bitte versuchen Sie es gleich noch einmal.",
        ours: "Bei uns stimmt etwas nicht. Bitte versuchen Sie es gleich noch einmal.",
        no_address: "Bitte tippen Sie eine E-Mail-Adresse ein, etwa name@example.com.",
        no_name: "Bitte tippen Sie Ihren Namen und Ihr Passwort ein.",
        sent_already: |span| {
            format!(
                "Wir haben Ihnen gerade einen Code geschickt. In {span} können Sie wieder einen anfordern."
            )
        },
        no_device: "Unter diesem Code wartet kein Gerät. Vielleicht ist er abgelaufen, oder die Anfrage ist \
                    beantwortet; sehen Sie noch einmal nach oder beginnen Sie auf Ihrem Gerät von vorn.",
        signed_out: "Sie wurden abgemeldet, da zehn Minuten vorbei sind. Bitte melden Sie sich noch einmal an.",
    },
    units: [
        ("Sekunde", "Sekunden"),
        ("Minute", "Minuten"),
        ("Stunde", "Stunden"),
    ],
};
