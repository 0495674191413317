//! What people and a chatbot say to each other: published to all subscribers.
//!
//! Nothing is kept here. The topic is what lasts: once SNS has taken the message it
//! stands in several availability zones until every subscriber has it, so an answer of
//! 200 may promise as much.

use domain::interaction::{INTERACTIONS_PER_ACCOUNT, Interaction};
use domain::{Error, platform};

use crate::{Postern, RequestMeta, Signed, log};

impl Postern {
    /// Publishes what the signed-in user's client says was said.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for another user's id, [`Error::TooMany`] by account,
    /// [`Error::Disabled`] without a topic, [`Error::Unavailable`] if SNS does not
    /// take it.
    pub async fn publish_interaction(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
        interaction: Interaction,
    ) -> Result<(), Error> {
        let topic = self.0.chatbot.as_ref().ok_or(Error::Disabled)?;
        let user = &signed.user;
        if !interaction.is_of(user) {
            return Err(Error::Forbidden);
        }
        let who = user.sub.to_string();
        let admitted = self.store().hit(&INTERACTIONS_PER_ACCOUNT, &who, meta.now);
        admitted.await?.map_err(Error::TooMany)?;
        let published = interaction.of(user, platform::uuid(self.entropy()), meta.now);
        let message = serde_json::json!(published).to_string();
        topic.publish(&message).await.map_err(|error| {
            log::event("publish_failed", [("reason", error.to_string().into())]);
            Error::Unavailable("the topic does not take the interaction".to_owned())
        })
    }
}
