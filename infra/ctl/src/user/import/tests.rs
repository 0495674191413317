//! Whole files, against a whole installation.

mod accounts;
mod again;
mod left_out;

use ::tests::{Fault, World};
use domain::EmailAddress;
use domain::account::Role;
use serde_json::{Value, json};

use super::*;

/// What a run said: its refusals, and its last line.
async fn import(world: &World, rows: &[Value]) -> (String, String) {
    let file: Vec<String> = rows.iter().map(|row| format!("{row}\n")).collect();
    import_text(world, &file.concat()).await
}

async fn import_text(world: &World, file: &str) -> (String, String) {
    import_as(world, file, How::default()).await
}

async fn import_as(world: &World, file: &str, how: How) -> (String, String) {
    let mut out = Vec::new();
    let run = run(&world.postern, file.as_bytes(), how, &mut out).await;
    let summary = match run {
        Ok(report) => report.text,
        Err(failure) => failure.to_string(),
    };
    (String::from_utf8(out).unwrap(), summary)
}

async fn sign_in(world: &World, name: &str, password: &str) -> u16 {
    let form = [("username", name), ("password", password)];
    world.anyone().form("/auth/login", &form).await.status
}

/// The stored hash of the one account that there is.
async fn stored_hash(world: &World) -> String {
    let rows = world.dump(&world.table).await;
    let row = rows
        .iter()
        .find(|row| row["sk"].as_s().unwrap() == "CRED#password");
    row.unwrap()["hash"].as_s().unwrap().clone()
}

// As in crypto::password::imported; argon2 as argon2-cffi writes it, with weak parameters.
const HASHES: [(&str, &str, &str); 4] = [
    (
        "bcrypt",
        "correct horse",
        "$2b$04$sGlE7dHG877leZZvMDo8ROZSdB.IlWqA/yCq18pXLky7k4N2ZFfR6",
    ),
    (
        "Django",
        "l\u{e8}tmein",
        "pbkdf2_sha256$1000$seasalt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A=",
    ),
    (
        "Firebase",
        "user1password",
        "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
    ),
    (
        "argon2",
        "password",
        "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
    ),
];
