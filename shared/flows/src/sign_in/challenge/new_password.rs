//! Another password, where an account has to have one (nauth).

use delivery::Letter;
use domain::Error;
use domain::account::User;
use domain::audit::EventKind;
use domain::password::Password;
use domain::password::guesses::PASSWORDS_PER_NETWORK;
use store::Step;

use super::answer::{Answering, COMPLETED, still_challenged};
use crate::password::choose::Choice;
use crate::password::reset::names;
use crate::{MAX_ROUNDS, Postern, SignIn, contended};

impl Postern {
    /// Replaces the password that has to be replaced. Every other session ends.
    pub(super) async fn replace_password(
        &self,
        answering: &Answering<'_>,
        typed: &Password,
    ) -> Result<SignIn, Error> {
        let Answering {
            meta, challenge, ..
        } = *answering;
        let (admitted, found) = tokio::join!(
            // A password that will not do spends nothing, but hashing it takes its time.
            self.limit_by_network(&PASSWORDS_PER_NETWORK, meta),
            self.store().user_and_password(challenge.sub),
        );
        admitted?;
        let (user, before) = found?;
        let user = still_challenged(user, challenge, self.moment(meta.now))?;
        let choice = Choice {
            field: "newPassword",
            password: typed,
            names: names(&user),
            before: before.as_ref(),
        };
        let hash = self.choose_password(choice).await?;
        let credential = self.next_credential(before.as_ref(), true, hash, meta.now);
        let before = before.map(|before| before.rev);
        let mut user = user;
        for _ in 0..MAX_ROUNDS {
            let changed = User {
                rev: user.rev + 1,
                ..user.with_password().with_sign_ins_ended(meta.now)
            };
            let kind = EventKind::PasswordReplaced;
            let event = self.challenge_event(&user, kind, challenge.id, meta)?;
            let spending = self
                .spend_answered(&user, challenge, meta)?
                .put_password(user.sub, &credential, before)?
                .audit(&event)?;
            let proof = answering.proof();
            let advanced = self.advance(&proof, spending, &user, changed);
            match advanced.await? {
                Ok(signed_in) => {
                    self.notify(&user, &Letter::PasswordChanged, meta).await;
                    return Ok(signed_in);
                }
                Err(Step::SpendChallenge | Step::EditPassword) => return Err(COMPLETED),
                Err(_) => {}
            }
            user = self.challenged_user(meta, challenge).await?;
        }
        Err(contended())
    }
}
