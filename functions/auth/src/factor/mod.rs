//! The second factor of the Auth Service.

pub mod disable;
pub mod enable;
pub mod generate;
pub mod test;
pub mod verify;
