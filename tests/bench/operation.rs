//! The operations that are measured, each with what must have happened before.

use std::net::IpAddr;

use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::Failure;
use crate::aws::Aws;
use crate::instance::{Instance, Invocation};
use crate::people::{Person, request};

/// One operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A path that nobody serves: what the Lambda runtime and the router cost.
    Nothing,
    /// A token with a wrong signature: that, and a signature check.
    ForgedToken,
    /// Asking for a code, for an account.
    RequestCode,
    /// Signing in with a code, from a place that the account knows.
    VerifyCode,
    /// The same from a new place.
    VerifyElsewhere,
    /// The first code, which makes the account.
    VerifyNew,
    /// Refreshing within five minutes of the last use.
    RefreshSoon,
    /// Refreshing later, as a client does whose access token has run out.
    Refresh,
    /// Reading the profile.
    ReadProfile,
    /// Editing it.
    EditProfile,
    /// Deleting the account.
    Delete,
}

/// A request that is ready to be sent.
pub struct Ready {
    request: Request<Bytes>,
    peer: IpAddr,
    expected: StatusCode,
}

impl Operation {
    /// All of them, in the order of the report.
    pub const ALL: [Self; 11] = [
        Self::Nothing,
        Self::ForgedToken,
        Self::RequestCode,
        Self::VerifyCode,
        Self::VerifyElsewhere,
        Self::VerifyNew,
        Self::RefreshSoon,
        Self::Refresh,
        Self::ReadProfile,
        Self::EditProfile,
        Self::Delete,
    ];

    /// What the report calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "unknown path",
            Self::ForgedToken => "forged token",
            Self::RequestCode => "request a code",
            Self::VerifyCode => "sign in by code",
            Self::VerifyElsewhere => "… from a new place",
            Self::VerifyNew => "… which makes the account",
            Self::RefreshSoon => "refresh within 5 min",
            Self::Refresh => "refresh later",
            Self::ReadProfile => "read the profile",
            Self::EditProfile => "edit the profile",
            Self::Delete => "delete the account",
        }
    }

    /// Does what comes before it through `instance`, and makes the request. The
    /// request's own place is then counted wherever that instance counts it.
    pub async fn ready(
        self,
        person: Person,
        instance: &Instance,
        aws: &Aws,
    ) -> Result<Ready, Failure> {
        let ready = |request, person: &Person| Ready {
            request,
            peer: person.peer,
            expected: StatusCode::OK,
        };
        if self == Self::Nothing {
            let request = request(Method::GET, "/cfg/accounts/nothing/", None, &Value::Null)?;
            return Ok(Ready {
                expected: StatusCode::NOT_FOUND,
                ..ready(request, &person)
            });
        }
        if self == Self::VerifyNew {
            let code = person.ask(instance, aws).await?;
            return Ok(ready(person.showing(&code)?, &person));
        }
        let tokens = person.sign_in(instance, aws).await?;
        Ok(match self {
            Self::Nothing | Self::VerifyNew | Self::RequestCode => ready(person.asking()?, &person),
            Self::ForgedToken => {
                let request = tokens
                    .forged()
                    .bearing(Method::GET, PROFILE, &Value::Null)?;
                Ready {
                    expected: StatusCode::UNAUTHORIZED,
                    ..ready(request, &person)
                }
            }
            Self::VerifyCode => {
                let code = person.ask(instance, aws).await?;
                ready(person.showing(&code)?, &person)
            }
            Self::VerifyElsewhere => {
                let person = person.elsewhere();
                let code = person.ask(instance, aws).await?;
                ready(person.showing(&code)?, &person)
            }
            Self::RefreshSoon | Self::Refresh => {
                let tokens = person.refresh(instance, &tokens).await?;
                if self == Self::Refresh {
                    tokens.let_an_hour_pass(aws).await?;
                }
                ready(tokens.refreshing()?, &person)
            }
            Self::ReadProfile => {
                ready(tokens.bearing(Method::GET, PROFILE, &Value::Null)?, &person)
            }
            Self::EditProfile => {
                let edit = json!({ "first_name": "Ada", "last_name": "Lovelace", "company": "Analytical Engines" });
                ready(
                    tokens.bearing(Method::PATCH, "/cfg/accounts/profile/update/", &edit)?,
                    &person,
                )
            }
            Self::Delete => ready(
                tokens.bearing(Method::POST, "/cfg/accounts/profile/delete/", &Value::Null)?,
                &person,
            ),
        })
    }
}

const PROFILE: &str = "/cfg/accounts/profile/";

impl Ready {
    /// Sends it, and insists on the answer that it must have: a failure is
    /// quick and cheap.
    pub async fn send(self, instance: &Instance) -> Result<Invocation, Failure> {
        let what = format!("{} {}", self.request.method(), self.request.uri());
        let done = instance.call(self.request, self.peer).await?;
        if done.status == self.expected {
            return Ok(done);
        }
        Err(format!("{what}: {} {}", done.status, done.body).into())
    }
}
