//! The DynamoDB engine: one SQLite file that speaks DynamoDB's protocol.
//!
//! The tables are the template's. A table that already lies on disk is kept
//! with its rows; if the template has since given it other keys or indexes,
//! [`Engine::create_tables`] says so rather than serve rows that the functions
//! cannot find. The engine deletes expired items only when it is asked to, so
//! [`Engine::sweep`] asks every few seconds.
//!
//! The file is written ahead (SQLite's WAL), so a killed process loses at
//! most what it had not yet answered.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dynoxide::Database;
use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::actions::describe_table::DescribeTableRequest;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::update_table::UpdateTableRequest;
use dynoxide::actions::update_time_to_live::{TimeToLiveSpecification, UpdateTimeToLiveRequest};
use dynoxide::errors::DynoxideError;
use dynoxide::streams;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::template::Table;

/// The tables and their rows.
#[derive(Clone)]
pub struct Engine {
    database: Database,
}

/// Why the engine could not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The database file could not be opened or emptied.
    #[error("the data in {path}: {problem}")]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        problem: String,
    },
    /// The engine refused a table.
    #[error("table {table}: {problem}")]
    Table {
        /// The table's name.
        table: String,
        /// What the engine said.
        problem: String,
    },
    /// The table on disk is not the template's.
    #[error(
        "table {table} was made from an older template.yaml: its {part} changed; \
         start again with --fresh, which empties the data"
    )]
    Changed {
        /// The table's name.
        table: String,
        /// Which part differs.
        part: &'static str,
    },
}

impl Engine {
    /// Opens the file, which is made if it is not there.
    ///
    /// # Errors
    /// When the file cannot be opened or is no database.
    pub fn open(path: &Path) -> Result<Self, EngineError> {
        let database = Database::new(&path.display().to_string());
        let database = database.map_err(|error| EngineError::File {
            path: path.to_owned(),
            problem: error.to_string(),
        })?;
        Ok(Self { database })
    }

    /// An engine that forgets everything when it is dropped.
    ///
    /// # Errors
    /// When SQLite cannot make a database in memory.
    pub fn memory() -> Result<Self, EngineError> {
        let database = Database::memory().map_err(|error| EngineError::File {
            path: PathBuf::from(":memory:"),
            problem: error.to_string(),
        })?;
        Ok(Self { database })
    }

    /// Removes the file and what SQLite keeps beside it.
    ///
    /// # Errors
    /// When a file that is there cannot be removed.
    pub fn erase(path: &Path) -> Result<(), EngineError> {
        for suffix in ["", "-wal", "-shm"] {
            let mut file = path.as_os_str().to_owned();
            file.push(suffix);
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(EngineError::File {
                        path: PathBuf::from(file),
                        problem: error.to_string(),
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Makes the tables that are not there yet.
    ///
    /// # Errors
    /// When the engine refuses a table, or has it with other keys or indexes.
    pub fn create_tables(&self, tables: &[Table]) -> Result<(), EngineError> {
        tables.iter().try_for_each(|table| self.create(table))
    }

    fn create(&self, table: &Table) -> Result<(), EngineError> {
        let refused = |problem: String| EngineError::Table {
            table: table.name().to_owned(),
            problem,
        };
        let request = serde_json::from_value::<CreateTableRequest>(table.creation().clone())
            .map_err(|error| refused(error.to_string()))?;
        match self.database.create_table(request) {
            Ok(_) => {}
            Err(DynoxideError::ResourceInUseException(_)) => self.compare(table)?,
            Err(error) => return Err(refused(error.to_string())),
        }
        let Some(attribute) = table.expiry() else {
            return Ok(());
        };
        let request = UpdateTimeToLiveRequest {
            table_name: table.name().to_owned(),
            time_to_live_specification: TimeToLiveSpecification {
                attribute_name: attribute.to_owned(),
                enabled: true,
            },
        };
        let answer = self.database.update_time_to_live(request);
        answer.map(drop).map_err(|error| refused(error.to_string()))
    }

    /// Checks that a table on disk is still the template's.
    fn compare(&self, table: &Table) -> Result<(), EngineError> {
        let refused = |problem: String| EngineError::Table {
            table: table.name().to_owned(),
            problem,
        };
        let request = DescribeTableRequest {
            table_name: table.name().to_owned(),
        };
        let answer = self.database.describe_table(request);
        let answer = answer.map_err(|error| refused(error.to_string()))?;
        let there = serde_json::to_value(&answer).map_err(|error| refused(error.to_string()))?;
        let there = there.get("Table").unwrap_or(&Value::Null);
        let changed = |part| EngineError::Changed {
            table: table.name().to_owned(),
            part,
        };
        if keys(there) != keys(table.creation()) {
            return Err(changed("keys"));
        }
        if indexes(there) != indexes(table.creation()) {
            return Err(changed("indexes"));
        }
        if !table.has_stream() || there.get("LatestStreamArn").is_some_and(Value::is_string) {
            return Ok(());
        }
        // As CloudFormation does: a table of before gets its stream, which shows what is
        // written from now on.
        let request = json!({
            "TableName": table.name(),
            "StreamSpecification": table.creation().get("StreamSpecification"),
        });
        let request = serde_json::from_value::<UpdateTableRequest>(request)
            .map_err(|error| refused(error.to_string()))?;
        let answer = self.database.update_table(request);
        answer.map(drop).map_err(|error| refused(error.to_string()))
    }

    /// Up to `limit` records of a table's stream, in the form in which Lambda hands them
    /// over, after the one with that sequence number or from the beginning.
    ///
    /// # Errors
    /// What the engine says, if the table has no stream or the number is none of its.
    pub fn stream_records(
        &self,
        table: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Value>, EngineError> {
        let refused = |problem: String| EngineError::Table {
            table: table.to_owned(),
            problem,
        };
        let place = self.database.get_shard_iterator(GetShardIteratorRequest {
            // The engine reads the table's name in it, and has one shard for each.
            stream_arn: streams::stream_arn(table, "latest"),
            shard_id: streams::shard_id(table),
            shard_iterator_type: match after {
                Some(_) => "AFTER_SEQUENCE_NUMBER",
                None => "TRIM_HORIZON",
            }
            .to_owned(),
            sequence_number: after.map(str::to_owned),
        });
        let place = place.map_err(|error| refused(error.to_string()))?;
        let page = self.database.get_records(GetRecordsRequest {
            shard_iterator: place.shard_iterator.unwrap_or_default(),
            limit: Some(limit),
        });
        let page = page.map_err(|error| refused(error.to_string()))?;
        let records = page.records.iter().map(serde_json::to_value);
        records
            .collect::<Result<_, _>>()
            .map_err(|error| refused(error.to_string()))
    }

    /// Serves DynamoDB's protocol until `shutdown` is done.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), String> {
        dynoxide::server::serve_with_shutdown(listener, self.database, shutdown).await
    }

    /// Deletes expired items, again and again, until it is dropped.
    pub async fn sweep(self, pause: Duration) {
        loop {
            tokio::time::sleep(pause).await;
            let database = self.database.clone();
            // A sweep that fails (a full disk) is tried again with the next.
            let _ = tokio::task::spawn_blocking(move || database.sweep_ttl()).await;
        }
    }
}

/// A table's or an index's keys, in a form that can be compared.
fn keys(table: &Value) -> Vec<String> {
    let text = |value: &Value, key: &str| {
        let text = value.get(key).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let keys = table.get("KeySchema").and_then(Value::as_array);
    keys.into_iter()
        .flatten()
        .map(|key| format!("{} {}", text(key, "KeyType"), text(key, "AttributeName")))
        .collect()
}

fn indexes(table: &Value) -> Vec<String> {
    let mut indexes: Vec<String> = ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"]
        .into_iter()
        .filter_map(|kind| table.get(kind)?.as_array())
        .flatten()
        .map(|index| {
            let projection = index.pointer("/Projection").unwrap_or(&Value::Null);
            let name = index.get("IndexName").unwrap_or(&Value::Null);
            format!("{name} {:?} {projection}", keys(index))
        })
        .collect();
    indexes.sort();
    indexes
}

#[cfg(test)]
mod tests;
