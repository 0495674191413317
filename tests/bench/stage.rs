//! Where everything happens: what is outside the functions, one warm instance
//! of each family, and people. What must have happened before a request goes
//! to whichever family serves its path, as through the one gateway of a stack.

use std::cell::Cell;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{Request, StatusCode};
use local::template::{Route, Template};

use crate::Failure;
use crate::families::Family;
use crate::instance::{Instance, Invocation};
use crate::operation::Ready;
use crate::options::{Options, in_workspace};
use crate::outside::Outside;
use crate::people::Person;

/// The stage.
pub struct Stage {
    /// What is outside.
    pub outside: Arc<Outside>,
    template: Template,
    folder: PathBuf,
    keepers: Vec<(&'static Family, Instance)>,
    people: Cell<u32>,
}

/// What comes before a request is served by a binary that is not there.
#[derive(Debug)]
pub struct NotBuilt(String);

impl fmt::Display for NotBuilt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "what comes before it is served by {}", self.0)
    }
}

impl std::error::Error for NotBuilt {}

impl Stage {
    /// A stage with an instance of every family that is built.
    pub async fn set(options: &Options) -> Result<Self, Failure> {
        let folder = in_workspace("target/bench");
        std::fs::create_dir_all(&folder)?;
        let template = Template::read(&options.template, "bench")?;
        let outside = Outside::start(&template, options, &folder).await?;
        let mut stage = Self {
            outside: Arc::new(outside),
            template,
            folder,
            keepers: Vec::new(),
            people: Cell::default(),
        };
        for family in options.built() {
            let key_ring_cache = stage.start(options, family, family.name).await?;
            stage.keepers.push((family, key_ring_cache));
        }
        Ok(stage)
    }

    /// A new instance of a family, which prints to the file `log`.
    pub async fn start(
        &self,
        options: &Options,
        family: &Family,
        log: &str,
    ) -> Result<Instance, Failure> {
        let binary = options.binary(family);
        let log = self.folder.join(format!("{log}.log"));
        Instance::start(
            &binary,
            &options.algorithm,
            &self.template,
            &self.outside,
            &log,
        )
        .await
    }

    /// The warm instance of a family.
    pub fn key_ring_cache(&self, family: &str) -> Result<&Instance, NotBuilt> {
        let key_ring_cache = self.keepers.iter().find(|(own, _)| own.name == family);
        let (_, instance) = key_ring_cache.ok_or_else(|| NotBuilt(family.to_owned()))?;
        Ok(instance)
    }

    /// A person who is new to the stack.
    pub fn person(&self) -> Person {
        self.people.set(self.people.get() + 1);
        Person::new(self.people.get())
    }

    /// Sends a request to the function that serves it.
    pub async fn done(
        &self,
        person: &Person,
        request: Request<Bytes>,
    ) -> Result<Invocation, Failure> {
        self.expecting(person, request, StatusCode::OK).await
    }

    /// The same, where the answer is another than 200.
    pub async fn expecting(
        &self,
        person: &Person,
        request: Request<Bytes>,
        status: StatusCode,
    ) -> Result<Invocation, Failure> {
        let routes = self.template.routes();
        let (method, path) = (request.method().as_str(), request.uri().path());
        let (route, _) = Route::find(routes, method, path).ok_or("nobody serves this")?;
        let key_ring_cache = self.key_ring_cache(route.function())?;
        Ready::new(person, request)
            .expecting(status)
            .send(key_ring_cache)
            .await
    }
}
