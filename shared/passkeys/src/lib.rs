//! Passkeys (WebAuthn Level 3), as the relying party sees them.
//!
//! A ceremony has two halves. The first makes options for the browser, and a state that is
//! kept on the server: it holds the challenge, so that an answer to another ceremony, or to
//! another site's, is worth nothing. The second compares the browser's answer with it. The
//! caller keeps the state where it is spent once.
//!
//! The rules of the standard are `webauthn-rs`'s: origin, RP ID, challenge, signature, user
//! verification (always asked for, since a passkey stands in for a second factor by that),
//! and the algorithms ES256, ES384 and RS256. What a passkey's counter has to do is in
//! [`domain::factors::passkey`], as it needs the account's own row.

mod answer;

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::factors::passkey::PasskeyState;
use serde_json::Value;
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    AttestationFormat, Credential, ParsedAttestation, Passkey, PasskeyAuthentication,
    PasskeyRegistration, Webauthn, WebauthnBuilder, WebauthnError,
};

pub use answer::{Assertion, NewCredential};

/// Seconds that a browser gives its user to show a passkey.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Why a ceremony came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// The answer is not one to this ceremony: of another origin or RP ID, to another
    /// challenge, of a credential that was not asked for, without the user's verification,
    /// with a counter that went back, or with a signature that is not right.
    #[error("{0}")]
    Refused(String),
    /// What was kept cannot be read.
    #[error("{0}")]
    Unreadable(String),
}

impl From<WebauthnError> for PasskeyError {
    fn from(error: WebauthnError) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<serde_json::Error> for PasskeyError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// The first half of a ceremony.
#[derive(Debug)]
pub struct Ceremony {
    /// What the browser is given: `PublicKeyCredentialCreationOptionsJSON` or
    /// `PublicKeyCredentialRequestOptionsJSON`.
    pub options: Value,
    /// What is kept until it answers.
    pub state: String,
}

/// A site that passkeys are made for.
pub struct RelyingParty(Webauthn);

impl RelyingParty {
    /// The site of the domain `id`, whose users know it as `name`. Passkeys are made and
    /// shown by pages and apps of `origins` alone. `None` where no page of the domain is among
    /// them: then no browser could show one.
    #[must_use]
    pub fn new<'o>(
        id: &str,
        name: &str,
        origins: impl IntoIterator<Item = &'o str>,
    ) -> Option<Self> {
        let origins = origins.into_iter();
        let origins: Vec<Url> = origins.filter_map(|text| Url::parse(text).ok()).collect();
        // The builder takes a page of the domain first; which one makes no difference.
        let builder = origins
            .iter()
            .filter(|origin| matches!(origin.scheme(), "http" | "https"))
            .find_map(|origin| WebauthnBuilder::new(id, origin).ok())?;
        let builder = builder.rp_name(name).timeout(TIMEOUT);
        let builder = origins.iter().fold(builder, |builder, origin| {
            builder.append_allowed_origin(origin)
        });
        builder.build().ok().map(Self)
    }

    /// Begins to make a passkey for an account, which has these already: an authenticator
    /// that holds one of them makes no other.
    ///
    /// # Errors
    /// [`PasskeyError::Unreadable`].
    pub fn begin_registration<'p>(
        &self,
        account: Uuid,
        account_name: &str,
        held: impl Iterator<Item = &'p PasskeyState>,
    ) -> Result<Ceremony, PasskeyError> {
        let held: Vec<_> = held
            .map(|state| Ok(passkey(state)?.cred_id().clone()))
            .collect::<Result<_, PasskeyError>>()?;
        let begun =
            self.0
                .start_passkey_registration(account, account_name, account_name, Some(held));
        let (options, state) = begun?;
        Ok(Ceremony {
            options: serde_json::to_value(options.public_key)?,
            state: serde_json::to_string(&state)?,
        })
    }

    /// The passkey that `shown` tells of, if that answers the ceremony of `state`.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub fn finish_registration(
        &self,
        state: &str,
        shown: &NewCredential,
    ) -> Result<PasskeyState, PasskeyError> {
        let state: PasskeyRegistration = serde_json::from_str(state)?;
        let passkey = self
            .0
            .finish_passkey_registration(shown.as_sent(), &state)?;
        // Nobody asked for an attestation, nobody checks it, and it may be of any size.
        let made = Credential {
            attestation: ParsedAttestation::default(),
            attestation_format: AttestationFormat::None,
            ..passkey.into()
        };
        Ok(PasskeyState {
            // The one that the authenticator says: what the browser says beside it is not
            // covered by anything.
            credential_id: BASE64_URL_SAFE_NO_PAD.encode(&made.cred_id),
            counter: made.counter,
            credential: serde_json::to_string(&Passkey::from(made))?,
            transports: shown.transports(),
        })
    }

    /// Begins to ask for one of these passkeys.
    ///
    /// # Errors
    /// [`PasskeyError::Unreadable`].
    pub fn begin_assertion<'p>(
        &self,
        held: impl Iterator<Item = &'p PasskeyState>,
    ) -> Result<Ceremony, PasskeyError> {
        let held: Vec<Passkey> = held.map(passkey).collect::<Result<_, _>>()?;
        let (options, state) = self.0.start_passkey_authentication(&held)?;
        Ok(Ceremony {
            options: serde_json::to_value(options.public_key)?,
            state: serde_json::to_string(&state)?,
        })
    }

    /// The passkey among those `held` now that `shown` is of, as it stands after it, if that
    /// answers the ceremony of `state`.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub fn finish_assertion<'p>(
        &self,
        state: &str,
        shown: &Assertion,
        mut held: impl Iterator<Item = &'p PasskeyState>,
    ) -> Result<PasskeyState, PasskeyError> {
        let state: PasskeyAuthentication = serde_json::from_str(state)?;
        let result = self
            .0
            .finish_passkey_authentication(shown.as_sent(), &state)?;
        let gone = || PasskeyError::Refused("the passkey was removed meanwhile".to_owned());
        let (known, mut passkey) = held
            .find_map(|known| {
                let passkey = passkey(known).ok()?;
                (passkey.cred_id() == result.cred_id()).then_some((known, passkey))
            })
            .ok_or_else(gone)?;
        passkey.update_credential(&result);
        Ok(PasskeyState {
            credential: serde_json::to_string(&passkey)?,
            counter: result.counter(),
            ..known.clone()
        })
    }
}

fn passkey(state: &PasskeyState) -> Result<Passkey, PasskeyError> {
    Ok(serde_json::from_str(&state.credential)?)
}
