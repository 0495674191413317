//! Sessions, sign-ins that wait, and the tokens of either, before any of it is
//! written.

use domain::account::{Role, User};
use domain::session::Session;
use domain::sign_in::{Amr, Challenge, ChallengeKind};
use domain::token::{AccessClaims, RefreshClaims};
use domain::{Error, UnixTime, platform};

use crate::sign_in::Proof;
use crate::{IssuedDeviceToken, Postern, Signed, broken};

/// What a completed sign-in hands out.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
    /// Seconds for which the access token is good.
    pub expires_in: u64,
    /// When it ends.
    pub access_ends: UnixTime,
    /// Who signed in, and the session that it made.
    pub signed: Signed,
    /// What a browser shows beside a cookie to say that a page of ours sent it (nauth).
    pub csrf: String,
    /// The token of the device that the sign-in was made on, if its owner trusts that
    /// (nauth).
    pub device: Option<IssuedDeviceToken>,
    /// Whether the client should suggest a second factor.
    pub should_prompt_2fa: bool,
}

impl Tokens {
    /// What the session may do.
    #[must_use]
    pub fn role(&self) -> Role {
        self.signed.role()
    }
}

impl Postern {
    /// A session of `user`, not yet written.
    pub(crate) fn new_session(&self, user: &User, proof: &Proof<'_>) -> Result<Session, Error> {
        let Proof { meta, contract, .. } = *proof;
        let lives = self.settings().lives.of(contract, proof.delivery);
        let ends_at = meta.now.plus(lives.session);
        let id = platform::uuid(self.entropy());
        Ok(Session {
            id,
            number: platform::integer_of(id),
            sub: user.sub,
            contract,
            session_epoch: user.session_epoch,
            amr: proof.amr.clone(),
            provider: proof.provider.clone(),
            auth_time: meta.now,
            proven: proof.proven,
            mfa_at: proof.amr.contains(&Amr::Mfa).then_some(meta.now),
            has_enrolled: false,
            event: proof.event,
            remembered: false,
            device: None,
            granted_to: None,
            authorization: None,
            delivery: proof.delivery,
            generation: 1,
            rotated_at: meta.now,
            expires_at: meta.now.plus(lives.refresh).min(ends_at),
            ends_at,
            grace: lives.grace,
            client: self.sealed_device(user, id, proof)?,
            ended: None,
        })
    }

    /// A sign-in of `user` that waits for an answer of this kind, not yet written.
    pub(crate) fn new_challenge(
        &self,
        user: &User,
        proof: &Proof<'_>,
        kind: ChallengeKind,
    ) -> Challenge {
        let now = proof.meta.now;
        let here = self.network_mark(Some(user.sub), proof.meta);
        let policy = self.sign_in_policy(proof.contract);
        let id = platform::uuid(self.entropy());
        Challenge {
            id,
            kind,
            sub: user.sub,
            session_epoch: user.session_epoch,
            sign_in_epoch: user.sign_in_epoch,
            contract: proof.contract,
            number: platform::integer_of(id),
            amr: proof.amr.clone(),
            proven: proof.proven,
            provider: proof.provider.clone(),
            event: proof.event,
            device: proof.device.said.clone(),
            circumstances: proof.circumstances.clone(),
            known_network: user.networks.contains(&here).then_some(here),
            passkey_ceremony: None,
            created_at: now,
            expires_at: now.plus(policy.lifetime),
            tries: 0,
            attempts: policy.attempts,
            spent_at: None,
        }
    }

    /// The tokens that are in force for a session.
    pub(crate) fn tokens(
        &self,
        user: User,
        session: Session,
        now: UnixTime,
    ) -> Result<Tokens, Error> {
        let issuer = &self.settings().issuer;
        let lives = self.settings().lives.of(session.contract, session.delivery);
        let (id, generation) = (session.id, session.generation);
        let jti = self.ring().access_jti(id, generation).map_err(broken)?;
        let mut access = AccessClaims::new(issuer, &user, &session, lives, jti);
        let jti = self.ring().refresh_jti(id, generation).map_err(broken)?;
        let mut refresh = RefreshClaims::new(issuer, &user, &session, jti);
        let granted = session.authorization.as_ref();
        if let Some(sector) = granted.and_then(|granted| granted.sector.as_deref()) {
            let shown = self.ring().pairwise(sector, user.sub);
            access.masked_account = Some(self.ring().masked(&access.jti, user.sub));
            refresh.masked_account = Some(self.ring().masked(&refresh.jti, user.sub));
            (access.sub, refresh.sub) = (shown, shown);
        }
        Ok(Tokens {
            access: self.ring().sign_access(&access).map_err(broken)?,
            refresh: self.ring().sign_refresh(&refresh).map_err(broken)?,
            csrf: self.ring().csrf_token(id, generation).map_err(broken)?,
            device: None,
            access_ends: access.exp,
            expires_in: access.exp.seconds_since(now),
            should_prompt_2fa: self.settings().mfa_policy.prompts(&user),
            signed: Signed { user, session },
        })
    }
}
