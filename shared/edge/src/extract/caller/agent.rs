//! Callers that are a user's program, with a key of its own (Ravi).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::agent::Scope;
use domain::{AuthFailure, Error};
use flows::{Agent, Postern};

use super::{bearer, note};
use crate::{Meta, Refusal};

/// The holder of a management key or of an identity key, as a bearer.
#[derive(Clone, Debug)]
pub struct AgentKey(pub Agent);

impl FromRequestParts<Postern> for AgentKey {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let key = bearer(parts).ok_or(Error::Unauthenticated(AuthFailure::Missing))?;
        let agent = match postern.authenticate_agent(key).await {
            Ok(agent) => agent,
            Err(why) => {
                let Meta(meta) = Meta::from_request_parts(parts, postern).await?;
                return Err(postern.count_bad_key(&meta, why).await.into());
            }
        };
        note(parts, agent.user.sub);
        Ok(Self(agent))
    }
}

/// The holder of a key to the whole account.
#[derive(Clone, Debug)]
pub struct ManagementKey(pub Agent);

impl FromRequestParts<Postern> for ManagementKey {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        let AgentKey(agent) = AgentKey::from_request_parts(parts, postern).await?;
        match agent.key.scope {
            Scope::Management => Ok(Self(agent)),
            Scope::Identity(_) => Err(Error::Forbidden.into()),
        }
    }
}
