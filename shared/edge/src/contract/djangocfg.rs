//! Bodies that several families of the DjangoCFG contract answer with.

use domain::UnixTime;
use domain::account::{self, Role};
use domain::api_key::ApiKey;
use flows::{Connection, Profile, Signed};
use serde::Serialize;
use utoipa::ToSchema;

/// An account as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    /// Integer id, below 2^53.
    #[schema(read_only)]
    id: u64,
    /// The proven address.
    #[schema(format = Email, read_only)]
    email: String,
    /// Given name.
    #[schema(value_type = Option<String>, required = false, max_length = 50)]
    first_name: String,
    /// Family name.
    #[schema(value_type = Option<String>, required = false, max_length = 50)]
    last_name: String,
    /// First and last name, or the address when there is neither.
    #[schema(read_only)]
    full_name: String,
    /// One or two capitals to show where there is no picture.
    #[schema(read_only)]
    initials: String,
    /// The username as it is shown.
    #[schema(read_only)]
    display_username: String,
    /// Where they work.
    #[schema(value_type = Option<String>, required = false, max_length = 100)]
    company: String,
    /// Contact data; proves nothing.
    #[schema(value_type = Option<String>, required = false, max_length = 20)]
    phone: String,
    /// What they do.
    #[schema(value_type = Option<String>, required = false, max_length = 100)]
    position: String,
    /// Language of letters.
    #[schema(value_type = Option<String>, required = false, max_length = 10)]
    language: String,
    /// IANA time zone.
    #[schema(value_type = Option<String>, required = false, max_length = 64)]
    timezone: String,
    /// Where the picture is; null while there is none.
    #[schema(format = Uri, required = true, read_only)]
    avatar: Option<String>,
    /// Whether this session has staff rights. A code by e-mail alone never
    /// brings them.
    #[schema(read_only)]
    is_staff: bool,
    /// As `is_staff`: Postern has one kind of administrator.
    #[schema(read_only)]
    is_superuser: bool,
    /// When the account came to be.
    #[schema(format = DateTime, read_only)]
    date_joined: String,
    /// When it was last used to sign in, or this session refreshed.
    #[schema(format = DateTime, required = true, read_only)]
    last_login: Option<String>,
    /// Always 0: Postern keeps no messages.
    #[schema(read_only, default = 0)]
    unanswered_messages_count: i32,
    /// How to connect to the realtime server; null while there is none.
    #[schema(required = true, read_only)]
    centrifugo: Option<CentrifugoToken>,
    /// The masked API key; null while there is none.
    #[schema(required = true, read_only)]
    api_key: Option<String>,
}

/// A connection to the realtime server.
#[derive(Debug, Serialize, ToSchema)]
pub struct CentrifugoToken {
    /// The token to connect with.
    token: String,
    /// Where to connect.
    #[schema(format = Uri)]
    centrifugo_url: String,
    /// When the token ends.
    #[schema(format = DateTime)]
    expires_at: String,
    /// What it may subscribe to.
    channels: Vec<String>,
}

impl User {
    /// `user` as a caller with the rights of `role` sees it, last seen at `last_login`.
    fn new(user: &account::User, role: Role, last_login: Option<UnixTime>) -> Self {
        Self {
            id: user.uid,
            email: user.shown_email(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            full_name: user.full_name(),
            initials: user.initials(),
            display_username: user.display_username(),
            company: user.company.clone(),
            phone: user.phone.clone(),
            position: user.position.clone(),
            language: user.language.clone(),
            timezone: user.timezone.clone(),
            avatar: user.avatar().map(str::to_owned),
            is_staff: role == Role::Admin,
            is_superuser: role == Role::Admin,
            date_joined: user.created_at.to_string(),
            last_login: last_login.map(|at| at.to_string()),
            unanswered_messages_count: 0,
            centrifugo: None,
            api_key: user.api_key.as_ref().map(ApiKey::mask),
        }
    }
}

impl From<&Signed> for User {
    fn from(signed: &Signed) -> Self {
        Self::new(&signed.user, signed.role(), signed.last_login())
    }
}

impl From<Profile> for User {
    fn from(profile: Profile) -> Self {
        Self {
            centrifugo: profile.connection.map(CentrifugoToken::from),
            ..Self::new(&profile.user, profile.role, profile.last_login)
        }
    }
}

impl From<Connection> for CentrifugoToken {
    fn from(connection: Connection) -> Self {
        Self {
            token: connection.token,
            centrifugo_url: connection.url,
            expires_at: connection.expires_at.to_string(),
            channels: connection.channels,
        }
    }
}

/// What is wrong with a form: each field's list of sentences; or, for a body
/// that could not be read at all, one sentence under `detail`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(value_type = Object)]
pub struct FieldErrors(std::collections::BTreeMap<String, Vec<String>>);

/// A refusal in a sentence.
#[derive(Debug, Serialize, ToSchema)]
pub struct Detail {
    /// The sentence.
    detail: String,
    /// A stable code, where there is one.
    #[schema(required = false)]
    code: Option<String>,
}

super::answers_of_all!();
