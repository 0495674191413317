//! What a letter or a text message costs.

/// That the budgets of one letter or text message were charged: for a letter by network, by
/// account and by recipient (`flows::notify::postage`), for a text the stack's alone
/// (`flows::notify::text`). The [`Courier`](crate::Courier) carries nothing without it, and
/// it carries one thing.
#[must_use = "budgets were charged for it"]
#[derive(Debug)]
pub struct Postage(());

impl Postage {
    /// By agreement only for `flows::notify`, which has charged the budgets.
    #[allow(
        clippy::new_without_default,
        reason = "it is paid for, and never a default"
    )]
    pub const fn paid() -> Self {
        Self(())
    }
}
