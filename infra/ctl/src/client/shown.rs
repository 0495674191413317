//! A client as operators are shown it: everything but what is kept of its secrets.

use domain::client::Client;
use serde_json::{Value, json};

/// The client, as JSON.
pub(super) fn described(client: &Client) -> Value {
    let mut json = json!(client);
    if let Some(fields) = json.as_object_mut() {
        fields.remove("secrets");
        let made: Vec<_> = client.secrets.iter().map(|one| one.created_at).collect();
        fields.insert("secrets_made_at".to_owned(), json!(made));
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::UnixTime;
    use domain::client::ClientSecret;

    #[test]
    fn no_digest_of_a_secret_is_shown() {
        let client = Client::of_devices("a", "A", UnixTime(1)).with_secret(ClientSecret {
            digest: "d1gest".to_owned(),
            created_at: UnixTime(2),
        });
        let text = described(&client).to_string();
        assert!(
            !text.contains("d1gest") && text.contains("secrets_made_at"),
            "{text}"
        );
    }
}
