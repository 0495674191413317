//! Where the stack is: its ports, its files, the workspace it came from.
//!
//! Paths hang on the workspace and not on the working directory, so `cargo dev`
//! is the same from every subfolder. A stack on other ports has other data:
//! what a second stack does (a test's, with `--fresh`) cannot touch the first.

use std::path::{Path, PathBuf};

/// The port that the API has unless it is moved.
pub const USUAL_BASE: u16 = 9000;

/// One stack's ports and files.
#[derive(Clone, Debug)]
pub struct LocalStack {
    root: PathBuf,
    base: u16,
}

impl LocalStack {
    /// The stack of this workspace whose API has the port `base`.
    #[must_use]
    pub fn new(base: u16) -> Self {
        let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = crate_folder.ancestors().nth(2).unwrap_or(crate_folder);
        Self {
            root: root.to_owned(),
            base,
        }
    }

    /// The workspace's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The template.
    #[must_use]
    pub fn template(&self) -> PathBuf {
        self.root.join("template.yaml")
    }

    /// The folder of what is kept between runs.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        let data = self.root.join("target").join("local");
        match self.base {
            USUAL_BASE => data,
            base => data.join(base.to_string()),
        }
    }

    /// The engine's file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.data().join("dynamodb.sqlite")
    }

    /// The file that says how far the stream of audit events has been read.
    #[must_use]
    pub fn stream_place(&self) -> PathBuf {
        self.data().join("stream-place")
    }

    /// The folder of the buckets.
    #[must_use]
    pub fn buckets(&self) -> PathBuf {
        self.data().join("s3")
    }

    /// The file of the key that wraps the key ring.
    #[must_use]
    pub fn wrapping_key(&self) -> PathBuf {
        self.data().join("wrapping.key")
    }

    /// The port of one part.
    #[must_use]
    pub fn port(&self, part: Part) -> u16 {
        self.base.saturating_add(part.offset())
    }

    /// The address of one part.
    #[must_use]
    pub fn url(&self, part: Part) -> String {
        format!("http://127.0.0.1:{}", self.port(part))
    }
}

/// What has a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The HTTP API.
    Api,
    /// DynamoDB.
    Engine,
    /// SES, SNS, EventBridge and S3.
    Sinks,
    /// `cargo lambda watch`, with `--lambda`.
    Emulator,
    /// The test GitHub and the site that signs in through it, and the keys of the test
    /// Firebase.
    Providers,
    /// The inbox page.
    Inbox,
}

impl Part {
    fn offset(self) -> u16 {
        match self {
            Self::Api => 0,
            Self::Engine => 1,
            Self::Sinks => 2,
            Self::Emulator => 3,
            Self::Providers => 4,
            Self::Inbox => 25,
        }
    }

    /// What a person calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "the API",
            Self::Engine => "the DynamoDB engine",
            Self::Sinks => "the SES, SNS, EventBridge and S3 sinks",
            Self::Emulator => "cargo lambda",
            Self::Providers => "the test providers",
            Self::Inbox => "the inbox page",
        }
    }
}
