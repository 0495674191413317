//! Files that hold what was once read and found right.

use crate::root;

/// Compares `now` with the checked-in file at `path`, from the project's root.
/// With `POSTERN_UPDATE=1` it writes the file instead.
///
/// # Panics
/// If they differ.
#[track_caller]
pub fn golden(path: &str, now: &str) {
    let file = root().join(path);
    if std::env::var_os("POSTERN_UPDATE").is_some() {
        std::fs::write(&file, now).expect("the golden file can be written");
        return;
    }
    let then = std::fs::read_to_string(&file).unwrap_or_default();
    let changed = then
        .lines()
        .zip(now.lines())
        .find(|(then, now)| then != now);
    assert!(
        then == now,
        "{path} has changed, first at {changed:#?}; POSTERN_UPDATE=1 writes it anew"
    );
}
