//! The token endpoint: every client, whatever grant it brings (RFC 6749 §3.2).

use domain::client::{AuthMethod, Client, GrantType};
use domain::oidc::claims::{ClientClaims, IdTokenClaims};
use domain::oidc::request::resources;
use domain::oidc::scope::{self, Scopes};
use domain::token::Audience;
use domain::{Contract, Error, GrantFailure, platform};

use super::client_auth::ClientCredentials;
use super::code::CodeExchange;
use crate::device_grant::exchange::Poll;
use crate::{Postern, RequestMeta, Tokens, broken};

/// A grant that a client brings.
#[derive(Clone, Copy, Debug)]
pub enum ClientGrant<'a> {
    /// A code that a browser brought it (RFC 6749 §4.1.3).
    Code(CodeExchange<'a>),
    /// A device code (RFC 8628 §3.4).
    DeviceCode(&'a str),
    /// A refresh token (RFC 6749 §6).
    RefreshToken(&'a str),
    /// None but its own name (RFC 6749 §4.4).
    Itself,
    /// Any other type.
    Unsupported,
}

/// What a client asks for with its grant.
#[derive(Clone, Debug, Default)]
pub struct AskedOf {
    /// The scopes, if it names any.
    pub scopes: Option<String>,
    /// The APIs (RFC 8707).
    pub resources: Vec<String>,
}

/// What a client gets (RFC 6749 §5.1).
#[derive(Clone, Debug)]
pub struct ClientTokens {
    /// The access token.
    pub access: String,
    /// Seconds for which it is good.
    pub expires_in: u64,
    /// What comes after it.
    pub refresh: Option<String>,
    /// Who the person is.
    pub id_token: Option<String>,
    /// What the access token may be used for.
    pub scope: String,
}

const BAD_SCOPE: Error = Error::Grant(GrantFailure::BadScope);
const BAD_TARGET: Error = Error::Grant(GrantFailure::BadTarget);

impl Postern {
    /// The tokens that `grant` buys the client of these credentials.
    ///
    /// # Errors
    /// [`Error::Grant`] says what is in the way: a client that is none or does not show that
    /// it is; a grant that is not this client's, not good yet or no longer;
    /// [`Error::TooMany`] by network for what never was one.
    pub async fn client_tokens(
        &self,
        meta: &RequestMeta,
        shown: ClientCredentials<'_>,
        grant: ClientGrant<'_>,
        asked: &AskedOf,
    ) -> Result<ClientTokens, Error> {
        match grant {
            ClientGrant::Code(brought) => self.tokens_for_code(meta, shown, brought, asked).await,
            ClientGrant::DeviceCode(device_code) => {
                let client = self.authenticated_client(meta, shown).await?;
                let poll = Poll {
                    device_code,
                    client: Some(&client),
                    wait: false,
                };
                let tokens = self.exchange_device(meta, poll).await?.tokens;
                self.client_answer(&client, tokens, None, asked)
            }
            ClientGrant::RefreshToken(token) => {
                let client = self.authenticated_client(meta, shown).await?;
                let tokens = self.refresh_of(meta, token, Some(&client), None).await?;
                self.client_answer(&client, tokens, None, asked)
            }
            ClientGrant::Itself => {
                let client = self.authenticated_client(meta, shown).await?;
                self.tokens_of_itself(meta, &client, asked)
            }
            ClientGrant::Unsupported => Err(Error::Grant(GrantFailure::UnsupportedType)),
        }
    }

    async fn tokens_for_code(
        &self,
        meta: &RequestMeta,
        shown: ClientCredentials<'_>,
        brought: CodeExchange<'_>,
        asked: &AskedOf,
    ) -> Result<ClientTokens, Error> {
        let unknown = Error::Grant(GrantFailure::UnknownClient);
        if !domain::client::is_client_id(shown.id) {
            return Err(unknown);
        }
        let digest = self.authorization_code_digest(brought.code);
        let (client, code) = self.store().client_and_code(shown.id, &digest).await?;
        let client = client.ok_or(unknown)?;
        let client = self.authenticate_client(meta, client, shown.proof).await?;
        // Before it is spent: a client that asks for too much shall be able to ask again.
        if let Some(code) = &code
            && !asked
                .resources
                .iter()
                .all(|one| code.resources.contains(one))
        {
            return Err(BAD_TARGET);
        }
        let bought = self
            .exchange_code(meta, &client, brought, &digest, code)
            .await?;
        let asked = AskedOf {
            scopes: None,
            resources: asked.resources.clone(),
        };
        self.client_answer(&client, bought.tokens, bought.nonce, &asked)
    }

    /// What `client` gets of a session that it was let into: no more than it asks for now.
    fn client_answer(
        &self,
        client: &Client,
        tokens: Tokens,
        nonce: Option<String>,
        asked: &AskedOf,
    ) -> Result<ClientTokens, Error> {
        let Some(granted) = tokens.signed.session.authorization.clone() else {
            // A device, which has the whole account.
            return match asked.resources.is_empty() {
                true => Ok(ClientTokens {
                    access: tokens.access,
                    expires_in: tokens.expires_in,
                    refresh: Some(tokens.refresh),
                    id_token: None,
                    scope: scope::ACCOUNT.to_owned(),
                }),
                false => Err(BAD_TARGET),
            };
        };
        let scopes = asked.scopes.as_deref().map(Scopes::parse);
        let narrower = granted.narrowed(scopes.as_ref(), &asked.resources);
        let narrower = narrower.ok_or(match asked.resources.is_empty() {
            true => BAD_SCOPE,
            false => BAD_TARGET,
        })?;
        let is_refreshed = tokens.signed.session.is_refreshed();
        let now = tokens.signed.session.rotated_at;
        let refresh = is_refreshed.then_some(tokens.refresh);
        let (user, mut session) = (tokens.signed.user, tokens.signed.session);
        let access = match narrower == granted {
            true => tokens.access,
            false => {
                session.authorization = Some(narrower.clone());
                self.tokens(user.clone(), session.clone(), now)?.access
            }
        };
        let id_token = match granted.scopes.have(scope::OPENID) {
            false => None,
            true => {
                let issuer = &self.settings().issuer;
                let sub = self.subject_for(client, user.sub);
                let about = (&session, &granted);
                let claims = IdTokenClaims {
                    nonce,
                    at_hash: Some(self.ring().at_hash(&access, now)),
                    ..IdTokenClaims::new(issuer, &client.id, sub, about, now)
                };
                Some(self.ring().sign_id(&claims).map_err(broken)?)
            }
        };
        Ok(ClientTokens {
            access,
            expires_in: tokens.expires_in,
            refresh,
            id_token,
            scope: narrower.scopes.to_string(),
        })
    }

    /// The token of a client that acts for itself, for the APIs that it names or else all of
    /// its own. Nothing is kept of it: it is short-lived, and opens nothing here.
    fn tokens_of_itself(
        &self,
        meta: &RequestMeta,
        client: &Client,
        asked: &AskedOf,
    ) -> Result<ClientTokens, Error> {
        let may = client.may(GrantType::ClientCredentials);
        if !may || client.auth_method == AuthMethod::None {
            return Err(Error::Grant(GrantFailure::UnauthorizedClient));
        }
        let is_of_an_api = |scope: &&str| !scope::OURS.contains(scope);
        let own: Vec<&str> = client.scopes.iter().filter(is_of_an_api).collect();
        let own = Scopes::parse(&own.join(" "));
        let scopes = match asked.scopes.as_deref().map(Scopes::parse) {
            None => own,
            Some(named) if named.are_within(&own) => named,
            Some(_) => return Err(BAD_SCOPE),
        };
        let named = asked.resources.iter().map(String::as_str);
        let named = resources(named, client).map_err(|_| BAD_TARGET)?;
        let audiences = match named.is_empty() {
            true => client.audiences.clone(),
            false => named,
        };
        if audiences.is_empty() {
            return Err(BAD_TARGET);
        }
        let lives = self
            .settings()
            .lives
            .of(Contract::Ravi, domain::session::Delivery::Body);
        let claims = ClientClaims {
            iss: self.settings().issuer.clone(),
            aud: Audience::of(audiences),
            sub: client.id.clone(),
            client_id: client.id.clone(),
            scope: scopes.to_string(),
            jti: platform::uuid(self.entropy()).simple().to_string(),
            iat: meta.now,
            exp: meta.now.plus(lives.access),
        };
        Ok(ClientTokens {
            access: self.ring().sign_client(&claims).map_err(broken)?,
            expires_in: lives.access,
            refresh: None,
            id_token: None,
            scope: claims.scope,
        })
    }
}
