//! Changing what one's own account says (nauth).
//!
//! Another address is shown at once and waits for its proof; until then the proven one
//! signs in and holds its claim ([`domain::account::PendingEmail`]). A number is contact
//! data until it is proven.

use delivery::Letter;
use domain::account::{Factor, PendingEmail, User};
use domain::audit::EventKind;
use domain::factors::FactorFailure;
use domain::limit::nauth::PROFILE_EDITS_PER_ACCOUNT;
use domain::provider::{OauthFailure, has_way_in};
use domain::username::{LoginName, Username};
use domain::{EmailAddress, Error, PhoneNumber, Problem};
use serde_json::{Map, Value};
use store::Step;

use crate::{FreshSession, MAX_ROUNDS, Postern, RequestMeta, Signed, WholeSession, contended};

/// What a user wants changed: `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct AttributeEdit {
    /// Another username.
    pub username: Option<Username>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Another address, which waits for its proof.
    pub email: Option<EmailAddress>,
    /// Another number, unproven.
    pub phone: Option<PhoneNumber>,
    /// Merged into what is there; a null takes a name away.
    pub metadata: Option<Map<String, Value>>,
    /// The kind of factor that sign-ins are to ask for first.
    pub preferred_factor: Option<Factor>,
}

impl AttributeEdit {
    /// `user` with the edit made, or `None` if it would change nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the metadata would grow beyond its bounds.
    pub(crate) fn of(&self, user: &User, meta: &RequestMeta) -> Result<Option<User>, Error> {
        let mut after = match &self.phone {
            Some(phone) => user.with_phone(phone.as_str()),
            None => user.clone(),
        };
        if let Some(username) = &self.username {
            username.as_str().clone_into(&mut after.username);
        }
        if let Some(name) = &self.first_name {
            after.first_name.clone_from(name);
        }
        if let Some(name) = &self.last_name {
            after.last_name.clone_from(name);
        }
        if let Some(address) = &self.email {
            after.pending_email = match user.email.as_ref() == Some(address) {
                true => None,
                false if user.pending_email(meta.now) == Some(address) => after.pending_email,
                false => Some(PendingEmail {
                    address: address.clone(),
                    since: meta.now,
                }),
            };
        }
        if let Some(metadata) = &self.metadata {
            let merged = user.metadata.merged(metadata);
            after.metadata =
                merged.map_err(|kind| Error::Invalid(vec![Problem::of("metadata", kind)]))?;
        }
        if after == *user {
            return Ok(None);
        }
        after.rev = user.rev + 1;
        after.updated_at = Some(meta.now);
        Ok(Some(after))
    }

    /// The names that it claims, or would once they are proven.
    pub(crate) fn names(&self) -> impl Iterator<Item = LoginName> + use<> {
        let email = self.email.clone().map(LoginName::Email);
        let username = self.username.clone().map(LoginName::Username);
        let phone = self.phone.clone().map(LoginName::Phone);
        [email, username, phone].into_iter().flatten()
    }

    /// Whether an edit changes what guards the account.
    pub(crate) fn guards(before: &User, after: &User) -> bool {
        after.username != before.username
            || after.email != before.email
            || after.pending_email != before.pending_email
            || after.phone != before.phone
    }

    /// What the owner is told at the address that they had before, while it still signs in:
    /// of several things the one that an intruder would gain most by.
    pub(crate) fn letter(before: &User, after: &User) -> Option<Letter> {
        let asks = after.pending_email.is_some() && after.pending_email != before.pending_email;
        let letter = if after.email != before.email {
            Letter::AddressChanged
        } else if asks {
            Letter::AddressChangeAsked
        } else if after.phone != before.phone {
            Letter::NumberChanged
        } else if after.username != before.username {
            Letter::UsernameChanged
        } else {
            return None;
        };
        before.email_verified.then_some(letter)
    }

    /// The events of the edit: one for each thing that guards the account, and one for the
    /// rest.
    pub(crate) fn kinds(before: &User, after: &User) -> impl Iterator<Item = EventKind> + use<> {
        let moved = after.email != before.email;
        let asked = !moved && after.pending_email != before.pending_email;
        let profile = |user: &User| {
            let names = (user.first_name.clone(), user.last_name.clone());
            (names, user.metadata.clone())
        };
        let rest = profile(after) != profile(before);
        [
            moved.then_some(EventKind::EmailChanged),
            asked.then_some(EventKind::EmailChangeRequested),
            (after.phone != before.phone).then_some(EventKind::PhoneChanged),
            (after.username != before.username).then_some(EventKind::UsernameChanged),
            (rest || !Self::guards(before, after)).then_some(EventKind::ProfileUpdated),
        ]
        .into_iter()
        .flatten()
    }
}

impl Postern {
    /// Edits the account of the signed-in user, and returns it.
    ///
    /// # Errors
    /// [`Error::StaleSignIn`] for another username, address or number;
    /// [`Error::Forbidden`] for a session without all rights of the account;
    /// [`Error::Taken`]; [`Error::Invalid`] for metadata that outgrows its bounds;
    /// [`OauthFailure::LastWayIn`] for giving up the number that alone signs in;
    /// [`FactorFailure::UnknownDevice`] for a kind of factor that is not set up;
    /// [`Error::TooMany`].
    pub async fn edit_attributes(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
        edit: &AttributeEdit,
    ) -> Result<User, Error> {
        let Some(preferred) = edit.preferred_factor else {
            return self.edit_row(meta, signed, edit).await;
        };
        let session = WholeSession::of(signed.clone())?;
        let factors = self.store().factors(signed.user.sub).await?;
        // Looked at first, so that the rest is not written without it.
        if factors.of_kind(preferred).next().is_none() {
            return Err(FactorFailure::UnknownDevice.into());
        }
        let user = self.edit_row(meta, signed, edit).await?;
        self.prefer_factor(meta, &session, preferred).await?;
        Ok(user)
    }

    async fn edit_row(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
        edit: &AttributeEdit,
    ) -> Result<User, Error> {
        let Some(after) = edit.of(&signed.user, meta)? else {
            return Ok(signed.user.clone());
        };
        WholeSession::of(signed.clone())?;
        let before = &signed.user;
        if AttributeEdit::guards(before, &after) {
            FreshSession::of(signed.clone(), meta.now)?;
        }
        let who = before.sub.to_string();
        let counted = self.store().hit(&PROFILE_EDITS_PER_ACCOUNT, &who, meta.now);
        counted.await?.map_err(Error::TooMany)?;
        let own = Some(before.sub);
        self.say_what_is_taken(edit.names(), own).await?;
        let mut user = before.clone();
        for _ in 0..MAX_ROUNDS {
            let Some(after) = edit.of(&user, meta)? else {
                return Ok(user);
            };
            let gives_up_number = user.phone_verified && !after.phone_verified;
            if gives_up_number && !has_way_in(&after) {
                return Err(Error::Oauth(OauthFailure::LastWayIn));
            }
            let mut transaction = self
                .store()
                .transaction()
                .edit_user(&after, &user)?
                .swap_names(&user, &after)?;
            for kind in AttributeEdit::kinds(&user, &after) {
                let event = self.user_event(&user, kind, Some(signed.session.id), meta)?;
                transaction = transaction.audit(&event)?;
            }
            let letter = AttributeEdit::letter(&user, &after);
            let committed = self.commit_and_notify(transaction, &user, letter, meta);
            match committed.await? {
                None => return Ok(after),
                Some(Step::Create) => self.say_what_is_taken(edit.names(), own).await?,
                Some(_) => {}
            }
            user = self.reread(meta, signed).await?;
        }
        Err(contended())
    }
}
