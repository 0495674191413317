//! Changing what an account says, as an administrator.
//!
//! It is the edit that its owner could make ([`crate::account::attributes`]). Only an
//! administrator may say beside it that what takes the place of a proven address or number
//! counts as proven, too.

use domain::account::User;
use domain::factors::FactorFailure;
use domain::provider::{OauthFailure, has_way_in};
use domain::{Contact, Error, PhoneNumber};
use store::Step;
use uuid::Uuid;

use crate::admin::accounts::may_go_on;
use crate::{
    ActedBy, AdminSession, AttributeEdit, FreshAdmin, MAX_ROUNDS, Postern, RequestMeta, contended,
};

impl Postern {
    /// Edits an account, and returns it. With `retain`, what is proven stays so.
    ///
    /// # Errors
    /// [`Error::NoAccount`]; for another username, address or number
    /// [`Error::StaleSignIn`] and [`Error::NeedsAnotherAdministrator`] (one's own);
    /// [`Error::Taken`]; [`Error::Invalid`] for metadata that outgrows its bounds;
    /// [`OauthFailure::LastWayIn`]; [`FactorFailure::UnknownDevice`];
    /// [`Error::Unauthenticated`] if the administrator is no longer one.
    pub async fn edit_attributes_of(
        &self,
        meta: &RequestMeta,
        admin: &AdminSession,
        sub: Uuid,
        edit: &AttributeEdit,
        retain: bool,
    ) -> Result<User, Error> {
        if let Some(kind) = edit.preferred_factor {
            // Looked at first, so that the rest is not written without it.
            let (_, factors) = self.account_and_factors(admin, sub).await?;
            if factors.of_kind(kind).next().is_none() {
                return Err(FactorFailure::UnknownDevice.into());
            }
        }
        let user = self.edit_row_of(meta, admin, sub, edit, retain).await?;
        if let Some(kind) = edit.preferred_factor {
            self.prefer_factor_of(meta, admin, sub, kind).await?;
        }
        Ok(user)
    }

    async fn edit_row_of(
        &self,
        meta: &RequestMeta,
        admin: &AdminSession,
        sub: Uuid,
        edit: &AttributeEdit,
        retain: bool,
    ) -> Result<User, Error> {
        let by = ActedBy::Administrator { admin, meta };
        let mut looked = false;
        for _ in 0..MAX_ROUNDS {
            let user = self.account(admin, sub).await?;
            let edited = edit.of(&user, meta)?;
            let after = match retain {
                true => still_proven(&user, edited, edit, meta),
                false => edited,
            };
            let Some(after) = after else {
                return Ok(user);
            };
            if AttributeEdit::guards(&user, &after) {
                FreshAdmin::of(admin.clone(), meta.now)?;
                by.is_another(&user)?;
                if !looked {
                    self.say_what_is_taken(edit.names(), Some(sub)).await?;
                    looked = true;
                }
            }
            if user.phone_verified && !after.phone_verified && !has_way_in(&after) {
                return Err(Error::Oauth(OauthFailure::LastWayIn));
            }
            let mut transaction = by
                .still(self.store().transaction(), &user)?
                .edit_user(&after, &user)?
                .swap_names(&user, &after)?;
            for kind in AttributeEdit::kinds(&user, &after) {
                transaction = transaction.audit(&self.event_by(by, &user, kind)?)?;
            }
            let letter = AttributeEdit::letter(&user, &after);
            let committed = self.commit_and_notify(transaction, &user, letter, meta);
            match may_go_on(committed.await?)? {
                None => return Ok(after),
                Some(Step::Create) => self.say_what_is_taken(edit.names(), Some(sub)).await?,
                Some(_) => {}
            }
        }
        Err(contended())
    }
}

/// What an edit made of `before`, with what is new proven where what it replaces was: also
/// an address that waits already, if the edit names it. `None` if it changes nothing.
fn still_proven(
    before: &User,
    edited: Option<User>,
    edit: &AttributeEdit,
    meta: &RequestMeta,
) -> Option<User> {
    let mut kept = edited.unwrap_or_else(|| before.clone());
    let number = PhoneNumber::parse(&kept.phone).filter(|_| kept.phone != before.phone);
    if let Some(number) = number.filter(|_| before.phone_verified) {
        kept = kept.proven_by_bearer(&Contact::Phone(number), meta.now);
    }
    let waits = kept.pending_email(meta.now).cloned();
    let meant = waits.filter(|waits| edit.email.as_ref() == Some(waits));
    if let Some(address) = meant.filter(|_| before.email_verified) {
        kept = kept.moved_by_bearer(&address, meta.now);
    }
    if kept == *before {
        return None;
    }
    Some(User {
        rev: before.rev + 1,
        updated_at: Some(meta.now),
        ..kept
    })
}
