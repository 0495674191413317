//! The parts of the ring, as operators see and change them: splitting a ring that has none,
//! renewing the secret of a part, and retiring a version of it.

use std::sync::Arc;

use crypto::KeyRing;
use domain::key_ring::{KeyPart, KeyParts};
use domain::{Entropy, Error, UnixTime, platform};
use store::Store;

use super::seal_all;
use crate::wrapper::{Purpose, Wrapper};
use crate::{Aws, Postern, Settings, broken};

/// A part of the ring as operators see it: never its secrets.
#[derive(Clone, Debug)]
pub struct ListedPart {
    /// Which one.
    pub part: KeyPart,
    /// The versions of its secret, the oldest first, and from when on each is used. None
    /// where signing keys stand instead, or what rows are found by.
    pub versions: Vec<(u32, UnixTime)>,
}

/// What became of a wish to split the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// It has parts now, and is still whole beside them.
    Done,
    /// It had parts already.
    HadParts,
    /// It had parts already, and is no longer whole beside them.
    Finished,
}

impl Postern {
    /// Splits a ring that an earlier version of this service made into parts, before the
    /// functions that know parts are deployed. Nobody is signed out. It stays whole beside
    /// them for the functions that know no parts, until it is done once more with `finish`.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no ring; [`Error::Unavailable`] if the table or KMS
    /// does not answer.
    pub async fn split_key_ring(
        settings: &Settings,
        aws: &Aws,
        finish: bool,
        now: UnixTime,
        entropy: &dyn Entropy,
    ) -> Result<Split, Error> {
        let store = Store::new(&aws.dynamodb, &settings.table, &settings.audit_table);
        let before = store.keyring().await?.ok_or(Error::Missing)?;
        let (next, split) = match (&before.whole, before.is_split()) {
            (Some(_), true) if finish => (
                before.in_parts_only(platform::uuid(entropy)),
                Split::Finished,
            ),
            (Some(whole), false) => {
                let wrapper = Wrapper::new(settings, aws)?;
                let data_key = wrapper
                    .unwrap(Purpose::WholeKeyRing, &whole.wrapped)
                    .await?;
                let ring = KeyRing::split(&whole.sealed, &data_key, entropy, now);
                let parts = seal_all(&wrapper, &ring.map_err(broken)?, entropy).await?;
                (before.with(parts, platform::uuid(entropy)), Split::Done)
            }
            _ => return Ok(Split::HadParts),
        };
        match store.replace_keyring(&before, &next).await? {
            true => Ok(split),
            false => Err(Error::Unavailable(
                "the key ring changed meanwhile: try again".to_owned(),
            )),
        }
    }

    /// The parts of the ring that are held here.
    ///
    /// # Errors
    /// [`Error::Internal`] if one cannot be read.
    pub fn key_parts(&self) -> Result<Vec<ListedPart>, Error> {
        let listed = KeyPart::ALL.map(|part| {
            let versions = match part.is_renewable() {
                true => self.ring().listed(part).map_err(broken)?,
                false => Vec::new(),
            };
            Ok(ListedPart { part, versions })
        });
        listed.into_iter().collect()
    }

    /// Gives a part a fresh secret, and says from when on it is used: a minute later, when
    /// every function knows it. What the one before made stays good until that version is
    /// [retired](Postern::retire_key_version).
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a part that has no such secret; [`Error::Unavailable`].
    pub async fn renew_key_part(&self, part: KeyPart, now: UnixTime) -> Result<UnixTime, Error> {
        let renewed = self.edit_ring(now, |ring| ring.renewed(part, self.entropy(), now));
        renewed.await?.ok_or(Error::Forbidden)
    }

    /// Ends a version of a part's secret. What it sealed is [sealed
    /// anew](Postern::reseal_all); what else it made is good no more, in any function within
    /// half a minute.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no such version, or no later one has been in use for
    /// [long enough](KeyPart::kept_for); as [`Postern::reseal_all`].
    pub async fn retire_key_version(
        &self,
        part: KeyPart,
        number: u32,
        now: UnixTime,
    ) -> Result<(), Error> {
        let without = |ring: &KeyRing| {
            let ring = ring.without_version(part, number, now)?;
            Ok(ring.map(|ring| (ring, ())))
        };
        if without(self.ring()).map_err(broken)?.is_none() {
            return Err(Error::Missing);
        }
        if part.seals() {
            self.reseal_all().await?;
        }
        self.edit_ring(now, without).await?.ok_or(Error::Missing)
    }

    /// The same installation for one function of it, which may use these parts of the ring
    /// and no other.
    #[must_use]
    pub fn holding(&self, parts: KeyParts) -> Self {
        Self(Arc::clone(&self.0), self.1.limited_to(parts))
    }
}
