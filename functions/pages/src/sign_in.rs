//! `/sign-in`: from a name to a browser that is signed in.

pub mod code;
pub mod factor;
pub mod new_password;
pub mod next;
pub mod proof;
pub mod start;
pub mod with;
