//! What an access token says, for services that ask with the token alone (nauth).

use domain::token::AccessClaims;
use domain::{AuthFailure, Error};

use crate::{Postern, RequestMeta, Signed};

impl Postern {
    /// The claims of an access token that is good now, and whose it is; or why it is not.
    ///
    /// # Errors
    /// [`Error::TooMany`] by network; [`Error::Unavailable`].
    pub async fn validate_access(
        &self,
        meta: &RequestMeta,
        token: &str,
    ) -> Result<Result<(AccessClaims, Signed), AuthFailure>, Error> {
        let asked = self.authenticate_precisely(token, meta.now);
        match self.within_verifications(meta, asked).await {
            Ok(known) => Ok(Ok(known)),
            Err(Error::Unauthenticated(failure)) => Ok(Err(failure)),
            Err(error) => Err(error),
        }
    }
}
