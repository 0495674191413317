//! /.well-known: how others find us, and verify without asking.

use serde_json::json;
use tests::{START, World};

#[tokio::test]
async fn the_key_set_verifies_what_we_sign() {
    for (name, kty) in [("EdDSA", "OKP"), ("ES256", "EC"), ("RS256", "RSA")] {
        let world = World::with(&[("POSTERN_SIGNING_ALGORITHM", name)]).await;
        let answer = world
            .anyone()
            .get("/.well-known/jwks.json")
            .await
            .expect(200);
        assert_eq!(answer.header("cache-control"), "public, max-age=3600");
        assert_eq!(answer.header("content-type"), "application/json");
        let ada = world.anyone().sign_in("ada@example.com").await;
        let header = jsonwebtoken::decode_header(&ada.access).unwrap();
        let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(answer.body.clone()).unwrap();
        let jwk = set.find(&header.kid.unwrap()).expect("the key in force");
        let mut rules = jsonwebtoken::Validation::new(header.alg);
        rules.set_audience(&["https://id.example.com"]);
        rules.set_issuer(&["https://id.example.com"]);
        // The world's clock stands still where it likes.
        rules.validate_exp = false;
        let key = jsonwebtoken::DecodingKey::from_jwk(jwk).unwrap();
        let token = jsonwebtoken::decode::<serde_json::Value>(&ada.access, &key, &rules).unwrap();
        assert_eq!(token.claims["iat"], json!(START.0));
        let key = &answer.body["keys"][0];
        assert_eq!(
            (&key["kty"], &key["alg"], &key["use"]),
            (&json!(kty), &json!(name), &json!("sig"))
        );
        let members = key.as_object().unwrap().keys();
        let private =
            members.filter(|name| ["d", "p", "q", "dp", "dq", "qi", "k"].contains(&name.as_str()));
        assert_eq!(private.count(), 0, "a private key is public");
    }
}

#[tokio::test]
async fn the_issuer_says_where_everything_is() {
    let world = World::new().await;
    let path = "/.well-known/openid-configuration";
    let answer = world.anyone().get(path).await.expect(200);
    let other = "/.well-known/oauth-authorization-server";
    let other = world.anyone().get(other).await.expect(200);
    assert_eq!(other.body, answer.body);
    assert_eq!(answer.header("cache-control"), "public, max-age=3600");
    assert_eq!(answer.body["issuer"], "https://id.example.com");
    // What is named is there: a wrong method or an empty form at worst.
    let members = [
        "authorization_endpoint",
        "userinfo_endpoint",
        "end_session_endpoint",
        "jwks_uri",
        "device_authorization_endpoint",
        "token_endpoint",
        "introspection_endpoint",
        "revocation_endpoint",
    ];
    for member in members {
        let path = answer
            .str(member)
            .strip_prefix("https://id.example.com")
            .unwrap();
        let status = world.anyone().form_text(path, "").await.status;
        assert!([303, 400, 401, 405].contains(&status), "{member}: {status}");
    }
    assert_eq!(answer.body["response_types_supported"], json!(["code"]));
    assert_eq!(
        answer.body["code_challenge_methods_supported"],
        json!(["S256"])
    );
    assert_eq!(
        answer.body["id_token_signing_alg_values_supported"],
        json!(["EdDSA"])
    );
    assert_eq!(answer.body["request_uri_parameter_supported"], json!(false));
}
