//! Lambda's reader of a table's stream: what stands between a table and the function that it
//! calls with new rows.
//!
//! It does what an event source mapping does on AWS, by the rules that template.yaml sets for
//! it: a batch is what comes after the last record that was answered for; a function that
//! reports a record as failed gets it and all after it again; one that fails as a whole gets
//! half of the batch; and a batch that fails for too long is put into the on-failure
//! destination, so that what comes after it is not held up. How far it has come is kept in a
//! file, which is written after the answer: whatever is killed, and whenever, no record is
//! left out.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::clock::Clock;
use crate::engine::{Engine, EngineError};

/// How many records a batch has at most: `BatchSize` in template.yaml.
const BATCH: usize = 100;

/// How old a record may get before it is given up, in seconds: `MaximumRecordAgeInSeconds`
/// in template.yaml.
const OLDEST: i64 = 6 * 60 * 60;

/// How long it waits when there is nothing new.
const PAUSE: Duration = Duration::from_millis(200);

/// How long it waits when the function has failed.
const BACK_OFF: Duration = Duration::from_secs(1);

/// How often the function's schedule calls it: more often than on AWS, since a developer is
/// waiting.
pub const SWEEP: Duration = Duration::from_secs(60);

/// What calling a function comes to: its answer, or why there is none.
pub type Invocation = Pin<Box<dyn Future<Output = Result<Value, String>> + Send>>;

/// A way to call a function with an event.
pub type Invoke = Arc<dyn Fn(Value) -> Invocation + Send + Sync>;

/// A table's stream with the function that it calls.
pub struct EventSource {
    engine: Engine,
    table: String,
    place: PathBuf,
    on_failure: PathBuf,
    clock: Clock,
    invoke: Invoke,
}

impl EventSource {
    /// The stream of `table`, from where the file `place` says or else from its beginning.
    /// What is given up becomes an object in the folder `on_failure`.
    #[must_use]
    pub fn new(
        engine: Engine,
        table: &str,
        place: &Path,
        on_failure: &Path,
        clock: Clock,
        invoke: Invoke,
    ) -> Self {
        Self {
            engine,
            table: table.to_owned(),
            place: place.to_owned(),
            on_failure: on_failure.to_owned(),
            clock,
            invoke,
        }
    }

    /// Reads on, again and again, until it is dropped.
    pub async fn run(self) {
        let mut batch = BATCH;
        loop {
            match self.step(batch).await {
                Ok(Step::Nothing) => tokio::time::sleep(PAUSE).await,
                Ok(Step::Done) => batch = BATCH,
                Ok(Step::Again(next)) => {
                    batch = next;
                    tokio::time::sleep(BACK_OFF).await;
                }
                Err(problem) => {
                    eprintln!("the stream of {}: {problem}", self.table);
                    tokio::time::sleep(BACK_OFF).await;
                }
            }
        }
    }

    /// Calls the function as its schedule does, again and again.
    pub async fn schedule(invoke: Invoke) {
        loop {
            tokio::time::sleep(SWEEP).await;
            let event = json!({ "source": "aws.events", "detail-type": "Scheduled Event" });
            if let Err(problem) = invoke(event).await {
                eprintln!("the sweep of events: {problem}");
            }
        }
    }

    /// One batch of up to `size` records.
    ///
    /// # Errors
    /// When the engine, the file or the folder cannot be used.
    pub async fn step(&self, size: usize) -> Result<Step, EventSourceError> {
        let after = self.after()?;
        let (engine, table) = (self.engine.clone(), self.table.clone());
        let read = move || engine.stream_records(&table, after.as_deref(), size);
        let records = tokio::task::spawn_blocking(read).await;
        let records = records.map_err(std::io::Error::other)??;
        let Some(last) = records.last().and_then(sequence).map(str::to_owned) else {
            return Ok(Step::Nothing);
        };
        let event = json!({ "Records": records });
        let answer = (self.invoke)(event.clone()).await;
        let failed = match &answer {
            Ok(answer) => answer
                .pointer("/batchItemFailures/0/itemIdentifier")
                .and_then(Value::as_str),
            Err(problem) => {
                eprintln!("a batch of the stream of {}: {problem}", self.table);
                records.first().and_then(sequence)
            }
        };
        let Some(failed) = failed else {
            self.go_to(&last)?;
            return Ok(Step::Done);
        };
        let done = records
            .iter()
            .take_while(|one| sequence(one) != Some(failed));
        if let Some(done) = done.last().and_then(sequence) {
            self.go_to(done)?;
        }
        let is_failed = |one: &&Value| sequence(one) == Some(failed);
        let age = records
            .iter()
            .find(is_failed)
            .map_or(0, |one| self.age(one));
        if age > OLDEST {
            self.give_up(&event, &last)?;
            self.go_to(&last)?;
            return Ok(Step::Done);
        }
        Ok(Step::Again(match answer {
            Ok(_) => size,
            Err(_) => (records.len() / 2).max(1),
        }))
    }

    fn after(&self) -> std::io::Result<Option<String>> {
        match std::fs::read_to_string(&self.place) {
            Ok(place) => Ok(Some(place.trim().to_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn go_to(&self, sequence: &str) -> std::io::Result<()> {
        // Renamed when whole: a kill leaves the place before, or this one.
        let unfinished = self.place.with_extension("unfinished");
        std::fs::write(&unfinished, sequence)?;
        std::fs::rename(unfinished, &self.place)
    }

    /// The age of a record in seconds.
    fn age(&self, record: &Value) -> i64 {
        let created = record.pointer("/dynamodb/ApproximateCreationDateTime");
        let created = created.and_then(Value::as_f64).unwrap_or_default();
        (self.clock)().as_second() - created as i64
    }

    /// Leaves a batch as Lambda does: in the record of its invocation.
    fn give_up(&self, event: &Value, last: &str) -> std::io::Result<()> {
        let folder = self.on_failure.join("aws/lambda/local");
        std::fs::create_dir_all(&folder)?;
        let record = json!({
            "requestContext": { "condition": "RecordAgeExceeded" },
            "version": "1.0",
            "payload": event.to_string(),
        });
        std::fs::write(folder.join(last), record.to_string())
    }
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There was none.
    Nothing,
    /// It has been answered for, or given up.
    Done,
    /// Some of it comes again, in a batch of that size at most.
    Again(usize),
}

/// Why a batch could not be read or answered for.
#[derive(Debug, thiserror::Error)]
pub enum EventSourceError {
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A file.
    #[error(transparent)]
    File(#[from] std::io::Error),
}

fn sequence(record: &Value) -> Option<&str> {
    record.pointer("/dynamodb/SequenceNumber")?.as_str()
}
