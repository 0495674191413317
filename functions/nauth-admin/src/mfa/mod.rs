//! Second factors of an account.

pub mod exemption;
pub mod preferred;
pub mod remove;
pub mod status;

use domain::account::Factor;
use edge::nauth::factors::factor;
use edge::{Fields, FromFields, Rejected};
use uuid::Uuid;

/// A kind of factor, and the account whose it is.
#[derive(Debug)]
pub struct FactorOf {
    factor: Factor,
    sub: Uuid,
}

impl FromFields for FactorOf {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let factor = factor(fields, "methodType");
        let sub = fields.text("sub").uuid();
        Ok(Self {
            factor: factor?,
            sub: sub?,
        })
    }
}
