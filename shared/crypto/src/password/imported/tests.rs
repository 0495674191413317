//! Hashes as the other systems made them.

use super::*;

// bcrypt of the Python package of that name, cost 4; 2y is what PHP calls 2b.
const BCRYPT: &str = "$2b$04$sGlE7dHG877leZZvMDo8ROZSdB.IlWqA/yCq18pXLky7k4N2ZFfR6";
// django.contrib.auth.hashers.make_password("lètmein", "seasalt", "pbkdf2_sha256"), 1,000 iterations.
const DJANGO: &str = "pbkdf2_sha256$1000$seasalt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A=";
// The example of Firebase's own scrypt repository.
const FIREBASE: &str = "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,\
    sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==\
    $42xEC+ixf3L2lw==\
    $lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";

// Each hasher of django.contrib.auth.hashers, of "lètmein"; cheap parameters, and scrypt's own.
const DJANGO_BCRYPT: &str = "bcrypt$$2b$04$EzKba9WhBaTrBKKJCqGMLeFiG.T/aaxpqHrRKsCv3Rx0i95uAXedO";
const DJANGO_BCRYPT_SHA256: &str =
    "bcrypt_sha256$$2b$04$.gnf9cdDmPq8VyW0tSiuxuFgN7kb/Q.sVQV6baJsHjyD.1h/LV2dm";
const DJANGO_SCRYPT: &str = "scrypt$16384$seasalt$8$5$\
    ECMIUp+LMxMSK8xB/IVyba+KYGTI7FTnet025q/1f/vBAVnnP3hdYqJuRi+mJn6ji6ze3Fbb7JEFPKGpuEf5vw==";
// passlib.hash.pbkdf2_sha256 and scrypt, with a salt in which the alphabets differ.
const PASSLIB_PBKDF2_SHA256: &str =
    "$pbkdf2-sha256$1000$..../wECAw$ug6FfPRIIB3Gn59RmK8zaxmN80fVRR/JVaP0jl.MRs4";
const PASSLIB_PBKDF2_SHA512: &str = "$pbkdf2-sha512$1000$/..///ABAgME$\
    cTW.Jias2RW6CUxRK6VHQGNpBGAXSyEDG3PXCzd5Ro8QqXb7BQFGqeKNLZqqfUhqChLaIlwDRlizGYyHd8Tlyg";
const PASSLIB_PBKDF2_SHA1: &str = "$pbkdf2$1000$/..///ABAgME$.jCOYnBltxWcm5NaievwgSBxUe4";
const PASSLIB_BCRYPT_SHA256: &str =
    "$bcrypt-sha256$v=2,t=2b,r=4$n79VH.0Q2TMWmt3Oqt9uku$jhrrfvSSFN4SSqAzLr2oXENhvG6sLrm";
const PASSLIB_BCRYPT_SHA256_OF_BEFORE: &str =
    "$bcrypt-sha256$2b,4$n79VH.0Q2TMWmt3Oqt9uku$.QsIx2K/n0A/0xc3gZ/JixbBmHwLRo6";
// hashlib.pbkdf2_hmac("sha1", …), as PBKDF2SHA1PasswordHasher writes it.
const DJANGO_PBKDF2_SHA1: &str = "pbkdf2_sha1$1000$seasalt$ljleU4wBmTtz/MoG5YTwxpM0d7I=";
const PASSLIB_SCRYPT: &str =
    "$scrypt$ln=10,r=8,p=1$++++/wECAw$RDeFLtjl6MYi0N/Yd/C44XfvJ+Y9vS0ktrFK7tHa3Q0";

// hashlib.pbkdf2_hmac("sha256", …) and hashlib.scrypt(…), as werkzeug.security writes them.
const WERKZEUG_PBKDF2: &str =
    "pbkdf2:sha256:1000$seasalt$26066bc977b619af32b20e976f390ba537723d0ac7aac8a76cbf419e78605f80";
const WERKZEUG_SCRYPT: &str = "scrypt:1024:8:1$seasalt$faa3b68d391551b3cd96789390763dea575224ab3853459089ff146d695f\
    3b7c090cd84a3a0fa93ed0dc9224fa670d2a904bca210d4c74e35f1b1b16ae9a2236";

// hashlib.pbkdf2_hmac("sha1", …), as passlib.hash.cta_pbkdf2_sha1, dlitz_pbkdf2_sha1 and
// atlassian_pbkdf2_sha1 write it.
const CRYPTACULAR: &str = "$p5k2$3e8$-vv8_f7_AAECAwQFBgcICQ==$Wtrgk0K9n2hCi5HGf7PCewRD1OA=";
const LITZENBERGER: &str = "$p5k2$3e8$.pPqsEwHD7MiECU0$E7U8y2AINjAUMt3WHHtIUk1josN8n37J";
const LITZENBERGER_OF_400: &str = "$p5k2$$.pPqsEwHD7MiECU0$pBnINHB..uVCq8QWjF8LVtU8vdOOcFtm";
const ATLASSIAN: &str = "{PKCS5S2}+vv8/f7/AAECAwQFBgcICRHBA6rhPekzQ9YlSClOdzhB03AY/SmxzQd+0BB05U5k";

#[test]
fn each_form_knows_its_password_and_no_other() {
    for (stored, password) in [
        (BCRYPT, "correct horse"),
        (&BCRYPT.replace("$2b$", "$2y$"), "correct horse"),
        (&BCRYPT.replace("$2b$", "$2a$"), "correct horse"),
        (&format!("{{bcrypt}}{BCRYPT}"), "correct horse"),
        (&format!("{{CRYPT}}{BCRYPT}"), "correct horse"),
        (DJANGO, "l\u{e8}tmein"),
        (CRYPTACULAR, "l\u{e8}tmein"),
        (LITZENBERGER, "l\u{e8}tmein"),
        (LITZENBERGER_OF_400, "l\u{e8}tmein"),
        (ATLASSIAN, "l\u{e8}tmein"),
        (WERKZEUG_PBKDF2, "l\u{e8}tmein"),
        (WERKZEUG_SCRYPT, "l\u{e8}tmein"),
        (
            &PASSLIB_PBKDF2_SHA256.replace("$pbkdf2-sha256$", "{PBKDF2-SHA256}"),
            "l\u{e8}tmein",
        ),
        (FIREBASE, "user1password"),
        (DJANGO_BCRYPT, "l\u{e8}tmein"),
        (DJANGO_BCRYPT_SHA256, "l\u{e8}tmein"),
        (DJANGO_SCRYPT, "l\u{e8}tmein"),
        (PASSLIB_PBKDF2_SHA256, "l\u{e8}tmein"),
        (PASSLIB_PBKDF2_SHA512, "l\u{e8}tmein"),
        (PASSLIB_PBKDF2_SHA1, "l\u{e8}tmein"),
        (PASSLIB_BCRYPT_SHA256, "l\u{e8}tmein"),
        (PASSLIB_BCRYPT_SHA256_OF_BEFORE, "l\u{e8}tmein"),
        (DJANGO_PBKDF2_SHA1, "l\u{e8}tmein"),
        (PASSLIB_SCRYPT, "l\u{e8}tmein"),
    ] {
        assert!(is_known_form(stored), "{stored}");
        assert!(verify(password.as_bytes(), stored), "{stored}");
        assert!(!verify(b"another", stored), "{stored}");
    }
}

#[test]
fn base64_is_read_as_it_comes() {
    // As the Admin SDK lists it: the other alphabet, whatever the padding.
    let listed = FIREBASE.replace('+', "-").replace('/', "_");
    let bare = |text: &str| {
        let (params, hashes) = text.split_at(text.find(",ss=").unwrap());
        // Only what pads: the other equals signs belong to names.
        let hashes = hashes.replace("==", "");
        format!("{params}{hashes}")
    };
    for (stored, password) in [
        (listed.clone(), "user1password"),
        (bare(&listed), "user1password"),
        (bare(FIREBASE), "user1password"),
        (DJANGO.trim_end_matches('=').to_owned(), "l\u{e8}tmein"),
        (format!("{PASSLIB_SCRYPT}="), "l\u{e8}tmein"),
        (PASSLIB_PBKDF2_SHA256.replace('.', "+"), "l\u{e8}tmein"),
    ] {
        assert!(verify(password.as_bytes(), &stored), "{stored}");
    }
}

#[test]
fn all_of_a_long_password_counts_where_it_is_digested_first() {
    for stored in [
        "bcrypt_sha256$$2b$04$7ALEPyyQHgx5n.1ANs2dmOzNyMEkTEiGGC.k3d3UpXD.HD7TCI6ey",
        "$bcrypt-sha256$v=2,t=2b,r=4$n79VH.0Q2TMWmt3Oqt9uku$VQHkry9Q9Aks9o9E6eGSjG7.PMh3Xbm",
    ] {
        assert!(verify("x".repeat(100).as_bytes(), stored), "{stored}");
        assert!(!verify("x".repeat(99).as_bytes(), stored), "{stored}");
    }
}

#[test]
fn bcrypt_knows_72_bytes_of_a_password_and_no_nul() {
    // bcrypt of Python and password_hash of PHP cut there, or had their callers do it.
    let long = bcrypt::hash("x".repeat(72), 4).unwrap();
    for (password, is_it) in [
        ("x".repeat(72), true),
        ("x".repeat(100), true),
        (format!("{}y", "x".repeat(72)), true),
        ("x".repeat(71), false),
        (format!("{}y", "x".repeat(71)), false),
    ] {
        assert_eq!(verify(password.as_bytes(), &long), is_it, "{password}");
    }
    // 36 letters of two bytes each, and one that the cut goes through.
    let cut = bcrypt::hash("\u{e8}".repeat(36), 4).unwrap();
    assert!(verify("\u{e8}".repeat(40).as_bytes(), &cut));
    let cut = bcrypt::hash(format!("x{}", "\u{e8}".repeat(40)), 4).unwrap();
    assert!(verify(format!("x{}", "\u{e8}".repeat(40)).as_bytes(), &cut));
    let short = bcrypt::hash("pass", 4).unwrap();
    for nul in ["pass\0word", "pass\0pass", "pass\0", "\0pass", "\0"] {
        assert!(!verify(nul.as_bytes(), &short), "{nul:?}");
    }
    // Of a digest all counts, a NUL too.
    let digested = format!(
        "bcrypt_sha256${}",
        bcrypt::hash(sha256(b"pass\0word"), 4).unwrap()
    );
    assert!(verify(b"pass\0word", &digested));
    for other in ["pass", "pass\0", "pass\0worx"] {
        assert!(!verify(other.as_bytes(), &digested), "{other:?}");
    }
    let empty = bcrypt::hash("", 4).unwrap();
    assert!(!verify(b"\0", &empty));
}

#[test]
fn django_writes_a_name_before_argon2() {
    assert_eq!(phc("argon2$argon2id$v=19$"), "$argon2id$v=19$");
    for other in ["$argon2id$v=19$", "argon2$$argon2id$", "argon2", ""] {
        assert_eq!(phc(other), other);
    }
}

#[test]
fn what_asks_for_too_much_work_is_no_form() {
    for stored in [
        BCRYPT.replace("$04$", "$31$"),
        DJANGO.replace("$1000$", "$4000000000$"),
        DJANGO.replace("$1000$", "$0$"),
        FIREBASE.replace("n=14", "n=30"),
        FIREBASE.replace("r=8", "r=4000000000"),
        FIREBASE.replace("p=1", "p=4000000000"),
        DJANGO_BCRYPT.replace("$04$", "$31$"),
        DJANGO_BCRYPT_SHA256.replace("$04$", "$31$"),
        DJANGO_SCRYPT.replace("$16384$", "$1073741824$"),
        DJANGO_SCRYPT.replace("$16384$", "$0$"),
        DJANGO_SCRYPT.replace("$8$5$", "$8$500$"),
        PASSLIB_PBKDF2_SHA256.replace("$1000$", "$4000000$"),
        PASSLIB_BCRYPT_SHA256.replace("r=4", "r=31"),
        PASSLIB_BCRYPT_SHA256_OF_BEFORE.replace("2b,4", "2b,31"),
        DJANGO_PBKDF2_SHA1.replace("$1000$", "$4000000$"),
        PASSLIB_PBKDF2_SHA512.replace("$1000$", "$0$"),
        PASSLIB_SCRYPT.replace("ln=10", "ln=18"),
        PASSLIB_SCRYPT.replace("ln=10", "ln=64"),
        PASSLIB_SCRYPT.replace("r=8", "r=0"),
    ] {
        assert!(!is_known_form(&stored), "{stored}");
        assert!(!verify(b"correct horse", &stored));
    }
}

#[test]
fn what_is_damaged_is_no_form() {
    for stored in [
        "",
        "$2b$04$",
        "pbkdf2_sha256$1000$salt",
        "pbkdf2_sha256$1000$salt$AAAA",
        "pbkdf2_sha1$1000$salt$AAAA",
        "$fbscrypt$v=1,n=14,r=8,p=1$a$b",
        // Without its separator no password of Firebase's can be told.
        &FIREBASE.replace("ss=Bw==,", ""),
        &FIREBASE.replace("ss=", "SS="),
        "bcrypt$",
        "bcrypt$2b$04$EzKba9WhBaTrBKKJCqGMLeFiG.T/aaxpqHrRKsCv3Rx0i95uAXedO",
        "bcrypt_sha256$pbkdf2_sha256$1000$seasalt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A=",
        "scrypt$16384$seasalt$8$AAAAAAAAAAAAAAAAAAAAAA==",
        "scrypt$16385$seasalt$8$5$AAAAAAAAAAAAAAAAAAAAAA==",
        "scrypt$16384$seasalt$8$5$",
        "pbkdf2_sha1$1000$salt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A=",
        "$bcrypt-sha256$v=3,t=2b,r=4$n79VH.0Q2TMWmt3Oqt9uku$jhrrfvSSFN4SSqAzLr2oXENhvG6sLrm",
        "$bcrypt-sha256$v=2,t=2b$n79VH.0Q2TMWmt3Oqt9uku$jhrrfvSSFN4SSqAzLr2oXENhvG6sLrm",
        "$scrypt$ln=10,r=8$AAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$pbkdf2-sha256$1000$AAAA$AAAA",
        "$pbkdf2-sha256$1000$!$ug6FfPRIIB3Gn59RmK8zaxmN80fVRR/JVaP0jl.MRs4",
        "md5$salt$0123",
        "plain",
    ] {
        assert!(!is_known_form(stored), "{stored}");
    }
}
