//! Users' accounts, as administrators see and change them.

pub mod activate;
pub mod deactivate;
pub mod delete;
pub mod list;
pub mod lock;
pub mod role;
pub mod unlock;
