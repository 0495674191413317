//! Events, the devices at them and the operators' sessions on those.
//!
//! A device stands in its event's partition under its MAC address, which is what a
//! device shows, so finding one is a get. By its integer id it is found through a row
//! that says where it stands.

use domain::account::User;
use domain::pos::{DeviceMac, DeviceType, OperatorSession, PosDevice, PosEvent};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::directory::cursor_of;
use crate::item::{Item, from_item};
use crate::key::{self, Key};
use crate::{Store, StoreError};

/// Where the device of an id stands.
#[derive(Serialize, Deserialize)]
pub(crate) struct DevicePlace {
    pub(crate) event: u64,
    pub(crate) mac: DeviceMac,
}

/// That an account works at an event.
#[derive(Serialize, Deserialize)]
pub(crate) struct Appointment {
    pub(crate) sub: Uuid,
}

/// Who and what an offline token speaks of, as of now.
#[derive(Clone, Debug)]
pub struct DeviceBinding {
    /// The person.
    pub user: Option<User>,
    /// The event.
    pub event: Option<PosEvent>,
    /// The device, where one was asked for.
    pub device: Option<PosDevice>,
}

/// A page of the list of events.
#[derive(Clone, Debug)]
pub struct EventPage {
    /// Its events, oldest first.
    pub events: Vec<PosEvent>,
    /// Where the next page goes on, if there may be one.
    pub next: Option<String>,
}

fn read<T: DeserializeOwned>(item: Option<Item>) -> Result<Option<T>, StoreError> {
    item.map(from_item).transpose()
}

impl Store {
    /// The event of that id.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer, here and below.
    pub async fn event(&self, id: u64) -> Result<Option<PosEvent>, StoreError> {
        self.get(&key::event(id)).await
    }

    /// A device and its event, in one round trip.
    ///
    /// # Errors
    /// As [`Store::event`].
    pub async fn device_at(
        &self,
        event: u64,
        mac: &DeviceMac,
    ) -> Result<(Option<PosEvent>, Option<PosDevice>), StoreError> {
        let [event, device] = self
            .get_all([&key::event(event), &key::device(event, mac)])
            .await?;
        Ok((read(event)?, read(device)?))
    }

    /// The device of that id and its event, in two round trips.
    ///
    /// # Errors
    /// As [`Store::event`].
    pub async fn device(&self, id: u64) -> Result<Option<(PosDevice, PosEvent)>, StoreError> {
        let place: Option<DevicePlace> = self.get(&key::device_claim(id)).await?;
        let Some(place) = place else {
            return Ok(None);
        };
        let (event, device) = self.device_at(place.event, &place.mac).await?;
        Ok(device.zip(event))
    }

    /// What an offline token is bound to, in one round trip.
    ///
    /// # Errors
    /// As [`Store::event`].
    pub async fn bound(
        &self,
        sub: Uuid,
        event: u64,
        mac: Option<&DeviceMac>,
    ) -> Result<DeviceBinding, StoreError> {
        let (user, at) = (key::user(sub), key::event(event));
        let (user, event, device) = match mac {
            Some(mac) => {
                let device = key::device(event, mac);
                let [user, event, device] = self.get_all([&user, &at, &device]).await?;
                (user, event, device)
            }
            None => {
                let [user, event] = self.get_all([&user, &at]).await?;
                (user, event, None)
            }
        };
        Ok(DeviceBinding {
            user: read(user)?,
            event: read(event)?,
            device: read(device)?,
        })
    }

    /// An operator's session on a device, the operator, and the device if it is
    /// registered at their event; in one round trip.
    ///
    /// # Errors
    /// As [`Store::event`].
    pub async fn operator_session(
        &self,
        sub: Uuid,
        dev_type: DeviceType,
        mac: &DeviceMac,
        event: Option<u64>,
    ) -> Result<(Option<OperatorSession>, DeviceBinding), StoreError> {
        let (user, session) = (key::user(sub), key::operator_session(sub, dev_type, mac));
        let (user, session, device) = match event {
            Some(event) => {
                let device = key::device(event, mac);
                let [user, session, device] = self.get_all([&user, &session, &device]).await?;
                (user, session, device)
            }
            None => {
                let [user, session] = self.get_all([&user, &session]).await?;
                (user, session, None)
            }
        };
        let bound = DeviceBinding {
            user: read(user)?,
            event: None,
            device: read(device)?,
        };
        Ok((read(session)?, bound))
    }

    /// The devices of an event, by MAC address.
    ///
    /// # Errors
    /// As [`Store::event`].
    pub async fn devices_of(&self, event: u64) -> Result<Vec<PosDevice>, StoreError> {
        self.in_partition(&key::event(event).pk, key::DEVICES).await
    }

    /// Who works at an event.
    ///
    /// # Errors
    /// As [`Store::event`].
    pub async fn operators_of(&self, event: u64) -> Result<Vec<Uuid>, StoreError> {
        let pk = key::event(event).pk;
        let appointed: Vec<Appointment> = self.in_partition(&pk, key::APPOINTMENTS).await?;
        Ok(appointed.into_iter().map(|found| found.sub).collect())
    }

    /// Up to `limit` events, 100 at most, after the cursor of an earlier page, oldest
    /// first. The index names them; the rows are read as of now, in one more call.
    ///
    /// # Errors
    /// As [`Store::event`].
    pub async fn events(&self, after: Option<&str>, limit: i32) -> Result<EventPage, StoreError> {
        let query = self.directory_query(key::EVENTS, after, limit);
        let answer = query.send().await;
        let answer = answer.map_err(|e| StoreError::call("Query", &e))?;
        let next = cursor_of(answer.last_evaluated_key.as_ref());
        let listed = answer.items.unwrap_or_default();
        let places = listed.iter().filter_map(|item| cursor_of(Some(item)));
        let ids = places.filter_map(|place| place.rsplit('#').next()?.parse().ok());
        let keys: Vec<Key> = ids.map(key::event).collect();
        let found = self.get_many(&keys).await?.into_iter().map(from_item);
        let mut events: Vec<PosEvent> = found.collect::<Result<_, _>>()?;
        events.sort_by_key(|event| key::event_place(event.id, event.created_at));
        Ok(EventPage { events, next })
    }
}
