//! Steps about events, devices and the operators' sessions on those.

use aws_sdk_dynamodb::types::Put;
use domain::account::User;
use domain::pos::{OperatorSession, PosDevice, PosEvent};
use domain::{UnixTime, time::DAY};

use crate::item::{Item, number, string, to_item};
use crate::key::{self, DIR_PK, DIR_SK};
use crate::pos::{Appointment, DevicePlace};
use crate::{Step, StoreError, Transaction};

fn event_item(event: &PosEvent) -> Result<Item, StoreError> {
    let mut item = to_item(&key::event(event.id), event, None)?;
    item.insert(DIR_PK.to_owned(), string(key::EVENTS));
    let place = key::event_place(event.id, event.created_at);
    item.insert(DIR_SK.to_owned(), string(place));
    Ok(item)
}

impl Transaction<'_> {
    /// Puts an event whose id is free.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn create_event(self, event: &PosEvent) -> Result<Self, StoreError> {
        self.put_new(Step::Create, event_item(event)?)
    }

    /// Writes `event` over the revision `before`.
    ///
    /// # Errors
    /// As [`Transaction::create_event`].
    pub fn edit_event(self, event: &PosEvent, before: u64) -> Result<Self, StoreError> {
        self.put_over(Step::EditRow, event_item(event)?, before)
    }

    /// Puts a device that its event does not have yet, and claims its id.
    ///
    /// # Errors
    /// As [`Transaction::create_event`].
    pub fn create_device(self, device: &PosDevice) -> Result<Self, StoreError> {
        let place = DevicePlace {
            event: device.event,
            mac: device.mac.clone(),
        };
        let claim = to_item(&key::device_claim(device.id), &place, None)?;
        let row = to_item(&key::device(device.event, &device.mac), device, None)?;
        self.put_new(Step::Create, row)?.put_new(Step::Begin, claim)
    }

    /// Writes `device` over the revision `before`.
    ///
    /// # Errors
    /// As [`Transaction::create_event`].
    pub fn edit_device(self, device: &PosDevice, before: u64) -> Result<Self, StoreError> {
        let row = to_item(&key::device(device.event, &device.mac), device, None)?;
        self.put_over(Step::EditRow, row, before)
    }

    /// Lists `user` among those who work at their event, or will once their address is
    /// proven, and no longer at the event that they worked at `before`; nothing if they
    /// work where they did.
    ///
    /// # Errors
    /// As [`Transaction::create_event`].
    pub fn appoint(self, user: &User, before: &User) -> Result<Self, StoreError> {
        let (before, now) = (
            domain::account::Appointment::of(before).event,
            domain::account::Appointment::of(user).event,
        );
        if now == before {
            return Ok(self);
        }
        let mut this = self;
        if let Some(event) = before {
            this = this.delete(Step::Remove, &key::appointment(event, user.sub))?;
        }
        let Some(event) = now else {
            return Ok(this);
        };
        let key = key::appointment(event, user.sub);
        let item = to_item(&key, &Appointment { sub: user.sub }, None)?;
        this.put(Step::Appoint, Put::builder().set_item(Some(item)))
    }

    /// Begins an operator's session in the place of `before`, of which there is one
    /// a device.
    ///
    /// # Errors
    /// As [`Transaction::create_event`].
    pub fn begin_operator_session(
        self,
        session: &OperatorSession,
        before: Option<&OperatorSession>,
    ) -> Result<Self, StoreError> {
        let key = key::operator_session(session.sub, session.dev_type, &session.mac);
        let item = to_item(&key, session, Some(session.expires_at.plus(DAY)))?;
        let put = Put::builder().set_item(Some(item));
        let put = match before {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(before) => put
                .condition_expression("id = :before")
                .expression_attribute_values(":before", string(before.id)),
        };
        self.put(Step::Begin, put)
    }

    /// Ends an operator's session that has not ended.
    ///
    /// # Errors
    /// As [`Transaction::create_event`].
    pub fn end_operator_session(
        self,
        session: &OperatorSession,
        now: UnixTime,
    ) -> Result<Self, StoreError> {
        let update = aws_sdk_dynamodb::types::Update::builder()
            .update_expression("SET ended_at = :now")
            .condition_expression("id = :id AND attribute_not_exists(ended_at)")
            .expression_attribute_values(":now", number(now.0))
            .expression_attribute_values(":id", string(session.id));
        let key = key::operator_session(session.sub, session.dev_type, &session.mac);
        self.update(Step::End, &key, update)
    }
}
