//! What a client's token shows of its person (OpenID Connect Core §5.3).

use domain::oidc::claims::UserInfo;
use domain::oidc::scope::{OPENID, Scopes};
use domain::token::userinfo_audience;
use domain::{AuthFailure, Error};

use crate::{Postern, RequestMeta};

impl Postern {
    /// What `token` shows. One round trip: its session and account as they are now, and the
    /// consent that it rests on.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for a token that is not good now, or is for another API
    /// alone; [`Error::Forbidden`] for one without the scope `openid`.
    pub async fn userinfo(&self, meta: &RequestMeta, token: &str) -> Result<UserInfo, Error> {
        let (claims, signed) = self.authenticate_for_anyone(token, meta.now).await?;
        let issuer = &self.settings().issuer;
        let is_ours = claims.aud.names(issuer) || claims.aud.names(&userinfo_audience(issuer));
        if !is_ours {
            return Err(Error::Unauthenticated(AuthFailure::BadToken));
        }
        let scopes = Scopes::parse(claims.scope.as_deref().unwrap_or_default());
        if !scopes.have(OPENID) {
            return Err(Error::Forbidden);
        }
        Ok(UserInfo::new(&signed.user, claims.sub, &scopes))
    }
}
