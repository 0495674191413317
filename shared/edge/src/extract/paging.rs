//! The way to the next page of a list, in a header (RFC 8288): for contracts whose
//! lists are bare arrays, with no place in the body for it.

use axum::http::{HeaderMap, HeaderValue, header};

/// The headers of a page of the list at `path`, asked for with these parameters:
/// a `Link` to the next page if there is one, nothing else.
#[must_use]
pub fn next_page(path: &str, asked: &[(&str, String)], next: Option<&str>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let Some(after) = next else {
        return headers;
    };
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(asked)
        .append_pair("after", after)
        .finish();
    // Percent-encoded, so it cannot fail.
    if let Ok(link) = HeaderValue::try_from(format!("<{path}?{query}>; rel=\"next\"")) {
        headers.insert(header::LINK, link);
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_on_and_the_last_page_has_none() {
        let asked = [("matching", "a b>;\u{e9}".to_owned())];
        let headers = next_page("/admin/users", &asked, Some("1#2"));
        assert_eq!(
            headers[header::LINK],
            "</admin/users?matching=a+b%3E%3B%C3%A9&after=1%232>; rel=\"next\""
        );
        assert!(next_page("/admin/users", &asked, None).is_empty());
    }
}
