//! A person answers a device that asks to be let in.
//!
//! Every code that a user types is counted first: a try is taken from the account's and
//! the network's budgets before anything is looked up, and given back if the code
//! was right. A code that no device has, an expired one and one that was answered
//! before get the same error at the same cost. See [`domain::device_grant`].

use std::net::IpAddr;

use delivery::{Letter, address_in_letters, describe_device};
use domain::Error;
use domain::audit::EventKind;
use domain::device_grant::{Approval, Grant, Standing, UserCode};
use domain::limit::{
    Limit, OWN_USER_CODES_PER_ACCOUNT, USER_CODES_PER_ACCOUNT, USER_CODES_PER_NETWORK,
};
use serde::Deserialize;
use store::Step;

use crate::device_grant::request::requester_context;
use crate::{Postern, ProvenSession, RequestMeta, Signed, contended};

/// What a person is told about the device before they answer.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The code that names it.
    pub code: UserCode,
    /// The registered client's name; `None` for Ravi's own programs.
    pub client: Option<String>,
    /// Program and system, as far as both are known names.
    pub device: String,
    /// The address it asked from.
    pub address: IpAddr,
    /// Whether that is the network of the person, too.
    pub is_here: bool,
    /// How many seconds ago it asked.
    pub age: u64,
    grant: Grant,
}

/// What the user says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    /// Let it in.
    Approve,
    /// Do not.
    Deny,
}

/// Where a device asked from, unsealed.
#[derive(Deserialize)]
struct Requester {
    ip: IpAddr,
    user_agent: String,
}

impl Postern {
    /// The device that shows `typed`.
    ///
    /// # Errors
    /// [`Error::WrongCode`] if no device that waits for an answer does;
    /// [`Error::TooMany`] after too many such.
    pub async fn device_asking(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
        typed: &str,
    ) -> Result<Asking, Error> {
        let counted = self.count_user_code(meta, signed).await?;
        let code = UserCode::parse(typed).ok_or(Error::WrongCode)?;
        let found = self
            .store()
            .grant_by_user_code(&self.user_code_digest(&code))
            .await?;
        let pending = found.filter(|grant| grant.standing(meta.now) == Standing::Pending);
        let grant = pending.ok_or(Error::WrongCode)?;
        let give_back = counted
            .iter()
            .map(|(limit, who)| self.store().take_back(limit, who, meta.now));
        for given in give_back {
            given.await?;
        }
        self.describe(meta, code, grant).await
    }

    /// Lets in the device that shows `typed`, if it is the one that the user was `shown`: a
    /// code that came in a link must be typed from the device. What it gets outlasts the
    /// sign-in, so the sign-in has to have all rights of the account: an administrator's
    /// four digits make no key.
    ///
    /// # Errors
    /// As [`Postern::device_asking`]; [`Error::Conflict`] if it was answered meanwhile.
    pub async fn approve_device(
        &self,
        meta: &RequestMeta,
        session: &ProvenSession,
        typed: &str,
        shown: &str,
    ) -> Result<Asking, Error> {
        // One that does not match is a guess like any other.
        let is_shown = UserCode::parse(typed) == UserCode::parse(shown);
        let typed = if is_shown { typed } else { "" };
        let signed = session.signed();
        self.answer_device(meta, signed, typed, Decision::Approve)
            .await
    }

    /// Refuses the device that shows `typed`. Any signed-in user may: it gives no rights.
    ///
    /// # Errors
    /// As [`Postern::approve_device`].
    pub async fn deny_device(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
        typed: &str,
    ) -> Result<Asking, Error> {
        self.answer_device(meta, signed, typed, Decision::Deny)
            .await
    }

    async fn answer_device(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
        typed: &str,
        answer: Decision,
    ) -> Result<Asking, Error> {
        let asking = self.device_asking(meta, signed, typed).await?;
        let user = &signed.user;
        let approval = Approval {
            sub: user.sub,
            session_epoch: user.session_epoch,
            amr: signed.session.amr.clone(),
            auth_time: signed.session.auth_time,
        };
        let (approval, kind) = match answer {
            Decision::Approve => (Some(&approval), EventKind::DeviceApproved),
            Decision::Deny => (None, EventKind::DeviceDenied),
        };
        let event = self.user_event(user, kind, Some(signed.session.id), meta)?;
        let transaction = self
            .store()
            .transaction()
            .decide_grant(&asking.grant, approval, meta.now)?
            .check_user(user)?
            .audit(&event)?;
        // The reader of the account's mail is told, as of a sign-in from a new network.
        let letter = approval.map(|_| connected(&asking, meta));
        match self
            .commit_and_notify(transaction, user, letter, meta)
            .await?
        {
            None => Ok(asking),
            Some(Step::DecideGrant) => Err(Error::Conflict),
            // Locked, deleted or given another role since the page was asked for.
            Some(Step::CheckUser) => Err(Error::StaleSignIn),
            Some(_) => Err(contended()),
        }
    }

    /// Counts a try before it is compared. The budgets that it was taken from.
    async fn count_user_code(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
    ) -> Result<[(&'static Limit, String); 2], Error> {
        let account = signed.user.sub.to_string();
        let network = self.network_key(meta);
        let hit = |limit, who| self.store().hit(limit, who, meta.now);
        hit(&USER_CODES_PER_ACCOUNT, &account)
            .await?
            .map_err(Error::TooMany)?;
        let by_account = (&USER_CODES_PER_ACCOUNT, account.clone());
        if hit(&USER_CODES_PER_NETWORK, &network).await?.is_ok() {
            return Ok([by_account, (&USER_CODES_PER_NETWORK, network)]);
        }
        hit(&OWN_USER_CODES_PER_ACCOUNT, &account)
            .await?
            .map_err(Error::TooMany)?;
        Ok([by_account, (&OWN_USER_CODES_PER_ACCOUNT, account)])
    }

    async fn describe(
        &self,
        meta: &RequestMeta,
        code: UserCode,
        grant: Grant,
    ) -> Result<Asking, Error> {
        let client = match &grant.client {
            Some(id) => Some(self.store().client(id).await?.ok_or(Error::WrongCode)?.name),
            None => None,
        };
        let plain = self.open_personal(&requester_context(&grant.id), &grant.requester)?;
        let requester: Requester = serde_json::from_slice(&plain)
            .map_err(|_| Error::Internal("an unreadable requester".to_owned()))?;
        let here = meta.network().to_string();
        let here = self
            .ring()
            .keyed_digest("device network", grant.id.as_bytes(), &here);
        Ok(Asking {
            code,
            client,
            device: describe_device(&requester.user_agent),
            address: requester.ip.to_canonical(),
            is_here: here == grant.network,
            age: meta.now.seconds_since(grant.created_at),
            grant,
        })
    }
}

/// The letter about a device that was let in.
fn connected(asking: &Asking, meta: &RequestMeta) -> Letter {
    Letter::DeviceConnected {
        client: asking.client.clone(),
        device: asking.device.clone(),
        address: address_in_letters(asking.address),
        at: meta.now,
    }
}
