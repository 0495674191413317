//! Signing in through a provider, and what is linked to it.
//!
//! Somebody departs with a state, which is stored as a hash, and a PKCE
//! challenge, whose verifier is derived from the state and not stored. They come
//! back with a code. The state is spent before anything else is done with it: it
//! buys one conversation with the provider, which no transaction can hold, so of
//! any number of callers with one state one gets to speak. Whether the way back
//! is the one that it was made for is compared after that.
//!
//! Then it is a sign-in like any other. A link is made together with the session
//! that it is made in, never before a second factor was shown: an account with
//! one is found by its proven address each time, and asked for its factor.

use crypto::derive;
use domain::account::{User, WayIn};
use domain::audit::EventKind;
use domain::limit::{OAUTH_DEPARTURES_PER_PLACE, OAUTH_RETURNS_PER_PLACE};
use domain::provider::{
    Arrival, Departure, Link, OauthFailure, Profile, Provider, STATE_LIFETIME, arrival,
    can_do_without,
};
use domain::sign_in::{Amr, NextStep, next_step};
use domain::{Contract, Error, platform};
use providers::{Exchange, Failure, GitHub};
use store::{Commit, Step};

use crate::sign_in::Proof;
use crate::{MAX_ROUNDS, Postern, RequestMeta, SignIn, Signed, contended, event};

/// How often a sign-in starts over. More patience than elsewhere: the code is
/// spent by then, and the person would have to go to the provider again.
const ROUNDS: u32 = 2 * MAX_ROUNDS;

/// From which round on a sign-in gives up to remember where it came from: writing
/// that is an edit, and edits refuse each other.
const QUARREL: u32 = 2;

/// Where to send somebody, and what they must bring back.
#[derive(Clone, Debug)]
pub struct Departing {
    /// The provider's page that asks them.
    pub authorization_url: String,
    /// What comes back with the code, if it is the same browser.
    pub state: String,
}

/// What somebody brings back from a provider.
#[derive(Clone, Debug)]
pub struct Return {
    /// The provider's code.
    pub code: String,
    /// The state that they departed with.
    pub state: String,
    /// Where they came back to, unless it is the usual place.
    pub redirect_uri: Option<String>,
}

/// A sign-in through a provider.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// How it ended.
    pub sign_in: SignIn,
    /// Whether the account was made by it.
    pub is_new_user: bool,
    /// Whether the link was made by it.
    pub is_new_connection: bool,
}

/// Somebody who came back, and what is known of them.
struct Coming<'a> {
    proof: Proof<'a>,
    departure: &'a Departure,
    profile: &'a Profile,
}

impl Postern {
    /// The providers that people can sign in through.
    #[must_use]
    pub fn oauth_providers(&self) -> Vec<Provider> {
        let on = |one: &Provider| match one {
            Provider::Github => self.0.github.is_some(),
        };
        Provider::ALL.into_iter().filter(on).collect()
    }

    fn github(&self) -> Result<&GitHub, Error> {
        let disabled = Error::Oauth(OauthFailure::Disabled);
        self.0.github.as_ref().ok_or(disabled)
    }

    /// The place to come back to: one of the installation's, letter for letter.
    fn redirect_uri(&self, asked: Option<&str>) -> Result<&str, Error> {
        let listed = &self.settings().oauth.redirect_uris;
        let found = match asked {
            None => listed.first(),
            Some(asked) => listed.iter().find(|uri| *uri == asked),
        };
        found
            .map(String::as_str)
            .ok_or(Error::Oauth(OauthFailure::RedirectUri))
    }

    /// Sends somebody to GitHub. `source` is the host of the site that asks.
    ///
    /// # Errors
    /// [`OauthFailure::Disabled`], [`OauthFailure::RedirectUri`], and
    /// [`Error::TooMany`] by place.
    pub async fn depart_to_github(
        &self,
        meta: &RequestMeta,
        redirect_uri: Option<&str>,
        source: &str,
    ) -> Result<Departing, Error> {
        let github = self.github()?;
        let redirect_uri = self.redirect_uri(redirect_uri)?;
        let place = meta.place().to_string();
        let admitted = self
            .store()
            .hit(&OAUTH_DEPARTURES_PER_PLACE, &place, meta.now)
            .await?;
        admitted.map_err(Error::TooMany)?;
        let state = derive::fresh_token(self.entropy());
        let departure = Departure {
            provider: Provider::Github,
            redirect_uri: redirect_uri.to_owned(),
            source: source.to_owned(),
            expires_at: meta.now.plus(STATE_LIFETIME),
        };
        self.store()
            .depart(&derive::token_hash(&state), &departure)
            .await?;
        let (_, challenge) = self.ring().pkce(&state);
        let authorization_url = github
            .authorization_url(redirect_uri, &state, &challenge)
            .ok_or_else(|| Error::Internal("GitHub's URL is none".to_owned()))?;
        Ok(Departing {
            authorization_url,
            state,
        })
    }

    /// Signs in whoever comes back from GitHub.
    ///
    /// # Errors
    /// [`Error::Oauth`] as the state, GitHub and the account have it, and
    /// [`Error::TooMany`] by place.
    pub async fn return_from_github(
        &self,
        meta: &RequestMeta,
        contract: Contract,
        back: &Return,
    ) -> Result<Arrived, Error> {
        let github = self.github()?;
        let place = meta.place().to_string();
        let admitted = self
            .store()
            .hit(&OAUTH_RETURNS_PER_PLACE, &place, meta.now)
            .await?;
        admitted.map_err(Error::TooMany)?;
        let departure = self
            .store()
            .come_back(&derive::token_hash(&back.state), meta.now)
            .await?;
        let here = self.redirect_uri(back.redirect_uri.as_deref()).ok();
        let departure = departure
            .filter(|departure| here == Some(departure.redirect_uri.as_str()))
            .ok_or(Error::Oauth(OauthFailure::State))?;
        let (verifier, _) = self.ring().pkce(&back.state);
        let exchange = Exchange {
            code: &back.code,
            redirect_uri: &departure.redirect_uri,
            verifier: &verifier,
        };
        let profile = github.profile(exchange).await.map_err(refused)?;
        self.arrive(&Coming {
            proof: Proof {
                meta,
                contract,
                amr: vec![Amr::Federated],
                provider: Some(departure.provider.name().to_owned()),
                event: None,
            },
            departure: &departure,
            profile: &profile,
        })
        .await
    }

    /// Finds or makes the account, and signs it in. Starts over when another
    /// sign-in or edit came between.
    async fn arrive(&self, coming: &Coming<'_>) -> Result<Arrived, Error> {
        let (provider, profile) = (coming.departure.provider, coming.profile);
        for round in 0..ROUNDS {
            let found = self.store().candidates(provider, profile).await?;
            let (linked, link) = match found.linked {
                None => (None, None),
                Some(sub) => self.store().user_and_link(sub, provider).await?,
            };
            if found.linked.is_some() && (linked.is_none() || link.is_none()) {
                continue; // Unlinked between the two reads.
            }
            let holder = match found.holder {
                Some(sub) if linked.is_none() => self.store().user(sub).await?,
                _ => None,
            };
            let arrival = match arrival(profile, linked.as_ref(), holder.as_ref()) {
                Ok(arrival) => arrival,
                Err(failure) => return self.turn_away(coming, failure, linked.or(holder)).await,
            };
            let (entered, is_new_user, is_new_connection) = match arrival {
                Arrival::Linked(user) => {
                    let quarrel = round >= QUARREL;
                    let entered = self.enter_linked(coming, user, link, quarrel).await?;
                    (entered, false, false)
                }
                Arrival::Known(user) => {
                    let owed = next_step(user, &coming.proof.amr) == NextStep::SecondFactor;
                    (
                        self.enter_linked(coming, user, None, false).await?,
                        false,
                        !owed,
                    )
                }
                Arrival::New(email) => {
                    let source = &coming.departure.source;
                    let user = self.newcomer(&email.clone().into(), source, coming.proof.meta)?;
                    (self.join(coming, user).await?, true, true)
                }
            };
            let Ok(sign_in) = entered else { continue };
            return Ok(Arrived {
                sign_in,
                is_new_user,
                is_new_connection,
            });
        }
        Err(contended())
    }

    /// Writes down a failure at an account, and answers.
    async fn turn_away(
        &self,
        coming: &Coming<'_>,
        failure: OauthFailure,
        user: Option<User>,
    ) -> Result<Arrived, Error> {
        if let Some(user) = user {
            let meta = coming.proof.meta;
            let event = self.user_event(&user, EventKind::SignInFailed, None, meta)?;
            self.store().append_audit(&event).await?;
        }
        Err(Error::Oauth(failure))
    }

    /// A new account, with its link.
    async fn join(&self, coming: &Coming<'_>, user: User) -> Result<Result<SignIn, Step>, Error> {
        let user = User {
            first_name: coming.profile.first_name.clone(),
            last_name: coming.profile.last_name.clone(),
            ways_in: vec![WayIn::Provider],
            ..user
        };
        let transaction = self.store().transaction();
        let transaction = transaction.link(user.sub, &self.new_link(coming))?;
        self.sign_up(&coming.proof, transaction, user).await
    }

    /// An account that exists, by its `link` or to be linked. In a `quarrel` with
    /// other sign-ins its row is left alone but for the time.
    async fn enter_linked(
        &self,
        coming: &Coming<'_>,
        user: &User,
        link: Option<Link>,
        quarrel: bool,
    ) -> Result<Result<SignIn, Step>, Error> {
        let meta = coming.proof.meta;
        let mut entered = self.seen(user, meta);
        let transaction = self.store().transaction();
        let transaction = match link {
            _ if next_step(user, &coming.proof.amr) == NextStep::SecondFactor => transaction,
            Some(link) => {
                if quarrel {
                    entered.clone_from(user);
                }
                transaction.use_link(user.sub, &link.used(coming.profile, meta.now))?
            }
            None => {
                entered.ways_in.push(WayIn::Provider);
                let event = self.user_event(user, EventKind::ProviderLinked, None, meta)?;
                transaction
                    .link(user.sub, &self.new_link(coming))?
                    .audit(&event)?
            }
        };
        self.sign_in(&coming.proof, transaction, user, entered)
            .await
    }

    fn new_link(&self, coming: &Coming<'_>) -> Link {
        Link::new(
            platform::integer_id(self.entropy()),
            coming.departure.provider,
            coming.profile,
            coming.proof.meta.now,
        )
    }

    /// What an account is linked to.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn links(&self, user: &User) -> Result<Vec<Link>, Error> {
        let mut links = Vec::new();
        if user.ways_in.contains(&WayIn::Provider) {
            for provider in Provider::ALL {
                links.extend(self.store().link(user.sub, provider).await?);
            }
        }
        Ok(links)
    }

    /// Takes the link of whoever is signed in away.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is none, and [`OauthFailure::LastWayIn`] if
    /// nobody could sign in to the account any more.
    pub async fn disconnect(
        &self,
        meta: &RequestMeta,
        signed: Signed,
        provider: Provider,
    ) -> Result<(), Error> {
        let sub = signed.user.sub;
        let event = self.user_event(
            &signed.user,
            EventKind::ProviderUnlinked,
            Some(signed.session.id),
            meta,
        )?;
        for _ in 0..MAX_ROUNDS {
            let (user, link) = self.store().user_and_link(sub, provider).await?;
            let (Some(user), Some(link)) = (user, link) else {
                return Err(Error::Missing);
            };
            if !can_do_without(&user) {
                return Err(Error::Oauth(OauthFailure::LastWayIn));
            }
            let mut edited = user.clone();
            edited.rev += 1;
            edited.ways_in.retain(|way| *way != WayIn::Provider);
            let transaction = self
                .store()
                .transaction()
                .edit_user(&edited, user.rev)?
                .unlink(sub, &link)?
                .audit(&event)?;
            if let Commit::Done = transaction.commit(platform::uuid(self.entropy())).await? {
                return Ok(());
            }
        }
        Err(contended())
    }
}

/// What a provider's failure is to the person; the log knows more.
fn refused(failure: Failure) -> Error {
    event::log("provider_failed", [("reason", failure.to_string().into())]);
    Error::Oauth(match failure {
        Failure::Refused(_) => OauthFailure::Refused,
        Failure::Unreachable(_) => OauthFailure::Unreachable,
    })
}
