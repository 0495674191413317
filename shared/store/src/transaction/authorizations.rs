//! OpenID Connect in transactions: requests answered once, codes spent once, consents.

use aws_sdk_dynamodb::types::{Delete, Put, Update};
use domain::UnixTime;
use domain::client::Consent;
use domain::oidc::code::{AuthorizationCode, KEPT};
use uuid::Uuid;

use super::{Step, Transaction};
use crate::StoreError;
use crate::item::{number, string, to_item};
use crate::key::{self, TTL};

impl Transaction<'_> {
    /// Answers the waiting request of this digest: it is gone.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn answer_request(self, digest: &str, now: UnixTime) -> Result<Self, StoreError> {
        let delete = Delete::builder()
            .condition_expression("expires_at > :now")
            .expression_attribute_values(":now", number(now.0));
        self.push_delete(
            Step::AnswerRequest,
            &key::authorization_request(digest),
            delete,
        )
    }

    /// Notes that the person of the waiting request agreed, in the sign-in `session`.
    ///
    /// # Errors
    /// As [`Transaction::answer_request`].
    pub fn agree_to_request(
        self,
        digest: &str,
        session: Uuid,
        now: UnixTime,
    ) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET agreed_in = :session")
            .condition_expression("expires_at > :now")
            .expression_attribute_values(":session", string(session))
            .expression_attribute_values(":now", number(now.0));
        self.update(
            Step::AnswerRequest,
            &key::authorization_request(digest),
            update,
        )
    }

    /// Writes the code of this digest.
    ///
    /// # Errors
    /// As [`Transaction::answer_request`].
    pub fn begin_code(self, digest: &str, code: &AuthorizationCode) -> Result<Self, StoreError> {
        let key = key::authorization_code(digest);
        self.put_new(Step::Begin, to_item(&key, code, Some(code.expires_at))?)
    }

    /// Spends the code of this digest for `session`. Its row stays for a while, so that a
    /// second use is known for one.
    ///
    /// # Errors
    /// As [`Transaction::answer_request`].
    pub fn spend_authorization_code(
        self,
        digest: &str,
        session: Uuid,
        now: UnixTime,
    ) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET bought = :session, #ttl = :kept")
            .condition_expression("attribute_not_exists(bought) AND expires_at > :now")
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":session", string(session))
            .expression_attribute_values(":kept", number(now.plus(KEPT).0))
            .expression_attribute_values(":now", number(now.0));
        self.update(
            Step::SpendAuthorizationCode,
            &key::authorization_code(digest),
            update,
        )
    }

    /// Remembers a consent, over the one that was read, if one was.
    ///
    /// # Errors
    /// As [`Transaction::answer_request`].
    pub fn remember_consent(
        self,
        sub: Uuid,
        consent: &Consent,
        before: Option<&Consent>,
    ) -> Result<Self, StoreError> {
        let item = to_item(&key::consent(sub, &consent.client), consent, None)?;
        match before {
            None => self.put_new(Step::Consent, item),
            Some(before) => {
                let put = Put::builder()
                    .set_item(Some(item))
                    .condition_expression("id = :id AND given_at = :at")
                    .expression_attribute_values(":id", string(before.id))
                    .expression_attribute_values(":at", number(before.given_at.0));
                self.put(Step::Consent, put)
            }
        }
    }

    /// Forgets a consent: what rests on it ends with it.
    ///
    /// # Errors
    /// As [`Transaction::answer_request`].
    pub fn forget_consent(self, sub: Uuid, client: &str) -> Result<Self, StoreError> {
        let delete = Delete::builder().condition_expression("attribute_exists(pk)");
        self.push_delete(Step::Consent, &key::consent(sub, client), delete)
    }
}
