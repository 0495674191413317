//! The use cases: load, decide, write, notify.
//!
//! A flow is one thing that a caller wants done, whichever contract asks. It
//! loads what it needs in as few round trips as it can, lets `domain` decide,
//! writes the outcome under the conditions that made it right, and only then
//! tells the user. Handlers call one flow each; the command line calls the same.
//!
//! [`Postern`] is what they are called on: the tables, the key ring, the
//! courier and the settings of one installation.

mod account;
mod admin;
mod audit;
mod aws;
mod commit;
mod device_grant;
mod factors;
mod keyring;
mod keys;
mod last_look;
mod limits;
mod notify;
mod oidc;
mod origins;
mod outbox;
mod password;
mod pos;
mod request;
mod secrets;
mod session;
pub mod settings;
mod sign_in;
mod tokens;
mod vendors;
mod wrapper;

use std::net::IpAddr;
use std::sync::Arc;

use crypto::{Jwk, KeyRing};
use delivery::{Courier, Topic};
use domain::key_ring::KeyParts;
use domain::place::Location;
use domain::platform::OrderedIds;
use domain::{Clock, Entropy};
use pictures::Bucket;
use places::Places;
use providers::{Firebase, OauthProvider, PwnedPasswords, Recaptcha};
use store::Store;

use commit::{MAX_ROUNDS, contended};
use keyring::KeyRingCache;
use oidc::clients::ClientCache;
use origins::OriginsCache;
use secrets::SecretsCache;
use wrapper::Wrapper;

pub use account::attributes::AttributeEdit;
pub use account::edit::AccountEdit;
pub use account::email_page::{ByPassword, Unconfirmed};
pub use account::picture::{ShownPicture, UploadGrant};
pub use account::profile::Profile;
pub use account::register::Registration;
pub use account::sign_up::SignUp;
pub use admin::accounts::{AccountRef, ActedBy, ActedByFresh, AdminAction, FreshAdminAction};
pub use admin::directory::{MAX_PAGE, Page, UserPage};
pub use admin::erase::{Erased, ErasedAccount};
pub use admin::import::{Import, Imported, ImportedLink};
pub use admin::name_review::{FormsToCome, NameFinding, ReviewedName};
pub use admin::users::delete::DeletedRecords;
pub use admin::users::password::GivenPassword;
pub use admin::users::people::{Comparison, PeopleOrder, PeoplePage, PeopleQuery, TimeFilter};
pub use admin::users::sign_up::{FirstPassword, MadeAccount, NewAccount};
pub use admin::users::verified::SaidProven;
pub use audit::history::{History, HistoryClient, HistoryEvent, HistoryOf};
pub use audit::own_history::HistoryPage;
pub use aws::Aws;
pub use delivery::Language;
pub use device_grant::answer::Asking;
pub use device_grant::exchange::{AgentKeys, AgentSignIn};
pub use device_grant::request::DeviceCodes;
pub use factors::confirm::FirstProof;
pub use factors::enroll::{EnrollmentData, NewFactor};
pub use factors::methods::RemovedFactors;
pub use factors::setup::SetUp;
pub use factors::single::FirstCode;
pub use keyring::parts::{ListedPart, Split};
pub use keyring::restored::Adopted;
pub use keyring::rotation::Rotation;
pub use keys::agent::{Agent, IssuedAgentKey};
pub use keys::personal::IssuedKey;
pub use keys::service::{IssuedServiceKey, NewServiceKey};
pub use oidc::authorize::{Authorized, AwaitedStep, ClientAnswer, VisitingBrowser, Waits};
pub use oidc::client_auth::{ClientCredentials, ClientProof, client_of_assertion};
pub use oidc::clients::IssuedClientSecret;
pub use oidc::code::CodeExchange;
pub use oidc::go_on::{ConsentAsked, WentOn};
pub use oidc::logout::{LogOut, SignedOutTo};
pub use oidc::token_endpoint::{AskedOf, ClientGrant, ClientTokens};
pub use origins::ListedPage;
pub use outbox::Outbox;
pub use outbox::publish::Published;
pub use outbox::replay::{Replay, Replayed};
pub use outbox::sweep::Swept;
pub use password::reset_code::{AdminReset, CodeWay, InitiatedReset, ResetCodeOf};
pub use pos::offline_token::OfflineToken;
pub use pos::operator_token::OperatorToken;
pub use pos::provisioning::{DeviceEdit, EventEdit, NewDevice, NewOperator, OperatorEdit};
pub use request::RequestMeta;
pub use secrets::ListedSecret;
pub use session::authenticate::Signed;
pub use session::caller::Caller;
pub use session::fresh::{
    AdminSession, FreshAdmin, FreshButFactor, FreshSession, ProvenSession, WholeSession,
};
pub use session::log_out::TokenBearer;
pub use session::refresh::Refreshed;
pub use session::sign_out::{DeviceTrust, OwnSession};
pub use session::tokens::Tokens;
pub use settings::{DeliveryMode, Settings};
pub use sign_in::challenge::answer::ChallengeAnswer;
pub use sign_in::circumstances::SignInDevice;
pub use sign_in::circumstances::trust::IssuedDeviceToken;
pub use sign_in::federated::FederatedSignIn;
pub use sign_in::federated::oauth::{AuthorizationRedirect, AuthorizationResponse};
pub use sign_in::pages::step::PageStep;
pub use sign_in::pages::{AwaitedAnswer, Entered};
pub use sign_in::pending::PendingTokens;
pub use sign_in::second_factor::{Answer, SecondFactor};
pub use sign_in::social::callback::{ProviderAnswer, SocialCallback, SocialOutcome, SocialReturn};
pub use sign_in::social::native::AppTokens;
pub use sign_in::social::start::SocialStart;
pub use sign_in::{OfferedFactors, SignIn, WaitingSignIn};
pub use store::AuditQuery;
pub use store::log;
pub use tokens::introspect::{Credential, CredentialKind, Introspected};
pub use tokens::realtime::Connection;
pub use vendors::{VendorAction, VendorRegistration, WhichVendor};

/// One installation, ready to serve, with the parts of the key ring that its holder may
/// use. Cheap to clone.
#[derive(Clone)]
pub struct Postern(Arc<Inner>, KeyRing);

struct Inner {
    settings: Settings,
    store: Store,
    key_ring_cache: KeyRingCache,
    origins_cache: OriginsCache,
    secrets_cache: SecretsCache,
    client_cache: ClientCache,
    courier: Courier,
    bucket: Option<Bucket>,
    oauth_providers: Vec<Box<dyn OauthProvider>>,
    firebase: Option<Firebase>,
    chatbot: Option<Topic>,
    pwned: Option<PwnedPasswords>,
    recaptcha: Option<Recaptcha>,
    places: Option<Places>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    event_ids: OrderedIds,
}

impl Postern {
    /// Makes the key ring of an installation, unless it has one: before it is opened for the
    /// first time.
    ///
    /// # Errors
    /// [`domain::Error::Unavailable`] if the table or KMS does not answer.
    pub async fn make_key_ring(
        settings: &Settings,
        aws: &Aws,
        clock: &dyn Clock,
        entropy: &dyn Entropy,
    ) -> Result<(), domain::Error> {
        let store = Store::new(&aws.dynamodb, &settings.table, &settings.audit_table);
        KeyRingCache::make(&store, settings, aws, clock.now(), entropy).await
    }

    /// Opens the tables, these parts of the key ring, the origins and the secrets.
    ///
    /// Called once, while a function starts: the connection to DynamoDB and the
    /// unwrapped keys are then there for the first request.
    ///
    /// # Errors
    /// [`domain::Error::Unavailable`] if the table or KMS does not answer, and
    /// [`domain::Error::Internal`] if the ring is not there, or it, the origins or a secret
    /// cannot be read.
    pub async fn open(
        settings: Settings,
        parts: KeyParts,
        aws: &Aws,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, domain::Error> {
        let store = Store::new(&aws.dynamodb, &settings.table, &settings.audit_table);
        let now = clock.now();
        let wrapper = Arc::new(Wrapper::new(&settings, aws)?);
        // At the same time: a start waits for one answer of the table, not for two.
        let ((key_ring_cache, ring), origins_cache, secrets_cache) = tokio::try_join!(
            KeyRingCache::open(&store, parts, wrapper.clone(), now),
            OriginsCache::open(&store, now),
            SecretsCache::open(&store, settings.secrets.clone(), wrapper, now),
        )?;
        let courier = Courier::new(
            &aws.ses,
            &aws.sns,
            &settings.mail_from,
            settings.mail_configuration_set.as_deref(),
            &settings.service_name,
            settings.texts.clone(),
        );
        let bucket = settings.pictures_bucket.as_deref();
        let bucket = bucket.map(|name| Bucket::new(&aws.s3, name));
        let pwned = settings.pwned_passwords_url.as_deref();
        let pwned = pwned.map(PwnedPasswords::new);
        let recaptcha = settings.nauth.recaptcha_url.as_deref();
        let recaptcha = recaptcha.map(Recaptcha::new);
        let places = settings.places_database.as_deref().map(Places::open);
        let places = places
            .transpose()
            .map_err(|error| domain::Error::Internal(error.to_string()))?;
        let oauth_providers = settings.oauth.providers();
        let chatbot = settings.chatbot_topic.as_deref();
        let chatbot = chatbot.map(|arn| Topic::new(&aws.sns, arn));
        let firebase = settings.oauth.firebase.clone().map(Firebase::new);
        let inner = Inner {
            settings,
            store,
            key_ring_cache,
            origins_cache,
            secrets_cache,
            client_cache: ClientCache::default(),
            courier,
            bucket,
            oauth_providers,
            firebase,
            chatbot,
            pwned,
            recaptcha,
            places,
            clock,
            entropy,
            event_ids: OrderedIds::default(),
        };
        Ok(Self(Arc::new(inner), ring))
    }

    /// The settings it was opened with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The present instant. Ask once per request and pass it down.
    #[must_use]
    pub fn now(&self) -> domain::UnixTime {
        self.0.clock.now()
    }

    /// The name of the key that tokens are signed with now.
    #[must_use]
    pub fn signing_key_id(&self) -> String {
        self.ring().current_kid(self.now())
    }

    /// When that key was made.
    #[must_use]
    pub fn signing_key_since(&self) -> Option<domain::UnixTime> {
        self.ring().current_since(self.now())
    }

    /// The public keys that tokens of ours may be verified with at `now` or soon.
    #[must_use]
    pub fn published_keys(&self, now: domain::UnixTime) -> Vec<Jwk> {
        self.ring().published(now)
    }

    /// Lets time pass.
    async fn sleep(&self, seconds: u64) {
        self.0.clock.sleep(seconds).await;
    }

    /// Where an address is, as far as the installation knows.
    fn locate(&self, address: IpAddr) -> Location {
        let places = self.0.places.as_ref();
        places.map_or(Location::Unlisted, |places| places.locate(address))
    }

    fn store(&self) -> &Store {
        &self.0.store
    }

    fn ring(&self) -> &KeyRing {
        &self.1
    }

    fn key_ring_cache(&self) -> &KeyRingCache {
        &self.0.key_ring_cache
    }

    fn client_cache(&self) -> &ClientCache {
        &self.0.client_cache
    }

    fn entropy(&self) -> &dyn Entropy {
        &*self.0.entropy
    }
}

/// A key or a seal failed, which nothing that a caller sends can bring about.
fn broken(error: crypto::CryptoError) -> domain::Error {
    domain::Error::Internal(error.to_string())
}
