//! Accounts that give way to the owner of their address.
//!
//! A stranger may have made an account with another person's address. While nothing of it
//! is proven and nobody answers for it, it stands in nobody's way: whoever proves the
//! address takes it over ([`User::first_proven_by`]), or moves to the address in its place.
//! Signing up proves nothing, so a sign-up replaces it only while nobody has ever been
//! signed in to it: there is nothing in it then that anybody could lose. Once somebody has,
//! its address is taken, and its owner gets in by proving it.

use super::{Role, User, Voucher};

impl User {
    /// Whether a stranger may have made it and nobody answers for it: it gives way to a
    /// proof of its address.
    #[must_use]
    pub fn is_unclaimed(&self) -> bool {
        self.is_active()
            && !self.is_proven()
            && self.voucher == Voucher::Nobody
            && self.appointment.is_none()
            && self.role == Role::User
            && !self.imported
    }

    /// Whether it gives way to another sign-up for its address, too: nobody was ever
    /// signed in to it.
    #[must_use]
    pub fn gives_way_to_sign_up(&self) -> bool {
        self.is_unclaimed() && self.last_login_at.is_none()
    }
}
