//! Who is there, and who is not.

use std::net::IpAddr;

use local::gateway::Gateway;
use serde_json::{Value, json};
use stand::{Failure, Stand, post, send};

/// The password of all who have one.
const PASSWORD: &str = "qz7-kv2x-engine";

/// Whose names are typed.
#[derive(Clone, Copy)]
pub enum Holders {
    /// An account with a proven address, a proven number and a password; and a vendor.
    Somebody,
    /// No account.
    Nobody,
}

/// A name as it is typed.
pub struct Name {
    /// An address.
    pub email: String,
    /// A number.
    pub phone: String,
}

/// The name of that number among those of a kind.
pub fn name(holders: Holders, n: u16) -> Name {
    let (kind, digit) = match holders {
        Holders::Somebody => ("known", 1),
        Holders::Nobody => ("nobody", 2),
    };
    Name {
        email: format!("{kind}-{n}@example.com"),
        phone: format!("+4915{digit}12{n:05}"),
    }
}

/// Makes all that are somebody's.
///
/// # Errors
/// If one cannot be made.
pub async fn make(stand: &Stand, gateway: &Gateway, many: u16) -> Result<(), Failure> {
    for n in 0..many {
        let Name { email, phone } = name(Holders::Somebody, n);
        let at = IpAddr::from([0x2001, 0xdb8, 0xff, n, 0, 0, 0, 1]);
        let asked = json!({ "email": email, "password": PASSWORD });
        let path = "/nauth/signup";
        let answer = send(gateway, at, path, "application/json", asked.to_string()).await?;
        let waits: Value = serde_json::from_slice(answer.body())?;
        let session = waits.get("session").ok_or("no challenge came")?;
        let code = stand.code(&email, 6)?;
        let asked = json!({ "session": session, "type": "VERIFY_EMAIL", "code": code });
        let signed = post(gateway, at, "/nauth/respond-challenge", &asked).await?;
        let signed: Value = serde_json::from_slice(signed.body())?;
        if signed.get("accessToken").is_none() {
            return Err("no token came".into());
        }
        stand.prove_number(&email, &phone).await?;
        let vendor = json!({ "name": "Bench", "email": email, "password": PASSWORD });
        post(gateway, at, "/vendor/register_vendor", &vendor).await?;
    }
    Ok(())
}
