//! The machine's own randomness, the only place that may ask for it.

use domain::Entropy;

/// Random bytes from the operating system through aws-lc.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the one source that is handed to everybody else"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        // Fails only where the machine has no entropy source at all. Going on with
        // predictable bytes would hand out guessable tokens, so do not go on.
        if aws_lc_rs::rand::fill(bytes).is_err() {
            std::process::abort();
        }
    }
}
