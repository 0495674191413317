//! Signing in with a Firebase ID token.
//!
//! The token names its key; the key comes from Google's address and is kept as long
//! as the answer allows. What the token says is read only once its signature is
//! good, and whatever is wrong with it gets the same answer.

use crypto::id_token;
use domain::firebase::IdClaims;
use domain::limit::cashless::FIREBASE_SIGN_INS;
use domain::provider::{OauthFailure, Provider};
use domain::session::ProvenWhen;
use domain::sign_in::Amr;
use domain::{AuthFailure, Contract, Error};
use providers::Firebase;

use crate::sign_in::Proof;
use crate::sign_in::federated::FederatedIdentity;
use crate::{Postern, RequestMeta, SignIn, log};

impl Postern {
    /// Signs in the user whom `token` names.
    ///
    /// # Errors
    /// [`Error::Missing`] while no project is configured;
    /// [`AuthFailure::BadToken`] for a token that will not do, or whose account is
    /// closed; [`Error::Oauth`] where the address or the number is held by an account
    /// that may not be linked; [`Error::TooMany`] by network; [`Error::Unavailable`] if
    /// the keys cannot be had.
    pub async fn sign_in_by_firebase(
        &self,
        meta: &RequestMeta,
        contract: Contract,
        token: &str,
    ) -> Result<SignIn, Error> {
        let firebase = self.0.firebase.as_ref().ok_or(Error::Missing)?;
        self.limit_by_network(&FIREBASE_SIGN_INS, meta).await?;
        let bad = || Error::Unauthenticated(AuthFailure::BadToken);
        let claims = self.id_claims(firebase, meta, token).await?;
        let claims = claims
            .filter(|claims| claims.are_good(firebase.project(), meta.now))
            .ok_or_else(bad)?;
        // A sign-in by a texted code there counts as no more than that here.
        let amr = if claims.by_text() {
            Amr::Sms
        } else {
            Amr::Federated
        };
        let coming = FederatedIdentity {
            proof: Proof {
                proven: ProvenWhen::At(claims.proven_at()),
                provider: Some(Provider::Firebase.name().to_owned()),
                ..Proof::new(meta, contract, vec![amr])
            },
            provider: Provider::Firebase,
            source: "",
            profile: &claims.profile(),
            device: None,
            issued_at: Some(claims.issued_at()),
        };
        match self.sign_in_federated(&coming).await {
            Ok(arrived) => Ok(arrived.sign_in),
            Err(Error::Oauth(OauthFailure::Closed(..) | OauthFailure::Refused(_))) => Err(bad()),
            Err(error) => Err(error),
        }
    }

    /// The claims of `token`, if its signature is good.
    async fn id_claims(
        &self,
        firebase: &Firebase,
        meta: &RequestMeta,
        token: &str,
    ) -> Result<Option<IdClaims>, Error> {
        let Some(kid) = id_token::key_id(token) else {
            return Ok(None);
        };
        let key = firebase.key(&kid, meta.now).await.map_err(|failure| {
            log::event("provider_failed", [("reason", failure.to_string().into())]);
            Error::Unavailable("the keys of Firebase cannot be had".to_owned())
        })?;
        Ok(key.and_then(|key| id_token::claims(token, &key)))
    }
}
