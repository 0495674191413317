//! `GET`, `POST /oauth/authorize/{request}`: a request that waited goes on, and the person
//! says whether the client may know them.

use askama::Template;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::Response;
use domain::Error;
use domain::oidc::scope;
use edge::page::{Frame, own_form};
use edge::{Fields, FromFields, Meta, Refusal, Rejected, Segment};
use flows::{ConsentAsked, Postern, WentOn};

use crate::answer;
use crate::authorize::see_other;
use crate::parameters::Visitor;

/// Where the person is asked.
#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage<'a> {
    frame: &'a Frame,
    asked: &'a ConsentAsked,
    address: String,
}

impl ConsentPage<'_> {
    /// What the client may do, in words.
    fn lines(&self) -> Vec<String> {
        let say = &self.frame.say.authorize;
        let of_scope = |name: &str| match name {
            scope::OPENID => say.openid.to_owned(),
            scope::PROFILE => say.profile.to_owned(),
            scope::EMAIL => say.email.to_owned(),
            scope::PHONE => say.phone.to_owned(),
            scope::ADDRESS => say.address.to_owned(),
            scope::OFFLINE_ACCESS => say.offline.to_owned(),
            scope::ACCOUNT => say.account.to_owned(),
            other => format!("{} {other}", say.other),
        };
        let resources = self.asked.resources.iter();
        let of_apis = resources.map(|api| format!("{} {api}", say.calls));
        self.asked
            .scopes
            .iter()
            .map(of_scope)
            .chain(of_apis)
            .collect()
    }
}

/// What the person says.
struct Decision {
    allows: bool,
}

impl FromFields for Decision {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let word = fields.text("decision").may_be_blank().optional();
        Ok(Self {
            allows: word.as_deref() == Some("allow"),
        })
    }
}

/// Go on: to the client, to the sign-in, or to the question.
///
/// # Errors
/// A page: no such request of this browser's.
#[utoipa::path(
    get, path = "/oauth/authorize/{request}", operation_id = "oauth_authorize_go_on", tags = ["page"], security(()),
    params(("request" = String, Path, description = "The name of the request")),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "The question, or the way back to the client"),
        (status = 303, description = "To the sign-in"),
        (status = 400, content_type = "text/html", body = String, description = "No such request of this browser's, or not any more"),
    )
)]
pub async fn get(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    visitor: Visitor,
    Segment(name): Segment,
) -> Result<Response, Refusal> {
    let asked = match postern
        .continue_authorization(&meta, visitor.browser(), &name)
        .await?
    {
        WentOn::To(authorized) => {
            return answer::after_a_form(&postern, &meta, &visitor, authorized);
        }
        WentOn::Asks(asked) => asked,
    };
    let user = &asked.signed.user;
    let frame = Frame::signed_out(&postern, &meta, &visitor.cookie, Some(user));
    let proven = user.proven_email().map(ToString::to_string);
    frame.show(&ConsentPage {
        frame: &frame,
        address: proven.unwrap_or_else(|| user.username.clone()),
        asked: &asked,
    })
}

/// Say yes or no.
///
/// # Errors
/// A form that was not shown to this browser; no such request.
#[utoipa::path(
    post, path = "/oauth/authorize/{request}", operation_id = "oauth_authorize_decide", tags = ["page"], security(()),
    params(("request" = String, Path, description = "The name of the request")),
    responses(
        (status = 200, content_type = "text/html", body = String, description = "Back to the client, which is refused"),
        (status = 303, description = "To the same by GET"),
        (status = 400, content_type = "text/html", body = String, description = "No such request of this browser's, or not any more"),
        (status = 403, content_type = "text/html", body = String, description = "Not a form of this browser's, or nobody is signed in"),
        (status = 415, content_type = "text/html", body = String, description = "Not a form"),
    )
)]
pub async fn post(State(postern): State<Postern>, request: Request) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    let Meta(meta) = Meta::from_request_parts(&mut parts, &postern).await?;
    let Ok(visitor) = Visitor::from_request_parts(&mut parts, &postern).await;
    let Segment(name) = Segment::from_request_parts(&mut parts, &postern).await?;
    let request = Request::from_parts(parts, body);
    let decision: Decision = own_form(request, &postern, &visitor.cookie).await?;
    if decision.allows {
        let agreed = postern.agree_to_client(&meta, visitor.browser(), &name);
        match agreed.await {
            // The page that follows finds out who is to sign in.
            Ok(()) | Err(Error::StaleSignIn) => {}
            Err(error) => return Err(error.into()),
        }
        return see_other(&format!("/oauth/authorize/{name}"));
    }
    let refused = postern.refuse_client(&meta, visitor.browser(), &name);
    answer::after_a_form(&postern, &meta, &visitor, refused.await?)
}
