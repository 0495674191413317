//! The routes as `cargo lambda watch` reads them from a workspace manifest.
//!
//! Its router matches slashes exactly, where the functions take every path
//! with and without a slash at its end: so a path is listed in both forms. It
//! writes `{*proxy}` where SAM writes `{proxy+}`, which takes a slash along.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Route;

/// The section of the workspace manifest.
pub(super) fn router(routes: &[Route]) -> String {
    let mut paths: BTreeMap<String, Vec<&Route>> = BTreeMap::new();
    for route in routes.iter().filter(|route| route.path() != "$default") {
        match route.path().strip_suffix("+}") {
            Some(stem) => {
                let (stem, name) = stem.rsplit_once('{').unwrap_or((stem, "proxy"));
                paths.entry(format!("{stem}{{*{name}}}")).or_default()
            }
            None => {
                let path = route.path().trim_end_matches('/');
                paths.entry(format!("{path}/")).or_default().push(route);
                if path.is_empty() {
                    continue;
                }
                paths.entry(path.to_owned()).or_default()
            }
        }
        .push(route);
    }
    let mut section = String::from("[workspace.metadata.lambda.watch.router]\n");
    for (path, routes) in paths {
        let _ = writeln!(section, "\"{path}\" = {}", target(&routes));
    }
    section
}

/// One function for every method, or a list of methods with theirs.
fn target(routes: &[&Route]) -> String {
    match routes {
        [route] if route.method().is_none() => format!("\"{}\"", route.function()),
        routes => {
            let entries: Vec<String> = routes
                .iter()
                .map(|route| {
                    let function = route.function();
                    match route.method() {
                        Some(method) => {
                            format!("{{ function = \"{function}\", method = \"{method}\" }}")
                        }
                        None => format!("{{ function = \"{function}\" }}"),
                    }
                })
                .collect();
            format!("[{}]", entries.join(", "))
        }
    }
}
