//! A device asks to be let in: both codes are made, and nothing else.

use domain::audit::EventKind;
use domain::client::GrantType;
use domain::device_grant::{Grant, INTERVAL, LIFETIME, State, UserCode};
use domain::limit::DEVICE_REQUESTS_PER_NETWORK;
use domain::{Error, GrantFailure};
use serde_json::json;
use store::Step;

use crate::oidc::client_auth::ClientCredentials;
use crate::{MAX_ROUNDS, Postern, RequestMeta, contended};

/// What a device gets to show and to keep.
#[derive(Clone)]
pub struct DeviceCodes {
    /// What the device polls with: 43 characters.
    pub device_code: String,
    /// What the person types.
    pub user_code: UserCode,
    /// Where they type it.
    pub verification_uri: String,
    /// Seconds for which both are good.
    pub expires_in: u64,
    /// Seconds to leave between two polls.
    pub interval: u64,
}

impl DeviceCodes {
    /// The page with the code in its address (RFC 8628 §3.3.1).
    #[must_use]
    pub fn verification_uri_complete(&self) -> String {
        format!("{}?user_code={}", self.verification_uri, self.user_code)
    }
}

impl Postern {
    /// Begins a grant for Ravi's own programs (`client` is `None`) or for a
    /// registered client.
    ///
    /// # Errors
    /// [`Error::TooMany`] by network, and [`Error::Grant`] for a client that is none.
    pub async fn request_device(
        &self,
        meta: &RequestMeta,
        client: Option<ClientCredentials<'_>>,
    ) -> Result<DeviceCodes, Error> {
        let network = meta.network().to_string();
        let (admitted, known) = tokio::join!(
            self.limit_by_network(&DEVICE_REQUESTS_PER_NETWORK, meta),
            async {
                match client {
                    Some(shown) => self.authenticated_client(meta, shown).await.map(Some),
                    None => Ok(None),
                }
            },
        );
        admitted?;
        let client = known?;
        if client
            .as_ref()
            .is_some_and(|one| !one.may(GrantType::DeviceCode))
        {
            return Err(Error::Grant(GrantFailure::UnauthorizedClient));
        }
        let device_code = self.fresh_token();
        let id = self.device_code_digest(&device_code);
        let requester = json!({ "ip": meta.ip, "user_agent": meta.short_user_agent() }).to_string();
        let grant = Grant {
            client: client.map(|client| client.id),
            requester: self.seal_personal(&requester_context(&id), requester.as_bytes())?,
            network: self
                .ring()
                .keyed_digest("device network", id.as_bytes(), &network),
            created_at: meta.now,
            expires_at: meta.now.plus(LIFETIME),
            state: State::Pending,
            approval: None,
            interval: INTERVAL,
            polled_at: None,
            id,
        };
        let user_code = self.name_grant(&grant).await?;
        Ok(DeviceCodes {
            device_code,
            user_code,
            verification_uri: format!("{}/device", self.settings().issuer),
            expires_in: LIFETIME,
            interval: INTERVAL,
        })
    }

    /// Writes the grant under a user code that no other live one has.
    async fn name_grant(&self, grant: &Grant) -> Result<UserCode, Error> {
        for _ in 0..MAX_ROUNDS {
            let mut random = [0; 16];
            self.entropy().fill(&mut random);
            let Some(code) = UserCode::coin(random) else {
                continue;
            };
            let event = self.grant_event(&grant.id, EventKind::DeviceRequested, grant.created_at);
            let transaction = self
                .store()
                .transaction()
                .begin_grant(grant, &self.user_code_digest(&code))?
                .audit(&event)?;
            match self.commit(transaction).await? {
                None => return Ok(code),
                Some(Step::NameGrant) => {}
                Some(_) => return Err(contended()),
            }
        }
        Err(contended())
    }

    /// What a device code is found by.
    pub(crate) fn device_code_digest(&self, device_code: &str) -> String {
        self.ring().fingerprint("device code", device_code)
    }

    /// What a user code is found by: a dump of the table does not tell an attacker which
    /// codes are on users' screens.
    pub(crate) fn user_code_digest(&self, code: &UserCode) -> String {
        self.ring().fingerprint("user code", code.letters())
    }
}

/// What a sealed requester is bound to.
pub(crate) fn requester_context(id: &str) -> String {
    format!("device requester#{id}")
}
