//! Every key shape of both tables. Nothing else builds one.
//!
//! | item | `pk` | `sk` |
//! |---|---|---|
//! | account | `USER#sub` | `PROFILE` |
//! | who administers the installation | `USER#administrators` | `ADMINISTRATORS` |
//! | how many accounts a shard of the directory lists | `USER#total-shard` | `TOTAL` |
//! | session | `USER#sub` | `SESSION#id` |
//! | link to a provider | `USER#sub` | `LINK#provider` |
//! | sign-in that is away at a provider | `STATE#hash` | `STATE` |
//! | claim on an address, number, username, integer id or provider's name | `CLAIM#kind#value` | `CLAIM` |
//! | an address's or number's sign-in code and its counts, by its keyed digest | `CODE#sign-in#digest` | `CODE` |
//! | password | `USER#sub` | `CRED#password` |
//! | notices that wait | `USER#sub` | `NOTICES` |
//! | guesses at a name's password, by its keyed digest | `GUESSES#digest` | `GUESSES` |
//! | way back to a forgotten password, by its token's hash | `RESET#hash` | `RESET` |
//! | move to another address, by its token's hash | `RESET#hash` | `EMAIL` |
//! | way back to a vendor's forgotten password, by its token's hash | `RESET#hash` | `VENDOR` |
//! | second factors of an account | `USER#sub` | `MFA#TOTP` |
//! | device that an account trusts, by its token's digest | `USER#sub` | `TRUST#digest` |
//! | what is remembered of an account's sign-ins, and whether they are blocked | `USER#sub` | `RISK` |
//! | whose a device token is, by its digest | `CLAIM#device-token#digest` | `CLAIM` |
//! | sign-in that waits for an answer | `CHALLENGE#id` | `CHALLENGE` |
//! | which sign-in of a kind is open, and the code that was sent for it | `USER#sub` | `CHALLENGE#kind` |
//! | second factor that is being set up in a session or a challenge | `USER#sub` | `ENROLLMENT#id` |
//! | code for a forgotten password, by the keyed digest of the name that was typed | `RESET#digest` | `CODE` |
//! | API key, by its fingerprint | `KEY#fingerprint` | `KEY` |
//! | API key of a service, by its id | `SERVICEKEY#id` | `SERVICEKEY` |
//! | agent's key (Ravi), by its fingerprint | `KEY#fingerprint` | `AGENT` |
//! | identities and agents' keys of an account | `USER#sub` | `AGENTS` |
//! | device grant, by its device code's digest | `GRANT#digest` | `GRANT` |
//! | a device grant's user code, by its keyed digest | `USERCODE#digest` | `USERCODE` |
//! | browser session, by its cookie's digest | `BROWSER#digest` | `BROWSER` |
//! | registered client | `CLIENTS` | `client_id` |
//! | consent of an account to a client | `USER#sub` | `CONSENT#client_id` |
//! | authorization request that waits for its person, by its name's digest | `AUTHORIZE#digest` | `AUTHORIZE` |
//! | authorization code, by its digest | `AUTHCODE#digest` | `AUTHCODE` |
//! | assertion of a client that was used, by its name's digest | `ASSERTION#digest` | `ASSERTION` |
//! | event | `EVENT#id` | `EVENT` |
//! | device at an event | `EVENT#id` | `DEVICE#mac` |
//! | account that works at an event | `EVENT#id` | `WORKS#sub` |
//! | where the device of an integer id stands | `CLAIM#device#id` | `CLAIM` |
//! | an operator's session on a device | `USER#sub` | `DEVICE#type#mac` |
//! | who last left an address, by its keyed digest | `LEFT#digest` | `LEFT` |
//! | vendor | `VENDOR#id` | `VENDOR` |
//! | claim on a vendor's address or integer id | `CLAIM#vendor-…#value` | `CLAIM` |
//! | picture, by its object's name | `PICTURE#name` | `PICTURE` |
//! | upload that an account was allowed | `USER#sub` | `UPLOAD` |
//! | rate bucket, by an id of ours or a keyed digest of anything else | `RATE#rule#who` | `RATE` |
//! | key ring | `KEYRING` | `KEYRING` |
//! | origins of the installation's applications | `ORIGINS` | `ORIGINS` |
//! | a secret of the installation | `SECRET#name` | `SECRET` |
//! | audit event (audit table) of an account, an address without one, an unanswered device grant, an event | `ACCOUNT#sub`, `ADDRESS#digest`, `GRANT#digest`, `EVENT#id` | `time#id` |

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::pos::{DeviceMac, DeviceType};
use domain::provider::Provider;
use domain::secret::SecretName;
use domain::sign_in::ChallengeKind;
use domain::{EmailAddress, PhoneNumber, UnixTime, username};
use uuid::Uuid;

use crate::AuditSubject;

/// The condition of a write that replaces no row.
pub(crate) const IS_NEW: &str = "attribute_not_exists(pk)";

/// The name of the partition key.
pub const PK: &str = "pk";
/// The name of the sort key.
pub const SK: &str = "sk";
/// The attribute that DynamoDB's TTL reads. It only removes rows: whether one has expired
/// is always read from the row itself.
pub const TTL: &str = "ttl";
/// The index by which operators list accounts.
pub const DIRECTORY: &str = "directory";
/// The directory's partition key: one of [`SHARDS`].
pub const DIR_PK: &str = "dir_pk";
/// The directory's sort key: the account's age, then its name.
pub const DIR_SK: &str = "dir_sk";
/// Partitions of the directory, so that sign-ups do not meet on one.
pub const SHARDS: u8 = 16;

/// The whole key of an item.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Partition.
    pub pk: String,
    /// Place in the partition.
    pub sk: String,
}

impl Key {
    fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }

    /// As the SDK wants it.
    #[must_use]
    pub fn attributes(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            (PK.to_owned(), AttributeValue::S(self.pk.clone())),
            (SK.to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

/// An account.
#[must_use]
pub fn user(sub: Uuid) -> Key {
    Key::new(format!("USER#{sub}"), "PROFILE")
}

/// Who administers the installation. It stands among the accounts, whose names are UUIDs,
/// because a function that may write those has to keep it.
#[must_use]
pub fn administrators() -> Key {
    Key::new("USER#administrators".to_owned(), "ADMINISTRATORS")
}

/// A session of an account.
#[must_use]
pub fn session(sub: Uuid, id: Uuid) -> Key {
    Key::new(format!("USER#{sub}"), format!("SESSION#{id}"))
}

/// Where all sessions of an account are: their partition, and how their place in
/// it begins.
#[must_use]
pub fn sessions(sub: Uuid) -> (String, &'static str) {
    (format!("USER#{sub}"), "SESSION#")
}

/// The notices that wait at an account.
#[must_use]
pub fn notices(sub: Uuid) -> Key {
    Key::new(format!("USER#{sub}"), "NOTICES")
}

/// The notices that wait at a vendor.
#[must_use]
pub fn vendor_notices(id: Uuid) -> Key {
    Key::new(format!("VENDOR#{id}"), "NOTICES")
}

/// The password of an account.
#[must_use]
pub fn password(sub: Uuid) -> Key {
    Key::new(format!("USER#{sub}"), "CRED#password")
}

/// What was tried against a name, by a keyed digest of the name: users sometimes type a
/// password there.
#[must_use]
pub fn guesses(digest: &str) -> Key {
    Key::new(format!("GUESSES#{digest}"), "GUESSES")
}

/// A way back to a forgotten password.
#[must_use]
pub fn reset(hash: &str) -> Key {
    Key::new(format!("RESET#{hash}"), "RESET")
}

/// A move to another address. Beside the ways back to passwords, since both are
/// tokens by mail; a token of one is none of the other.
#[must_use]
pub fn email_change(hash: &str) -> Key {
    Key::new(format!("RESET#{hash}"), "EMAIL")
}

/// A way back to a vendor's forgotten password. Apart from people's: a token of one
/// is none of the other.
#[must_use]
pub fn vendor_reset(hash: &str) -> Key {
    Key::new(format!("RESET#{hash}"), "VENDOR")
}

/// The authenticators of an account and its backup codes: one row, since they
/// are only ever judged together, and so never searched for.
#[must_use]
pub fn factors(sub: Uuid) -> Key {
    Key::new(format!("USER#{sub}"), "MFA#TOTP")
}

/// A device that an account trusts.
#[must_use]
pub fn trusted_device(sub: Uuid, digest: &str) -> Key {
    Key::new(format!("USER#{sub}"), format!("TRUST#{digest}"))
}

/// What is remembered of an account's sign-ins.
#[must_use]
pub fn risk(sub: Uuid) -> Key {
    Key::new(format!("USER#{sub}"), "RISK")
}

/// Whose a device token is.
#[must_use]
pub fn device_token_claim(digest: &str) -> Key {
    Key::new(format!("CLAIM#device-token#{digest}"), "CLAIM")
}

/// The claim on an e-mail address.
#[must_use]
pub fn email_claim(address: &EmailAddress) -> Key {
    Key::new(format!("CLAIM#email#{address}"), "CLAIM")
}

/// The claim on a telephone number, held only by an account that has proven it.
#[must_use]
pub fn phone_claim(number: &PhoneNumber) -> Key {
    Key::new(format!("CLAIM#phone#{}", number.as_str()), "CLAIM")
}

/// A vendor.
#[must_use]
pub fn vendor(id: Uuid) -> Key {
    Key::new(format!("VENDOR#{id}"), "VENDOR")
}

/// The claim on a vendor's address, which may be a user's too.
#[must_use]
pub fn vendor_claim(address: &EmailAddress) -> Key {
    Key::new(format!("CLAIM#vendor-email#{address}"), "CLAIM")
}

/// The claim on a vendor's integer id.
#[must_use]
pub fn vendor_number_claim(number: u64) -> Key {
    Key::new(format!("CLAIM#vendor-id#{number}"), "CLAIM")
}

/// The claim on a username, which is one name however it is written.
#[must_use]
pub fn username_claim(username: &str) -> Key {
    let form = username::form(username);
    Key::new(format!("CLAIM#username#{form}"), "CLAIM")
}

/// Where the claim on a username was before names had one form. The same, but for
/// a few.
#[must_use]
pub fn username_claim_of_before(username: &str) -> Key {
    let form = username::form_of_before(username);
    Key::new(format!("CLAIM#username#{form}"), "CLAIM")
}

/// The claim on an integer id. Outlives its account: ids are never used twice.
#[must_use]
pub fn uid_claim(uid: u64) -> Key {
    Key::new(format!("CLAIM#uid#{uid}"), "CLAIM")
}

/// The claim on a provider's name of a person.
#[must_use]
pub fn oauth_claim(provider: Provider, subject: &str) -> Key {
    Key::new(
        format!("CLAIM#oauth#{}:{subject}", provider.name()),
        "CLAIM",
    )
}

/// An account's link to a provider.
#[must_use]
pub fn link(sub: Uuid, provider: Provider) -> Key {
    Key::new(format!("USER#{sub}"), format!("LINK#{}", provider.name()))
}

/// A sign-in that is away at a provider, by the hash of its state.
#[must_use]
pub fn oauth_state(hash: &str) -> Key {
    Key::new(format!("STATE#{hash}"), "STATE")
}

/// The outcome of a sign-in through a provider, by the hash of the token that buys it.
#[must_use]
pub fn federated_exchange(hash: &str) -> Key {
    Key::new(format!("EXCHANGE#{hash}"), "EXCHANGE")
}

/// The sign-in code of an address or a number, by a keyed digest of that: a code is asked
/// for at addresses that no account has, and its row outlives the account that had one.
#[must_use]
pub fn sign_in_code(digest: &str) -> Key {
    Key::new(format!("CODE#sign-in#{digest}"), "CODE")
}

/// Which challenge of a kind is open for an account.
#[must_use]
pub fn open_challenge(sub: Uuid, kind: ChallengeKind) -> Key {
    Key::new(format!("USER#{sub}"), format!("CHALLENGE#{}", kind.name()))
}

/// A second factor that is being set up in a session or a challenge.
#[must_use]
pub fn enrollment(sub: Uuid, within: Uuid) -> Key {
    Key::new(format!("USER#{sub}"), format!("ENROLLMENT#{within}"))
}

/// A code that replaces a forgotten password, by the keyed digest of the name that was
/// typed: users sometimes type a password there.
#[must_use]
pub fn reset_code(digest: &str) -> Key {
    Key::new(format!("RESET#{digest}"), "CODE")
}

/// A sign-in that waits for an answer.
#[must_use]
pub fn challenge(id: Uuid) -> Key {
    Key::new(format!("CHALLENGE#{id}"), "CHALLENGE")
}

/// An API key.
#[must_use]
pub fn api_key(fingerprint: &str) -> Key {
    Key::new(format!("KEY#{fingerprint}"), "KEY")
}

/// An API key of a service.
#[must_use]
pub fn service_key(id: u64) -> Key {
    Key::new(format!("SERVICEKEY#{id}"), "SERVICEKEY")
}

/// An agent's key.
#[must_use]
pub fn agent_key(fingerprint: &str) -> Key {
    Key::new(format!("KEY#{fingerprint}"), "AGENT")
}

/// The identities of an account and the keys of its agents.
#[must_use]
pub fn agents(sub: Uuid) -> Key {
    Key::new(format!("USER#{sub}"), "AGENTS")
}

/// A device grant.
#[must_use]
pub fn grant(digest: &str) -> Key {
    Key::new(format!("GRANT#{digest}"), "GRANT")
}

/// The user code of a device grant.
#[must_use]
pub fn user_code(digest: &str) -> Key {
    Key::new(format!("USERCODE#{digest}"), "USERCODE")
}

/// A browser session.
#[must_use]
pub fn browser(digest: &str) -> Key {
    Key::new(format!("BROWSER#{digest}"), "BROWSER")
}

/// The partition of all registered clients: few rows, read one by one by
/// requests and as a list by operators alone.
pub const CLIENTS: &str = "CLIENTS";

/// A registered client.
#[must_use]
pub fn client(id: &str) -> Key {
    Key::new(CLIENTS.to_owned(), id)
}

/// An account's consent to a client.
#[must_use]
pub fn consent(sub: Uuid, client: &str) -> Key {
    Key::new(format!("USER#{sub}"), format!("CONSENT#{client}"))
}

/// Where all consents of an account are, as [`sessions`].
#[must_use]
pub fn consents(sub: Uuid) -> (String, &'static str) {
    (format!("USER#{sub}"), "CONSENT#")
}

/// An authorization request that waits for its person.
#[must_use]
pub fn authorization_request(digest: &str) -> Key {
    Key::new(format!("AUTHORIZE#{digest}"), "AUTHORIZE")
}

/// An authorization code.
#[must_use]
pub fn authorization_code(digest: &str) -> Key {
    Key::new(format!("AUTHCODE#{digest}"), "AUTHCODE")
}

/// An assertion of a client that was used.
#[must_use]
pub fn assertion(digest: &str) -> Key {
    Key::new(format!("ASSERTION#{digest}"), "ASSERTION")
}

/// An event.
#[must_use]
pub fn event(id: u64) -> Key {
    Key::new(format!("EVENT#{id}"), "EVENT")
}

/// How the places of an event's devices begin.
pub const DEVICES: &str = "DEVICE#";

/// A device at an event.
#[must_use]
pub fn device(event: u64, mac: &DeviceMac) -> Key {
    Key::new(self::event(event).pk, format!("{DEVICES}{mac}"))
}

/// How the places of those who work at an event begin.
pub const APPOINTMENTS: &str = "WORKS#";

/// That an account works at an event.
#[must_use]
pub fn appointment(event: u64, sub: Uuid) -> Key {
    Key::new(self::event(event).pk, format!("{APPOINTMENTS}{sub}"))
}

/// Where the device of an integer id stands.
#[must_use]
pub fn device_claim(id: u64) -> Key {
    Key::new(format!("CLAIM#device#{id}"), "CLAIM")
}

/// An operator's session on a device.
#[must_use]
pub fn operator_session(sub: Uuid, dev_type: DeviceType, mac: &DeviceMac) -> Key {
    let place = format!("DEVICE#{}#{mac}", dev_type.name());
    Key::new(format!("USER#{sub}"), place)
}

/// The directory's partition of events.
pub const EVENTS: &str = "EVENTS";

/// The place of an event in it.
#[must_use]
pub fn event_place(id: u64, created_at: UnixTime) -> String {
    format!("{:010}#{id}", created_at.0)
}

/// Who last left an address.
#[must_use]
pub fn leaver(digest: &str) -> Key {
    Key::new(format!("LEFT#{digest}"), "LEFT")
}

/// Whether a key is such a row's.
pub(crate) fn is_leaver(key: &Key) -> bool {
    key.pk.starts_with("LEFT#")
}

/// A picture.
#[must_use]
pub fn picture(name: &str) -> Key {
    Key::new(format!("PICTURE#{name}"), "PICTURE")
}

/// The one upload past the API that an account is allowed.
#[must_use]
pub fn upload(sub: Uuid) -> Key {
    Key::new(format!("USER#{sub}"), "UPLOAD")
}

/// A rate bucket. `who` is an id of ours, or a keyed digest: of a network, of a person's
/// address, number or name, of a person and a network together. The row may outlive the
/// account, or belong to none.
#[must_use]
pub fn rate(rule: &str, who: &str) -> Key {
    Key::new(format!("RATE#{rule}#{who}"), "RATE")
}

/// The key ring.
#[must_use]
pub fn keyring() -> Key {
    Key::new("KEYRING".to_owned(), "KEYRING")
}

/// The origins of the installation's applications.
#[must_use]
pub fn origins() -> Key {
    Key::new("ORIGINS".to_owned(), "ORIGINS")
}

/// A secret of the installation. Each has a partition, as a function's role may read those
/// that it uses and no other.
#[must_use]
pub fn secret(name: SecretName) -> Key {
    Key::new(format!("SECRET#{}", name.name()), "SECRET")
}

/// The partition of the audit events about something.
fn audit_trail(subject: &AuditSubject) -> String {
    match subject {
        AuditSubject::Account(sub) => format!("ACCOUNT#{sub}"),
        AuditSubject::Address(digest) => format!("ADDRESS#{digest}"),
        AuditSubject::Grant(digest) => format!("GRANT#{digest}"),
        AuditSubject::Event(id) => format!("EVENT#{id}"),
    }
}

/// What the audit events of a partition are about.
#[must_use]
pub fn audit_subject(pk: &str) -> Option<AuditSubject> {
    let (kind, name) = pk.split_once('#')?;
    match kind {
        "ACCOUNT" => name.parse().ok().map(AuditSubject::Account),
        "ADDRESS" => Some(AuditSubject::Address(name.to_owned())),
        "GRANT" => Some(AuditSubject::Grant(name.to_owned())),
        "EVENT" => name.parse().ok().map(AuditSubject::Event),
        _ => None,
    }
}

/// An audit event. Ten digits order the events of the next 260 years.
#[must_use]
pub fn audit(subject: &AuditSubject, at: UnixTime, id: Uuid) -> Key {
    audit_at(subject, &format!("{:010}#{id}", at.0))
}

/// The audit event at a place in the order of those about something.
#[must_use]
pub fn audit_at(subject: &AuditSubject, place: &str) -> Key {
    Key::new(audit_trail(subject), place.to_owned())
}

/// The audit events about something in a span of time: their partition, and the
/// first and the last that there could be.
#[must_use]
pub fn audit_range(
    subject: &AuditSubject,
    since: Option<UnixTime>,
    until: Option<UnixTime>,
) -> (String, String, String) {
    const LAST: i64 = 9_999_999_999;
    let first = since.map_or(0, |since| since.0.clamp(0, LAST));
    let last = until.map_or(LAST, |until| until.0.clamp(0, LAST));
    if first > last {
        // A span that ends before it begins holds nothing, and a query of it would be
        // refused: this is a place where no event is.
        return (audit_trail(subject), "~".to_owned(), "~".to_owned());
    }
    (
        audit_trail(subject),
        format!("{first:010}"),
        // Behind every id of that second.
        format!("{last:010}#~"),
    )
}

/// Where the directory lists an account: shard and place.
#[must_use]
pub fn directory(sub: Uuid, created_at: UnixTime) -> (String, String) {
    let place = format!("{:010}#{sub}", created_at.0);
    (directory_shard(shard_of(sub)), place)
}

/// The shard of the directory that lists an account.
pub(crate) fn shard_of(sub: Uuid) -> u8 {
    let [first, ..] = sub.into_bytes();
    first % SHARDS
}

/// How many accounts a shard lists. It stands among the accounts as
/// [`administrators`] does.
pub(crate) fn directory_total(shard: u8) -> Key {
    Key::new(format!("USER#total-{shard:02}"), "TOTAL")
}

/// One partition of the directory.
#[must_use]
pub fn directory_shard(shard: u8) -> String {
    format!("USERS#{shard:02}")
}
