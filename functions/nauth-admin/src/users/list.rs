//! `GET /nauth/admin/users`: accounts by page.

use axum::Json;
use axum::extract::State;
use domain::{ProblemKind, UnixTime};
use edge::nauth::{AdminMember, Detail, NotAdmin, Paging, UserResponse};
use edge::{Fields, FromFields, ListQuery, Meta, Rejected, Reply};
use flows::{Comparison, PeopleOrder, PeopleQuery, Postern, TimeFilter};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// How a date is compared, and with what.
#[derive(Debug, ToSchema)]
#[schema(as = DateFilterDTO)]
#[allow(dead_code, reason = "for the document")]
pub struct DateFilter {
    // What is described here and inline would be documented as a text that is an object, too.
    #[schema(inline)]
    operator: Operator,
    /// The date.
    #[schema(format = DateTime)]
    value: String,
}

/// How a date is compared.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
#[allow(dead_code, reason = "for the document")]
enum Operator {
    Gt,
    Gte,
    Lt,
    Lte,
    Eq,
}

/// Which accounts, in which order.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[allow(dead_code, reason = "for the document")]
pub struct Asked {
    /// The page, from 1.
    #[param(value_type = u64, required = false, default = 1, minimum = 1)]
    page: u64,
    /// Accounts on a page, at most 100.
    #[param(value_type = u64, required = false, default = 10, minimum = 1, maximum = 100)]
    limit: u64,
    /// Only accounts in whose address this occurs.
    #[param(value_type = String, required = false)]
    email: Option<String>,
    /// Only accounts in whose number this occurs.
    #[param(value_type = String, required = false)]
    phone: Option<String>,
    /// Only accounts with a proven address, or only those without.
    #[param(value_type = bool, required = false)]
    is_email_verified: Option<bool>,
    /// Only accounts with a proven number, or only those without.
    #[param(value_type = bool, required = false)]
    is_phone_verified: Option<bool>,
    /// Only accounts that are linked to a provider, or only those that are not.
    #[param(value_type = bool, required = false)]
    has_social_auth: Option<bool>,
    /// Only accounts that are locked, or only those that are not.
    #[param(value_type = bool, required = false)]
    is_locked: Option<bool>,
    /// Only accounts with a second factor, or only those without.
    #[param(value_type = bool, required = false)]
    mfa_enabled: Option<bool>,
    /// Only accounts that came to be at such a time.
    #[param(inline, value_type = DateFilter, required = false, style = DeepObject, explode)]
    created_at: Option<TimeFilter>,
    /// Only accounts that were last changed at such a time.
    #[param(inline, value_type = DateFilter, required = false, style = DeepObject, explode)]
    updated_at: Option<TimeFilter>,
    /// What the list is in the order of.
    #[param(inline, value_type = Order, required = false)]
    sort_by: PeopleOrder,
    /// Up or down.
    #[param(inline, value_type = Direction, required = false)]
    sort_order: bool,
}

/// What a list is in the order of.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", default = "createdAt")]
#[allow(dead_code, reason = "for the document")]
enum Order {
    Email,
    CreatedAt,
    UpdatedAt,
    Username,
    Phone,
}

/// Up or down.
#[derive(ToSchema)]
#[schema(rename_all = "UPPERCASE", default = "DESC")]
#[allow(dead_code, reason = "for the document")]
enum Direction {
    Asc,
    Desc,
}

fn comparison(name: &str) -> Option<Comparison> {
    match name {
        "gt" => Some(Comparison::After),
        "gte" => Some(Comparison::From),
        "lt" => Some(Comparison::Before),
        "lte" => Some(Comparison::Until),
        "eq" => Some(Comparison::At),
        _ => None,
    }
}

fn order(name: &str) -> Option<PeopleOrder> {
    match name {
        "email" => Some(PeopleOrder::Email),
        "createdAt" => Some(PeopleOrder::CreatedAt),
        "updatedAt" => Some(PeopleOrder::UpdatedAt),
        "username" => Some(PeopleOrder::Username),
        "phone" => Some(PeopleOrder::Phone),
        _ => None,
    }
}

/// Whether the last comes first.
fn descending(name: &str) -> Option<bool> {
    match name.to_ascii_uppercase().as_str() {
        "ASC" => Some(false),
        "DESC" => Some(true),
        _ => None,
    }
}

/// A filter, however it is written: `name[operator]=…&name[value]=…`, or as JSON.
fn time(fields: &mut Fields, name: &'static str) -> Option<TimeFilter> {
    fields.gather(name, &["operator", "value"]);
    if !fields.is_given(name) {
        return None;
    }
    let filter = fields.nested(name, |filter| {
        let how = filter.text("operator");
        let how = how.parsed(ProblemKind::NotAChoice, comparison);
        let when = filter.text("value");
        let when = when.parsed(ProblemKind::NotADate, UnixTime::parse_loosely);
        Ok(TimeFilter {
            how: how?,
            when: when?,
        })
    });
    filter.ok()
}

/// The query, and which page of which size.
#[derive(Debug)]
pub struct Read {
    query: PeopleQuery,
    paging: Paging,
}

impl FromFields for Read {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let paging = Paging::read(fields, 10, 100);
        let (offset, limit) = paging.place();
        let email = fields.text("email").max(255).optional();
        let phone = fields.text("phone").max(255).optional();
        let some = |text: Option<String>| text.filter(|text| !text.is_empty());
        let email_verified = fields.flag("isEmailVerified");
        let phone_verified = fields.flag("isPhoneVerified");
        let has_provider = fields.flag("hasSocialAuth");
        let locked = fields.flag("isLocked");
        let has_factor = fields.flag("mfaEnabled");
        let created = time(fields, "createdAt");
        let updated = time(fields, "updatedAt");
        let by = fields.text("sortBy");
        let by = by.parsed_if_sent(ProblemKind::NotAChoice, order);
        let way = fields.text("sortOrder");
        let way = way.parsed_if_sent(ProblemKind::NotAChoice, descending);
        Ok(Self {
            query: PeopleQuery {
                email: some(email),
                phone: some(phone),
                email_verified,
                phone_verified,
                has_provider,
                locked,
                has_factor,
                created,
                updated,
                order: by.unwrap_or_default(),
                descending: way.unwrap_or(true),
                offset,
                limit,
            },
            paging,
        })
    }
}

/// A page of accounts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GetUsersResponseDTO)]
pub struct UserPage {
    /// The accounts on it.
    users: Vec<UserResponse>,
    /// Where it stands among all.
    #[schema(inline)]
    pagination: Pagination,
}

/// Where a page stands among all.
#[derive(Debug, Serialize, ToSchema)]
#[schema(rename_all = "camelCase")]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Pagination {
    /// The page.
    #[schema(value_type = f64)]
    page: u64,
    /// Accounts on a page.
    #[schema(value_type = f64)]
    limit: u64,
    /// How many there are on all pages.
    #[schema(value_type = f64)]
    total: u64,
    /// How many pages there are.
    #[schema(value_type = f64)]
    total_pages: u64,
}

/// List accounts by page, latest first unless another order is asked for. The number of them
/// is as of the index, which may lag behind by a moment. In the order of their age, and with
/// no filter but of that, a list may be of any length; any other is refused where more
/// accounts would have to be looked at than the installation allows.
///
/// # Errors
/// A caller who is no administrator, a malformed query, or a list that is too long.
#[utoipa::path(
    get, path = "/nauth/admin/users", operation_id = "nauth_admin_users", tags = ["nauth"],
    params(Asked), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = UserPage, description = "A page; empty behind the last one"),
        (status = 400, body = Detail, description = "Malformed"),
        (status = 503, body = Detail, description = "Too many accounts to look at: ask for fewer by createdAt"),
        NotAdmin,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    AdminMember(admin): AdminMember,
    ListQuery(asked): ListQuery<Read>,
) -> Reply<UserPage> {
    let found = postern.people(&admin, &asked.query).await?;
    let people = found.people.iter();
    Ok(Json(UserPage {
        users: people
            .map(|(user, linked)| UserResponse::of(user, linked, meta.now))
            .collect(),
        pagination: Pagination {
            page: asked.paging.page,
            limit: asked.paging.limit,
            total: found.total,
            total_pages: asked.paging.pages(found.total),
        },
    }))
}
