//! The types of our tokens: `typ` in their headers, by which none is ever taken for
//! another (RFC 8725 §3.11).

/// Access tokens (RFC 9068).
pub(super) const ACCESS: &str = "at+jwt";
/// Refresh tokens.
pub(super) const REFRESH: &str = "rt+jwt";
/// Tokens of sign-ins that wait for a second factor.
pub(super) const PENDING: &str = "pt+jwt";
/// Those that renew them, for contracts that want a refresh token beside every other.
pub(super) const RENEWAL: &str = "prt+jwt";
/// Tokens that devices show to services that cannot ask us.
pub(super) const OFFLINE: &str = "offline+jwt";
/// Tokens of operators at a device.
pub(super) const OPERATOR: &str = "op+jwt";
/// Tokens of vendors.
pub(super) const VENDOR: &str = "vt+jwt";

/// ID tokens, which have the type that the standard's clients know.
pub(super) const ID: &str = "JWT";
/// Tokens of clients that act for themselves: of the type of access tokens (RFC 9068), and
/// told apart by what they say.
pub(super) const CLIENT: &str = ACCESS;

/// All of them but ID tokens: whose type any JWT may have.
pub(super) const ALL: [&str; 7] = [ACCESS, REFRESH, PENDING, RENEWAL, OFFLINE, OPERATOR, VENDOR];
