//! Linking an account at a provider to the account of a user who is signed in.

use delivery::Letter;
use domain::account::{User, WayIn};
use domain::audit::EventKind;
use domain::limit::OAUTH_RETURNS_PER_NETWORK;
use domain::provider::{Link, LinkRequest, OauthFailure, Profile, Provider};
use domain::{AuthFailure, Error, platform};

use crate::session::fresh::proven;
use crate::sign_in::federated::oauth::Brought;
use crate::{FreshSession, MAX_ROUNDS, Postern, RequestMeta, contended};

impl Postern {
    /// Links what a client has received from `provider` itself, with a state that the
    /// signed-in user has set out with.
    ///
    /// # Errors
    /// [`OauthFailure::Refused`] for a state of anybody else's, or of a sign-in; as
    /// [`Postern::complete_social`] otherwise.
    pub async fn link_social(
        &self,
        meta: &RequestMeta,
        session: &FreshSession,
        provider: Provider,
        state: &str,
        code: &str,
    ) -> Result<(), Error> {
        let (client, secret) = self.oauth_provider(provider)?;
        self.limit_by_network(&OAUTH_RETURNS_PER_NETWORK, meta)
            .await?;
        let refused = || Error::Oauth(OauthFailure::Refused(provider));
        let spent = self.spend_social_state(meta, provider, state).await;
        let (departure, request) = spent.map_err(|error| match error {
            Error::Oauth(OauthFailure::State) => refused(),
            error => error,
        })?;
        let sub = session.user().sub;
        if request.link.is_none_or(|link| link.sub != sub) {
            return Err(refused());
        }
        let brought = Brought {
            state,
            code,
            user: None,
        };
        let vouched = self.trade(meta, client, &secret, &departure, brought);
        let profile = vouched.await?.profile;
        let link = LinkRequest {
            sub,
            session: session.session().id,
        };
        self.link_to(meta, link, provider, &profile).await
    }

    /// Links the account that `provider` knows by this `profile` to that of `asked`, whose
    /// session was fresh when it asked and still has to live.
    ///
    /// # Errors
    /// [`AuthFailure::EndedSession`]; [`Error::Unproven`]; [`OauthFailure::LinkedElsewhere`],
    /// [`OauthFailure::OtherLink`].
    pub(super) async fn link_to(
        &self,
        meta: &RequestMeta,
        asked: LinkRequest,
        provider: Provider,
        profile: &Profile,
    ) -> Result<(), Error> {
        let LinkRequest { sub, session } = asked;
        for _ in 0..MAX_ROUNDS {
            let (found, known, links) = tokio::try_join!(
                self.store().candidates(provider, profile),
                self.store().session_and_user(sub, session),
                self.store().links(sub),
            )?;
            let alive =
                known.filter(|(session, user)| session.is_alive(user, self.moment(meta.now)));
            let (_, user) = alive.ok_or(Error::Unauthenticated(AuthFailure::EndedSession))?;
            match found.linked {
                Some(holder) if holder == sub => return Ok(()),
                Some(_) => return Err(OauthFailure::LinkedElsewhere.into()),
                None => {}
            }
            // A link counts as a proof of the account: a stranger who registered with
            // another person's address would make it theirs.
            proven(&user)?;
            // One link to a provider: another name there does not replace it unasked.
            if links.iter().any(|link| link.provider == provider) {
                return Err(OauthFailure::OtherLink.into());
            }
            let mut edited = User {
                rev: user.rev + 1,
                ..user.clone()
            };
            if !edited.ways_in.contains(&WayIn::Provider) {
                edited.ways_in.push(WayIn::Provider);
            }
            edited.provider_picture.clone_from(&profile.picture);
            let number = platform::integer_id(self.entropy());
            let link = Link::new(number, provider, profile, meta.now);
            let event = self.user_event(&user, EventKind::ProviderLinked, Some(session), meta)?;
            let transaction = self
                .store()
                .transaction()
                .edit_user(&edited, &user)?
                .link(sub, &link)?
                .audit(&event)?;
            let letter = Some(Letter::ProviderLinked { provider });
            let committed = self.commit_and_notify(transaction, &user, letter, meta);
            if committed.await?.is_none() {
                return Ok(());
            }
        }
        Err(contended())
    }
}
