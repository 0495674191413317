//! The test GitHub as an app and a browser meet it.

use axum::body::Body;
use http::{Request as HttpRequest, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::{CLIENT_ID, CLIENT_SECRET, GitHub, Person, Request, page};

const BACK: &str = "http://127.0.0.1:9004/callback";

fn request() -> Request {
    Request {
        client_id: CLIENT_ID.to_owned(),
        redirect_uri: BACK.to_owned(),
        state: "s\"><script>".to_owned(),
        // The pair of RFC 7636, appendix B.
        code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned(),
    }
}

async fn send(github: &GitHub, request: HttpRequest<Body>) -> (StatusCode, String, String) {
    let router = page::router(github.clone(), "http://127.0.0.1:9000");
    let answer = router.oneshot(request).await.unwrap();
    let location = answer.headers().get("location");
    let location = location
        .map_or("", |value| value.to_str().unwrap())
        .to_owned();
    let status = answer.status();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, location, String::from_utf8(body.to_vec()).unwrap())
}

fn form(path: &str, pairs: &[(&str, &str)]) -> HttpRequest<Body> {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    HttpRequest::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .body(Body::from(body))
        .unwrap()
}

fn exchange(code: &str, change: (&str, &str)) -> HttpRequest<Body> {
    let mut pairs = vec![
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("code", code),
        ("redirect_uri", BACK),
        (
            "code_verifier",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        ),
    ];
    pairs.retain(|(name, _)| *name != change.0);
    pairs.push(change);
    form("/login/oauth/access_token", &pairs)
}

#[tokio::test]
async fn a_code_is_good_once_and_only_for_what_it_was_made_for() {
    let github = GitHub::new(crate::clock::system());
    let approve = || github.approve(request(), Person::new("ada", "ada@example.com"));
    let code = approve();
    let (status, _, body) = send(&github, exchange(&code, ("", ""))).await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("\"access_token\":\"gho_"), "{body}");
    let again = send(&github, exchange(&code, ("", ""))).await;
    assert!(again.2.contains("bad_verification_code"), "{again:?}");
    for (change, error) in [
        (("client_secret", "x"), "incorrect_client_credentials"),
        (("code_verifier", "x"), "bad_verification_code"),
        (
            ("redirect_uri", "http://127.0.0.1/"),
            "redirect_uri_mismatch",
        ),
    ] {
        let (status, _, body) = send(&github, exchange(&approve(), change)).await;
        assert_eq!(status, StatusCode::OK, "as GitHub does");
        assert!(body.contains(error), "{body}");
    }
}

#[tokio::test]
async fn the_page_asks_and_sends_back() {
    let github = GitHub::new(crate::clock::system());
    let ask = "/login/oauth/authorize?client_id=postern-local&redirect_uri=http%3A%2F%2F127.0.0.1%3A9004%2Fcallback&state=s%22%3E%3Cscript%3E";
    let (status, _, html) = send(&github, HttpRequest::get(ask).body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        html.contains("Authorize") && !html.contains("<script>"),
        "{html}"
    );
    let asked = request();
    let answer = |how: &'static str, email: &'static str| {
        let pairs = [
            ("client_id", asked.client_id.as_str()),
            ("redirect_uri", asked.redirect_uri.as_str()),
            ("state", asked.state.as_str()),
            ("login", "ada"),
            ("email", email),
            ("answer", how),
        ];
        form("/login/oauth/authorize", &pairs)
    };
    let (status, location, _) = send(&github, answer("approve", "ada@example.com")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(location.starts_with("http://127.0.0.1:9004/callback?code="));
    assert!(location.ends_with("&state=s%22%3E%3Cscript%3E"));
    let (_, location, _) = send(&github, answer("deny", "")).await;
    assert!(location.contains("?error=access_denied&"));
    let (status, ..) = send(&github, answer("approve", "")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let stranger = ask.replace("postern-local", "somebody");
    let stranger = HttpRequest::get(stranger).body(Body::empty()).unwrap();
    assert_eq!(send(&github, stranger).await.0, StatusCode::NOT_FOUND);
}
