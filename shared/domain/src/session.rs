//! What a sign-in leaves behind, and how its refresh token rotates.
//!
//! A session counts generations. Its refresh token names the generation it was
//! made for and is good once, for the generation in force; using it makes the
//! next. The token just replaced may be shown again for a few seconds, because
//! two tabs of one client refresh at the same moment, and it then gets the same
//! successor, as long as that was not used. Any other token of an old generation is a
//! stolen copy, and ends the session for both (RFC 9700 §4.14.2).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::{Role, User};
use crate::client::Client;
use crate::oidc::code::Authorization;
use crate::oidc::scope;
use crate::sign_in::Amr;
use crate::time::{HOUR, MINUTE};
use crate::token::AccessClaims;
use crate::{AuthFailure, Contract, UnixTime};

/// Seconds after a proof of identity in which its session may change credentials
/// (OWASP ASVS 7.5.1).
pub const FRESH: u64 = 10 * MINUTE;

/// Seconds for which a browser stays signed in on our pages. Clients that send it here in
/// that time get an answer without a page; what guards an account still wants a sign-in of
/// the last [`FRESH`] seconds.
pub const BROWSER: u64 = 12 * HOUR;

/// Stands for Ravi's own programs, which name no client: no `client_id` can be this.
pub const RAVI_CLIENT: &str = "(ravi)";

/// How long the tokens of a contract live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenLifetimes {
    /// Seconds for which an access token is good.
    pub access: u64,
    /// Seconds for which a refresh token is good.
    pub refresh: u64,
    /// Seconds after which a session ends, however often it was refreshed.
    pub session: u64,
    /// Seconds for which the token just replaced gets the same successor.
    pub grace: u64,
}

/// How the tokens of a session reach its client, and come back: what came by one
/// way is never taken by the other (nauth).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// In bodies, and as a bearer (RFC 6750).
    #[default]
    Body,
    /// In cookies that scripts cannot read.
    Cookies,
}

/// Why a session was ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// An old refresh token was shown.
    Replay,
    /// The authorization code that bought it was shown again.
    CodeReplay,
    /// A holder of its tokens revoked them (RFC 7009).
    Revocation,
    /// Its owner ended it.
    Owner,
}

/// When the identity of a session was proven, as against when the session began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProvenWhen {
    /// To us, as the session began.
    #[default]
    AtSignIn,
    /// To a provider, which says when: a token of its own may be days old.
    At(UnixTime),
    /// To a provider, which does not say. Such a proof is never fresh.
    Unsaid,
}

/// Where the second factor of a request that changes credentials is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorShown {
    /// In the sign-in: the session knows.
    AtSignIn,
    /// In the request itself, by a code that is compared before anything is written.
    InRequest,
}

/// A session: one sign-in on one client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its name, the `sid` of its tokens.
    pub id: Uuid,
    /// Its integer id, for the contracts that list sessions by number.
    pub number: u64,
    /// Whose it is.
    pub sub: Uuid,
    /// Through which contract it began.
    pub contract: Contract,
    /// The account's epoch when it began; see [`User::session_epoch`].
    #[serde(rename = "epoch")]
    pub session_epoch: u64,
    /// How the identity was proven.
    pub amr: Vec<Amr>,
    /// The provider that vouched for it, if one did: its name in our routes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// When it began: a refresh does not renew it.
    pub auth_time: UnixTime,
    /// When the identity was proven, if that was not then.
    #[serde(default)]
    pub proven: ProvenWhen,
    /// When a second factor was last shown, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mfa_at: Option<UnixTime>,
    /// Whether a second factor was put in force in it, which showed that factor as well as
    /// a sign-in would have. Its tokens do not say so, as a step-up's would.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_enrolled: bool,
    /// The event to which it is bound (cashless).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<u64>,
    /// Whether its device was trusted when it began (nauth).
    #[serde(default)]
    pub remembered: bool,
    /// The trusted device that it is signed in on, by the digest of its token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The client that a person let in by approving it (RFC 8628), by its
    /// `client_id`; Ravi's own programs are [`RAVI_CLIENT`]. Such a session never
    /// changes a credential, since no person sits at it, and is refreshed by that
    /// client alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted_to: Option<String>,
    /// What that client was let do, if it came by an authorization code: less than the
    /// whole account, unless it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Authorization>,
    /// How its tokens travel.
    #[serde(default)]
    pub delivery: Delivery,
    /// Which refresh token is in force.
    pub generation: u64,
    /// When that one was made, which is when the session was last seen active.
    pub rotated_at: UnixTime,
    /// The end of that one's life.
    pub expires_at: UnixTime,
    /// The end of the session, come what may.
    pub ends_at: UnixTime,
    /// Seconds of grace for the token just replaced; none if it is zero.
    pub grace: u64,
    /// Where and by what client it was begun, sealed like an audit event.
    pub client: String,
    /// Why it ended, if it was ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<EndedBy>,
}

/// What a refresh token that names a generation is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presented {
    /// It is the one in force: rotate.
    Current,
    /// It was just replaced, and its successor is unused: answer that again.
    JustReplaced,
    /// It is a copy: end the session.
    Replayed,
    /// The session is over anyway.
    Over,
}

/// An instant at an installation, where an operator may have ended everybody's sign-ins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub now: UnixTime,
    /// What began at this instant or earlier has ended; zero if nothing was ended.
    pub not_before: UnixTime,
}

impl Moment {
    /// Whether what began at `start` has ended, with everything else of that time.
    #[must_use]
    pub fn has_ended(self, start: UnixTime) -> bool {
        start <= self.not_before
    }
}

impl Session {
    /// Whether the session is alive for `user` at that moment. An account that is
    /// locked or deleted has moved its epoch on, so this says no to all of its
    /// sessions at once.
    #[must_use]
    pub fn is_alive(&self, user: &User, at: Moment) -> bool {
        self.ended.is_none()
            && self.session_epoch == user.session_epoch
            && user.is_active()
            && self.ends_at > at.now
            && self.expires_at > at.now
            && !at.has_ended(self.auth_time)
    }

    /// When its identity was proven; `None` where a provider does not say.
    #[must_use]
    pub fn proven_at(&self) -> Option<UnixTime> {
        match self.proven {
            ProvenWhen::AtSignIn => Some(self.auth_time),
            ProvenWhen::At(at) => Some(at.min(self.auth_time)),
            ProvenWhen::Unsaid => None,
        }
    }

    /// The session as far as `token` shows it: rights come from the token's own proofs,
    /// capped by those of the session. A token from before a step-up, which may be
    /// stolen, gains nothing by it.
    #[must_use]
    pub fn as_shown_by(mut self, token: &AccessClaims) -> Self {
        self.amr.retain(|proof| token.amr.contains(proof));
        self.mfa_at = self
            .mfa_at
            .zip(token.mfa_verified_at)
            .map(|(session, token)| session.min(token));
        self
    }

    /// Whether its identity was proven just now by the person who uses it, with the
    /// second factor if the account owes one. A refresh renews neither, and a device or client
    /// that a person let in never has it.
    #[must_use]
    pub fn is_fresh(&self, user: &User, now: UnixTime) -> bool {
        self.is_fresh_with(user, FactorShown::AtSignIn, now)
    }

    fn is_fresh_with(&self, user: &User, shown: FactorShown, now: UnixTime) -> bool {
        let recent = self
            .proven_at()
            .is_some_and(|at| now.seconds_since(at) <= FRESH);
        let whole = !user.owes_factor()
            || self.amr.contains(&Amr::Mfa)
            || self.has_enrolled
            || shown == FactorShown::InRequest;
        recent && whole && self.granted_to.is_none()
    }

    /// What it may do of what its account `user` may: what the proofs of its sign-in
    /// bring, and no more than [`Role::User`] where a device or client was let in. Codes
    /// of devices are phished: a victim who approves one gives away a session, never a
    /// higher role.
    #[must_use]
    pub fn role(&self, user: &User) -> Role {
        match self.granted_to {
            Some(_) => Role::User,
            None => user.role_in(&self.amr),
        }
    }

    /// Whether this session may change credentials of `user`, delete it, or give rights:
    /// it is fresh and has all the rights of the account. This is the one predicate;
    /// flows take what it allows as a value (`flows::FreshSession`), so that none of them
    /// can forget to ask. Otherwise an attacker who guesses the four digits of an
    /// administrator could set up a factor of their own, and sign in as one with it.
    #[must_use]
    pub fn may_change_credentials(&self, user: &User, shown: FactorShown, now: UnixTime) -> bool {
        self.is_fresh_with(user, shown, now) && self.is_whole(user)
    }

    /// Whether it has all the rights of its account `user`: it is no device or client that
    /// was let in, and no sign-in by too little for the account's role.
    #[must_use]
    pub fn is_whole(&self, user: &User) -> bool {
        self.granted_to.is_none() && self.role(user) == user.role
    }

    /// Whether its tokens open the account itself, and not only what a client was told of it.
    #[must_use]
    pub fn opens_account(&self) -> bool {
        let granted = self.authorization.as_ref();
        granted.is_none_or(|granted| granted.scopes.have(scope::ACCOUNT))
    }

    /// Whether its client gets a refresh token: one that an authorization code let in only
    /// if it asked for that.
    #[must_use]
    pub fn is_refreshed(&self) -> bool {
        let granted = self.authorization.as_ref();
        granted.is_none_or(|granted| granted.scopes.have(scope::OFFLINE_ACCESS))
    }

    /// When its account `user` was last seen: the later of the account's last sign-in and
    /// of the last refresh of this session, which is written in its own row only.
    #[must_use]
    pub fn last_login(&self, user: &User) -> Option<UnixTime> {
        user.last_login_at.max(Some(self.rotated_at))
    }

    /// Whether that client may refresh it: the one that it was granted to, and no other,
    /// nor one that took the name of a removed client. `None` is a contract's own refresh
    /// route, where sessions of people go and those of Ravi's programs, which have no
    /// other.
    #[must_use]
    pub fn is_refreshed_by(&self, client: Option<&Client>) -> bool {
        match (self.granted_to.as_deref(), client) {
            (None | Some(RAVI_CLIENT), None) => true,
            (Some(granted), Some(client)) => {
                // Nothing refreshes it while no client has the name.
                granted == client.id
                    && granted != RAVI_CLIENT
                    && client.created_at <= self.rotated_at
            }
            _ => false,
        }
    }

    /// Whether its person showed a second factor within the last `window` seconds. Never
    /// with a device or client that was let in: the factor was shown in a browser.
    #[must_use]
    pub fn showed_factor_within(&self, window: u64, now: UnixTime) -> bool {
        let lately = self
            .mfa_at
            .is_some_and(|shown| now.seconds_since(shown) <= window);
        lately && self.granted_to.is_none()
    }

    /// The session after its owner has shown a second factor in it, in the account's
    /// `epoch`: with its next refresh token in force, as the one before says less. That one has
    /// no grace: whoever has copied it would get a successor that says more than it.
    /// `auth_time` stays as it is, since this is not another sign-in.
    #[must_use]
    pub fn stepped_up(&self, session_epoch: u64, now: UnixTime, lives: &TokenLifetimes) -> Self {
        let mut amr = self.amr.clone();
        if !amr.contains(&Amr::Mfa) {
            amr.push(Amr::Mfa);
        }
        Self {
            session_epoch,
            amr,
            mfa_at: Some(now),
            grace: 0,
            ..self.rotated(now, lives)
        }
    }

    /// Why it is not alive for `user` at that moment, where that is so.
    #[must_use]
    pub fn why_over(&self, user: &User, at: Moment) -> AuthFailure {
        let ended = self.ended.is_some()
            || self.session_epoch != user.session_epoch
            || at.has_ended(self.auth_time);
        match (ended, self.ends_at > at.now && self.expires_at > at.now) {
            (false, false) => AuthFailure::ExpiredSession,
            (true, _) | (false, true) => AuthFailure::EndedSession,
        }
    }

    /// What a refresh token of `generation` is worth at that moment.
    #[must_use]
    pub fn presented(&self, generation: u64, user: &User, at: Moment) -> Presented {
        if !self.is_alive(user, at) {
            return Presented::Over;
        }
        if generation == self.generation {
            return Presented::Current;
        }
        let just_replaced = generation.checked_add(1) == Some(self.generation);
        let is_recent = at.now.seconds_since(self.rotated_at) <= self.grace;
        if just_replaced && is_recent && self.grace > 0 {
            return Presented::JustReplaced;
        }
        Presented::Replayed
    }

    /// The session with its next refresh token in force.
    #[must_use]
    pub fn rotated(&self, now: UnixTime, lives: &TokenLifetimes) -> Self {
        Self {
            generation: self.generation + 1,
            rotated_at: now,
            expires_at: now.plus(lives.refresh).min(self.ends_at),
            grace: lives.grace,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests;
