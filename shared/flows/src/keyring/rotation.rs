//! Changing the ring while functions run: the next signing key without any client
//! noticing, and, after a leak, the end of a key or of everything at once.
//!
//! A rotation adds a key that signs later ([`domain::rotation`]). The running
//! functions learn of it by looking at the ring again: each function does so at the start
//! of a request, half a minute after the last look ([`LOOK_EVERY`]), which is well before
//! the new key signs. So all of them change over at the same instant, by their own clocks,
//! and no event has to reach them.
//!
//! The same look is what breaking glass relies on: a revoked key, or an end of all
//! sign-ins, holds everywhere after that half minute. Copies of the public keys that others
//! keep live on ([`domain::rotation::CACHED_FOR`]).
//!
//! A function that meets a token of a key that it does not know looks at once, and then not
//! again for some seconds: strangers can make up keys.

use crypto::{CryptoError, KeyRing};
use domain::rotation::{LOOK_AT_MOST_EVERY, LOOK_EVERY, Occasion};
use domain::session::Moment;
use domain::token::AccessClaims;
use domain::{AuthFailure, Error, UnixTime};

use crate::{MAX_ROUNDS, Postern, broken, log};

/// What became of a wish for a new signing key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// A key was made and published. It is to sign later.
    Published {
        /// Its name.
        kid: String,
        /// From when on it signs.
        signs_from: UnixTime,
    },
    /// None is due, or one waits for its time already.
    NotDue,
}

impl Postern {
    /// Makes the next signing key, if it is time for one. Of several that try at
    /// once one makes it, and the others find that none is due.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table or KMS does not answer.
    pub async fn rotate_signing_key(
        &self,
        occasion: Occasion,
        now: UnixTime,
    ) -> Result<Rotation, Error> {
        let algorithm = self.settings().algorithm;
        let rotated = self.edit_ring(now, |ring| ring.rotated(algorithm, occasion, now));
        Ok(match rotated.await? {
            Some(added) => Rotation::Published {
                kid: added.kid,
                signs_from: added.signs_from,
            },
            None => Rotation::NotDue,
        })
    }

    /// Ends the signing key `kid`: what it signed is good no more, in any function within
    /// [`LOOK_EVERY`] seconds. Another key signs from now on, if that one did.
    ///
    /// # Errors
    /// [`Error::Missing`] if the ring has no such key; [`Error::Unavailable`].
    pub async fn revoke_signing_key(&self, kid: &str, now: UnixTime) -> Result<(), Error> {
        let without = |ring: &KeyRing| {
            let ring = ring.without_key(kid, now)?;
            Ok(ring.map(|ring| (ring, ())))
        };
        self.edit_ring(now, without).await?.ok_or(Error::Missing)
    }

    /// Ends every session, every sign-in that waits and every token without a session of
    /// this instant or earlier, in any function within [`LOOK_EVERY`] seconds. Keys of
    /// accounts, agents and services are no sign-ins and go on.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table or KMS does not answer.
    pub async fn end_all_sessions(&self, now: UnixTime) -> Result<(), Error> {
        let ended = self.edit_ring(now, |ring| Ok(Some((ring.ending_all(now)?, ()))));
        ended.await.map(drop)
    }

    /// Stores the ring that `edit` makes of the one that is stored; `None` if it makes none.
    /// Of several that edit at once each begins with what the one before it made.
    pub(super) async fn edit_ring<T>(
        &self,
        now: UnixTime,
        edit: impl Fn(&KeyRing) -> Result<Option<(KeyRing, T)>, CryptoError>,
    ) -> Result<Option<T>, Error> {
        for _ in 0..MAX_ROUNDS {
            let (before, ring) = self.key_ring_cache().read(self.store(), now).await?;
            let Some((next, made)) = edit(&ring).map_err(broken)? else {
                return Ok(None);
            };
            let sealed = self
                .key_ring_cache()
                .seal(&next, &before, self.entropy())
                .await?;
            if self.store().replace_keyring(&before, &sealed).await? {
                self.ring().adopt(&next);
                return Ok(Some(made));
            }
        }
        Err(Error::Unavailable(
            "the key ring stays contended".to_owned(),
        ))
    }

    /// Goes on with the ring as it is stored now.
    async fn look_at_ring(&self, now: UnixTime) -> Result<(), Error> {
        let (_, ring) = self.key_ring_cache().read(self.store(), now).await?;
        self.ring().adopt(&ring);
        Ok(())
    }

    /// The instant `now`, and what had ended before it.
    pub(crate) fn moment(&self, now: UnixTime) -> Moment {
        Moment {
            now,
            not_before: self.ring().ended_at(),
        }
    }

    /// Makes the next signing key if the settings say that it is time.
    ///
    /// # Errors
    /// As [`Postern::rotate_signing_key`].
    pub async fn rotate_if_due(&self) -> Result<Rotation, Error> {
        let period = self.settings().key_rotation;
        let occasion = Occasion::Schedule { period };
        self.rotate_signing_key(occasion, self.now()).await
    }

    /// Looks at the ring again if that was long ago. If it cannot be read now, the
    /// copy at hand will do for another while.
    pub async fn keep_keys_current(&self, now: UnixTime) {
        if !self.key_ring_cache().is_due(LOOK_EVERY, now) {
            return;
        }
        if let Err(error) = self.look_at_ring(now).await {
            log::event("key_ring_unread", [("cause", error.to_string().into())]);
        }
    }

    /// The claims of an access token of ours that is good at `now`. Looks at the
    /// ring again for a key that it does not know.
    pub(crate) async fn check_access(
        &self,
        token: &str,
        now: UnixTime,
    ) -> Result<AccessClaims, Error> {
        let issuer = &self.settings().issuer;
        self.checked(token, now, || self.ring().check_access(token, issuer, now))
            .await
    }

    /// The same for whomever the token is.
    pub(crate) async fn check_access_for_anyone(
        &self,
        token: &str,
        now: UnixTime,
    ) -> Result<AccessClaims, Error> {
        let issuer = &self.settings().issuer;
        let check = || self.ring().check_access_for_anyone(token, issuer, now);
        self.checked(token, now, check).await
    }

    /// What `check` finds in a token of ours that any service may verify. Looks at the
    /// ring again for a key that it does not know.
    pub(crate) async fn checked<T>(
        &self,
        token: &str,
        now: UnixTime,
        check: impl Fn() -> Result<T, AuthFailure>,
    ) -> Result<T, Error> {
        let refused = match check() {
            Ok(claims) => return Ok(claims),
            Err(refused) => refused,
        };
        let may_be_ours = refused == AuthFailure::BadToken
            && self.ring().may_be_outdated_by(token, now)
            && self.key_ring_cache().is_due(LOOK_AT_MOST_EVERY, now);
        if !may_be_ours {
            return Err(Error::Unauthenticated(refused));
        }
        self.look_at_ring(now).await?;
        check().map_err(Error::Unauthenticated)
    }
}
