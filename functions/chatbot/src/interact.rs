//! `POST /chatbot/interact`: publish an interaction.

use axum::Json;
use axum::extract::State;
use domain::interaction::{Interaction, LONGEST_MESSAGE, LONGEST_TYPE};
use edge::auth_service::Message;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, NotSignedIn};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply, User};
use flows::Postern;
use utoipa::ToSchema;

/// What was said, all of it optional.
#[derive(Debug, ToSchema)]
pub struct Chatbot {
    /// The caller's own id, or nothing: nobody speaks for anybody else.
    #[schema(required = false)]
    user_id: Option<u64>,
    /// The vendor that it is about.
    #[schema(required = false)]
    vendor_id: Option<u64>,
    /// What kind of thing was said, in 64 characters.
    #[schema(required = false)]
    interaction_type: Option<String>,
    /// What the person said, in 8,000 characters.
    #[schema(required = false)]
    message: Option<String>,
    /// What the chatbot said, in 8,000 characters.
    #[schema(required = false)]
    response: Option<String>,
}

impl FromFields for Chatbot {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        Ok(Self {
            user_id: fields.integer_or_null("user_id"),
            vendor_id: fields.integer_or_null("vendor_id"),
            interaction_type: fields
                .text_or_null("interaction_type")
                .max(LONGEST_TYPE)
                .optional(),
            message: fields
                .text_or_null("message")
                .max(LONGEST_MESSAGE)
                .optional(),
            response: fields
                .text_or_null("response")
                .max(LONGEST_MESSAGE)
                .optional(),
        })
    }
}

/// Publish an interaction of the caller's to the stack's topic. 200 means that it is
/// published: the topic keeps it until every subscriber has it.
///
/// # Errors
/// A caller that is not signed in or speaks for another user, a malformed body, a
/// limit, or SNS that does not answer.
#[utoipa::path(
    post, path = "/chatbot/interact", operation_id = "create_chatbot_interaction_chatbot_interact_post",
    tags = ["auth-service", "chatbot"], request_body = Chatbot, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Message, description = "Published"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Another's user_id"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Over 60 a minute"),
        (status = 503, body = Detail, description = "Not published: SNS did not take it; Retry-After says when to try again"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    User(signed): User,
    Body(asked): Body<Chatbot>,
) -> Reply<Message> {
    let interaction = Interaction {
        user_id: asked.user_id,
        vendor_id: asked.vendor_id,
        interaction_type: asked.interaction_type,
        message: asked.message,
        response: asked.response,
    };
    postern
        .publish_interaction(&meta, &signed, interaction)
        .await?;
    Ok(Json(Message {
        message: "Chatbot interaction event published successfully",
    }))
}
