//! The use cases: load, decide, write, tell.
//!
//! A flow is one thing that somebody wants done, whichever contract asks. It
//! loads what it needs in as few round trips as it can, lets `domain` decide,
//! writes the outcome under the conditions that made it right, and only then
//! tells anybody. Handlers call one flow each; the command line calls the same.
//!
//! [`Postern`] is what they are called on: the tables, the key ring, the
//! courier and the settings of one installation.

mod account_edit;
mod api_key;
mod audit;
mod audit_history;
mod authenticate;
mod aws;
mod backup_codes;
mod caller;
mod deletion;
mod email_change;
mod enter;
pub mod event;
mod keyring;
mod letters;
mod look_up;
mod meta;
mod oauth;
mod operator;
mod password_choice;
mod password_reset;
mod password_sign_in;
mod pending;
mod profile;
mod realtime;
mod refresh;
mod register;
mod request_code;
mod restore;
mod second_factor;
mod sessions;
pub mod settings;
mod sign_in;
mod tokens;
mod totp_bearer;
mod totp_devices;
mod totp_guess;
mod totp_setup;
mod verify_code;

use std::sync::Arc;

use crypto::KeyRing;
use delivery::Courier;
use domain::{Clock, Entropy};
use providers::{GitHub, PwnedPasswords};
use store::Store;

pub use account_edit::AccountEdit;
pub use api_key::IssuedKey;
pub use audit_history::{History, HistoryClient, HistoryEvent, HistoryOf};
pub use authenticate::Signed;
pub use aws::Aws;
pub use caller::Caller;
pub use meta::RequestMeta;
pub use oauth::{Arrived, Departing, Return};
pub use operator::Page;
pub use profile::Profile;
pub use realtime::Connection;
pub use register::Registration;
pub use second_factor::{Answer, SecondFactor};
pub use settings::Settings;
pub use sign_in::SignIn;
pub use store::AuditQuery;
pub use tokens::Tokens;
pub use totp_bearer::FirstCode;
pub use totp_setup::SetUp;

/// One installation, ready to serve. Cheap to clone.
#[derive(Clone)]
pub struct Postern(Arc<Inner>);

struct Inner {
    settings: Settings,
    store: Store,
    ring: KeyRing,
    courier: Courier,
    github: Option<GitHub>,
    pwned: Option<PwnedPasswords>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Postern {
    /// Opens the tables and the key ring, making the ring if there is none yet.
    ///
    /// Called once, while a function starts: the connection to DynamoDB and the
    /// unwrapped keys are then there for the first request.
    ///
    /// # Errors
    /// [`domain::Error::Unavailable`] if the table or KMS does not answer, and
    /// [`domain::Error::Internal`] if the ring cannot be read.
    pub async fn open(
        settings: Settings,
        aws: &Aws,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, domain::Error> {
        let store = Store::new(&aws.dynamodb, &settings.table, &settings.audit_table);
        let ring = keyring::load_or_make(&store, &settings, aws, clock.now(), &*entropy).await?;
        let courier = Courier::new(
            &aws.ses,
            &aws.sns,
            &settings.mail_from,
            settings.mail_configuration_set.as_deref(),
            &settings.service_name,
            settings.texts.clone(),
        );
        let pwned = settings.pwned_passwords_url.as_deref();
        let pwned = pwned.map(PwnedPasswords::new);
        let github = settings.oauth.github.clone().map(GitHub::new);
        Ok(Self(Arc::new(Inner {
            settings,
            store,
            ring,
            courier,
            github,
            pwned,
            clock,
            entropy,
        })))
    }

    /// The settings it was opened with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The present instant. Ask once per request and pass it down.
    #[must_use]
    pub fn now(&self) -> domain::UnixTime {
        self.0.clock.now()
    }

    /// The name of the key that tokens are signed with.
    #[must_use]
    pub fn signing_key_id(&self) -> String {
        self.0.ring.current_kid().to_owned()
    }

    /// When that key was made.
    #[must_use]
    pub fn signing_key_since(&self) -> Option<domain::UnixTime> {
        self.0.ring.current_since()
    }

    fn store(&self) -> &Store {
        &self.0.store
    }

    fn ring(&self) -> &KeyRing {
        &self.0.ring
    }

    fn entropy(&self) -> &dyn Entropy {
        &*self.0.entropy
    }
}

/// How often a flow starts over when an edit made meanwhile refuses its own.
const MAX_ROUNDS: u32 = 12;

/// Somebody else's edits kept coming between ours and its reading.
fn contended() -> domain::Error {
    domain::Error::Unavailable("an account stays contended".to_owned())
}

/// A key or a seal failed, which nothing that a caller sends can bring about.
fn broken(error: crypto::CryptoError) -> domain::Error {
    domain::Error::Internal(error.to_string())
}
