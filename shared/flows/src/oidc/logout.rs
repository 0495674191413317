//! A client, or the person, signs a browser out (OpenID Connect RP-Initiated Logout).
//!
//! An ID token of the very sign-in that the browser is in shows that its client means it.
//! Without one any page could sign people out by a link, so the person is asked. Where the
//! browser goes afterwards is one of the client's registered addresses, letter for letter;
//! whatever else is named, it stays here.

use domain::client::{Client, callback};
use domain::oidc::request::Parameters;
use domain::session::EndedBy;
use domain::{Error, GrantFailure};
use std::sync::Arc;
use store::Browser;

use super::authorize::VisitingBrowser;
use crate::{Postern, RequestMeta, Signed};

/// Where a browser goes when it is signed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedOutTo {
    /// The address.
    pub address: String,
    /// What people know the client as.
    pub client: String,
}

/// What becomes of a request to sign out.
#[derive(Clone, Debug)]
pub enum LogOut {
    /// The browser is signed out.
    Done(Option<SignedOutTo>),
    /// The person is asked first.
    Asks(Box<Signed>),
}

impl Postern {
    /// Signs the browser out if a hint shows that it is meant, or if nobody is signed in.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn log_out_browser(
        &self,
        meta: &RequestMeta,
        browser: VisitingBrowser<'_>,
        parameters: &Parameters,
    ) -> Result<LogOut, Error> {
        let (to, found) = tokio::join!(
            self.signed_out_to(meta, parameters),
            self.signed_in_browser(meta, browser.cookie),
        );
        let to = to?;
        let Some((found, signed)) = self.who_is_in(meta, found?).await? else {
            return Ok(LogOut::Done(to));
        };
        let issuer = &self.settings().issuer;
        let hint = parameters.only("id_token_hint");
        let hint = hint.and_then(|hint| self.ring().read_id_hint(hint, issuer, meta.now));
        if hint.is_some_and(|hint| hint.sid == found.session) {
            self.end_browser(meta, browser, &signed).await?;
            return Ok(LogOut::Done(to));
        }
        Ok(LogOut::Asks(Box::new(signed)))
    }

    /// Signs the browser out: the person said so, on our own page.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn log_out_as_asked(
        &self,
        meta: &RequestMeta,
        browser: VisitingBrowser<'_>,
        parameters: &Parameters,
    ) -> Result<Option<SignedOutTo>, Error> {
        let (to, found) = tokio::join!(
            self.signed_out_to(meta, parameters),
            self.signed_in_browser(meta, browser.cookie),
        );
        let to = to?;
        if let Some((_, signed)) = self.who_is_in(meta, found?).await? {
            self.end_browser(meta, browser, &signed).await?;
        }
        Ok(to)
    }

    async fn who_is_in(
        &self,
        meta: &RequestMeta,
        found: Option<Browser>,
    ) -> Result<Option<(Browser, Signed)>, Error> {
        let Some(found) = found else { return Ok(None) };
        let state = self
            .store()
            .signed_in(found.sub, found.session, None)
            .await?;
        let state = self.alive(meta, state);
        Ok(state.map(|(signed, _)| (found, signed)))
    }

    /// Ends the sign-in of a browser, and what clients were let do by it that did not ask to
    /// go on without the person (`offline_access`).
    async fn end_browser(
        &self,
        meta: &RequestMeta,
        browser: VisitingBrowser<'_>,
        signed: &Signed,
    ) -> Result<(), Error> {
        let Signed { user, session } = signed;
        if let Some(cookie) = browser.cookie {
            self.close_browser(cookie).await?;
        }
        self.end_session(meta, user, session, EndedBy::Owner)
            .await?;
        for one in self.sessions(user, meta.now).await? {
            let granted = one.authorization.as_ref();
            let from_here = granted.is_some_and(|granted| granted.sign_in == session.id);
            if from_here && !one.is_refreshed() {
                self.end_session(meta, user, &one, EndedBy::Owner).await?;
            }
        }
        Ok(())
    }

    /// Where the browser may go, if the request names a client that is registered for it. A
    /// hint and a `client_id` must name the same one.
    async fn signed_out_to(
        &self,
        meta: &RequestMeta,
        parameters: &Parameters,
    ) -> Result<Option<SignedOutTo>, Error> {
        let Some(uri) = parameters.only("post_logout_redirect_uri") else {
            return Ok(None);
        };
        let issuer = &self.settings().issuer;
        let hint = parameters.only("id_token_hint");
        let hint = hint.and_then(|hint| self.ring().read_id_hint(hint, issuer, meta.now));
        let named = parameters.only("client_id");
        let id = match (&hint, named) {
            (Some(hint), None) => hint.aud.as_str(),
            (Some(hint), Some(named)) if hint.aud == named => named,
            (None, Some(named)) => named,
            _ => return Ok(None),
        };
        let client: Option<Arc<Client>> = match self.client_of_late(id, meta.now).await {
            Ok(client) => Some(client),
            Err(Error::Grant(GrantFailure::UnknownClient)) => None,
            Err(error) => return Err(error),
        };
        let client = client.filter(|client| client.signs_out_to(uri));
        let state = parameters.only("state");
        let state: Vec<_> = state
            .map(|state| ("state", state.to_owned()))
            .into_iter()
            .collect();
        Ok(client.map(|client| SignedOutTo {
            address: match state.is_empty() {
                true => uri.to_owned(),
                false => callback(uri, &state),
            },
            client: client.name.clone(),
        }))
    }
}
