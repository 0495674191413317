//! `cargo ctl device …`: POS devices of events.

use clap::Subcommand;
use domain::pos::{DeviceMac, PosDevice};
use domain::{ClaimKind, Error};
use flows::{ActedBy, DeviceEdit, NewDevice, Postern};
use serde_json::json;

use crate::Failure;
use crate::event;
use crate::report::{Report, columns, shown};

/// What can be done about devices.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Register a device at an event.
    Register {
        /// The event's integer id
        #[arg(long)]
        event: u64,
        /// What the device calls itself, a MAC address as a rule
        #[arg(long, value_parser = mac)]
        mac: DeviceMac,
        /// What people call it
        #[arg(long, value_parser = event::name)]
        name: Option<String>,
    },
    /// List the devices of an event.
    List {
        /// The event's integer id
        #[arg(long)]
        event: u64,
    },
    /// Give a device into an operator's hands for a day.
    Give {
        /// The device's integer id
        #[arg(long)]
        id: u64,
        /// The operator's integer id
        #[arg(long)]
        operator: u64,
    },
    /// Take a device out of use: every token that it holds ends.
    Archive {
        /// The device's integer id
        #[arg(long)]
        id: u64,
    },
    /// Take a device into use again.
    Restore {
        /// The device's integer id
        #[arg(long)]
        id: u64,
    },
}

fn mac(typed: &str) -> Result<DeviceMac, String> {
    DeviceMac::parse(typed).ok_or_else(|| "1 to 64 characters".to_owned())
}

fn unknown(error: Error) -> Failure {
    match error {
        Error::Missing => Failure::refused("no such device, or no such operator at its event"),
        other => other.into(),
    }
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// An event, device or operator that is none, or a device that the event has.
    pub async fn run(&self, postern: &Postern) -> Result<Report, Failure> {
        let nothing = DeviceEdit::default();
        let (id, edit) = match self {
            Self::Register { event, mac, name } => {
                let new = NewDevice {
                    event: *event,
                    mac: mac.clone(),
                    name: name.clone().unwrap_or_default(),
                    operator: None,
                };
                let registered = postern.register_device(ActedBy::CommandLine, &new).await;
                return registered
                    .map(|device| said(&device))
                    .map_err(|error| match error {
                        Error::Taken(ClaimKind::Device) => {
                            Failure::refused("the event has a device of that address already")
                        }
                        other => event::unknown(other),
                    });
            }
            Self::List { event } => return list(postern, *event).await,
            Self::Give { id, operator } => {
                let operator = Some(Some(*operator));
                (
                    *id,
                    DeviceEdit {
                        operator,
                        ..nothing
                    },
                )
            }
            Self::Archive { id } => {
                let archived = Some(true);
                (
                    *id,
                    DeviceEdit {
                        archived,
                        ..nothing
                    },
                )
            }
            Self::Restore { id } => {
                let archived = Some(false);
                (
                    *id,
                    DeviceEdit {
                        archived,
                        ..nothing
                    },
                )
            }
        };
        let edited = postern.edit_device(ActedBy::CommandLine, id, &edit).await;
        edited.map(|device| said(&device)).map_err(unknown)
    }
}

fn said(device: &PosDevice) -> Report {
    let state = if device.is_in_use() {
        "in use"
    } else {
        "archived"
    };
    let hands = device
        .association
        .as_ref()
        .map_or_else(String::new, |open| {
            format!(", with operator {} until {}", open.operator_id, open.until)
        });
    Report {
        text: format!(
            "device {} ({}) is {state}{hands}",
            device.id,
            shown(device.mac.as_str())
        ),
        json: json!(device),
    }
}

async fn list(postern: &Postern, event: u64) -> Result<Report, Failure> {
    let devices = postern.devices_of(event).await.map_err(event::unknown)?;
    let row = |device: &PosDevice| {
        let open = device.association.as_ref();
        [
            device.id.to_string(),
            shown(device.mac.as_str()),
            shown(&device.name),
            device
                .archived_at
                .map_or_else(|| "in use".to_owned(), |at| format!("archived {at}")),
            open.map_or_else(String::new, |open| {
                format!("with {} until {}", open.operator_id, open.until)
            }),
        ]
    };
    let rows: Vec<[String; 5]> = devices.iter().map(row).collect();
    Ok(Report {
        text: columns(&rows),
        json: json!(devices),
    })
}
