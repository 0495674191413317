//! One operation of a family: what must have happened before it, the request,
//! and what it may cost.

use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Request, StatusCode};

use crate::Failure;
use crate::instance::{Instance, Invocation};
use crate::people::Person;
use crate::stage::Stage;

/// One operation.
pub struct Operation {
    /// What the report calls it. No two have the same name.
    pub name: &'static str,
    /// What it may cost, where the design says so.
    pub limits: Limits,
    /// What takes time in it on purpose.
    pub deliberate: Deliberate,
    /// Does what comes before it, and makes the request.
    prepare: Prepare,
}

/// What an operation may cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Round trips to DynamoDB that follow one another.
    pub round_trips: Option<u32>,
    /// Write units.
    pub write_units: Option<u32>,
}

/// What takes time in an operation on purpose, beside which its budget stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deliberate {
    /// Nothing.
    #[default]
    Nothing,
    /// One password hash.
    Hash,
    /// A pause, so that the time of the answer tells an attacker nothing.
    Pause,
}

/// What comes before, done by a person who is new to the stack.
pub type Prepare = for<'a> fn(Person, &'a Stage) -> Preparing<'a>;

/// That, under way.
pub type Preparing<'a> = Pin<Box<dyn Future<Output = Result<Ready, Failure>> + 'a>>;

/// A request that is ready to be sent.
#[derive(Clone)]
pub struct Ready {
    request: Request<Bytes>,
    peer: IpAddr,
    expected: StatusCode,
}

impl Operation {
    /// An operation that may cost what it costs.
    pub const fn new(name: &'static str, prepare: Prepare) -> Self {
        Self {
            name,
            limits: Limits {
                round_trips: None,
                write_units: None,
            },
            deliberate: Deliberate::Nothing,
            prepare,
        }
    }

    /// The same with a budget of round trips.
    pub const fn round_trips(mut self, at_most: u32) -> Self {
        self.limits.round_trips = Some(at_most);
        self
    }

    /// The same with a budget of write units.
    pub const fn write_units(mut self, at_most: u32) -> Self {
        self.limits.write_units = Some(at_most);
        self
    }

    /// The same with a password hash in it.
    pub const fn hashing(mut self) -> Self {
        self.deliberate = Deliberate::Hash;
        self
    }

    /// The same with a pause in it.
    pub const fn pausing(mut self) -> Self {
        self.deliberate = Deliberate::Pause;
        self
    }

    /// Does what comes before it through the stage's instances, and makes the
    /// request. The request's own network is then counted wherever they count it.
    pub async fn ready(&self, stage: &Stage) -> Result<Ready, Failure> {
        (self.prepare)(stage.person(), stage).await
    }
}

impl Ready {
    /// `request`, which comes from `person` and succeeds.
    pub fn new(person: &Person, request: Request<Bytes>) -> Self {
        Self {
            request,
            peer: person.peer,
            expected: StatusCode::OK,
        }
    }

    /// The same with another answer.
    pub fn expecting(mut self, status: StatusCode) -> Self {
        self.expected = status;
        self
    }

    /// Sends it, and insists on the answer that it must have: a failure is
    /// quick and cheap.
    pub async fn send(self, instance: &Instance) -> Result<Invocation, Failure> {
        let what = format!("{} {}", self.request.method(), self.request.uri());
        let done = instance.call(self.request, self.peer).await?;
        if done.status == self.expected {
            return Ok(done);
        }
        Err(format!("{what}: {} {}", done.status, done.body).into())
    }

    /// Sends it so many times, each before the one before is answered, and says
    /// what CPU one took. `None` if one was answered otherwise than it must be.
    pub async fn crowd(
        &self,
        instance: &Instance,
        times: u32,
    ) -> Result<Option<Duration>, Failure> {
        let (cpu, answers) = instance.crowd(&self.request, self.peer, times).await?;
        let succeeded = answers.iter().all(|status| *status == self.expected);
        Ok(succeeded.then_some(cpu / times))
    }
}
