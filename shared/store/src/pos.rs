//! Events, the devices at them and the operators' sessions on those.
//!
//! A device stands in its event's partition under its MAC address, which is what a
//! device shows, so knowing one is a get. Those who name it by its integer id go by
//! a row that says where it stands.

use domain::account::User;
use domain::pos::{Device, DeviceMac, DeviceType, Event, OperatorSession};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::item::{Item, from_item, string};
use crate::key::{self, DIR_PK, DIR_SK, DIRECTORY, PK, SK};
use crate::{Store, StoreError};

/// Where the device of an id stands.
#[derive(Serialize, Deserialize)]
pub(crate) struct DevicePlace {
    pub(crate) event: u64,
    pub(crate) mac: DeviceMac,
}

/// That somebody works at an event.
#[derive(Serialize, Deserialize)]
pub(crate) struct Appointment {
    pub(crate) sub: Uuid,
}

/// Who and what an offline token speaks of, as of now.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The person.
    pub user: Option<User>,
    /// The event.
    pub event: Option<Event>,
    /// The device, where one was asked for.
    pub device: Option<Device>,
}

/// A page of the list of events.
#[derive(Clone, Debug)]
pub struct EventPage {
    /// Its events, oldest first.
    pub events: Vec<Event>,
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
    pub async fn event(&self, id: u64) -> Result<Option<Event>, StoreError> {
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
    ) -> Result<(Option<Event>, Option<Device>), StoreError> {
        let [event, device] = self
            .get_all([&key::event(event), &key::device(event, mac)])
            .await?;
        Ok((read(event)?, read(device)?))
    }

    /// The device of that id and its event, in two round trips.
    ///
    /// # Errors
    /// As [`Store::event`].
    pub async fn device(&self, id: u64) -> Result<Option<(Device, Event)>, StoreError> {
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
    ) -> Result<Bound, StoreError> {
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
        Ok(Bound {
            user: read(user)?,
            event: read(event)?,
            device: read(device)?,
        })
    }

    /// An operator's session on a device, the operator, and the device if somebody
    /// registered it at their event; in one round trip.
    ///
    /// # Errors
    /// As [`Store::event`].
    pub async fn operator_session(
        &self,
        sub: Uuid,
        dev_type: DeviceType,
        mac: &DeviceMac,
        event: Option<u64>,
    ) -> Result<(Option<OperatorSession>, Bound), StoreError> {
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
        let bound = Bound {
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
    pub async fn devices_of(&self, event: u64) -> Result<Vec<Device>, StoreError> {
        self.of_event(event, key::DEVICES).await
    }

    /// Who works at an event.
    ///
    /// # Errors
    /// As [`Store::event`].
    pub async fn operators_of(&self, event: u64) -> Result<Vec<Uuid>, StoreError> {
        let appointed: Vec<Appointment> = self.of_event(event, key::APPOINTMENTS).await?;
        Ok(appointed.into_iter().map(|found| found.sub).collect())
    }

    async fn of_event<T: DeserializeOwned>(
        &self,
        event: u64,
        prefix: &str,
    ) -> Result<Vec<T>, StoreError> {
        let found: Vec<Item> = self
            .db
            .query()
            .table_name(&*self.table)
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":pk", string(key::event(event).pk))
            .expression_attribute_values(":prefix", string(prefix))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send()
            .collect::<Result<_, _>>()
            .await
            .map_err(|e| StoreError::call("Query", &e))?;
        found.into_iter().map(from_item).collect()
    }

    /// Up to `limit` events after the cursor of an earlier page, oldest first. The
    /// index names them; the rows are read as of now.
    ///
    /// # Errors
    /// As [`Store::event`].
    pub async fn events(&self, after: Option<&str>, limit: i32) -> Result<EventPage, StoreError> {
        let answer = self
            .db
            .query()
            .table_name(&*self.table)
            .index_name(DIRECTORY)
            .key_condition_expression("#pk = :events AND #sk > :after")
            .expression_attribute_names("#pk", DIR_PK)
            .expression_attribute_names("#sk", DIR_SK)
            .expression_attribute_values(":events", string(key::EVENTS))
            .expression_attribute_values(":after", string(after.unwrap_or("0")))
            .limit(limit)
            .send()
            .await
            .map_err(|e| StoreError::call("Query", &e))?;
        let more = answer.last_evaluated_key.is_some();
        let listed = answer.items.unwrap_or_default();
        let text = |item: &Item, name| item.get(name).and_then(|v| v.as_s().ok()).cloned();
        let next = listed
            .last()
            .filter(|_| more)
            .and_then(|item| text(item, DIR_SK));
        let mut events = Vec::with_capacity(listed.len());
        for place in listed.iter().filter_map(|item| text(item, DIR_SK)) {
            let id = place.rsplit('#').next().and_then(|id| id.parse().ok());
            let Some(id) = id else { continue };
            events.extend(self.event(id).await?);
        }
        Ok(EventPage { events, next })
    }
}
