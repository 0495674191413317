//! A sign-in that a provider vouches for: whose it is, and what it becomes.
//!
//! A link is made together with the session that it is made in, never before a
//! second factor was shown: an account with a factor is found by its proven address or
//! number each time, and asked for its factor.

pub(crate) mod firebase;
mod links;
pub(crate) mod oauth;

use delivery::Letter;
use domain::account::{User, WayIn};
use domain::audit::EventKind;
use domain::provider::{Arrival, ContactOwner, Link, OauthFailure, Profile, Provider, arrival};
use domain::sign_in::NextStep;
use domain::{Contract, Error, UnixTime, platform};
use store::Step;

use crate::sign_in::Proof;
use crate::{MAX_ROUNDS, Postern, SignIn, contended};

/// How often a sign-in starts over. More patience than elsewhere: what the provider
/// gave is spent by then, and the person would have to go there again.
const ROUNDS: u32 = 2 * MAX_ROUNDS;

/// From this round on, a sign-in no longer remembers where it came from: writing
/// that is an edit, and edits refuse each other.
const QUARREL: u32 = 2;

/// A sign-in through a provider.
#[derive(Clone, Debug)]
pub struct FederatedSignIn {
    /// How it ended.
    pub sign_in: SignIn,
    /// Whether the account was made by it.
    pub is_new_user: bool,
    /// Whether the link was made by it.
    pub is_new_connection: bool,
}

/// A user whom a provider vouches for, and what is known of them.
pub(crate) struct FederatedIdentity<'a> {
    pub(crate) proof: Proof<'a>,
    pub(crate) provider: Provider,
    /// Host of the site that they set out from.
    pub(crate) source: &'a str,
    pub(crate) profile: &'a Profile,
    /// Digest of the token of a trusted device that it comes from, as its client says (nauth).
    pub(crate) device: Option<String>,
    /// When the token was issued that a client has shown, if it has shown one.
    pub(crate) issued_at: Option<UnixTime>,
}

/// Whose sign-in it is, as the tables have it at this moment.
enum Whose {
    /// That of the account that is linked to the provider's name.
    Linked(Box<User>, Box<Link>),
    /// That of the account that holds the address or the number.
    Known(Box<User>),
    /// No account's yet. One that nobody has proven may have its place.
    New(Option<Box<User>>),
}

impl Postern {
    /// Finds or makes the account, and signs it in. Starts over when another
    /// sign-in or edit came between.
    pub(crate) async fn sign_in_federated(
        &self,
        coming: &FederatedIdentity<'_>,
    ) -> Result<FederatedSignIn, Error> {
        let mut judged = None;
        for round in 0..ROUNDS {
            let Some(whose) = self.whose(coming).await? else {
                continue;
            };
            let (entered, is_new_user, is_new_connection) = match whose {
                Whose::Linked(user, link) => {
                    let coming = &self.judged_once(coming, &user, &mut judged).await?;
                    let quarrel = round >= QUARREL;
                    let entered = self.sign_in_linked(coming, &user, Some(*link), quarrel);
                    (entered.await?, false, false)
                }
                Whose::Known(user) => {
                    let coming = &self.judged_once(coming, &user, &mut judged).await?;
                    let owed = self.next_step(&user, &coming.proof) != NextStep::Tokens;
                    let entered = self.sign_in_linked(coming, &user, None, false).await?;
                    if !owed && entered.is_ok() {
                        let provider = coming.provider;
                        let letter = Letter::ProviderLinked { provider };
                        self.notify(&user, &letter, coming.proof.meta).await;
                    }
                    (entered, false, !owed)
                }
                Whose::New(replaced) => {
                    let contacts = coming.profile.contacts();
                    let user =
                        self.new_account(contacts.first(), coming.source, coming.proof.meta)?;
                    let joined = self.join(coming, user, replaced.as_deref()).await?;
                    (joined, true, true)
                }
            };
            let Ok(sign_in) = entered else { continue };
            return Ok(FederatedSignIn {
                sign_in,
                is_new_user,
                is_new_connection,
            });
        }
        Err(contended())
    }

    /// Whether the sign-in may go on, as far as that can be said before it does. Nothing is
    /// written but why it may not.
    ///
    /// # Errors
    /// As [`Postern::sign_in_federated`].
    pub(crate) async fn may_arrive(&self, coming: &FederatedIdentity<'_>) -> Result<(), Error> {
        for _ in 0..ROUNDS {
            if self.whose(coming).await?.is_some() {
                return Ok(());
            }
        }
        Err(contended())
    }

    /// Whose sign-in it is; `None` if a link went between two reads.
    async fn whose(&self, coming: &FederatedIdentity<'_>) -> Result<Option<Whose>, Error> {
        let (provider, profile) = (coming.provider, coming.profile);
        let found = self.store().candidates(provider, profile).await?;
        let (linked, link) = match found.linked {
            None => (None, None),
            Some(sub) => self.store().user_and_link(sub, provider).await?,
        };
        if found.linked.is_some() && (linked.is_none() || link.is_none()) {
            return Ok(None);
        }
        let held = match found.holder {
            Some((contact, sub)) if linked.is_none() => {
                self.store().user(sub).await?.map(|user| (contact, user))
            }
            _ => None,
        };
        let is_linked = match &held {
            Some((_, user)) => self.is_linked(user, provider).await?,
            None => false,
        };
        let holder = held.as_ref().map(|(contact, user)| ContactOwner {
            user,
            contact,
            is_linked,
        });
        let outdated = OauthFailure::Refused(provider);
        let failure = match arrival(provider, profile, linked.as_ref(), holder) {
            Ok(Arrival::New) => return self.new_one(coming, None).map(Some),
            Ok(Arrival::Linked(_)) => {
                let Some((user, link)) = linked.zip(link) else {
                    return Ok(None);
                };
                if self.is_outdated(coming, &user) {
                    return self.turn_away(coming, outdated, Some(user)).await;
                }
                return Ok(Some(Whose::Linked(user.into(), link.into())));
            }
            Ok(Arrival::Known(user)) => {
                let user = user.clone();
                if self.is_outdated(coming, &user) {
                    return self.turn_away(coming, outdated, Some(user)).await;
                }
                return Ok(Some(Whose::Known(user.into())));
            }
            Err(failure) => failure,
        };
        let user = linked.or(held.map(|(_, user)| user));
        // The provider has proven the address, and the account that has it is what anyone
        // could have made by typing it (nauth).
        match user {
            Some(user)
                if failure == OauthFailure::UnprovenHolder
                    && coming.proof.contract == Contract::Nauth
                    && user.gives_way_to_sign_up() =>
            {
                self.new_one(coming, Some(user)).map(Some)
            }
            user => self.turn_away(coming, failure, user).await,
        }
    }

    /// Whether the token that was shown is from before all such tokens of `user` ended.
    fn is_outdated(&self, coming: &FederatedIdentity<'_>, user: &User) -> bool {
        let at = self.moment(coming.proof.meta.now);
        coming
            .issued_at
            .is_some_and(|issued_at| !user.takes_token_of(issued_at, at))
    }

    /// A sign-in that makes an account, where people may make them.
    fn new_one(
        &self,
        coming: &FederatedIdentity<'_>,
        replaced: Option<User>,
    ) -> Result<Whose, Error> {
        if coming.proof.contract == Contract::Nauth && !self.settings().nauth.sign_up {
            return Err(Error::Disabled);
        }
        Ok(Whose::New(replaced.map(Box::new)))
    }

    /// `coming` in the circumstances that its sign-in is in (nauth): judged in the first
    /// round, since it is told and weighed once.
    async fn judged_once<'a>(
        &self,
        coming: &FederatedIdentity<'a>,
        user: &User,
        judged: &mut Option<Proof<'a>>,
    ) -> Result<FederatedIdentity<'a>, Error> {
        let proof = match judged {
            Some(judged) => judged.clone(),
            None => Box::pin(self.judged(&coming.proof, user, coming.device.clone())).await?,
        };
        // What was read of the device is good for one round.
        *judged = Some(Proof {
            held: None,
            ..proof.clone()
        });
        Ok(FederatedIdentity {
            proof,
            device: None,
            ..*coming
        })
    }

    /// Whether an account is linked to any identity at a provider.
    async fn is_linked(&self, user: &User, provider: Provider) -> Result<bool, Error> {
        let links = self.links(user).await?;
        Ok(links.iter().any(|link| link.provider == provider))
    }

    /// Writes down a failure at an account, and answers.
    async fn turn_away(
        &self,
        coming: &FederatedIdentity<'_>,
        failure: OauthFailure,
        user: Option<User>,
    ) -> Result<Option<Whose>, Error> {
        if let Some(user) = user {
            let meta = coming.proof.meta;
            let event = self.user_event(&user, EventKind::SignInFailed, None, meta)?;
            self.store().append_audit(&event).await?;
        }
        Err(Error::Oauth(failure))
    }

    /// A new account, with its link, in the place of the one that it replaces.
    async fn join(
        &self,
        coming: &FederatedIdentity<'_>,
        user: User,
        replaced: Option<&User>,
    ) -> Result<Result<SignIn, Step>, Error> {
        let proof = &coming.proof;
        let user = User {
            first_name: coming.profile.first_name.clone(),
            last_name: coming.profile.last_name.clone(),
            ways_in: vec![WayIn::Provider],
            provider_picture: coming.profile.picture.clone(),
            ..user
        };
        let transaction = self.store().transaction();
        let transaction = transaction.link(user.sub, &self.new_link(coming))?;
        if proof.contract != Contract::Nauth {
            return self.sign_up(proof, transaction, user).await;
        }
        // Its first sign-in may wait for a number, and is told by itself.
        let last_login_at = match self.next_step(&user, proof) {
            NextStep::Tokens => Some(proof.meta.now),
            NextStep::Answer(_) => None,
        };
        let user = User {
            last_login_at,
            ..user
        };
        let event = self.user_event(&user, EventKind::AccountCreated, None, proof.meta)?;
        let transaction = match replaced {
            None => transaction.create_user(&user)?,
            Some(before) => self.replace(transaction, &user, before, proof.meta).await?,
        };
        let signed_in = self
            .first_sign_in(proof, transaction.audit(&event)?, user)
            .await?;
        if let (Ok(_), Some(before)) = (&signed_in, replaced) {
            self.remove_pictures(before).await;
        }
        Ok(signed_in)
    }

    /// An account that exists, by its `link` or to be linked. In a `quarrel` with other
    /// sign-ins, only the time is written to its row.
    async fn sign_in_linked(
        &self,
        coming: &FederatedIdentity<'_>,
        user: &User,
        link: Option<Link>,
        quarrel: bool,
    ) -> Result<Result<SignIn, Step>, Error> {
        let meta = coming.proof.meta;
        let mut entered = self.seen(user, meta);
        let transaction = self.store().transaction();
        let transaction = match link {
            _ if self.next_step(user, &coming.proof) != NextStep::Tokens => transaction,
            Some(link) => {
                entered.provider_picture.clone_from(&coming.profile.picture);
                if quarrel {
                    entered.clone_from(user);
                }
                transaction.use_link(user.sub, &link.used(coming.profile, meta.now))?
            }
            None => {
                if !entered.ways_in.contains(&WayIn::Provider) {
                    entered.ways_in.push(WayIn::Provider);
                }
                entered.provider_picture.clone_from(&coming.profile.picture);
                let event = self.user_event(user, EventKind::ProviderLinked, None, meta)?;
                transaction
                    .link(user.sub, &self.new_link(coming))?
                    .audit(&event)?
            }
        };
        self.sign_in(&coming.proof, transaction, user, entered)
            .await
    }

    fn new_link(&self, coming: &FederatedIdentity<'_>) -> Link {
        Link::new(
            platform::integer_id(self.entropy()),
            coming.provider,
            coming.profile,
            coming.proof.meta.now,
        )
    }
}
