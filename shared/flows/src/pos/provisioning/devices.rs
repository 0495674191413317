//! Devices: registering, renaming, taking out of use, giving to operators.

use domain::audit::EventKind;
use domain::pos::{DeviceMac, PosDevice};
use domain::{ClaimKind, Error, platform};
use store::Step;
use uuid::Uuid;

use crate::admin::accounts::{AccountRef, ActedBy};
use crate::{MAX_ROUNDS, Postern, contended};

/// A device to register.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// The event that it is to work at.
    pub event: u64,
    /// What it calls itself.
    pub mac: DeviceMac,
    /// What people call it.
    pub name: String,
    /// The operator into whose hands it is given at once, by integer id.
    pub operator: Option<u64>,
}

/// What is to become of a device.
#[derive(Clone, Debug, Default)]
pub struct DeviceEdit {
    /// Its new name.
    pub name: Option<String>,
    /// Whether it is out of use.
    pub archived: Option<bool>,
    /// The operator to whom it is given, by integer id; `Some(None)` takes it away.
    pub operator: Option<Option<u64>>,
}

impl Postern {
    /// Registers a device.
    ///
    /// # Errors
    /// [`Error::Missing`] for an event that is over, or an operator who does not work
    /// there; [`Error::Taken`] if the event has such a device, in use or not.
    pub async fn register_device(
        &self,
        by: ActedBy<'_>,
        new: &NewDevice,
    ) -> Result<PosDevice, Error> {
        let now = self.instant(by);
        self.event_on(new.event).await?;
        for _ in 0..MAX_ROUNDS {
            let bare = PosDevice {
                id: platform::integer_id(self.entropy()),
                event: new.event,
                mac: new.mac.clone(),
                name: new.name.clone(),
                rev: 1,
                created_at: now,
                archived_at: None,
                association: None,
            };
            let device = match new.operator {
                None => bare,
                Some(operator) => PosDevice {
                    rev: 1,
                    ..self.handed(by, &bare, operator).await?
                },
            };
            let written = self.provisioning_event(by, device.event, EventKind::DeviceRegistered)?;
            let transaction = self
                .store()
                .transaction()
                .create_device(&device)?
                .audit(&written)?;
            match self.provision(by, transaction).await? {
                None => return Ok(device),
                Some(Step::Create) => return Err(Error::Taken(ClaimKind::Device)),
                Some(_) => {}
            }
        }
        Err(contended())
    }

    /// Changes a device. Taking it out of use ends every token that it holds, and
    /// takes it from its operator.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no such device, or no such operator at its event.
    pub async fn edit_device(
        &self,
        by: ActedBy<'_>,
        id: u64,
        edit: &DeviceEdit,
    ) -> Result<PosDevice, Error> {
        for _ in 0..MAX_ROUNDS {
            let (before, _) = self.store().device(id).await?.ok_or(Error::Missing)?;
            let mut after = before.clone();
            if let Some(name) = &edit.name {
                after.name.clone_from(name);
            }
            match edit.archived {
                Some(true) => {
                    let now = self.instant(by);
                    after.archived_at = Some(before.archived_at.unwrap_or(now));
                    after.association = None;
                }
                Some(false) => after.archived_at = None,
                None => {}
            }
            match edit.operator {
                Some(Some(operator)) if after.is_in_use() => {
                    after = self.handed(by, &after, operator).await?;
                }
                // A device out of use is given to no operator.
                Some(Some(_)) => return Err(Error::Missing),
                Some(None) => after.association = None,
                None => {}
            }
            if after == before {
                return Ok(before);
            }
            after.rev = before.rev + 1;
            let written = self.provisioning_event(by, after.event, EventKind::DeviceChanged)?;
            let transaction = self
                .store()
                .transaction()
                .edit_device(&after, before.rev)?
                .audit(&written)?;
            if self.provision(by, transaction).await?.is_none() {
                return Ok(after);
            }
        }
        Err(contended())
    }

    /// `device` in the hands of the operator of that integer id.
    async fn handed(
        &self,
        by: ActedBy<'_>,
        device: &PosDevice,
        operator: u64,
    ) -> Result<PosDevice, Error> {
        let operator = self.find(&AccountRef::Id(operator)).await?;
        if !device.takes(&operator) {
            return Err(Error::Missing);
        }
        let giver = by.administrator().map_or(Uuid::nil(), |user| user.sub);
        Ok(device.associated(&operator, giver, self.instant(by)))
    }

    /// The devices of an event, by what they call themselves.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no such event.
    pub async fn devices_of(&self, event: u64) -> Result<Vec<PosDevice>, Error> {
        let (found, devices) =
            tokio::join!(self.store().event(event), self.store().devices_of(event));
        found?.ok_or(Error::Missing)?;
        Ok(devices?)
    }
}
