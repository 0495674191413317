//! template.yaml against the code: the same routes, the same settings.

use std::collections::BTreeSet;

use local::template::Template;
use tests::contract::functions;

fn template() -> Template {
    Template::read(&tests::root().join("template.yaml"), "postern").unwrap()
}

#[test]
fn every_operation_is_routed_to_the_function_that_has_it_and_every_route_leads_somewhere() {
    let template = template();
    let mut used = BTreeSet::new();
    for (name, document) in functions() {
        let document = serde_json::to_value(document).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            for method in item.as_object().unwrap().keys() {
                let asked = path.replace("{contract}", "djangocfg");
                // With and without its last slash, but for the root, which is one.
                let trimmed = Some(asked.trim_end_matches('/')).filter(|path| !path.is_empty());
                for asked in [asked.as_str(), trimmed.unwrap_or("/")] {
                    let method = method.to_uppercase();
                    let found = local::template::Route::find(template.routes(), &method, asked);
                    let (route, _) =
                        found.unwrap_or_else(|| panic!("nothing routes {method} {asked}"));
                    assert_eq!(route.function(), name, "{method} {asked}");
                    used.insert(route.key());
                }
            }
        }
    }
    let routes: BTreeSet<String> = template
        .routes()
        .iter()
        .map(local::template::Route::key)
        .collect();
    assert_eq!(routes, used);
}

#[test]
fn cargo_lambda_watches_the_same_routes() {
    let manifest = std::fs::read_to_string(tests::root().join("Cargo.toml")).unwrap();
    let router = template().watch_router();
    assert!(
        manifest.contains(router.trim()),
        "Cargo.toml must hold:\n{router}"
    );
}

#[test]
fn every_setting_is_set_by_the_template_and_none_that_nobody_reads() {
    let read = |path: &str| std::fs::read_to_string(tests::root().join(path)).unwrap();
    let names = |text: &str| -> BTreeSet<String> {
        let words =
            text.split(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_');
        words
            .filter(|word| word.starts_with("POSTERN_") && word.len() > 8)
            .map(str::to_owned)
            .collect()
    };
    let code = read("shared/flows/src/settings.rs");
    let mut settings = names(code.split("#[cfg(test)]").next().unwrap());
    // The local stack's stand-in for KMS has no place on AWS.
    assert!(settings.remove("POSTERN_KEY_FILE"));
    settings.remove("POSTERN_OTP_");
    assert_eq!(settings, names(&read("template.yaml")));
}
