//! What is made from the ring instead of being stored: names of tokens, one-time codes,
//! digests. And the seals of what must be stored and not read.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Entropy;
use domain::key_ring::KeyPart;
use domain::trusted_device::DeviceToken;
use uuid::Uuid;

use crate::version::{Version, of_text};
use crate::{CryptoError, KeyRing, derive, seal, token};

impl KeyRing {
    /// The name of the refresh token of one generation of a session: the same
    /// each time it is asked for, so that a replaced token's successor can be
    /// answered twice without having been stored.
    ///
    /// # Errors
    /// [`CryptoError::NotHeld`] where no tokens are made.
    pub fn refresh_jti(&self, session: Uuid, generation: u64) -> Result<String, CryptoError> {
        let refresh = self.in_use(KeyPart::Refresh)?;
        let derived = of_generation(&refresh, "refresh jti", session, generation);
        Ok(token::jti(&derived))
    }

    /// The name of the access token of one generation of a session. Requests that refresh
    /// at one moment get tokens of equal claims.
    ///
    /// # Errors
    /// As [`KeyRing::refresh_jti`].
    pub fn access_jti(&self, session: Uuid, generation: u64) -> Result<String, CryptoError> {
        let refresh = self.in_use(KeyPart::Refresh)?;
        let derived = of_generation(&refresh, "access jti", session, generation);
        Ok(token::jti(&derived))
    }

    /// What a browser shows beside the cookies of one generation of a session, so that no
    /// other site can use them (OWASP, HMAC-based double-submit cookie).
    ///
    /// # Errors
    /// As [`KeyRing::refresh_jti`].
    pub fn csrf_token(&self, session: Uuid, generation: u64) -> Result<String, CryptoError> {
        let refresh = self.in_use(KeyPart::Refresh)?;
        Ok(csrf_token(&refresh, session, generation))
    }

    /// The same as a browser shows it, which may have got it before the secret was renewed.
    ///
    /// # Errors
    /// As [`KeyRing::refresh_jti`].
    pub fn is_csrf_token(
        &self,
        session: Uuid,
        generation: u64,
        shown: &str,
    ) -> Result<bool, CryptoError> {
        let held = self.held();
        let versions = self.versions(&held, KeyPart::Refresh)?;
        let mut own = versions
            .iter()
            .map(|version| csrf_token(version, session, generation));
        Ok(own.any(|own| derive::constant_time_eq(&own, shown)))
    }

    /// A fresh nonce for a one-time code.
    ///
    /// # Errors
    /// [`CryptoError::NotHeld`] where no codes are made.
    pub fn code_nonce(&self, entropy: &dyn Entropy) -> Result<String, CryptoError> {
        let nonce = domain::platform::uuid(entropy).simple().to_string();
        Ok(self.in_use(KeyPart::Codes)?.mark(&nonce))
    }

    /// A fresh state (RFC 6749 §4.1.1) for a departure to a provider.
    ///
    /// # Errors
    /// As [`KeyRing::code_nonce`].
    pub fn oauth_state(&self, entropy: &dyn Entropy) -> Result<String, CryptoError> {
        let state = derive::fresh_token(entropy);
        Ok(self.in_use(KeyPart::Codes)?.mark(&state))
    }

    /// The six digits that prove `contact` as that of the account `sub`, for the nonce of
    /// a code that was sent there (nauth).
    ///
    /// # Errors
    /// As [`KeyRing::code_nonce`].
    pub fn verification_code(
        &self,
        sub: Uuid,
        contact: &str,
        nonce: &str,
    ) -> Result<String, CryptoError> {
        let parts: [&[u8]; 3] = [sub.as_bytes(), contact.as_bytes(), nonce.as_bytes()];
        let derived = self.of_nonce("verification code", nonce, &parts)?;
        Ok(derive::digits(&derived, domain::verification::DIGITS))
    }

    /// The six digits that replace a forgotten password, for the nonce of a code that was
    /// asked for by `name` (nauth).
    ///
    /// # Errors
    /// As [`KeyRing::code_nonce`].
    pub fn reset_code(&self, name: &str, nonce: &str) -> Result<String, CryptoError> {
        let derived = self.of_nonce("reset code", nonce, &[name.as_bytes(), nonce.as_bytes()])?;
        Ok(derive::digits(&derived, domain::verification::DIGITS))
    }

    /// The token of a device that the account `sub` trusts, for the nonce of its row (nauth).
    ///
    /// # Errors
    /// As [`KeyRing::code_nonce`].
    pub fn device_token(&self, sub: Uuid, nonce: &str) -> Result<DeviceToken, CryptoError> {
        let parts = [sub.as_bytes().as_slice(), nonce.as_bytes()];
        let derived = self.of_nonce("device token", nonce, &parts)?;
        let head = *derived.first_chunk().unwrap_or(&[0; 16]);
        Ok(DeviceToken(
            uuid::Builder::from_random_bytes(head).into_uuid(),
        ))
    }

    /// The four digits that belong to a code row's nonce for an address.
    ///
    /// # Errors
    /// As [`KeyRing::code_nonce`].
    pub fn email_code(&self, address: &str, nonce: &str) -> Result<String, CryptoError> {
        let parts = [address.as_bytes(), nonce.as_bytes()];
        let derived = self.of_nonce("e-mail code", nonce, &parts)?;
        Ok(derive::digits(&derived, 4))
    }

    /// The six digits that belong to a code row's nonce for a telephone number.
    ///
    /// # Errors
    /// As [`KeyRing::code_nonce`].
    pub fn phone_code(&self, number: &str, nonce: &str) -> Result<String, CryptoError> {
        let parts = [number.as_bytes(), nonce.as_bytes()];
        let derived = self.of_nonce("phone code", nonce, &parts)?;
        Ok(derive::digits(&derived, domain::phone_code::DIGITS))
    }

    /// The PKCE verifier (RFC 7636) of a departure to a provider, and its S256
    /// challenge. Made again from the state when the user comes back with it, so
    /// that neither has to be stored.
    ///
    /// # Errors
    /// As [`KeyRing::code_nonce`].
    pub fn pkce(&self, state: &str) -> Result<(String, String), CryptoError> {
        let derived = self.of_nonce("pkce verifier", state, &[state.as_bytes()])?;
        let verifier = URL_SAFE_NO_PAD.encode(derived);
        let challenge = derive::token_hash(&verifier);
        Ok((verifier, challenge))
    }

    fn of_nonce(&self, label: &str, nonce: &str, parts: &[&[u8]]) -> Result<[u8; 32], CryptoError> {
        let (number, _) = of_text(nonce);
        let codes = self.version_or_one_in_use(KeyPart::Codes, number)?;
        Ok(derive::derive(&codes.secret, label, parts))
    }

    /// The version `number`. Of one that was retired nothing is told: what is derived from
    /// the one in use instead equals nothing that was made.
    fn version_or_one_in_use(&self, part: KeyPart, number: u32) -> Result<Version, CryptoError> {
        match self.version(part, number) {
            Some(version) => Ok(version),
            None => self.in_use(part),
        }
    }

    /// What is kept of a backup code of the account `sub`.
    ///
    /// # Errors
    /// [`CryptoError::NotHeld`] where no factors are asked for.
    pub fn backup_code_digest(&self, sub: Uuid, code: &str) -> Result<String, CryptoError> {
        Ok(backup_code(&self.in_use(KeyPart::Factors)?, sub, code))
    }

    /// What may have been kept of it, by any version: the codes of an account are made
    /// together, and only their owner has them.
    ///
    /// # Errors
    /// As [`KeyRing::backup_code_digest`].
    pub fn backup_code_digests(&self, sub: Uuid, code: &str) -> Result<Vec<String>, CryptoError> {
        let held = self.held();
        let versions = self.versions(&held, KeyPart::Factors)?;
        let digests = versions.iter().rev();
        Ok(digests
            .map(|version| backup_code(version, sub, code))
            .collect())
    }

    /// A digest that recognises `value` for `owner` without telling what it is.
    #[must_use]
    pub fn keyed_digest(&self, label: &str, owner: &[u8], value: &str) -> String {
        derive::short_digest(&self.looked_up(label, &[owner, value.as_bytes()]))
    }

    /// The whole digest by which a caller's secret is found again.
    #[must_use]
    pub fn fingerprint(&self, label: &str, secret: &str) -> String {
        derive::fingerprint(&self.looked_up(label, &[secret.as_bytes()]))
    }

    pub(crate) fn looked_up(&self, label: &str, parts: &[&[u8]]) -> [u8; 32] {
        derive::derive(&self.held().common.lookup, label, parts)
    }

    /// Seals a value of the table for `context`.
    ///
    /// # Errors
    /// [`CryptoError::NotHeld`] for a part that is not at hand; as [`seal::seal`].
    pub fn seal_text(
        &self,
        part: KeyPart,
        context: &str,
        plain: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<String, CryptoError> {
        let version = self.in_use(part)?;
        let sealed = seal::seal_text(&version.sealing(), context, plain, entropy)?;
        Ok(version.mark(&sealed))
    }

    /// Opens what [`KeyRing::seal_text`] made.
    ///
    /// # Errors
    /// [`CryptoError::NotHeld`] for a part that is not at hand, or a version that was
    /// retired; as [`seal::open`].
    pub fn open_text(
        &self,
        part: KeyPart,
        context: &str,
        sealed: &str,
    ) -> Result<Vec<u8>, CryptoError> {
        let (number, sealed) = of_text(sealed);
        let version = self.version(part, number);
        let version = version.ok_or(CryptoError::NotHeld(part))?;
        seal::open_text(&version.sealing(), context, sealed)
    }

    /// Whether a sealed text was made with the version that is in use.
    ///
    /// # Errors
    /// [`CryptoError::NotHeld`] for a part that is not at hand.
    pub fn is_sealed_anew(&self, part: KeyPart, sealed: &str) -> Result<bool, CryptoError> {
        Ok(self.in_use(part)?.number == of_text(sealed).0)
    }

    /// What a realtime server checks our tokens with, unless an operator sets a secret: 43
    /// characters.
    ///
    /// # Errors
    /// [`CryptoError::NotHeld`] where there are no realtime tokens.
    pub fn realtime_secret(&self) -> Result<String, CryptoError> {
        Ok(derive::fingerprint(&self.in_use(KeyPart::Realtime)?.secret))
    }
}

fn of_generation(refresh: &Version, label: &str, session: Uuid, generation: u64) -> [u8; 32] {
    let parts: [&[u8]; 2] = [session.as_bytes(), &generation.to_be_bytes()];
    derive::derive(&refresh.secret, label, &parts)
}

fn csrf_token(refresh: &Version, session: Uuid, generation: u64) -> String {
    derive::hex(&of_generation(refresh, "csrf token", session, generation))
}

fn backup_code(version: &Version, sub: Uuid, code: &str) -> String {
    let parts = [sub.as_bytes().as_slice(), code.as_bytes()];
    let derived = derive::derive(&version.secret, "backup code", &parts);
    version.mark(&derive::short_digest(&derived))
}
