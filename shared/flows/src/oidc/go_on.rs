//! A request that waited goes on: the person has signed in, or is asked whether the client
//! may know them.

use crypto::derive::constant_time_eq;
use domain::client::{Client, Consent};
use domain::oidc::code::AuthorizationCode;
use domain::oidc::request::{AuthorizationError, WaitingRequest};
use domain::oidc::scope::Scopes;
use domain::{Error, GrantFailure};
use store::Step;

use super::authorize::{Authorized, Lack, VisitingBrowser, Waits, sign_in_step};
use crate::{Postern, RequestMeta, Signed, contended};

/// What a person is asked.
#[derive(Clone, Debug)]
pub struct ConsentAsked {
    /// The name of the request.
    pub name: String,
    /// What people know the client as.
    pub client: String,
    /// Where the answer goes, for the person to see.
    pub redirect_uri: String,
    /// What it may know and do.
    pub scopes: Scopes,
    /// The APIs that it may call.
    pub resources: Vec<String>,
    /// Who is asked.
    pub signed: Signed,
}

/// What becomes of a request that waited.
#[derive(Clone, Debug)]
pub enum WentOn {
    /// As of one that has just come.
    To(Authorized),
    /// The person is asked.
    Asks(Box<ConsentAsked>),
}

/// A waiting request, with what there is to decide it by.
pub(crate) struct Waiting {
    pub(crate) digest: String,
    pub(crate) row: WaitingRequest,
    pub(crate) client: Client,
    pub(crate) state: Option<(Signed, Option<Consent>)>,
}

const OVER: Error = Error::Grant(GrantFailure::Unknown);

impl Postern {
    /// Goes on with the request of that name.
    ///
    /// # Errors
    /// [`GrantFailure::Unknown`] if this browser has no such request any more.
    pub async fn continue_authorization(
        &self,
        meta: &RequestMeta,
        browser: VisitingBrowser<'_>,
        name: &str,
    ) -> Result<WentOn, Error> {
        let waiting = self.waiting_request(meta, browser, name).await?;
        let Waiting {
            digest,
            row,
            client,
            state,
        } = waiting;
        let (before, agreed) = (row.before(), row.agreed_in);
        let lack = self.lack(meta, &client, &row.request, state.as_ref(), before, agreed);
        let signed = match (lack, state) {
            (Lack::Nothing, Some((signed, _))) => signed,
            (Lack::Consent, Some((signed, _))) => {
                return Ok(WentOn::Asks(Box::new(ConsentAsked {
                    name: name.to_owned(),
                    client: client.name,
                    redirect_uri: row.request.reply_to.redirect_uri,
                    scopes: row.request.scopes,
                    resources: row.request.resources,
                    signed,
                })));
            }
            (_, state) => {
                return Ok(WentOn::To(Authorized::Waits(Box::new(Waits {
                    name: name.to_owned(),
                    waits_by: browser.waits_by.unwrap_or_default().to_owned(),
                    for_what: sign_in_step(&row.request, state.is_some()),
                }))));
            }
        };
        let code = self.fresh_token();
        let (sub, session) = (signed.user.sub, signed.session.id);
        let made = AuthorizationCode::new(&row.request, sub, session, meta.now);
        let transaction = self
            .store()
            .transaction()
            .answer_request(&digest, meta.now)?
            .begin_code(&self.authorization_code_digest(&code), &made)?;
        match self.commit(transaction).await? {
            None => Ok(WentOn::To(self.code_for(
                &client,
                row.request.reply_to,
                code,
            ))),
            Some(Step::AnswerRequest) => Err(OVER),
            Some(_) => Err(contended()),
        }
    }

    /// Ends the request of that name: the person said no.
    ///
    /// # Errors
    /// As [`Postern::continue_authorization`].
    pub async fn refuse_client(
        &self,
        meta: &RequestMeta,
        browser: VisitingBrowser<'_>,
        name: &str,
    ) -> Result<Authorized, Error> {
        let waiting = self.waiting_request(meta, browser, name).await?;
        let transaction = self.store().transaction();
        let transaction = transaction.answer_request(&waiting.digest, meta.now)?;
        match self.commit(transaction).await? {
            None => {
                let refused = AuthorizationError::AccessDenied;
                let reply_to = waiting.row.request.reply_to;
                Ok(self.refusal(&waiting.client, reply_to, refused))
            }
            Some(_) => Err(OVER),
        }
    }

    /// The request of that name, if it is this browser's, with its client and who is signed
    /// in.
    pub(crate) async fn waiting_request(
        &self,
        meta: &RequestMeta,
        browser: VisitingBrowser<'_>,
        name: &str,
    ) -> Result<Waiting, Error> {
        let digest = self.waiting_request_digest(name);
        let (row, found) = tokio::join!(
            self.store().waiting_request(&digest),
            self.signed_in_browser(meta, browser.cookie),
        );
        let own = browser
            .waits_by
            .map(|cookie| self.waiting_browser_digest(cookie));
        let own = own.unwrap_or_default();
        let row =
            row?.filter(|row| row.expires_at > meta.now && constant_time_eq(&row.browser, &own));
        let row = row.ok_or(OVER)?;
        let id = row.request.client.as_str();
        let (client, state) = match found? {
            None => (self.client_now(id).await, None),
            Some(found) => {
                let state = self.store().signed_in(found.sub, found.session, Some(id));
                let (client, state) = tokio::join!(self.client_now(id), state);
                (client, self.alive(meta, state?))
            }
        };
        let client = client?;
        // It may have been removed meanwhile, or registered anew with other addresses.
        let is_the_same = client.created_at <= row.created_at
            && client.is_answered_at(&row.request.reply_to.redirect_uri);
        if !is_the_same {
            return Err(Error::Grant(GrantFailure::BadRedirect));
        }
        Ok(Waiting {
            digest,
            row,
            client,
            state,
        })
    }
}
