//! The number that a code is to be texted to (nauth).

use domain::account::User;
use domain::limit::nauth::NUMBERS_PER_CHALLENGE;
use domain::{Contact, Error, PhoneNumber};

use super::answer::{Answering, COMPLETED};
use crate::{MAX_ROUNDS, Postern, SignIn, contended};

impl Postern {
    /// Keeps the number that the caller names, unproven, and texts it a code: the same
    /// challenge waits for that.
    pub(super) async fn collect_number(
        &self,
        answering: &Answering<'_>,
        number: &PhoneNumber,
    ) -> Result<SignIn, Error> {
        let Answering {
            meta, challenge, ..
        } = *answering;
        let contact = Contact::Phone(number.clone());
        self.check_country(&contact)?;
        let who = challenge.id.to_string();
        let named = self.store().hit(&NUMBERS_PER_CHALLENGE, &who, meta.now);
        let (named, user) = tokio::join!(named, self.challenged_user(meta, challenge));
        named?.map_err(Error::TooMany)?;
        self.count_code(meta, &user?, &contact).await?;
        for _ in 0..MAX_ROUNDS {
            let (user, open, holder) = tokio::join!(
                self.challenged_user(meta, challenge),
                self.store().open_challenge(challenge.sub, challenge.kind),
                self.store().contact_holder(&contact),
            );
            let user = user?;
            if holder?.is_some_and(|holder| holder != user.sub) {
                return Err(Error::Taken(domain::ClaimKind::Phone));
            }
            let open = open?
                .filter(|open| open.id == challenge.id)
                .ok_or(COMPLETED)?;
            let plan = self.another_code(meta, &user, contact.clone())?;
            let changed = User {
                rev: user.rev + 1,
                ..user.with_phone(number.as_str())
            };
            let opened = open.with_code(plan.code.clone());
            let event = self.user_event(&user, plan.requested(), None, meta)?;
            let transaction = self
                .store()
                .transaction()
                .edit_user(&changed, &user)?
                .swap_names(&user, &changed)?
                .put_open_challenge(user.sub, challenge.kind, &opened, Some(open.rev))?
                .audit(&event)?;
            if self.commit(transaction).await?.is_none() {
                self.send_code(meta, &changed, &plan).await?;
                return self.waiting(challenge.clone(), Some(contact), None, meta);
            }
        }
        Err(contended())
    }
}
