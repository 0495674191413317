//! A device asks whether it was let in, and gets what that buys, once.
//!
//! The grant is spent in the transaction that makes the session and the keys, on
//! condition that the account is what it was at the approval. Of many at once one
//! wins; the others find the grant over.
//!
//! A poll may wait. It then looks a few times in [`WAIT`] seconds and nothing
//! else. At most one poll waits for each grant, and few for each network and for the
//! stack: a client beyond that is told to come back, which every client can. Where no
//! instances are reserved for it, none waits: it would hold one that somebody else needs.

use domain::account::User;
use domain::agent::{Identity, KeySet, Scope};
use domain::audit::EventKind;
use domain::client::{Client, GrantType};
use domain::device_grant::{Approval, Grant, LOOKS, SLOW_DOWN, Standing, WAIT};
use domain::limit::{BAD_DEVICE_CODES_PER_NETWORK, Limit, WAITS_PER_NETWORK, waits};
use domain::session::{RAVI_CLIENT, Session};
use domain::{Contract, Error, GrantFailure};
use store::Step;

use crate::sign_in::Proof;
use crate::{IssuedAgentKey, MAX_ROUNDS, Postern, RequestMeta, Tokens, contended};

/// The one key that the stack's waiting polls are counted under.
const STACK: &str = "stack";

/// What keys that come with a sign-in are labelled.
const LABEL: &str = "device sign-in";

const fn refused(why: GrantFailure) -> Error {
    Error::Grant(why)
}

/// A poll.
#[derive(Clone, Copy)]
pub(crate) struct Poll<'a> {
    /// The device code.
    pub(crate) device_code: &'a str,
    /// Who polls: a registered client, or one of Ravi's own programs.
    pub(crate) client: Option<&'a Client>,
    /// Whether it would rather wait than come back.
    pub(crate) wait: bool,
}

/// What a grant buys.
pub(crate) struct Exchanged {
    /// A session.
    pub(crate) tokens: Tokens,
    /// What only Ravi's own programs get: a registered client has its tokens.
    pub(crate) keys: Option<AgentKeys>,
}

/// What one of Ravi's programs gets.
#[derive(Clone)]
pub struct AgentSignIn {
    /// A session.
    pub tokens: Tokens,
    /// Keys that outlast it.
    pub keys: AgentKeys,
}

/// The keys that come with a sign-in of Ravi's programs.
#[derive(Clone)]
pub struct AgentKeys {
    /// The key to the account.
    pub management: IssuedAgentKey,
    /// The key to its identity, if it has exactly one.
    pub identity: Option<IssuedAgentKey>,
    /// All identities of the account.
    pub identities: Vec<Identity>,
}

impl Postern {
    /// Exchanges a grant of one of Ravi's programs, at once or after a wait.
    ///
    /// # Errors
    /// [`Error::Grant`] says what is in the way; [`Error::TooMany`] by network for
    /// device codes that are none.
    pub async fn sign_in_agent(
        &self,
        meta: &RequestMeta,
        device_code: &str,
        wait: bool,
    ) -> Result<AgentSignIn, Error> {
        let poll = Poll {
            device_code,
            client: None,
            wait,
        };
        let Exchanged { tokens, keys } = self.exchange_device(meta, poll).await?;
        let keys = keys.ok_or_else(|| Error::Internal("an agent without keys".to_owned()))?;
        Ok(AgentSignIn { tokens, keys })
    }

    /// Exchanges a grant for what it buys.
    ///
    /// # Errors
    /// As [`Postern::sign_in_agent`].
    pub(crate) async fn exchange_device(
        &self,
        meta: &RequestMeta,
        poll: Poll<'_>,
    ) -> Result<Exchanged, Error> {
        let client = poll.client;
        if client.is_some_and(|client| !client.may(GrantType::DeviceCode)) {
            return Err(refused(GrantFailure::UnauthorizedClient));
        }
        let grant = self.polled_grant(meta, client, poll.device_code).await?;
        if grant.standing(meta.now) != Standing::Pending {
            return self.redeem_grant(meta, &grant).await;
        }
        let waiting = waits(self.settings().device_concurrency);
        if poll.wait && waiting.budget > 0 {
            return self.wait(meta, &waiting, grant).await;
        }
        let hurried = grant.is_hurried(meta.now);
        let interval = grant.interval + if hurried { SLOW_DOWN } else { 0 };
        if self.store().note_poll(&grant, meta.now, interval).await? {
            return Err(refused(match hurried {
                true => GrantFailure::SlowDown,
                false => GrantFailure::Pending,
            }));
        }
        // Answered between our reading and our writing.
        let grant = self.polled_grant(meta, client, poll.device_code).await?;
        self.redeem_grant(meta, &grant).await
    }

    /// The grant that is polled, if it is this caller's to poll.
    async fn polled_grant(
        &self,
        meta: &RequestMeta,
        client: Option<&Client>,
        device_code: &str,
    ) -> Result<Grant, Error> {
        let digest = self.device_code_digest(device_code);
        let grant = self.store().grant(&digest).await?;
        if let Some(grant) = grant.filter(|grant| grant.is_polled_by(client)) {
            return Ok(grant);
        }
        self.limit_by_network(&BAD_DEVICE_CODES_PER_NETWORK, meta)
            .await?;
        Err(refused(GrantFailure::Unknown))
    }

    /// Looks at a pending grant until it is answered or the wait is over.
    async fn wait(
        &self,
        meta: &RequestMeta,
        waiting: &Limit,
        grant: Grant,
    ) -> Result<Exchanged, Error> {
        const PENDING: Error = refused(GrantFailure::Pending);
        let network = self.network_key(meta);
        for (limit, who) in [(&WAITS_PER_NETWORK, network.as_str()), (waiting, STACK)] {
            if self.store().hit(limit, who, meta.now).await?.is_err() {
                return Err(PENDING);
            }
        }
        let until = meta.now.plus(WAIT);
        if !self.store().begin_wait(&grant, meta.now, until).await? {
            return Err(PENDING);
        }
        let mut latest = grant;
        for seconds in LOOKS {
            self.sleep(seconds).await;
            if let Some(now) = self.store().grant(&latest.id).await? {
                latest = now;
            }
            if latest.standing(self.now()) != Standing::Pending {
                break;
            }
        }
        if let Some(now) = self.store().end_wait(&latest, until).await? {
            latest = now;
        }
        // The one request that outlives its first instant.
        let later = RequestMeta {
            now: self.now(),
            ..meta.clone()
        };
        self.redeem_grant(&later, &latest).await
    }

    /// What a grant buys as it stands.
    async fn redeem_grant(&self, meta: &RequestMeta, grant: &Grant) -> Result<Exchanged, Error> {
        let approval = match grant.standing(meta.now) {
            Standing::Approved(approval) => approval,
            Standing::Pending => return Err(refused(GrantFailure::Pending)),
            Standing::Denied => return Err(refused(GrantFailure::Denied)),
            Standing::Over => return Err(refused(GrantFailure::Expired)),
        };
        for _ in 0..MAX_ROUNDS {
            let found = self.store().user_and_agents(approval.sub).await?;
            let (user, key_set) = found.ok_or(refused(GrantFailure::Denied))?;
            if !approval.holds(&user, self.moment(meta.now)) {
                return Err(refused(GrantFailure::Denied));
            }
            let session = self.granted_session(meta, grant, approval, &user)?;
            let bought = match grant.client {
                Some(_) => self.spend_for_client(meta, grant, &user, &session).await?,
                None => {
                    self.spend_for_agent(meta, grant, &user, &session, key_set)
                        .await?
                }
            };
            match bought {
                Ok(keys) => {
                    let tokens = self.tokens(user, session, meta.now)?;
                    return Ok(Exchanged { tokens, keys });
                }
                Err(Step::SpendGrant) => return Err(refused(GrantFailure::Expired)),
                // The account was edited meanwhile: decide anew.
                Err(_) => {}
            }
        }
        Err(contended())
    }

    /// The session that a grant buys, as old as the sign-in that approved it.
    fn granted_session(
        &self,
        meta: &RequestMeta,
        grant: &Grant,
        approval: &Approval,
        user: &User,
    ) -> Result<Session, Error> {
        let proof = Proof::new(meta, Contract::Ravi, approval.amr.clone());
        let session = self.new_session(user, &proof)?;
        let client = grant.client.as_deref().unwrap_or(RAVI_CLIENT);
        Ok(Session {
            auth_time: approval.auth_time,
            mfa_at: session.mfa_at.map(|_| approval.auth_time),
            has_enrolled: false,
            granted_to: Some(client.to_owned()),
            ..session
        })
    }

    /// A session and nothing else; or the step that refused.
    async fn spend_for_client(
        &self,
        meta: &RequestMeta,
        grant: &Grant,
        user: &User,
        session: &Session,
    ) -> Result<Result<Option<AgentKeys>, Step>, Error> {
        let event = self.user_event(user, EventKind::DeviceExchanged, Some(session.id), meta)?;
        let transaction = self
            .store()
            .transaction()
            .spend_grant(grant, meta.now)?
            .check_user(user)?
            .begin_session(session)?
            .audit(&event)?;
        Ok(match self.commit(transaction).await? {
            None => Ok(None),
            Some(step) => Err(step),
        })
    }

    /// A session, a management key, and a key to the identity if there is exactly
    /// one; or the step that refused. An account without identities gets its first.
    async fn spend_for_agent(
        &self,
        meta: &RequestMeta,
        grant: &Grant,
        user: &User,
        session: &Session,
        key_set: KeySet,
    ) -> Result<Result<Option<AgentKeys>, Step>, Error> {
        let before = key_set.rev;
        let key_set = key_set.begun(|| self.first_identity(user, meta.now));
        let management = self.new_agent_key(user, Scope::Management, LABEL, meta.now);
        let (mut key_set, mut dropped) = key_set.with_key(management.kept.clone());
        let identity = match key_set.identities.as_slice() {
            [only] => Some(self.new_agent_key(user, Scope::Identity(only.id), LABEL, meta.now)),
            _ => None,
        };
        if let Some(key) = &identity {
            let (more, gone) = key_set.with_key(key.kept.clone());
            key_set = more;
            dropped.extend(gone);
        }
        key_set.rev = before + 1;
        let event = self.user_event(user, EventKind::DeviceExchanged, Some(session.id), meta)?;
        let mut transaction = self
            .store()
            .transaction()
            .spend_grant(grant, meta.now)?
            .check_user(user)?
            .edit_agents(user.sub, &key_set, before)?
            .begin_session(session)?
            .register_agent_key(&management.kept)?
            .audit(&event)?;
        for key in identity.iter().map(|key| &key.kept) {
            transaction = transaction.register_agent_key(key)?;
        }
        for key in &dropped {
            transaction = transaction.remove_agent_key(key)?;
        }
        Ok(match self.commit(transaction).await? {
            None => Ok(Some(AgentKeys {
                management,
                identity,
                identities: key_set.identities,
            })),
            Some(step) => Err(step),
        })
    }
}
