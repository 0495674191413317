//! A conflict that the SDK does not know is one.
//!
//! A plain write that meets a running transaction on the same item is refused
//! with `TransactionConflictException`. That passes within milliseconds, but
//! the SDK's retries do not know the code, and a person with two tabs would be
//! told that we are unavailable. (Transactions that meet each other are
//! [`crate::Transaction::commit`]'s own business.)

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};

const CODE: &[u8] = b"TransactionConflictException";

/// Has the SDK try such a write again, within the limits of its other retries.
#[derive(Debug)]
pub(crate) struct ItemConflict;

impl ClassifyRetry for ItemConflict {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let failed = matches!(context.output_or_error(), Some(Err(_)));
        let body = context
            .response()
            .and_then(|response| response.body().bytes());
        if failed && body.is_some_and(|body| body.windows(CODE.len()).any(|part| part == CODE)) {
            return RetryAction::transient_error();
        }
        RetryAction::NoActionIndicated
    }

    fn name(&self) -> &'static str {
        "DynamoDB item conflict"
    }
}
