//! What a letter costs before it is written: budgets by network, by account and by
//! recipient, and a share of what the whole stack may send in a day.
//!
//! The courier takes no letter without [`Postage`], and only `notify` makes any, so a
//! flow that sends a letter has to say why ([`Purpose`]). Otherwise one request without a
//! limit lets an attacker write to any address in our name, and spend in minutes what all
//! users' sign-in codes need that day.
//!
//! | purpose | by network | by account | by recipient |
//! |---|---|---|---|
//! | a code | the code's own limits | | [`domain::email_code::CodePolicy`] |
//! | what a request exists for | 200 a day | 20 a day | 10 a day |
//! | a warning of wrong guesses | 200 a day | | 10 a day |
//! | a notice of what happened to the account | 200 a day | 50 a day | the same: it has one address |
//! | such a notice to an unproven address | 200 a day | 50 a day | 10 a day |
//! | the same to a vendor that has not proven its address | 200 a day | 50 a day | 10 a day of its own |
//!
//! Notices to proven addresses have a count of networks of their own, which the command
//! line is exempt from, and which the first five of an account in a day pass.
//!
//! Recipients are counted apart for networks that their account knows, as codes are, so
//! that a stranger cannot keep a user's letters from being sent. For the same reason a
//! fifth of the day's budget is kept for those networks ([`Share`]). A notice is paid by
//! the account's own acts, and no stranger's request is one: an intruder who makes so many
//! changes that none is left has had each of them told to the owner. That holds for proven
//! addresses. An unproven one may be a stranger's: its notices count as their letters.
//! What cannot go out then waits in the account and goes with its next code or sign-in
//! ([`crate::notify::notices`]). A vendor's notices are paid, and wait, as an account's; its
//! address is proven once a letter's token came back from it.

use delivery::Postage;
use domain::account::User;
use domain::letter_budget::{
    ASKED_BY_ACCOUNT, ASKED_PER_RECIPIENT, FIRST_NOTICES, LETTERS_PER_NETWORK, NOTICES_PER_ACCOUNT,
    NOTICES_PER_NETWORK, Share, VENDOR_NOTICES_PER_RECIPIENT, WARNINGS_PER_RECIPIENT,
};
use domain::limit::Limit;
use domain::vendor::Vendor;
use domain::{Contact, EmailAddress, Error};

use crate::notify::budget::Budget;
use crate::{Postern, RequestMeta};

/// Why a letter is written.
#[derive(Clone, Copy)]
pub(crate) enum Purpose<'a> {
    /// It holds a code, which was counted as asked for by network and by recipient.
    Code {
        /// The account of the recipient, if there is one.
        account: Option<&'a User>,
    },
    /// A request asks for it that any caller may make. Known and unknown addresses are
    /// counted by the same calls.
    Asked {
        /// The account of the recipient, if there is one.
        account: Option<&'a User>,
    },
    /// A request of the account itself exists for it, to whatever address.
    AskedBy {
        /// Whose request it is.
        account: &'a User,
    },
    /// Wrong guesses were made at the account.
    Warning {
        /// Whose account it is; `None` for a vendor or no account.
        account: Option<&'a User>,
    },
    /// Something happened to the account.
    Notice {
        /// Whose account it is.
        account: &'a User,
    },
    /// Something happened to a vendor, or the command line writes to it. No stranger's
    /// request pays for it either.
    VendorNotice {
        /// The vendor.
        vendor: &'a Vendor,
    },
}

impl<'a> Purpose<'a> {
    const fn account(self) -> Option<&'a User> {
        match self {
            Self::Code { account } | Self::Asked { account } | Self::Warning { account } => account,
            Self::AskedBy { account } | Self::Notice { account } => Some(account),
            Self::VendorNotice { .. } => None,
        }
    }

    /// Whether the account or vendor has proven that `to` is its own. Any other address
    /// may be a stranger's: one that it had before, too.
    fn has_proven(self, to: &EmailAddress) -> bool {
        match self {
            Self::VendorNotice { vendor } => vendor.email_proven_at.is_some(),
            purpose => purpose.account().is_some_and(|user| {
                let contact = Contact::Email(to.clone());
                user.email.as_ref() == Some(to) && user.ever_proved(&contact)
            }),
        }
    }
}

impl Postern {
    /// Takes what a letter to `to` costs out of its budgets, all at once.
    ///
    /// # Errors
    /// [`Error::TooMany`] by whichever is used up.
    pub(crate) async fn postage(
        &self,
        meta: &RequestMeta,
        purpose: Purpose<'_>,
        to: &EmailAddress,
    ) -> Result<Postage, Error> {
        let proven = purpose.has_proven(to);
        let account = purpose.account();
        let known = account.is_some_and(|user| proven && self.knows_network(user, meta));
        let network_kind = if known { "known" } else { "unknown" };
        let digest = self.ring().keyed_digest("letters", &[], to.as_str());
        let recipient = format!("{digest}#{network_kind}");
        let network = self.network_key(meta);
        let account = match purpose {
            Purpose::VendorNotice { vendor } => Some(vendor.id),
            _ => purpose.account().map(|user| user.sub),
        };
        let account = account.map(|id| id.to_string()).unwrap_or_default();
        let limits: Vec<(&Limit, &str)> = match purpose {
            Purpose::Code { .. } => Vec::new(),
            Purpose::Asked { .. } => vec![
                (&LETTERS_PER_NETWORK, network.as_str()),
                (&ASKED_PER_RECIPIENT, recipient.as_str()),
            ],
            Purpose::AskedBy { .. } => vec![
                (&LETTERS_PER_NETWORK, network.as_str()),
                (&ASKED_PER_RECIPIENT, recipient.as_str()),
                (&ASKED_BY_ACCOUNT, account.as_str()),
            ],
            Purpose::Warning { .. } => vec![
                (&LETTERS_PER_NETWORK, network.as_str()),
                (&WARNINGS_PER_RECIPIENT, recipient.as_str()),
            ],
            Purpose::Notice { .. } | Purpose::VendorNotice { .. } if proven => {
                let by_account = (&NOTICES_PER_ACCOUNT, account.as_str());
                let by_network = (&NOTICES_PER_NETWORK, network.as_str());
                match meta.is_of_command_line() {
                    true => vec![by_account],
                    false => vec![by_account, by_network],
                }
            }
            // An unproven address may be a stranger's: its notices cost the budgets of a stranger's
            // letters, which deleting the account does not renew.
            Purpose::Notice { .. } => vec![
                (&LETTERS_PER_NETWORK, network.as_str()),
                (&ASKED_PER_RECIPIENT, recipient.as_str()),
                (&NOTICES_PER_ACCOUNT, account.as_str()),
            ],
            Purpose::VendorNotice { .. } => vec![
                (&LETTERS_PER_NETWORK, network.as_str()),
                (&VENDOR_NOTICES_PER_RECIPIENT, digest.as_str()),
                (&NOTICES_PER_ACCOUNT, account.as_str()),
            ],
        };
        let share = match purpose {
            Purpose::Notice { .. } | Purpose::VendorNotice { .. } if proven => Share::Notices,
            _ if known => Share::Known,
            _ => Share::Unknown,
        };
        let hits = limits
            .iter()
            .map(|(limit, who)| self.store().hit(limit, who, meta.now));
        let (hits, reserved) = tokio::join!(
            futures_util::future::join_all(hits),
            self.reserve(Budget::Letters, share, meta.now)
        );
        // The account's count stands first.
        let is_first = share == Share::Notices
            && matches!(hits.first(), Some(Ok(Ok(nth))) if *nth <= FIRST_NOTICES);
        let mut refused = None;
        for hit in hits {
            if let Err(exceeded) = hit? {
                refused = refused.or(Some(exceeded));
            }
        }
        reserved?;
        match refused.filter(|_| !is_first) {
            None => Ok(Postage::paid()),
            Some(exceeded) => {
                self.unreserve(Budget::Letters, meta.now).await;
                Err(Error::TooMany(exceeded))
            }
        }
    }
}
