//! Pages for people: plain forms, no script.
//!
//! What the pages of several families share: their frame ([`Frame`]) and the headers that
//! keep others out ([`with_security_headers`]), forms that only the browser they were shown
//! to can send ([`own_form`]), refusals in words ([`Html`]), and every word of every page in
//! each language ([`words`]), and the way to the sign-in ([`sign_in`]). The style is one for all,
//! at `/style.css`.

mod form;
mod frame;
mod refusal;
mod sign_in;
pub mod words;

pub use form::own_form;
pub use frame::{ContentPolicy, Frame, onward, see_other, with_security_headers};
pub use refusal::{Again, Html, rendered, sentence, status};
pub use sign_in::{Reason, sign_in};
pub use words::Words;
