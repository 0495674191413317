//! `GET /nauth/admin/audit/history`: the security events of an account.

use axum::Json;
use axum::extract::State;
use edge::nauth::{AdminMember, Detail, HistoryPage, HistoryQuery, HistoryRow, NotAdmin};
use edge::{Fields, FromFields, ListQuery, Rejected, Reply};
use flows::Postern;
use utoipa::IntoParams;
use uuid::Uuid;

/// Whose events.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "for the document")]
pub struct Whose {
    /// The account.
    #[param(format = Uuid)]
    sub: String,
}

/// Which events, of which account.
#[derive(Debug)]
pub struct Asked {
    sub: Uuid,
    page: HistoryQuery,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let sub = fields.text("sub").uuid();
        let page = HistoryQuery::read(fields);
        Ok(Self {
            sub: sub?,
            page: page?,
        })
    }
}

/// The security events of an account, of every contract, latest first, with their exact
/// number and the administrators who brought them about.
///
/// # Errors
/// A caller who is no administrator, a malformed query, or an account that there is not.
#[utoipa::path(
    get, path = "/nauth/admin/audit/history", operation_id = "nauth_admin_audit_history", tags = ["nauth"],
    params(Whose, HistoryQuery), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = HistoryPage, description = "A page; empty behind the last one"),
        (status = 400, body = Detail, description = "Malformed, or no such account"),
        NotAdmin,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    AdminMember(admin): AdminMember,
    ListQuery(asked): ListQuery<Asked>,
) -> Reply<HistoryPage> {
    let Asked { sub, page } = asked;
    let (offset, limit) = page.paging().place();
    let selected = page.selected();
    let (user, found) = postern
        .account_history(&admin, sub, &selected, offset, limit)
        .await?;
    let rows = found.events.iter();
    let rows = rows.map(|event| HistoryRow::for_administrators(event, user.uid));
    Ok(Json(page.page(rows.collect(), found.total)))
}
