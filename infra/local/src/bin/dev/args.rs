//! What can be said to `cargo dev`.

use std::net::IpAddr;

use clap::Parser;
use local::local_stack::USUAL_BASE;

/// Postern on this machine: the API, its database, and an inbox for all it sends.
///
/// Settings are read from the environment as on AWS, for instance
/// POSTERN_OTP_RESEND_COOLDOWN_SECONDS=1.
#[derive(Debug, Parser)]
#[command(name = "cargo dev", bin_name = "cargo dev")]
pub struct Args {
    /// Start with no data
    #[arg(long)]
    pub fresh: bool,

    /// Port of the API; the other parts lie 1 to 4 and 25 above it
    #[arg(long, value_name = "PORT", default_value_t = USUAL_BASE,
          value_parser = clap::value_parser!(u16).range(1024..=65_500))]
    pub port_base: u16,

    /// Address whose X-Forwarded-For (or what POSTERN_FORWARDED_HEADER names) is believed (repeatable)
    #[arg(long, value_name = "ADDRESS")]
    pub trusted_proxy: Vec<IpAddr>,

    /// Run the real binaries under `cargo lambda watch`
    #[arg(long)]
    pub lambda: bool,

    /// Print the router section for `cargo lambda watch`, and end
    #[arg(long)]
    pub print_router: bool,
}
