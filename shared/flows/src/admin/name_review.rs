//! Names from before names had one form ([`domain::username`]).
//!
//! Their claims stand under keys that are no longer read: such an account cannot be
//! signed in to by its name, and another may take the name in another spelling. An
//! administrator reviews them once, after the release that brought the form: each name
//! is respelled and its claim moved, in one transaction. Where another account has the
//! name already, or no account could take it today, the administrator decides: an
//! account that loses its name is given a coined one.

use std::collections::HashMap;

use domain::Error;
use domain::account::{User, coin_username};
use domain::username::{self, LoginName, Username};
use store::Step;
use uuid::Uuid;

use crate::{MAX_ROUNDS, Postern, contended};

/// What the review found about a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameFinding {
    /// It is claimed, or spelled, in the old form.
    Outdated {
        /// How it is spelled today.
        spelled: String,
    },
    /// Another account has it already, in another spelling.
    Conflict {
        /// That account.
        holder: Uuid,
    },
    /// No account could take it today: it holds something invisible, or no letter,
    /// digit or sign.
    Disallowed,
}

/// An account with what was found about its name.
#[derive(Clone, Debug)]
pub struct ReviewedName {
    /// The account as it was read.
    pub user: User,
    /// What was found.
    pub finding: NameFinding,
}

/// Forms that the names reviewed so far will have once they are moved, so that a
/// review finds the same conflicts as the move itself.
#[derive(Clone, Debug, Default)]
pub struct FormsToCome(HashMap<String, Uuid>);

impl Postern {
    /// Reviews up to `limit` accounts after the cursor of an earlier page: those with
    /// findings, and the cursor of the next page.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn review_names(
        &self,
        after: Option<&str>,
        limit: usize,
        to_come: &mut FormsToCome,
    ) -> Result<(Vec<ReviewedName>, Option<String>), Error> {
        let page = self.list_users(after, None, limit).await?;
        let mut reviewed = Vec::new();
        for entry in &page.entries {
            if is_of_today(&entry.username) {
                continue;
            }
            // The directory lags behind, and a deleted account has no name.
            let Some(user) = self.store().user(entry.sub).await? else {
                continue;
            };
            if let Some(finding) = self.finding(&user, to_come).await? {
                reviewed.push(ReviewedName { user, finding });
            }
        }
        Ok((reviewed, page.next))
    }

    async fn finding(
        &self,
        user: &User,
        to_come: &mut FormsToCome,
    ) -> Result<Option<NameFinding>, Error> {
        if user.email.is_none() && user.status == domain::account::Status::Deleted {
            return Ok(None);
        }
        let name = &user.username;
        let form = username::form(name);
        let spelled = username::spelled(name);
        let holder = self
            .store()
            .holder_of_name(&LoginName::typed(name))
            .await?
            .or_else(|| to_come.0.get(&form).copied());
        let disallowed = Username::parse(name).is_none();
        match holder {
            Some(holder) if holder != user.sub => Ok(Some(NameFinding::Conflict { holder })),
            Some(_) if spelled == *name => Ok(disallowed.then_some(NameFinding::Disallowed)),
            _ => {
                to_come.0.insert(form, user.sub);
                Ok(Some(NameFinding::Outdated { spelled }))
            }
        }
    }

    /// Spells an outdated name as names are today, and moves its claim. `None` if
    /// the account was edited since it was read, or another account took the name.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn respell_name(&self, user: &User) -> Result<Option<User>, Error> {
        let after = User {
            username: username::spelled(&user.username),
            rev: user.rev + 1,
            ..user.clone()
        };
        let transaction = self.store().transaction().edit_user(&after, user)?;
        let transaction = transaction.respell_username(user, &after)?;
        match self.commit(transaction).await? {
            None => Ok(Some(after)),
            Some(_) => Ok(None),
        }
    }

    /// Gives an account a coined name instead of one that another account holds or that
    /// none could take today. `None` if it was edited since it was read.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn replace_name(&self, reviewed: &ReviewedName) -> Result<Option<User>, Error> {
        let user = &reviewed.user;
        for _ in 0..MAX_ROUNDS {
            let mut random = [0; 8];
            self.entropy().fill(&mut random);
            let after = User {
                username: coin_username(random),
                rev: user.rev + 1,
                ..user.clone()
            };
            let transaction = self.store().transaction();
            let transaction = match reviewed.finding {
                NameFinding::Conflict { .. } => transaction.part_names(user, &after)?,
                NameFinding::Outdated { .. } | NameFinding::Disallowed => transaction
                    .edit_user(&after, user)?
                    .swap_names(user, &after)?,
            };
            match self.commit(transaction).await? {
                None => return Ok(Some(after)),
                // Another account has the coined name already.
                Some(Step::Create) => {}
                Some(_) => return Ok(None),
            }
        }
        Err(contended())
    }
}

/// Whether a name is as it would be if taken today: its claim need not be read then.
fn is_of_today(name: &str) -> bool {
    let claimed = username::form(name) == username::form_of_before(name);
    claimed && Username::parse(name).is_some_and(|today| today.as_str() == name)
}
