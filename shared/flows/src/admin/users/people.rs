//! The list of accounts by page, with exact totals, filters and an order.
//!
//! By the time at which accounts came to be, the index is in order: a page of that costs
//! its place in it, however many accounts there are, and the total a count. Everything else
//! reads all accounts of the span that is asked for and looks at each here, up to a bound;
//! beyond that the list is refused, as a total would be wrong or the answer late. What the
//! index does not hold (when an account was last changed, its factors and providers) is
//! read from the accounts themselves, of those alone that are left by then: an index cannot
//! be given another attribute once it is there.

use std::collections::{HashMap, HashSet};

use domain::account::{Status, User, WayIn};
use domain::provider::Provider;
use domain::{Error, UnixTime};
use store::{DirectoryEntry, SearchedText, Span};
use uuid::Uuid;

use crate::{AdminSession, Postern};

/// How a time is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// After.
    After,
    /// Then or after.
    From,
    /// Before.
    Before,
    /// Then or before.
    Until,
    /// Then, to the second.
    At,
}

/// A span of time, as a filter says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeFilter {
    /// How.
    pub how: Comparison,
    /// With what.
    pub when: UnixTime,
}

impl TimeFilter {
    fn span(self) -> Span {
        let UnixTime(when) = self.when;
        let all = Span::ALL;
        let (first, last) = match self.how {
            Comparison::After => (when.saturating_add(1), all.last),
            Comparison::From => (when, all.last),
            Comparison::Before => (all.first, when.saturating_sub(1)),
            Comparison::Until => (all.first, when),
            Comparison::At => (when, when),
        };
        Span { first, last }.within(all)
    }

    fn holds(self, time: UnixTime) -> bool {
        let span = self.span();
        (span.first..=span.last).contains(&time.0)
    }
}

/// What a list is in the order of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum PeopleOrder {
    /// When they came to be.
    #[default]
    CreatedAt,
    /// When they were last changed.
    UpdatedAt,
    /// The address.
    Email,
    /// The username.
    Username,
    /// The number.
    Phone,
}

/// Which accounts, in which order, and which of those.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleQuery {
    /// In whose address this occurs.
    pub email: Option<String>,
    /// In whose number this occurs.
    pub phone: Option<String>,
    /// Whose address is proven, or is not.
    pub email_verified: Option<bool>,
    /// Whose number is proven, or is not.
    pub phone_verified: Option<bool>,
    /// Which sign in through a provider, or do not.
    pub has_provider: Option<bool>,
    /// Which are locked, or are not.
    pub locked: Option<bool>,
    /// Which have a second factor in force, or have none.
    pub has_factor: Option<bool>,
    /// When they came to be.
    pub created: Option<TimeFilter>,
    /// When they were last changed.
    pub updated: Option<TimeFilter>,
    /// What the list is in the order of.
    pub order: PeopleOrder,
    /// Whether the last of that order comes first.
    pub descending: bool,
    /// Accounts before the page.
    pub offset: usize,
    /// Accounts on the page.
    pub limit: usize,
}

/// A page of accounts.
#[derive(Clone, Debug)]
pub struct PeoplePage {
    /// The accounts, each with the providers that it is linked to.
    pub people: Vec<(User, Vec<Provider>)>,
    /// How many there are on all pages.
    pub total: u64,
}

impl PeopleQuery {
    fn span(&self) -> Span {
        self.created.map_or(Span::ALL, TimeFilter::span)
    }

    /// Whether the index is in that order and nothing has to be looked at.
    fn is_plain(&self) -> bool {
        let unfiltered = Self {
            created: self.created,
            descending: self.descending,
            offset: self.offset,
            limit: self.limit,
            ..Self::default()
        };
        *self == unfiltered
    }

    /// Whether the accounts themselves have to be read to tell.
    fn needs_accounts(&self) -> bool {
        self.has_provider.is_some()
            || self.has_factor.is_some()
            || self.updated.is_some()
            || self.order == PeopleOrder::UpdatedAt
    }

    /// Whether an entry is as it is asked for, as far as the index tells.
    fn takes(&self, entry: &DirectoryEntry, texts: &Texts) -> bool {
        let address = entry.email.as_deref().unwrap_or_default();
        is(self.email_verified, entry.email_verified)
            && is(self.phone_verified, entry.phone_verified)
            && is(self.locked, entry.status == Status::Locked)
            && texts
                .email
                .as_ref()
                .is_none_or(|it| it.is_in_address(address))
            && texts
                .phone
                .as_ref()
                .is_none_or(|it| it.is_in_phone(&entry.phone))
    }

    /// Whether an account is as it is asked for, in what the index does not tell.
    fn takes_account(&self, user: &User) -> bool {
        is(self.has_provider, user.ways_in.contains(&WayIn::Provider))
            && is(self.has_factor, !user.factors.is_empty())
            && self
                .updated
                .is_none_or(|filter| filter.holds(changed_at(user)))
    }

    fn arrange(&self, entries: &mut [DirectoryEntry], changed: &HashMap<Uuid, UnixTime>) {
        let text = |entry: &DirectoryEntry| {
            let text = match self.order {
                PeopleOrder::Email => entry.email.clone().unwrap_or_default(),
                PeopleOrder::Username => entry.username.clone(),
                PeopleOrder::Phone => entry.phone.clone(),
                PeopleOrder::CreatedAt | PeopleOrder::UpdatedAt => String::new(),
            };
            text.to_lowercase()
        };
        let time = |entry: &DirectoryEntry| match self.order {
            PeopleOrder::UpdatedAt => changed.get(&entry.sub).copied(),
            _ => None,
        };
        entries.sort_by_cached_key(|entry| {
            // The last says which of two equals comes first on every page.
            (
                text(entry),
                time(entry).map(|time| time.0),
                entry.created_at.0,
                entry.sub,
            )
        });
        if self.descending {
            entries.reverse();
        }
    }
}

/// Whether something is so, if that is asked for.
fn is(asked: Option<bool>, so: bool) -> bool {
    asked.is_none_or(|asked| asked == so)
}

/// The texts that are searched for.
struct Texts {
    email: Option<SearchedText>,
    phone: Option<SearchedText>,
}

fn changed_at(user: &User) -> UnixTime {
    user.updated_at.unwrap_or(user.created_at)
}

impl Postern {
    /// A page of accounts.
    ///
    /// # Errors
    /// [`Error::ListTooLong`] if more accounts than the installation allows would have to be
    /// read to tell.
    pub async fn people(&self, _: &AdminSession, asked: &PeopleQuery) -> Result<PeoplePage, Error> {
        match asked.is_plain() {
            true => self.people_in_order(asked).await,
            false => self.people_looked_at(asked).await,
        }
    }

    async fn people_in_order(&self, asked: &PeopleQuery) -> Result<PeoplePage, Error> {
        let span = asked.span();
        let store = self.store();
        let (offset, limit) = (asked.offset, asked.limit);
        // Far behind the end of most lists: the number is looked at before so much is read.
        let total = store.directory_total(span);
        let subs = store.directory_page(span, asked.descending, offset, limit);
        let (total, subs) = if offset > FAR {
            let total = total.await?;
            let is_there = u64::try_from(offset).is_ok_and(|offset| offset < total);
            (total, if is_there { subs.await? } else { Vec::new() })
        } else {
            tokio::try_join!(total, subs)?
        };
        let (users, links) = store.users_with_links(&subs).await?;
        Ok(page(&subs, users, links, total))
    }

    async fn people_looked_at(&self, asked: &PeopleQuery) -> Result<PeoplePage, Error> {
        let most = self.settings().nauth.list_rows;
        let entries = self.store().whole_directory(asked.span(), most).await?;
        let mut entries = entries.ok_or(Error::ListTooLong { most })?;
        let texts = Texts {
            email: asked.email.as_deref().map(SearchedText::new),
            phone: asked.phone.as_deref().map(SearchedText::new),
        };
        entries.retain(|entry| asked.takes(entry, &texts));
        let mut users = None;
        let mut changed = HashMap::new();
        if asked.needs_accounts() {
            let subs: Vec<Uuid> = entries.iter().map(|entry| entry.sub).collect();
            let mut read = self.store().users(&subs).await?;
            read.retain(|user| user.status != Status::Deleted && asked.takes_account(user));
            let left: HashSet<Uuid> = read.iter().map(|user| user.sub).collect();
            entries.retain(|entry| left.contains(&entry.sub));
            changed = read
                .iter()
                .map(|user| (user.sub, changed_at(user)))
                .collect();
            users = Some(read);
        }
        asked.arrange(&mut entries, &changed);
        let total = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        let on_page = entries.iter().skip(asked.offset).take(asked.limit);
        let subs: Vec<Uuid> = on_page.map(|entry| entry.sub).collect();
        let (users, links) = match users {
            None => self.store().users_with_links(&subs).await?,
            Some(users) => {
                let on_page: Vec<User> = users
                    .into_iter()
                    .filter(|user| subs.contains(&user.sub))
                    .collect();
                let linked = on_page.iter();
                let linked = linked.filter(|user| user.ways_in.contains(&WayIn::Provider));
                let linked: Vec<Uuid> = linked.map(|user| user.sub).collect();
                let links = self.store().links_of(&linked).await?;
                (on_page, links)
            }
        };
        Ok(page(&subs, users, links, total))
    }
}

/// Accounts before a page from which on the total is asked for first.
const FAR: usize = 10_000;

/// The page of these accounts, in that order. Who was deleted since the index was written
/// is left out.
fn page(
    subs: &[Uuid],
    mut users: Vec<User>,
    mut links: HashMap<Uuid, Vec<Provider>>,
    total: u64,
) -> PeoplePage {
    let places: HashMap<Uuid, usize> = subs.iter().copied().zip(0..).collect();
    users.retain(|user| user.status != Status::Deleted);
    users.sort_by_key(|user| places.get(&user.sub).copied());
    let people = users.into_iter().map(|user| {
        let linked = links.remove(&user.sub).unwrap_or_default();
        (user, linked)
    });
    PeoplePage {
        people: people.collect(),
        total,
    }
}
