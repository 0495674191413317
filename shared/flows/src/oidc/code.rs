//! A client brings a code, and gets what it buys, once.
//!
//! Three round trips: the client and the code; the sign-in that it came from, its account,
//! and the consent; and one transaction, which spends the code on condition that it was not
//! spent, and writes the session and the audit event. The account is no part of that: the
//! session carries the account's epoch, and every use of it compares the two.

use crypto::derive::{constant_time_eq, token_hash};
use domain::audit::EventKind;
use domain::client::{Client, GrantType};
use domain::limit::BAD_CODES_PER_NETWORK;
use domain::oidc::code::{Authorization, AuthorizationCode, is_verifier};
use domain::session::{EndedBy, Session};
use domain::sign_in::Amr;
use domain::{Contract, Error, GrantFailure};
use store::Step;

use crate::sign_in::Proof;
use crate::{Postern, RequestMeta, Signed, Tokens, contended};

/// What a client brings beside the code.
#[derive(Clone, Copy, Debug)]
pub struct CodeExchange<'a> {
    /// The code.
    pub code: &'a str,
    /// The redirect URI that it came to.
    pub redirect_uri: &'a str,
    /// The verifier of the challenge that its request had (RFC 7636 §4.5).
    pub verifier: &'a str,
}

/// What a code buys.
pub(crate) struct Bought {
    pub(crate) tokens: Tokens,
    pub(crate) nonce: Option<String>,
}

const UNKNOWN: Error = Error::Grant(GrantFailure::Unknown);

impl Postern {
    /// What the code `found` buys `client`.
    pub(crate) async fn exchange_code(
        &self,
        meta: &RequestMeta,
        client: &Client,
        brought: CodeExchange<'_>,
        digest: &str,
        found: Option<AuthorizationCode>,
    ) -> Result<Bought, Error> {
        if !client.may(GrantType::AuthorizationCode) {
            return Err(Error::Grant(GrantFailure::UnauthorizedClient));
        }
        let code = found.filter(|code| code.is_of(client));
        let Some(code) = code else {
            let limit = &BAD_CODES_PER_NETWORK;
            return Err(self.count_refused(limit, meta, UNKNOWN).await);
        };
        if code.bought.is_some() {
            return self.code_shown_again(meta, &code).await;
        }
        let is_its = code.expires_at > meta.now
            && code.redirect_uri == brought.redirect_uri
            && is_verifier(brought.verifier)
            && constant_time_eq(&token_hash(brought.verifier), &code.code_challenge);
        if !is_its {
            let limit = &BAD_CODES_PER_NETWORK;
            return Err(self.count_refused(limit, meta, UNKNOWN).await);
        }
        let found = self
            .store()
            .signed_in(code.sub, code.sign_in, Some(&client.id));
        let (signed, consent) = self.alive(meta, found.await?).ok_or(UNKNOWN)?;
        let standing = consent.filter(|one| one.stands(&signed.user, client));
        let covering = standing.filter(|one| one.covers(&code.scopes, &code.resources));
        let consent = match (client.first_party, covering) {
            (true, _) => None,
            (false, Some(consent)) => Some(consent.id),
            (false, None) => return Err(UNKNOWN),
        };
        let authorization = Authorization {
            scopes: code.scopes.clone(),
            resources: code.resources.clone(),
            sign_in: code.sign_in,
            consent,
            sector: client.sector.clone(),
        };
        let session = self.client_session(meta, client, &signed, authorization)?;
        let user = signed.user;
        let event = self.user_event(&user, EventKind::ClientSignedIn, Some(session.id), meta)?;
        let transaction = self
            .store()
            .transaction()
            .spend_authorization_code(digest, session.id, meta.now)?
            .begin_session(&session)?
            .audit(&event)?;
        match self.commit(transaction).await? {
            None => Ok(Bought {
                tokens: self.tokens(user, session, meta.now)?,
                nonce: code.nonce,
            }),
            Some(Step::SpendAuthorizationCode) => {
                match self.store().authorization_code(digest).await? {
                    Some(code) if code.bought.is_some() => self.code_shown_again(meta, &code).await,
                    _ => Err(UNKNOWN),
                }
            }
            Some(_) => Err(contended()),
        }
    }

    /// A code was shown that had bought a session: that ends, with all of its tokens.
    async fn code_shown_again(
        &self,
        meta: &RequestMeta,
        code: &AuthorizationCode,
    ) -> Result<Bought, Error> {
        if let Some(bought) = code.bought
            && let Some((session, user)) = self.store().session_and_user(code.sub, bought).await?
            && session.ended.is_none()
        {
            self.end_session(meta, &user, &session, EndedBy::CodeReplay)
                .await?;
        }
        Err(UNKNOWN)
    }

    /// The session of a client that a person let in, as old as the sign-in that it came
    /// from. Without a refresh token it ends with its first access token.
    fn client_session(
        &self,
        meta: &RequestMeta,
        client: &Client,
        signed: &Signed,
        authorization: Authorization,
    ) -> Result<Session, Error> {
        let Signed {
            user,
            session: from,
        } = signed;
        let proof = Proof::new(meta, Contract::Ravi, from.amr.clone());
        let session = self.new_session(user, &proof)?;
        let lives = self.settings().lives.of(session.contract, session.delivery);
        let session = Session {
            auth_time: from.auth_time,
            proven: from.proven,
            mfa_at: from.mfa_at.filter(|_| from.amr.contains(&Amr::Mfa)),
            granted_to: Some(client.id.clone()),
            authorization: Some(authorization),
            ..session
        };
        if session.is_refreshed() {
            return Ok(session);
        }
        let ends_at = meta.now.plus(lives.access);
        Ok(Session {
            expires_at: ends_at,
            ends_at,
            ..session
        })
    }
}
