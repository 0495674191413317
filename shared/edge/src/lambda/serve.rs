//! What every function's `main` does: open the installation, serve its routes.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use crypto::SystemEntropy;
use domain::key_ring::KeyParts;
use domain::platform::Sleep;
use domain::{Clock, UnixTime};
use flows::settings::{AllowedOrigins, OutboxSettings};
use flows::{Aws, Outbox, Postern, Settings};
use lambda_http::{LambdaEvent, lambda_runtime};
use serde_json::value::RawValue;

use crate::event;

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_epoch(since_epoch())
    }

    fn millis(&self) -> u64 {
        u64::try_from(since_epoch().as_millis()).unwrap_or_default()
    }

    fn sleep(&self, seconds: u64) -> Sleep {
        Box::pin(tokio::time::sleep(Duration::from_secs(seconds)))
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "this is the one clock that is handed to everybody else"
)]
fn since_epoch() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

/// The installation that the process's environment describes, with these parts of its key
/// ring.
///
/// # Errors
/// A setting that makes no sense, or a table or key that cannot be reached.
pub async fn open(parts: KeyParts) -> Result<Postern, lambda_http::Error> {
    let settings = Settings::from_env()?;
    let aws = Aws::of_function()?;
    Ok(Postern::open(
        settings,
        parts,
        &aws,
        Arc::new(SystemClock),
        Arc::new(SystemEntropy),
    )
    .await?)
}

/// The outbox that the process's environment describes.
///
/// # Errors
/// A setting that is missing.
pub(crate) fn outbox() -> Result<Outbox, lambda_http::Error> {
    let settings = OutboxSettings::from_env()?;
    let aws = Aws::of_function()?;
    Ok(Outbox::new(&settings, &aws, Arc::new(SystemClock)))
}

/// Makes the key ring of the installation that the process's environment describes, unless
/// it has one. Only the role of `keys` allows it.
///
/// # Errors
/// As [`open`].
pub async fn make_key_ring() -> Result<(), lambda_http::Error> {
    let settings = Settings::from_env()?;
    let aws = Aws::of_function()?;
    Ok(Postern::make_key_ring(&settings, &aws, &SystemClock, &SystemEntropy).await?)
}

/// Opens the installation, with these parts of its key ring, and serves what `function`
/// makes of it, until Lambda ends the process.
///
/// # Errors
/// As [`open`]; Lambda reports it as a failed initialisation.
pub async fn serve(
    parts: KeyParts,
    function: impl FnOnce(Postern) -> Router,
) -> Result<(), lambda_http::Error> {
    let postern = open(parts).await.inspect_err(start_failed)?;
    poll(function(postern)).await
}

/// Serves a function that needs no installation, until Lambda ends the process. All that
/// it is told is which origins may call.
///
/// # Errors
/// A setting that makes no sense, or when Lambda's runtime API cannot be reached.
pub async fn run(
    function: impl FnOnce(AllowedOrigins) -> Router,
) -> Result<(), lambda_http::Error> {
    let origins = AllowedOrigins::from_env().map_err(lambda_http::Error::from);
    let origins = origins.inspect_err(start_failed)?;
    poll(function(origins)).await
}

pub(crate) fn start_failed(error: &lambda_http::Error) {
    flows::log::event("start_failed", [("cause", error.to_string().into())]);
}

async fn poll(router: Router) -> Result<(), lambda_http::Error> {
    let handler = |event: LambdaEvent<Box<RawValue>>| event::answer(router.clone(), event);
    lambda_runtime::run(lambda_http::service_fn(handler)).await
}
