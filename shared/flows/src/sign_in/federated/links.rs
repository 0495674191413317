//! What an account is linked to, and how a link ends.

use delivery::Letter;
use domain::Error;
use domain::account::{User, WayIn};
use domain::audit::EventKind;
use domain::provider::{Link, OauthFailure, Provider};

use crate::{FreshSession, MAX_ROUNDS, Postern, RequestMeta, contended};

impl Postern {
    /// What an account is linked to.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn links(&self, user: &User) -> Result<Vec<Link>, Error> {
        if !user.ways_in.contains(&WayIn::Provider) {
            return Ok(Vec::new());
        }
        Ok(self.store().links(user.sub).await?)
    }

    /// Removes the signed-in user's link, if they have another or `can_do_without` any.
    ///
    /// # Errors
    /// [`OauthFailure::NotLinked`] if there is none, and [`OauthFailure::LastWayIn`] if
    /// the account would have no way left to sign in.
    pub async fn disconnect(
        &self,
        meta: &RequestMeta,
        session: FreshSession,
        provider: Provider,
        can_do_without: impl Fn(&User) -> bool,
    ) -> Result<(), Error> {
        let signed = session.signed();
        let sub = signed.user.sub;
        let event = self.user_event(
            &signed.user,
            EventKind::ProviderUnlinked,
            Some(signed.session.id),
            meta,
        )?;
        for _ in 0..MAX_ROUNDS {
            let (user, links) = self.store().user_and_links(sub).await?;
            let user = user.ok_or(Error::Missing)?;
            let (gone, others): (Vec<_>, Vec<_>) = links
                .into_iter()
                .partition(|link| link.provider == provider);
            let link = gone.into_iter().next().ok_or(OauthFailure::NotLinked)?;
            if others.is_empty() && !can_do_without(&user) {
                return Err(Error::Oauth(OauthFailure::LastWayIn));
            }
            let mut edited = user.clone();
            edited.rev += 1;
            if others.is_empty() {
                edited = edited.without_provider();
            } else {
                // Whose it was is not stored; the next sign-in through the other brings its own.
                edited.provider_picture.clear();
            }
            let transaction = self
                .store()
                .transaction()
                .edit_user(&edited, &user)?
                .unlink(sub, &link)?
                .audit(&event)?;
            let letter = Some(Letter::ProviderUnlinked { provider });
            let committed = self.commit_and_notify(transaction, &user, letter, meta);
            if committed.await?.is_none() {
                return Ok(());
            }
        }
        Err(contended())
    }
}
