//! /nauth/social: signing in through a provider.

mod accounts;
mod circumstances;
mod links;
mod native;
mod providers;
mod races;
mod returns;
mod role;

use domain::provider::Provider;
use local::social::{Person, Request};
use serde_json::json;
use tests::{Answer, Anyone, World};

/// What Apple posts at the first consent; the address in it is anybody's to write.
const APPLE_USER: &str =
    r#"{"name":{"firstName":" Ada ","lastName":"King"},"email":"eve@example.com"}"#;
const EXCHANGE: &str = "/nauth/social/exchange";

/// Where `provider` is left for, and come back from.
fn redirect(provider: Provider, query: &str) -> String {
    format!("/nauth/social/{}/redirect?{query}", provider.name())
}

/// The page that an answer sends a browser to.
#[track_caller]
pub(crate) fn location(answer: &Answer) -> url::Url {
    assert_eq!(answer.status, 302, "{}", answer.text);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    answer.header("location").parse().expect("an address")
}

/// What stands in the query of an address.
pub(crate) fn parameter(address: &url::Url, name: &str) -> Option<String> {
    let found = address.query_pairs().find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

/// The page of `provider` that a browser is sent to, with `query`.
async fn depart(client: &Anyone<'_>, provider: Provider, query: &str) -> String {
    let answer = client.get(&redirect(provider, query)).await;
    location(&answer).into()
}

/// The way back from the provider's page at `url`, to which `person` has said yes.
fn approved(world: &World, provider: Provider, url: &str, person: &Person) -> String {
    let request = Request::of(url).expect("a request");
    let state = request.state.clone();
    let code = world.social.approve(provider, request, person.clone());
    let name = provider.name();
    format!("/nauth/social/{name}/callback?code={code}&state={state}")
}

/// `person` leaves with `query` and comes back, from Apple's page by a form from another
/// site, which brings no cookie.
async fn come_back(
    client: &Anyone<'_>,
    provider: Provider,
    query: &str,
    person: &Person,
) -> Answer {
    let url = depart(client, provider, query).await;
    let back = approved(client.world(), provider, &url, person);
    match (provider, back.split_once('?')) {
        (Provider::Apple, Some((path, query))) => {
            let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
            let mut fields: Vec<(String, String)> = pairs.collect();
            fields.push(("user".to_owned(), APPLE_USER.to_owned()));
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            let page = client.world().at(client.ip());
            page.header("origin", "https://appleid.apple.com")
                .form(path, &fields)
                .await
        }
        _ => client.get(&back).await,
    }
}

/// Where the browser of whoever has this address comes back to us from Google.
pub(crate) async fn way_back(client: &Anyone<'_>, address: &str) -> String {
    let url = depart(client, Provider::Google, "").await;
    approved(
        client.world(),
        Provider::Google,
        &url,
        &Person::new(address),
    )
}

/// The token that such a sign-in ends in.
pub(crate) async fn exchange_token(client: &Anyone<'_>, address: &str) -> String {
    let back = location(&client.get(&way_back(client, address).await).await);
    parameter(&back, "exchangeToken").unwrap_or_else(|| panic!("no token in {back}"))
}

async fn exchange(client: &Anyone<'_>, token: &str) -> Answer {
    let body = json!({ "exchangeToken": token });
    client.post(EXCHANGE, &body).await
}

/// `person` signs in through `provider`, as a program.
pub(crate) async fn sign_in(client: &Anyone<'_>, provider: Provider, person: &Person) -> Answer {
    let answer = come_back(client, provider, "", person).await;
    let token = parameter(&location(&answer), "exchangeToken");
    exchange(client, &token.expect("a token")).await
}

/// The code of the refusal that a browser is sent on with.
#[track_caller]
fn told(answer: &Answer) -> String {
    let back = location(answer);
    assert_eq!(parameter(&back, "exchangeToken"), None);
    assert_eq!(answer.header("set-cookie"), "");
    parameter(&back, "error").unwrap_or_else(|| panic!("no error in {back}"))
}

/// The same as a page whose tokens travel in cookies: what the cookies hold, or the answer to
/// what the browser was sent on with.
pub(crate) async fn sign_in_by_cookies(
    client: &Anyone<'_>,
    provider: Provider,
    person: &Person,
) -> Answer {
    let page = client.clone().header("origin", super::SITE);
    let mut answer = come_back(&page, provider, "", person).await;
    if let Some(token) = parameter(&location(&answer), "exchangeToken") {
        return exchange(&page, &token).await;
    }
    let set = super::cookies(&answer).into_iter();
    answer.body = set
        .map(|(name, value)| (name, serde_json::Value::from(value)))
        .collect();
    answer
}
