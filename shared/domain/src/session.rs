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
use crate::device_grant::Client;
use crate::sign_in::Amr;
use crate::time::MINUTE;
use crate::token::AccessClaims;
use crate::{Contract, UnixTime};

/// Seconds after a proof of identity in which its session may change credentials
/// (OWASP ASVS 7.5.1).
pub const FRESH: u64 = 10 * MINUTE;

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
    /// The event to which it is bound (cashless).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<u64>,
    /// Whether the person asked to stay signed in on this device (nauth).
    #[serde(default)]
    pub remembered: bool,
    /// The client that a person let in by approving it (RFC 8628), by its
    /// `client_id`; Ravi's own programs are [`RAVI_CLIENT`]. Such a session never
    /// changes a credential, since no person sits at it, and is refreshed by that
    /// client alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted_to: Option<String>,
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
    /// Seconds of grace for the token just replaced.
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

impl Session {
    /// Whether the session is alive for `user` at `now`. An account that is
    /// locked or deleted has moved its epoch on, so this says no to all of its
    /// sessions at once.
    #[must_use]
    pub fn is_alive(&self, user: &User, now: UnixTime) -> bool {
        self.ended.is_none()
            && self.session_epoch == user.session_epoch
            && user.is_active()
            && self.ends_at > now
            && self.expires_at > now
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
    /// second factor if there is one. A refresh renews neither, and a device or client
    /// that a person let in never has it.
    #[must_use]
    pub fn is_fresh(&self, user: &User, now: UnixTime) -> bool {
        self.is_fresh_with(user, FactorShown::AtSignIn, now)
    }

    fn is_fresh_with(&self, user: &User, shown: FactorShown, now: UnixTime) -> bool {
        let recent = self
            .proven_at()
            .is_some_and(|at| now.seconds_since(at) <= FRESH);
        let whole = user.factors.is_empty()
            || self.amr.contains(&Amr::Mfa)
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
        self.is_fresh_with(user, shown, now) && self.role(user) == user.role
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
    /// `epoch`: with its next refresh token in force, as the one before says less.
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
            ..self.rotated(now, lives)
        }
    }

    /// What a refresh token of `generation` is worth at `now`.
    #[must_use]
    pub fn presented(&self, generation: u64, user: &User, now: UnixTime) -> Presented {
        if !self.is_alive(user, now) {
            return Presented::Over;
        }
        if generation == self.generation {
            return Presented::Current;
        }
        let just_replaced = generation.checked_add(1) == Some(self.generation);
        if just_replaced && now.seconds_since(self.rotated_at) <= self.grace {
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
mod tests {
    use super::*;
    use crate::account::{NewUser, Status};

    const LIVES: TokenLifetimes = TokenLifetimes {
        access: 1800,
        refresh: 1000,
        session: 1500,
        grace: 10,
    };

    fn user() -> User {
        NewUser {
            sub: Uuid::nil(),
            uid: 1,
            username: "u".into(),
            contact: crate::EmailAddress::parse("a@example.com").map(crate::Contact::Email),
            language: String::new(),
            timezone: String::new(),
            source: String::new(),
            network: String::new(),
            audit_key: String::new(),
        }
        .into_user(UnixTime(0))
    }

    fn session() -> Session {
        Session {
            id: Uuid::nil(),
            number: 1,
            sub: Uuid::nil(),
            contract: Contract::Djangocfg,
            session_epoch: 1,
            amr: vec![Amr::Otp],
            provider: None,
            auth_time: UnixTime(0),
            proven: ProvenWhen::AtSignIn,
            mfa_at: None,
            event: None,
            remembered: false,
            granted_to: None,
            delivery: Delivery::Body,
            generation: 7,
            rotated_at: UnixTime(100),
            expires_at: UnixTime(1000),
            ends_at: UnixTime(1500),
            grace: 10,
            client: String::new(),
            ended: None,
        }
    }

    #[test]
    fn the_token_in_force_rotates_and_the_one_before_has_its_grace() {
        let (user, session) = (user(), session());
        assert_eq!(
            session.presented(7, &user, UnixTime(100)),
            Presented::Current
        );
        assert_eq!(
            session.presented(6, &user, UnixTime(110)),
            Presented::JustReplaced
        );
        assert_eq!(
            session.presented(6, &user, UnixTime(111)),
            Presented::Replayed
        );
        assert_eq!(
            session.presented(5, &user, UnixTime(101)),
            Presented::Replayed
        );
        assert_eq!(
            session.presented(8, &user, UnixTime(101)),
            Presented::Replayed
        );
        assert_eq!(
            session.presented(u64::MAX, &user, UnixTime(101)),
            Presented::Replayed
        );
    }

    #[test]
    fn nothing_is_worth_anything_once_it_is_over() {
        let (person, alive) = (user(), session());
        let over = |session: &Session, user: &User, now| session.presented(7, user, UnixTime(now));
        assert_eq!(over(&alive, &person, 1000), Presented::Over);
        let ended = Session {
            ended: Some(EndedBy::Replay),
            ..alive.clone()
        };
        assert_eq!(over(&ended, &person, 101), Presented::Over);
        let moved_on = User {
            session_epoch: 2,
            ..person.clone()
        };
        assert_eq!(over(&alive, &moved_on, 101), Presented::Over);
        let locked = User {
            status: Status::Locked,
            ..person
        };
        assert_eq!(over(&alive, &locked, 101), Presented::Over);
    }

    #[test]
    fn freshness_lasts_ten_minutes_and_asks_for_the_factor() {
        let (person, session) = (user(), session());
        assert!(session.is_fresh(&person, UnixTime(600)));
        assert!(!session.is_fresh(&person, UnixTime(601)));
        let guarded = User {
            factors: vec![crate::account::Factor::Totp],
            ..person
        };
        assert!(!session.is_fresh(&guarded, UnixTime(0)));
        let may = |session: &Session, user: &User, shown| {
            session.may_change_credentials(user, shown, UnixTime(0))
        };
        let (at_sign_in, in_request) = (FactorShown::AtSignIn, FactorShown::InRequest);
        assert!(
            may(&session, &guarded, in_request),
            "a code with the request"
        );
        let staff = User {
            role: crate::account::Role::Admin,
            ..user()
        };
        assert!(session.is_fresh(&staff, UnixTime(0)));
        assert!(!may(&session, &staff, at_sign_in), "four digits alone");
        let whole = Session {
            amr: vec![Amr::Otp, Amr::Mfa],
            ..session
        };
        assert!(may(&whole, &staff, at_sign_in));
        assert!(whole.is_fresh(&guarded, UnixTime(0)));
        let device = Session {
            granted_to: Some(RAVI_CLIENT.into()),
            ..whole.clone()
        };
        for shown in [at_sign_in, in_request] {
            assert!(!may(&device, &guarded, shown), "a device");
        }
        for proven in [ProvenWhen::Unsaid, ProvenWhen::At(UnixTime(-601))] {
            let passed_on = Session {
                proven,
                ..whole.clone()
            };
            assert!(!may(&passed_on, &staff, at_sign_in), "{proven:?}");
        }
    }

    #[test]
    fn a_session_that_was_granted_is_refreshed_by_its_client_alone() {
        let granted = |to: Option<&str>| Session {
            granted_to: to.map(str::to_owned),
            ..session()
        };
        let registered = |id: &str, at: i64| Client {
            id: id.to_owned(),
            name: "The TV".to_owned(),
            created_at: UnixTime(at),
        };
        let since = session().rotated_at.0;
        for (to, by, may) in [
            (None, None, true),
            (Some(RAVI_CLIENT), None, true),
            (Some("cli"), Some(("cli", since)), true),
            (Some("cli"), Some(("cli", since + 1)), false),
            (Some("cli"), None, false),
            (Some("cli"), Some(("other", since)), false),
            (None, Some(("cli", since)), false),
            (Some(RAVI_CLIENT), Some(("cli", since)), false),
            (Some(RAVI_CLIENT), Some((RAVI_CLIENT, since)), false),
        ] {
            let client = by.map(|(id, at)| registered(id, at));
            let refreshes = granted(to).is_refreshed_by(client.as_ref());
            assert_eq!(refreshes, may, "{to:?} by {by:?}");
        }
    }

    #[test]
    fn a_factor_that_was_shown_counts_for_a_while_and_makes_no_new_sign_in() {
        let plain = session();
        assert!(!plain.showed_factor_within(1000, UnixTime(0)));
        let shown = plain.stepped_up(4, UnixTime(200), &LIVES);
        assert_eq!((shown.session_epoch, shown.generation), (4, 8));
        assert_eq!(shown.amr, [Amr::Otp, Amr::Mfa]);
        assert_eq!(shown.auth_time, plain.auth_time);
        assert!(shown.showed_factor_within(100, UnixTime(300)));
        assert!(!shown.showed_factor_within(100, UnixTime(301)));
        let device = Session {
            granted_to: Some(RAVI_CLIENT.into()),
            ..shown.clone()
        };
        assert!(!device.showed_factor_within(100, UnixTime(300)));
        let again = shown.stepped_up(4, UnixTime(300), &LIVES);
        assert_eq!(again.amr, shown.amr);
    }

    #[test]
    fn refreshing_never_outlives_the_session() {
        let next = session().rotated(UnixTime(900), &LIVES);
        assert_eq!((next.generation, next.expires_at), (8, UnixTime(1500)));
    }
}
