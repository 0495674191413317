//! Erasing an account: what a person may ask for whom a deletion leaves too much (GDPR
//! Art. 17), and what its operator answers for.
//!
//! Deletion keeps the address, sealed, and the key of the history, so that an administrator can
//! bring the account back and answer questions about it. Erasing destroys both: the account's
//! row then says that its ids were given and nothing else, and the append-only history has
//! events of an account that nobody can be found by. All other rows of the account go, those
//! that only a token finds among them, so the table is read once from end to end.
//!
//! The account's row comes last, so that a run that failed can be repeated by the same address.
//! What is left is what names nobody by itself: counters under keyed digests, of addresses and of
//! networks, which expire within two months, and events under keyed digests of addresses.

use domain::account::{Status, User};
use domain::audit::EventKind;
use domain::username::LoginName;
use domain::{EmailAddress, Error, PhoneNumber};
use uuid::Uuid;

use crate::account::delete::Trail;
use crate::{MAX_ROUNDS, Postern, contended};

/// Which account is erased.
#[derive(Clone, Debug)]
pub enum ErasedAccount {
    /// The one that holds an address; or else the deleted one that left it last.
    Address(EmailAddress),
    /// The one of that name for ever.
    Sub(Uuid),
}

/// What went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erased {
    /// The name of the account, which stays.
    pub sub: Uuid,
    /// Rows that were deleted.
    pub rows: usize,
}

impl Postern {
    /// The account that [`Postern::erase_user`] would erase.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is and was none.
    pub async fn find_erasable(&self, whose: &ErasedAccount) -> Result<User, Error> {
        let sub = match whose {
            ErasedAccount::Sub(sub) => Some(*sub),
            ErasedAccount::Address(address) => match self.store().holder(address).await? {
                Some(holder) => Some(holder),
                None => self.store().leaver(&self.leaver_digest(address)).await?,
            },
        };
        let user = self.store().user(sub.ok_or(Error::Missing)?).await?;
        user.ok_or(Error::Missing)
    }

    /// Deletes an account, if it is not deleted yet, and destroys what deletion keeps.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is and was none; [`Error::NeedsAnotherAdministrator`] for
    /// the last administrator's.
    pub async fn erase_user(&self, whose: &ErasedAccount) -> Result<Erased, Error> {
        let before = self.find_erasable(whose).await?;
        if before.status != Status::Deleted {
            let event = self.operator_event(&before, EventKind::AccountDeleted, self.now());
            let deleted = self.delete(before.clone(), event, None, Trail::Kept, |_| true);
            match deleted.await {
                Ok(()) | Err(Error::AlreadyDeleted) => {}
                Err(error) => return Err(error),
            }
        }
        let address = match before.email.clone() {
            Some(address) => Some(address),
            // One that no key opens any more is as good as gone.
            None => self.address_left(&before).unwrap_or_default(),
        };
        self.forget_names(&before, address.as_ref()).await?;
        let rows = self.store().delete_rows_of(before.sub, before.uid).await?;
        for _ in 0..MAX_ROUNDS {
            let found = self.store().user(before.sub).await?;
            let user = found.filter(|user| user.status == Status::Deleted);
            // It was brought back meanwhile.
            let user = user.ok_or(Error::Conflict)?;
            let event = self.operator_event(&user, EventKind::AccountErased, self.now());
            let mut transaction = self
                .store()
                .transaction()
                .edit_user(&user.erased(), &user)?
                .audit(&event)?;
            if let Some(address) = &address {
                let digest = self.leaver_digest(address);
                if self.store().leaver(&digest).await? == Some(user.sub) {
                    transaction = transaction.forget_leaver(&digest, user.sub)?;
                }
            }
            if self.commit(transaction).await?.is_none() {
                let sub = user.sub;
                return Ok(Erased { sub, rows });
            }
        }
        Err(contended())
    }

    /// Forgets codes and guesses of the names that the account had, as far as they are known
    /// still.
    async fn forget_names(&self, user: &User, address: Option<&EmailAddress>) -> Result<(), Error> {
        let number = PhoneNumber::parse(&user.phone);
        let mut names: Vec<LoginName> = Vec::new();
        names.extend(address.cloned().map(LoginName::Email));
        names.extend(number.map(LoginName::Phone));
        names.push(LoginName::typed(&user.username));
        for name in names {
            if self.store().holder_of_name(&name).await?.is_some() {
                // It is another account's by now, and so is what was guessed at it.
                continue;
            }
            let code = match &name {
                LoginName::Email(address) => self.code_digest(&address.clone().into()),
                LoginName::Phone(number) => self.code_digest(&number.clone().into()),
                _ => String::new(),
            };
            let guesses = self.name_digest(&name);
            self.store().forget_codes_of(&code, &guesses).await?;
        }
        Ok(())
    }
}
