//! Moving an account to another address, once that is proven.
//!
//! The token goes to the new address and is bound to the account as it is: a lock,
//! another password or another move in between ends it. Using it takes the new
//! claim, gives the old one back and tells both addresses. Every session ends: who
//! moves signs in anew.

use crypto::derive::{fresh_letter_token, token_hash};
use delivery::Letter;
use domain::account::User;
use domain::audit::EventKind;
use domain::email_change::{EmailTicket, LETTERS_PER_ACCOUNT, LIFETIME, TOKENS_PER_PLACE};
use domain::time::MINUTE;
use domain::username::LoginName;
use domain::{EmailAddress, Error};
use store::Step;

use crate::{MAX_ROUNDS, Postern, RequestMeta, broken, contended};

impl Postern {
    /// Sends the new address a token. Whether somebody else has the address is said
    /// when it comes back, to whoever has shown that they read its mail.
    pub(crate) async fn ask_for_proof(
        &self,
        meta: &RequestMeta,
        user: &User,
        address: &EmailAddress,
    ) -> Result<(), Error> {
        let who = user.sub.to_string();
        self.store()
            .hit(&LETTERS_PER_ACCOUNT, &who, meta.now)
            .await?
            .map_err(Error::TooMany)?;
        let token = fresh_letter_token(self.entropy());
        let sealed =
            self.ring()
                .seal_text(&context(user), address.as_str().as_bytes(), self.entropy());
        let ticket = EmailTicket {
            sub: user.sub,
            epoch: user.epoch,
            address: sealed.map_err(broken)?,
            expires_at: meta.now.plus(LIFETIME),
            spent_at: None,
        };
        self.store()
            .put_email_ticket(&token_hash(&token), &ticket)
            .await?;
        let letter = Letter::ConfirmAddress {
            token,
            minutes: LIFETIME / MINUTE,
        };
        self.send(address, &letter, &user.language, meta.now).await
    }

    /// Moves the account that `token` was made for to the address that it was sent
    /// to.
    ///
    /// # Errors
    /// [`Error::SpentTicket`] for a token that will not do, [`Error::Taken`] if the
    /// address is somebody else's, [`Error::TooMany`] by place.
    pub async fn confirm_address(&self, meta: &RequestMeta, token: &str) -> Result<(), Error> {
        let hash = token_hash(token);
        let (admitted, ticket) = tokio::join!(
            self.by_place(&TOKENS_PER_PLACE, meta),
            self.store().email_ticket(&hash),
        );
        admitted?;
        let ticket = ticket?.ok_or(Error::SpentTicket)?;
        for _ in 0..MAX_ROUNDS {
            let user = self.store().user(ticket.sub).await?;
            let user = user
                .filter(|user| ticket.is_good(user, meta.now))
                .ok_or(Error::SpentTicket)?;
            let opened = self.ring().open_text(&context(&user), &ticket.address);
            let address = String::from_utf8(opened.map_err(broken)?).ok();
            let address = address
                .as_deref()
                .and_then(EmailAddress::parse)
                .ok_or_else(|| Error::Internal("a sealed address is none".to_owned()))?;
            let moved = User {
                rev: user.rev + 1,
                epoch: user.epoch + 1,
                email: Some(address.clone()),
                email_verified: true,
                ..user.clone()
            };
            let event = self.user_event(&user, EventKind::EmailChanged, None, meta)?;
            let transaction = self
                .store()
                .transaction()
                .spend_email_ticket(&hash, meta.now)?
                .edit_user(&moved, user.rev)?
                .swap_names(&user, &moved)?
                .audit(&event)?;
            // The old address first: who reads only that must hear of it.
            let letter = Some(Letter::AddressChanged);
            match self
                .commit_and_tell(transaction, &user, letter, meta.now)
                .await?
            {
                None => return Ok(()),
                Some(Step::SpendTicket) => return Err(Error::SpentTicket),
                Some(Step::Create) => {
                    self.say_what_is_taken([LoginName::Email(address)], Some(user.sub))
                        .await?;
                }
                Some(_) => {}
            }
        }
        Err(contended())
    }
}

/// What the sealed address of a ticket is bound to.
fn context(user: &User) -> String {
    format!("email change#{}", user.sub)
}
