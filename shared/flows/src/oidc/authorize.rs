//! A client sends a browser here (OpenID Connect Core §3.1.2).
//!
//! Where somebody is signed in who agreed, it takes two round trips: whose browser it is,
//! and then their session and consent, while the code is written that they will probably
//! get. A code that is not handed out is a row that nobody has the name of, and is gone in a
//! minute. Else the request waits under a random name, and goes on in [`super::go_on`].
//!
//! It waits for one browser. The cookie of a sign-in is renewed by it, so the browser keeps
//! another for this, which signs nobody in. A name that came from somebody else's browser,
//! in a link, goes no further (session fixation).

use domain::client::{Client, Consent};
use domain::limit::AUTHORIZATIONS_PER_NETWORK;
use domain::oidc::code::AuthorizationCode;
use domain::oidc::request::{
    AuthorizationError, AuthorizationRequest, Before, LIFETIME, Parameters, ReplyTo, Target,
    WaitingRequest,
};
use domain::{Error, GrantFailure};
use store::Browser;
use uuid::Uuid;

use crate::{Postern, RequestMeta, Signed};

/// A browser, by its two cookies.
#[derive(Clone, Copy, Debug)]
pub struct VisitingBrowser<'a> {
    /// The one by which somebody is signed in.
    pub cookie: Option<&'a str>,
    /// The one by which its waiting requests are known.
    pub waits_by: Option<&'a str>,
}

/// An answer for a client.
#[derive(Clone, Debug)]
pub struct ClientAnswer {
    /// What people know the client as.
    pub client: String,
    /// Where it goes.
    pub reply_to: ReplyTo,
    /// What it says.
    pub parameters: Vec<(&'static str, String)>,
}

/// Where a browser goes before there is an answer.
#[derive(Clone, Debug)]
pub struct Waits {
    /// The name of the request.
    pub name: String,
    /// The cookie that the browser keeps from now on.
    pub waits_by: String,
    /// What it waits for.
    pub for_what: AwaitedStep,
}

/// What a request waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AwaitedStep {
    /// A sign-in.
    SignIn {
        /// What the person may have typed there already.
        login_hint: Option<String>,
        /// The languages that they read.
        ui_locales: Option<String>,
        /// Whether they have to sign in although they are.
        anew: bool,
    },
    /// The person's word.
    Consent,
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub enum Authorized {
    /// The client is answered.
    Answer(Box<ClientAnswer>),
    /// The person is asked for something first.
    Waits(Box<Waits>),
}

/// What a request lacks.
pub(crate) enum Lack {
    /// Nothing.
    Nothing,
    /// A sign-in.
    SignIn,
    /// The person's word.
    Consent,
}

impl Postern {
    /// Begins what a client asks for.
    ///
    /// # Errors
    /// What the person is told and no client: [`GrantFailure::UnknownClient`],
    /// [`GrantFailure::BadRedirect`]; [`Error::TooMany`] by network.
    pub async fn authorize(
        &self,
        meta: &RequestMeta,
        browser: VisitingBrowser<'_>,
        parameters: &Parameters,
    ) -> Result<Authorized, Error> {
        let target = Target::read(parameters).ok_or(Error::Grant(GrantFailure::BadRedirect))?;
        let (client, found) = tokio::join!(
            self.client_of_late(&target.client, meta.now),
            self.signed_in_browser(meta, browser.cookie),
        );
        let client = client?;
        if !client.is_answered_at(&target.redirect_uri) {
            return Err(Error::Grant(GrantFailure::BadRedirect));
        }
        let reply_to = ReplyTo::read(parameters, &target);
        let read = AuthorizationRequest::read(parameters, &client, reply_to.clone());
        let read = read.and_then(|request| self.with_hint(meta, parameters, &client, request));
        let request = match read {
            Ok(request) => request,
            Err(wrong) => return Ok(self.refusal(&client, reply_to, wrong)),
        };
        let Some(found) = found? else {
            let step = sign_in_step(&request, false);
            return self
                .keep_waiting(meta, browser, &client, request, None, step)
                .await;
        };
        let code = self.fresh_token();
        let row = AuthorizationCode::new(&request, found.sub, found.session, meta.now);
        let digest = self.authorization_code_digest(&code);
        let wants_a_page = request.prompt.asks_to_sign_in() || request.prompt.consent;
        let (state, written) = tokio::join!(
            self.store()
                .signed_in(found.sub, found.session, Some(&client.id)),
            async {
                match wants_a_page {
                    true => Ok(()),
                    false => self.store().put_authorization_code(&digest, &row).await,
                }
            },
        );
        let state = self.alive(meta, state?);
        let lacks = self.lack(meta, &client, &request, state.as_ref(), Before::First, None);
        let before = state.map(|(signed, _)| signed.session.id);
        match lacks {
            Lack::Nothing => {
                written?;
                Ok(self.code_for(&client, request.reply_to, code))
            }
            Lack::SignIn => {
                let step = sign_in_step(&request, before.is_some());
                self.keep_waiting(meta, browser, &client, request, before, step)
                    .await
            }
            Lack::Consent => {
                let step = AwaitedStep::Consent;
                self.keep_waiting(meta, browser, &client, request, before, step)
                    .await
            }
        }
    }

    /// The row of a browser that somebody may be signed in with.
    pub(crate) async fn signed_in_browser(
        &self,
        meta: &RequestMeta,
        cookie: Option<&str>,
    ) -> Result<Option<Browser>, Error> {
        let Some(cookie) = cookie else {
            return Ok(None);
        };
        let found = self.store().browser(&self.cookie_digest(cookie)).await?;
        Ok(found.filter(|browser| browser.expires_at > meta.now))
    }

    /// Who is signed in, if the session still stands, and what they agreed to.
    pub(crate) fn alive(
        &self,
        meta: &RequestMeta,
        found: Option<store::SignedIn>,
    ) -> Option<(Signed, Option<Consent>)> {
        let (session, user, consent) = found?;
        let stands = session.is_alive(&user, self.moment(meta.now));
        stands.then_some((Signed { user, session }, consent))
    }

    /// What `request` lacks of what it takes for a code.
    pub(crate) fn lack(
        &self,
        meta: &RequestMeta,
        client: &Client,
        request: &AuthorizationRequest,
        state: Option<&(Signed, Option<Consent>)>,
        before: Before,
        agreed_in: Option<Uuid>,
    ) -> Lack {
        let Some((signed, consent)) = state else {
            return Lack::SignIn;
        };
        let subject = self.subject_for(client, signed.user.sub);
        let is_expected = request.expected.is_none_or(|expected| expected == subject);
        if !is_expected || !request.is_met_by(&signed.session, before, meta.now) {
            return Lack::SignIn;
        }
        let has_agreed = match request.prompt.consent {
            true => agreed_in == Some(signed.session.id),
            false => {
                let standing = consent.as_ref();
                let standing = standing.filter(|one| one.stands(&signed.user, client));
                let asked = (&request.scopes, &request.resources);
                client.first_party || standing.is_some_and(|one| one.covers(asked.0, asked.1))
            }
        };
        match has_agreed {
            true => Lack::Nothing,
            false => Lack::Consent,
        }
    }

    /// The name by which `client` knows the account `sub`.
    pub(crate) fn subject_for(&self, client: &Client, sub: Uuid) -> Uuid {
        let sector = client.sector.as_deref();
        sector.map_or(sub, |sector| self.ring().pairwise(sector, sub))
    }

    /// `request` with the person that its hint names. A hint that is none of ours, or was
    /// another client's, is a mistake: it would be a wish that silently came to nothing.
    fn with_hint(
        &self,
        meta: &RequestMeta,
        parameters: &Parameters,
        client: &Client,
        request: AuthorizationRequest,
    ) -> Result<AuthorizationRequest, AuthorizationError> {
        const WRONG: AuthorizationError =
            AuthorizationError::InvalidRequest("id_token_hint is no ID token of this client");
        if parameters.all("id_token_hint").next().is_none() {
            return Ok(request);
        }
        let hint = parameters.only("id_token_hint").ok_or(WRONG)?;
        let issuer = &self.settings().issuer;
        let hint = self.ring().read_id_hint(hint, issuer, meta.now);
        let hint = hint.filter(|hint| hint.aud == client.id).ok_or(WRONG)?;
        Ok(AuthorizationRequest {
            expected: Some(hint.sub),
            ..request
        })
    }

    /// Has `request` wait; or says to its client that it may not, if it wants no page.
    async fn keep_waiting(
        &self,
        meta: &RequestMeta,
        browser: VisitingBrowser<'_>,
        client: &Client,
        request: AuthorizationRequest,
        session_before: Option<Uuid>,
        for_what: AwaitedStep,
    ) -> Result<Authorized, Error> {
        if request.prompt.none {
            let wrong = match for_what {
                AwaitedStep::SignIn { .. } => AuthorizationError::LoginRequired,
                AwaitedStep::Consent => AuthorizationError::ConsentRequired,
            };
            return Ok(self.refusal(client, request.reply_to, wrong));
        }
        self.limit_by_network(&AUTHORIZATIONS_PER_NETWORK, meta)
            .await?;
        let name = self.fresh_token();
        let kept = browser.waits_by.map(str::to_owned);
        let waits_by = kept.unwrap_or_else(|| self.fresh_token());
        let waiting = WaitingRequest {
            request,
            browser: self.waiting_browser_digest(&waits_by),
            session_before,
            agreed_in: None,
            created_at: meta.now,
            expires_at: meta.now.plus(LIFETIME),
        };
        let digest = self.waiting_request_digest(&name);
        self.store().put_waiting_request(&digest, &waiting).await?;
        Ok(Authorized::Waits(Box::new(Waits {
            name,
            waits_by,
            for_what,
        })))
    }

    /// The answer that brings the code.
    pub(crate) fn code_for(&self, client: &Client, reply_to: ReplyTo, code: String) -> Authorized {
        self.answer(client, reply_to, vec![("code", code)])
    }

    /// The answer that says what was wrong.
    pub(crate) fn refusal(
        &self,
        client: &Client,
        reply_to: ReplyTo,
        wrong: AuthorizationError,
    ) -> Authorized {
        let said = vec![
            ("error", wrong.name().to_owned()),
            ("error_description", wrong.description().to_owned()),
        ];
        self.answer(client, reply_to, said)
    }

    /// Every answer has the state of its request, and says who gives it, so that a client of
    /// several issuers is not made to bring a code to the wrong one (RFC 9207).
    fn answer(
        &self,
        client: &Client,
        reply_to: ReplyTo,
        mut parameters: Vec<(&'static str, String)>,
    ) -> Authorized {
        if let Some(state) = &reply_to.state {
            parameters.push(("state", state.clone()));
        }
        parameters.push(("iss", self.settings().issuer.clone()));
        Authorized::Answer(Box::new(ClientAnswer {
            client: client.name.clone(),
            reply_to,
            parameters,
        }))
    }

    /// What a code is found by.
    pub(crate) fn authorization_code_digest(&self, code: &str) -> String {
        self.ring().fingerprint("authorization code", code)
    }

    /// What a waiting request is found by.
    pub(crate) fn waiting_request_digest(&self, name: &str) -> String {
        self.ring().fingerprint("authorization request", name)
    }

    /// What a waiting request keeps of its browser.
    pub(crate) fn waiting_browser_digest(&self, cookie: &str) -> String {
        self.ring().fingerprint("authorization browser", cookie)
    }
}

/// A sign-in, with what the request says about it.
pub(crate) fn sign_in_step(request: &AuthorizationRequest, is_signed_in: bool) -> AwaitedStep {
    AwaitedStep::SignIn {
        login_hint: request.login_hint.clone(),
        ui_locales: request.ui_locales.clone(),
        anew: is_signed_in || request.prompt.asks_to_sign_in(),
    }
}
