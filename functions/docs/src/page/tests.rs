use super::*;

/// The page of one contract with this document.
fn page(document: &serde_json::Value) -> String {
    let section = Section::read(Contract::Nauth, &document.to_string()).unwrap();
    html(vec![section]).unwrap()
}

#[test]
fn what_a_document_says_is_text_and_never_markup() {
    let hostile = "<script>alert(1)</script>\"'&";
    let html = page(&serde_json::json!({
        "paths": { (format!("/{hostile}")): { "post": {
            "operationId": hostile, "summary": hostile, "description": format!("`{hostile}`\n# {hostile}"),
            "security": [{ (hostile): [] }],
            "parameters": [{ "name": hostile, "in": hostile, "description": hostile }],
            "requestBody": { "content": { (hostile): { "schema": {
                "properties": { (hostile): {
                    "type": hostile, "format": hostile, "description": hostile, "pattern": hostile,
                } },
            } } } },
            "responses": { (hostile): {
                "description": hostile,
                "content": { "a/b": { "schema": { "$ref": format!("#/components/schemas/{hostile}") } } },
            } },
        } } },
        "components": { "schemas": { (hostile): { "description": hostile } } },
    }));
    assert!(!html.contains("<script"));
    assert!(!html.contains("\"'&"));
    assert!(html.matches("alert(1)").count() > 12);
}

#[test]
fn a_contract_that_nothing_answers_says_so() {
    let html = page(&serde_json::json!({ "paths": {} }));
    assert!(html.contains("No operation yet"));
    assert!(html.contains("href=\"/openapi/nauth.json\""));
}

#[test]
fn every_link_on_the_page_leads_somewhere() {
    let read = |contract| Section::read(contract, document(contract).unwrap()).unwrap();
    let html = html(Contract::ALL.into_iter().map(read).collect()).unwrap();
    let mut links = 0;
    for link in html.split("href=\"#").skip(1) {
        let anchor = link.split('"').next().unwrap();
        assert_eq!(
            html.matches(&format!(" id=\"{anchor}\"")).count(),
            1,
            "{anchor}"
        );
        links += 1;
    }
    assert!(links > 20, "{links}");
}
