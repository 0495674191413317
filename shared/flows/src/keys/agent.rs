//! Identities and the keys of an account's programs: knowing one, listing,
//! making and revoking them.
//!
//! A key is known in two round trips: its row, then its account with all that it
//! holds. It has a user's rights, whatever the account's role, and only on the routes
//! that ask for such a key: it opens no session and changes no factor.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::account::User;
use domain::agent::{AgentKey, Identity, KeySet, MAX_IDENTITIES, Scope, looks_like_a_key};
use domain::audit::EventKind;
use domain::limit::AGENT_EDITS_PER_ACCOUNT;
use domain::{AuthFailure, Error, UnixTime, platform};
use store::{AuditEvent, Transaction};
use uuid::Uuid;

use crate::{MAX_ROUNDS, Postern, RequestMeta, contended};

/// A program that showed a key, as of now.
#[derive(Clone, Debug)]
pub struct Agent {
    /// The account.
    pub user: User,
    /// The key.
    pub key: AgentKey,
    key_set: KeySet,
}

/// A key that was just made, which is the only time it is seen.
#[derive(Clone)]
pub struct IssuedAgentKey {
    /// The key itself.
    pub key: String,
    /// What is kept of it.
    pub kept: AgentKey,
}

impl Agent {
    /// The identities that the key stands for: one, or all of the account's.
    #[must_use]
    pub fn identities(&self) -> Vec<Identity> {
        let of_key = |identity: &&Identity| match self.key.scope {
            Scope::Management => true,
            Scope::Identity(id) => identity.id == id,
        };
        self.key_set
            .identities
            .iter()
            .filter(of_key)
            .cloned()
            .collect()
    }

    /// The account's keys that work.
    #[must_use]
    pub fn keys(&self) -> Vec<AgentKey> {
        let alive = |key: &&AgentKey| key.session_epoch == self.user.session_epoch;
        self.key_set.keys.iter().filter(alive).cloned().collect()
    }
}

impl Postern {
    /// The program that shows the key `typed`. For callers that count one that is refused
    /// ([`Postern::count_bad_key`]).
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]: no key of ours, or not any more.
    pub async fn authenticate_agent(&self, typed: &str) -> Result<Agent, Error> {
        const UNKNOWN: Error = Error::Unauthenticated(AuthFailure::BadApiKey);
        if !looks_like_a_key(typed) {
            return Err(UNKNOWN);
        }
        let fingerprint = self.agent_key_fingerprint(typed);
        let key = self.store().agent_key(&fingerprint).await?.ok_or(UNKNOWN)?;
        let found = self.store().user_and_agents(key.sub).await?;
        let (user, key_set) = found.ok_or(UNKNOWN)?;
        // The key_set has the last word, as it has when a key is revoked.
        if user.is_active()
            && user.session_epoch == key.session_epoch
            && key_set.keys.contains(&key)
        {
            Ok(Agent { user, key, key_set })
        } else {
            Err(UNKNOWN)
        }
    }

    /// Adds an identity to the account of a management key.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a key to one identity and for more than
    /// [`MAX_IDENTITIES`]; [`Error::TooMany`] by account.
    pub async fn add_identity(
        &self,
        meta: &RequestMeta,
        agent: &Agent,
        name: &str,
    ) -> Result<Identity, Error> {
        let identity = Identity {
            id: platform::uuid(self.entropy()),
            name: name.to_owned(),
            created_at: meta.now,
        };
        self.edit_agents(
            meta,
            agent,
            EventKind::IdentityCreated,
            |mut key_set, transaction| {
                if key_set.identities.len() >= MAX_IDENTITIES {
                    return Err(Error::Forbidden);
                }
                key_set.identities.push(identity.clone());
                Ok((key_set, transaction))
            },
        )
        .await?;
        Ok(identity)
    }

    /// Makes a key, for the account or for one of its identities.
    ///
    /// # Errors
    /// [`Error::Missing`] for an identity of another account; otherwise as
    /// [`Postern::add_identity`].
    pub async fn issue_agent_key(
        &self,
        meta: &RequestMeta,
        agent: &Agent,
        scope: Scope,
        label: &str,
    ) -> Result<IssuedAgentKey, Error> {
        let issued = self.new_agent_key(&agent.user, scope, label, meta.now);
        self.edit_agents(
            meta,
            agent,
            EventKind::AgentKeyCreated,
            |key_set, transaction| {
                if let Scope::Identity(id) = scope
                    && key_set.identity(id).is_none()
                {
                    return Err(Error::Missing);
                }
                let (key_set, dropped) = key_set.with_key(issued.kept.clone());
                let mut transaction = transaction.register_agent_key(&issued.kept)?;
                for key in &dropped {
                    transaction = transaction.remove_agent_key(key)?;
                }
                Ok((key_set, transaction))
            },
        )
        .await?;
        Ok(issued)
    }

    /// Revokes a key of the account, its own too.
    ///
    /// # Errors
    /// [`Error::Missing`] if the account has no such key; otherwise as
    /// [`Postern::add_identity`].
    pub async fn revoke_agent_key(
        &self,
        meta: &RequestMeta,
        agent: &Agent,
        id: Uuid,
    ) -> Result<(), Error> {
        self.edit_agents(
            meta,
            agent,
            EventKind::AgentKeyRevoked,
            |key_set, transaction| {
                let (key_set, key) = key_set.without_key(id).ok_or(Error::Missing)?;
                Ok((key_set, transaction.remove_agent_key(&key)?))
            },
        )
        .await
    }

    /// Edits what an account holds, with its event, as long as the key that asks
    /// is good.
    async fn edit_agents(
        &self,
        meta: &RequestMeta,
        agent: &Agent,
        kind: EventKind,
        edit: impl for<'t> Fn(KeySet, Transaction<'t>) -> Result<(KeySet, Transaction<'t>), Error>,
    ) -> Result<(), Error> {
        if agent.key.scope != Scope::Management {
            return Err(Error::Forbidden);
        }
        let account = agent.user.sub.to_string();
        self.store()
            .hit(&AGENT_EDITS_PER_ACCOUNT, &account, meta.now)
            .await?
            .map_err(Error::TooMany)?;
        let event: AuditEvent = self.user_event(&agent.user, kind, None, meta)?;
        let mut key_set = agent.key_set.clone();
        for _ in 0..MAX_ROUNDS {
            let before = key_set.rev;
            let transaction = self.store().transaction().check_user(&agent.user)?;
            let (mut edited, transaction) = edit(key_set, transaction)?;
            edited.rev = before + 1;
            let transaction = transaction
                .edit_agents(agent.user.sub, &edited, before)?
                .audit(&event)?;
            if self.commit(transaction).await?.is_none() {
                return Ok(());
            }
            let found = self.store().user_and_agents(agent.user.sub).await?;
            let still = found.filter(|(user, key_set)| {
                user.session_epoch == agent.user.session_epoch && key_set.keys.contains(&agent.key)
            });
            key_set = still
                .ok_or(Error::Unauthenticated(AuthFailure::BadApiKey))?
                .1;
        }
        Err(contended())
    }

    /// A key of `user`, not yet written.
    pub(crate) fn new_agent_key(
        &self,
        user: &User,
        scope: Scope,
        label: &str,
        now: UnixTime,
    ) -> IssuedAgentKey {
        let key = scope.key(&self.fresh_token());
        let kept = AgentKey {
            id: platform::uuid(self.entropy()),
            sub: user.sub,
            session_epoch: user.session_epoch,
            scope,
            fingerprint: self.agent_key_fingerprint(&key),
            shown: scope.shown(&key),
            label: label.to_owned(),
            created_at: now,
        };
        IssuedAgentKey { key, kept }
    }

    /// The identity that an account begins with.
    pub(crate) fn first_identity(&self, user: &User, now: UnixTime) -> Identity {
        let named = [user.first_name.as_str(), user.last_name.as_str()].join(" ");
        let name = match named.trim() {
            "" => user.display_username(),
            name => name.to_owned(),
        };
        Identity {
            id: platform::uuid(self.entropy()),
            name,
            created_at: now,
        }
    }

    /// 256 random bits in 43 characters.
    pub(crate) fn fresh_token(&self) -> String {
        let mut bytes = [0; 32];
        self.entropy().fill(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn agent_key_fingerprint(&self, key: &str) -> String {
        self.ring().fingerprint("agent key", key)
    }
}
