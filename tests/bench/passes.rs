//! The three passes: cold, warm, delayed.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use local::template::Template;

use crate::Failure;
use crate::aws::Aws;
use crate::instance::{Instance, Invocation, Start};
use crate::operation::{Operation, Ready};
use crate::options::{Options, in_workspace};
use crate::people::Person;
use crate::process::Memory;

/// How often an operation is held back: the quickest time is free of hiccups.
const DELAYED: usize = 3;

/// Everything that was measured.
pub struct Results {
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
    pub operation: Operation,
    /// As the first request of a process, with the memory after it.
    pub first: Vec<(Invocation, Memory)>,
    /// As one of many.
    pub warm: Vec<Invocation>,
    /// Sequential round trips to DynamoDB, in a place that this process has counted.
    pub round_trips: u128,
    /// The same of a new process, in a place that only others have counted.
    pub first_round_trips: u128,
}

/// What the passes share.
struct Bench<'a> {
    options: &'a Options,
    template: Template,
    aws: Arc<Aws>,
    folder: PathBuf,
    people: u32,
}

/// Runs all passes.
pub async fn run(options: &Options) -> Result<Results, Failure> {
    let folder = in_workspace("target/bench");
    std::fs::create_dir_all(&folder)?;
    let template = Template::read(&options.template, "bench")?;
    let aws = Arc::new(Aws::start(&template, options.plain, &folder).await?);
    let mut bench = Bench {
        options,
        template,
        aws,
        folder,
        people: 0,
    };

    let warm = bench.instance("warm").await?;
    let mut results = Results {
        binary: std::fs::metadata(&options.binary)?.len(),
        starts: Vec::new(),
        operations: Vec::new(),
        warm_memory: Memory::default(),
    };
    for operation in Operation::ALL {
        eprintln!("{}", operation.name());
        let mut costs = Costs {
            operation,
            first: Vec::new(),
            warm: Vec::new(),
            round_trips: 0,
            first_round_trips: 0,
        };
        bench.warm(&warm, &mut costs).await?;
        bench.delayed(&warm, &mut costs).await?;
        bench.cold(&warm, &mut costs, &mut results.starts).await?;
        results.operations.push(costs);
    }
    results.warm_memory = warm.memory()?;
    Ok(results)
}

impl Bench<'_> {
    async fn instance(&self, log: &str) -> Result<Instance, Failure> {
        let log = self.folder.join(format!("{log}.log"));
        Instance::start(self.options, &self.template, &self.aws, &log).await
    }

    fn person(&mut self) -> Person {
        self.people += 1;
        Person::new(self.people)
    }

    /// A new process for each request; `keeper` does what comes before.
    async fn cold(
        &mut self,
        keeper: &Instance,
        costs: &mut Costs,
        starts: &mut Vec<Start>,
    ) -> Result<(), Failure> {
        for _ in 0..self.options.starts {
            let ready = costs
                .operation
                .ready(self.person(), keeper, &self.aws)
                .await?;
            let instance = self.instance("cold").await?;
            starts.push(instance.started());
            let done = ready.send(&instance).await?;
            costs.first.push((done, instance.memory()?));
        }
        Ok(())
    }

    async fn warm(&mut self, instance: &Instance, costs: &mut Costs) -> Result<(), Failure> {
        for _ in 0..self.options.requests {
            let ready = costs
                .operation
                .ready(self.person(), instance, &self.aws)
                .await?;
            costs.warm.push(ready.send(instance).await?);
        }
        Ok(())
    }

    /// Counts round trips: those of a process that knows the place, then those of
    /// new ones.
    async fn delayed(&mut self, keeper: &Instance, costs: &mut Costs) -> Result<(), Failure> {
        let (mut warm, mut first) = (Duration::MAX, Duration::MAX);
        for _ in 0..DELAYED {
            let ready = costs
                .operation
                .ready(self.person(), keeper, &self.aws)
                .await?;
            warm = warm.min(self.held_back(ready, keeper).await?);
            let ready = costs
                .operation
                .ready(self.person(), keeper, &self.aws)
                .await?;
            let new = self.instance("cold").await?;
            first = first.min(self.held_back(ready, &new).await?);
        }
        let trips =
            |quickest: Duration| quickest.as_micros() / self.options.delay().as_micros().max(1);
        (costs.round_trips, costs.first_round_trips) = (trips(warm), trips(first));
        Ok(())
    }

    /// How long a request takes while DynamoDB is slow.
    async fn held_back(&self, ready: Ready, instance: &Instance) -> Result<Duration, Failure> {
        self.aws.meter.set_delay(self.options.delay());
        let done = ready.send(instance).await;
        self.aws.meter.set_delay(Duration::ZERO);
        Ok(done?.wall)
    }
}
