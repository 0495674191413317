//! Who a client says it is, in the form that it sends or in its header.

use domain::{Error, GrantFailure, Problem, ProblemKind};
use edge::{Fields, FromFields, Rejected};
use flows::{ClientCredentials, ClientProof, client_of_assertion};
use utoipa::ToSchema;

/// The one kind of assertion that is read (RFC 7523 §2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a form says of its client.
#[derive(ToSchema)]
#[schema(as = ClientCredentials)]
pub struct Shown {
    /// A registered client; may be left out where the header or the assertion names it.
    #[schema(required = false)]
    client_id: Option<String>,
    /// Its secret, for clients of `client_secret_post`.
    #[schema(required = false)]
    client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, with the next.
    #[schema(required = false)]
    client_assertion_type: Option<String>,
    /// A JWT that it signed, for clients of `private_key_jwt`.
    #[schema(required = false)]
    client_assertion: Option<String>,
    /// Whom the assertion names.
    #[schema(ignore)]
    asserted: Option<String>,
}

impl FromFields for Shown {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let client_id = fields.text("client_id").optional();
        let client_secret = fields.text("client_secret").optional();
        let client_assertion_type = fields.text("client_assertion_type").optional();
        let client_assertion = fields.text("client_assertion").optional();
        Ok(Self {
            asserted: client_assertion.as_deref().and_then(client_of_assertion),
            client_id,
            client_secret,
            client_assertion_type,
            client_assertion,
        })
    }
}

impl Shown {
    /// The credentials, with those of the header.
    ///
    /// # Errors
    /// No client named at all, or two.
    pub fn with<'a>(
        &'a self,
        header: Option<&'a (String, String)>,
    ) -> Result<ClientCredentials<'a>, Error> {
        let in_header = header.map(|(id, _)| id.as_str());
        let named = self.client_id.as_deref();
        let id = named.or(in_header).or(self.asserted.as_deref());
        let required = Problem::of("client_id", ProblemKind::Required);
        let id = id.ok_or_else(|| Error::Invalid(vec![required]))?;
        if in_header.is_some_and(|other| other != id) {
            return Err(Error::Grant(GrantFailure::BadClient));
        }
        let is_jwt = self.client_assertion_type.as_deref() == Some(JWT_BEARER);
        let (secret, assertion) = (&self.client_secret, &self.client_assertion);
        let proof = match (header, secret, assertion) {
            (None, None, None) if self.client_assertion_type.is_none() => ClientProof::Nothing,
            (Some((_, secret)), None, None) => ClientProof::Basic(secret),
            (None, Some(secret), None) => ClientProof::Post(secret),
            (None, None, Some(assertion)) if is_jwt => ClientProof::Assertion(assertion),
            _ => ClientProof::Confused,
        };
        Ok(ClientCredentials { id, proof })
    }
}
