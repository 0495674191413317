//! How hard an installation insists on a second factor in nauth's sign-ins.

use crate::UnixTime;
use crate::account::User;
use crate::time::DAY;

/// Days for which a new account may do without a second factor where one is required.
pub const GRACE_DAYS: u64 = 7;

/// How hard an installation insists on a second factor (nauth: `MFA_ENFORCEMENT`).
/// Whoever is exempt is asked for none, whatever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Enforcement {
    /// It is asked for once there is one.
    #[default]
    Optional,
    /// It has to be set up.
    Required {
        /// Seconds since the account was made for which it may do without; none, and a
        /// sign-up waits for it (nauth: `MFA_GRACE_DAYS`).
        grace: u64,
    },
    /// The risk of a sign-in decides.
    Adaptive,
}

impl Enforcement {
    /// The one of that name, with `grace_days` where one has to be set up.
    #[must_use]
    pub fn parse(name: &str, grace_days: u64) -> Option<Self> {
        match name {
            "OPTIONAL" => Some(Self::Optional),
            "REQUIRED" => Some(Self::Required {
                grace: grace_days.saturating_mul(DAY),
            }),
            "ADAPTIVE" => Some(Self::Adaptive),
            _ => None,
        }
    }

    /// Whether `user`, who has no second factor, has to set one up by now, whatever the
    /// risk of the sign-in is.
    #[must_use]
    pub fn demands_setup(self, user: &User, now: UnixTime) -> bool {
        match self {
            Self::Optional | Self::Adaptive => false,
            Self::Required { grace } => {
                user.factors.is_empty() && !user.mfa_exempt && user.created_at.plus(grace) <= now
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::account::{Factor, NewUser};

    #[test]
    fn a_factor_is_demanded_once_the_grace_is_over() {
        let new = NewUser {
            sub: Uuid::nil(),
            uid: 1,
            username: "u".into(),
            contact: None,
            language: String::new(),
            timezone: String::new(),
            source: String::new(),
            network: String::new(),
            audit_key: String::new(),
        };
        let user = new.into_user(UnixTime(1000));
        let at = |days: u64| UnixTime(1000).plus(days * DAY);
        let required = |days| Enforcement::parse("REQUIRED", days).unwrap();
        assert!(!required(7).demands_setup(&user, at(6)));
        assert!(required(7).demands_setup(&user, at(7)));
        assert!(required(0).demands_setup(&user, at(0)));
        for other in [Enforcement::Optional, Enforcement::Adaptive] {
            assert!(!other.demands_setup(&user, at(100)));
        }
        let with = User {
            factors: vec![Factor::Totp],
            ..user.clone()
        };
        assert!(!required(0).demands_setup(&with, at(100)));
        let exempt = User {
            mfa_exempt: true,
            ..user
        };
        assert!(!required(0).demands_setup(&exempt, at(100)));
        assert_eq!(Enforcement::parse("optional", 0), None);
    }
}
