//! The four passes: cold, warm, busy, delayed.

use std::time::Duration;

use crate::Failure;
use crate::families::{self, Family};
use crate::hash;
use crate::instance::{Instance, Invocation, Start};
use crate::meter::{self, Service};
use crate::operation::{Deliberate, Operation, Ready};
use crate::options::Options;
use crate::process::Memory;
use crate::stage::{NotBuilt, Stage};

/// How often an operation is held back: the shortest chain is free of hiccups.
const DELAYED: usize = 3;

/// Crowds of one request; their median counts.
const CROWDS: usize = 5;

/// How many a crowd is.
const CROWD: u32 = 50;

/// Everything that was measured.
pub struct Results {
    /// Each function.
    pub functions: Vec<Function>,
    /// What was not, and why.
    pub left_out: Vec<String>,
    /// The first password hash of a process, in milliseconds.
    pub hash: f64,
}

/// What one function cost.
pub struct Function {
    /// Whose it is.
    pub family: &'static Family,
    /// The binary's size.
    pub binary: u64,
    /// Every start.
    pub starts: Vec<Start>,
    /// What each operation cost.
    pub operations: Vec<Costs>,
    /// Memory of the warm process at its end.
    pub warm_memory: Memory,
}

/// What one operation cost.
pub struct Costs {
    /// Which.
    pub operation: &'static Operation,
    /// As the first request of a process, with the memory after it.
    pub first: Vec<(Invocation, Memory)>,
    /// As one of many.
    pub warm: Vec<Invocation>,
    /// CPU, each one's share of a crowd, where no service has to be waited for.
    pub busy: Vec<Duration>,
    /// Sequential round trips to DynamoDB, in a network that this process has counted.
    pub round_trips: usize,
    /// The same of a new process, in a network that only others have counted.
    pub first_round_trips: usize,
}

/// What the passes of one family share.
struct Bench<'a> {
    options: &'a Options,
    stage: &'a Stage,
    family: &'static Family,
    warm: &'a Instance,
    starts: Vec<Start>,
}

/// Runs all passes.
pub async fn run(options: &Options) -> Result<Results, Failure> {
    let measured = options.measured()?;
    let mut left_out: Vec<String> = families::ALL
        .iter()
        .filter(|family| !measured.iter().any(|own| own.name == family.name))
        .map(|family| format!("the function {}", family.name))
        .collect();
    let stage = Stage::set(options).await?;
    let mut functions = Vec::new();
    for family in measured {
        let warm = stage.key_ring_cache(family.name)?;
        let mut bench = Bench {
            options,
            stage: &stage,
            family,
            warm,
            starts: Vec::new(),
        };
        let mut operations = Vec::new();
        for operation in family.operations {
            eprintln!("{}: {}", family.name, operation.name);
            match bench.costs(operation).await {
                Ok(costs) => operations.push(costs),
                Err(failure) if failure.is::<NotBuilt>() => {
                    left_out.push(format!("“{}”, since {failure}", operation.name));
                }
                Err(failure) => return Err(failure),
            }
        }
        functions.push(Function {
            family,
            binary: std::fs::metadata(options.binary(family))?.len(),
            starts: bench.starts,
            operations,
            warm_memory: warm.memory()?,
        });
    }
    for what in &left_out {
        eprintln!("left out: {what}");
    }
    Ok(Results {
        functions,
        left_out,
        hash: match options.counts {
            true => 0.0,
            false => hash::first(options.starts)?.median,
        },
    })
}

impl Bench<'_> {
    async fn costs(&mut self, operation: &'static Operation) -> Result<Costs, Failure> {
        let warm = self.warm(operation).await?;
        let (round_trips, first_round_trips) = self.delayed(operation).await?;
        let (mut busy, mut first) = (Vec::new(), Vec::new());
        if !self.options.counts {
            busy = self.busy(operation).await?;
            first = self.cold(operation).await?;
        }
        Ok(Costs {
            operation,
            first,
            warm,
            busy,
            round_trips,
            first_round_trips,
        })
    }

    async fn new_instance(&self) -> Result<Instance, Failure> {
        self.stage.start(self.options, self.family, "cold").await
    }

    /// A new process for each request; warm ones do what comes before.
    async fn cold(&mut self, operation: &Operation) -> Result<Vec<(Invocation, Memory)>, Failure> {
        let mut first = Vec::new();
        for _ in 0..self.options.starts {
            let ready = operation.ready(self.stage).await?;
            let instance = self.new_instance().await?;
            self.starts.push(instance.started());
            let done = ready.send(&instance).await?;
            first.push((done, instance.memory()?));
        }
        Ok(first)
    }

    async fn warm(&self, operation: &Operation) -> Result<Vec<Invocation>, Failure> {
        let mut warm = Vec::new();
        for _ in 0..self.options.requests {
            let ready = operation.ready(self.stage).await?;
            warm.push(ready.send(self.warm).await?);
        }
        Ok(warm)
    }

    /// One request again and again, which gets the same answers from every service.
    /// Leaves out crowds in which a request did not succeed, and operations that pause.
    async fn busy(&self, operation: &Operation) -> Result<Vec<Duration>, Failure> {
        if operation.deliberate == Deliberate::Pause {
            return Ok(Vec::new());
        }
        let tape = &self.stage.outside.tape;
        let ready = operation.ready(self.stage).await?;
        tape.record();
        ready.clone().send(self.warm).await?;
        tape.play();
        let mut busy = Vec::new();
        for _ in 0..CROWDS {
            busy.extend(ready.crowd(self.warm, CROWD).await?);
        }
        tape.stop();
        Ok(busy)
    }

    /// Counts round trips: those of a process that knows the network, then those of
    /// new ones.
    async fn delayed(&self, operation: &Operation) -> Result<(usize, usize), Failure> {
        let (mut warm, mut first) = (usize::MAX, usize::MAX);
        for _ in 0..DELAYED {
            let ready = operation.ready(self.stage).await?;
            warm = warm.min(self.held_back(ready, self.warm).await?);
            let ready = operation.ready(self.stage).await?;
            let new = self.new_instance().await?;
            first = first.min(self.held_back(ready, &new).await?);
        }
        Ok((warm, first))
    }

    /// How many calls follow one another while DynamoDB is slow.
    async fn held_back(&self, ready: Ready, instance: &Instance) -> Result<usize, Failure> {
        let meter = &self.stage.outside.meter;
        meter.set_delay(self.options.delay());
        let done = ready.send(instance).await;
        meter.set_delay(Duration::ZERO);
        Ok(meter::chained(&meter::of(&done?.calls, Service::DynamoDb)))
    }
}
