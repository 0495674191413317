//! Bodies that several families of one contract answer with.

pub mod auth_service;
pub mod cashless;
pub mod djangocfg;
pub mod fastapi;
