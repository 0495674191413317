//! Committing: all of it, or nothing, however often a conflict gets in the way.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, TransactWriteItem};
use uuid::Uuid;

use super::{Commit, Step, Transaction};
use crate::StoreError;
use crate::item::{MAX_CONFLICTS, back_off};

impl Transaction<'_> {
    /// Writes it all, or nothing. `token` names this transaction for the ten
    /// minutes in which DynamoDB recognises a repetition.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if conflicts or throttles outlast our patience.
    pub async fn commit(self, token: Uuid) -> Result<Commit, StoreError> {
        let store = self.store;
        let (steps, writes): (Vec<Step>, Vec<TransactWriteItem>) =
            self.with_totals()?.writes.into_iter().unzip();
        let mut last = String::new();
        for attempt in 0..MAX_CONFLICTS {
            let call = store.db.transact_write_items();
            let call = call
                .set_transact_items(Some(writes.clone()))
                .client_request_token(token.to_string());
            let Err(error) = call.send().await else {
                return Ok(Commit::Done);
            };
            match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    let reasons = cancelled.cancellation_reasons();
                    if let Some(step) = refusal(&steps, reasons) {
                        return Ok(Commit::Refused(step));
                    }
                    if !reasons.iter().all(passes) {
                        return Err(StoreError::call("TransactWriteItems", &error));
                    }
                    last = format!(
                        "{:?}",
                        reasons
                            .iter()
                            .filter_map(CancellationReason::code)
                            .collect::<Vec<_>>()
                    );
                }
                Some(TransactWriteItemsError::TransactionInProgressException(_)) => {
                    "TransactionInProgress".clone_into(&mut last);
                }
                _ => return Err(StoreError::call("TransactWriteItems", &error)),
            }
            back_off(attempt, &token.to_string()).await;
        }
        Err(StoreError::Unavailable(format!(
            "TransactWriteItems: still {last}"
        )))
    }

    /// The name of the main table.
    pub(crate) fn table(&self) -> &str {
        &self.store.table
    }

    /// With one more write.
    pub(crate) fn with(mut self, step: Step, write: TransactWriteItem) -> Self {
        self.writes.push((step, write));
        self
    }
}

/// The first step whose condition failed, whatever else got in the way.
fn refusal(steps: &[Step], reasons: &[CancellationReason]) -> Option<Step> {
    let failed = |reason: &CancellationReason| reason.code() == Some("ConditionalCheckFailed");
    let (step, _) = steps
        .iter()
        .zip(reasons)
        .find(|(_, reason)| failed(reason))?;
    Some(*step)
}

/// Whether a reason is one that passes by itself.
fn passes(reason: &CancellationReason) -> bool {
    matches!(
        reason.code(),
        None | Some(
            "None" | "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded"
        )
    )
}
