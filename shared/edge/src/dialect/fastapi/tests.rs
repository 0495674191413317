//! Refusals as FastAPI writes them.

use super::*;
use domain::limit::Quota;

#[test]
fn problems_are_listed_as_pydantic_does() {
    let listed = |kind| entry(&Problem::of("otp", kind));
    assert_eq!(
        listed(ProblemKind::Required),
        json!({ "type": "missing", "loc": ["body", "otp"], "msg": "Field required" })
    );
    assert_eq!(
        listed(ProblemKind::TooShort { min: 6 }),
        json!({
            "type": "string_too_short",
            "loc": ["body", "otp"],
            "msg": "String should have at least 6 characters",
            "ctx": { "min_length": 6 },
        })
    );
    assert_eq!(
        listed(ProblemKind::Blank)["msg"],
        "String should have at least 1 character"
    );
}

#[test]
fn a_body_that_is_no_object_has_its_place() {
    let problem = Problem {
        path: Vec::new(),
        ..Problem::of("", ProblemKind::NotAnObject)
    };
    assert_eq!(entry(&problem)["loc"], json!(["body"]));
    let problem = Problem::of_path("key_id", ProblemKind::NotAnInteger);
    assert_eq!(entry(&problem)["loc"], json!(["path", "key_id"]));
    let problem = Problem {
        path: vec!["scopes".into(), "1".into()],
        ..problem
    };
    assert_eq!(entry(&problem)["loc"], json!(["path", "scopes", 1]));
}

#[test]
fn a_refusal_says_how_to_do_better() {
    let unknown = FastApi.render(&Error::Unauthenticated(AuthFailure::Missing));
    assert_eq!(unknown.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(unknown.headers()[header::WWW_AUTHENTICATE], "Bearer");
    let exceeded = Exceeded {
        quota: Quota::Network,
        retry_after: 42,
    };
    let limited = FastApi.render(&Error::TooMany(exceeded));
    assert_eq!(limited.headers()[header::RETRY_AFTER], "42");
}
