//! Pages as lists of this contract have them.

use crate::Fields;

/// Which page of which size.
#[derive(Clone, Copy, Debug)]
pub struct Paging {
    /// The page, from 1.
    pub page: u64,
    /// Entries on a page.
    pub limit: u64,
}

impl Paging {
    /// The page that is asked for, the first if none is, of at most `most` entries.
    pub fn read(fields: &mut Fields, usual: u64, most: u64) -> Self {
        let page = fields.text("page").number_if_sent(1..=1_000_000_000);
        let limit = fields.text("limit").number_if_sent(1..=most);
        Self {
            page: page.unwrap_or(1),
            limit: limit.unwrap_or(usual),
        }
    }

    /// Entries before the page, and on it.
    #[must_use]
    pub fn place(self) -> (usize, usize) {
        let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let limit = whole(self.limit);
        (whole(self.page - 1).saturating_mul(limit), limit)
    }

    /// How many pages `total` entries are.
    #[must_use]
    pub const fn pages(self, total: u64) -> u64 {
        total.div_ceil(self.limit)
    }
}
