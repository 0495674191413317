//! What each principal may do: all of them at every operation of every contract.
//!
//! The table is a golden file. Its operations come from the routers' own documents, so
//! a new route without a row ([`bodies`]) fails, and its diff shows what a change gives
//! to whom and takes from whom. Read it: a 2xx is a permission.
//!
//! Each principal ([`principals`]) has a world of its own, which it walks through alone;
//! each request comes from an address of its own, so that no limit interferes. A
//! principal that was changed by what it did is made anew for the next request.

pub mod bodies;
pub mod cell;
mod faults;
mod letters;
pub mod principals;
mod unproven;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Mutex;

use domain::secret::SecretName;
use tests::contract::functions;
use tests::{Answer, World};

use bodies::rows;
use cell::{Cell, Row, Stock};
use principals::{CLIENT, Kind, Principal};

/// The key that makes administrators in the walk's worlds.
pub const KEY: &str = "an installation's key of 38 characters";

/// Minutes after which no sign-in is fresh.
const ELEVEN: i64 = 11 * 60;

/// Every operation of every function, as `METHOD path`.
pub fn operations() -> BTreeSet<String> {
    let mut operations = BTreeSet::new();
    for (_, document) in functions() {
        let document = serde_json::to_value(document).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            let methods = item.as_object().unwrap().keys();
            operations.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
        }
    }
    operations
}

/// A world for one principal to walk through.
pub async fn world() -> World {
    let settings = [
        (
            "POSTERN_CENTRIFUGO_URL",
            "wss://rt.example.com/connection/websocket",
        ),
        // An account signs in several times within a moment.
        ("POSTERN_OTP_RESEND_COOLDOWN_SECONDS", "0"),
    ];
    let key = [(SecretName::RegistrationKey, KEY)];
    let world = World::with_secrets(&settings, &key).await;
    world.event(7).await;
    world.postern.add_client(CLIENT, "The TV").await.unwrap();
    let app = crate::oidc::client::app(&world);
    world.postern.register_client(app).await.unwrap();
    world
}

/// A principal of that kind as it is in the table: some are so after a while only.
async fn make(kind: Kind, world: &World, number: usize) -> Principal {
    let made = kind.make(world, number).await;
    if kind.is_stale() {
        world.clock.advance(ELEVEN);
    }
    made
}

/// What came of one cell.
struct Walked {
    answer: Answer,
    /// The caller's address, if they have an account.
    asker: Option<String>,
    /// The recipients that the request wrote to.
    written_to: Vec<String>,
}

/// What came of all rows for a principal of that kind, in their order. A principal that a
/// request changed is made anew.
async fn walked(kind: Kind) -> Vec<Walked> {
    let world = world().await;
    let stock = Stock::default();
    let mut principal = make(kind, &world, 0).await;
    let mut answers = Vec::new();
    for (number, row) in rows().enumerate() {
        let cell = Cell {
            world: &world,
            principal: &principal,
            row,
            stock: &stock,
            newest: Mutex::default(),
            full: false,
            trouble: None,
            number,
        };
        let answer = (row.send)(&cell).await;
        let permitted = answer.status < 400;
        let written_to = cell.written_to();
        let asker = principal.address.clone();
        stock.settle(permitted);
        if permitted && row.changes(kind) {
            principal = make(kind, &world, number + 1).await;
        }
        answers.push(Walked {
            answer,
            asker,
            written_to,
        });
    }
    answers
}

/// The table as it stands in the file: a line a row, a column a principal.
fn table(columns: &[(Kind, Vec<Walked>)]) -> String {
    let mut page = String::new();
    for (kind, _) in columns {
        let (heading, meaning) = kind.heading();
        writeln!(page, "{heading:<7} {meaning}").unwrap();
    }
    let width = rows().map(|row| row.name().len()).max().unwrap();
    write!(page, "\n{:width$}", "").unwrap();
    for (kind, _) in columns {
        write!(page, " {:>6}", kind.heading().0).unwrap();
    }
    page.push('\n');
    for (at, row) in rows().enumerate() {
        write!(page, "{:width$}", row.name()).unwrap();
        for (_, answers) in columns {
            write!(page, " {:>6}", answers[at].answer.status).unwrap();
        }
        page.push('\n');
    }
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn the_matrix_is_as_it_was_last_read() {
    let walks = Kind::ALL.map(|kind| (kind, tokio::spawn(walked(kind))));
    let mut columns = Vec::new();
    for (kind, walk) in walks {
        columns.push((kind, walk.await.unwrap()));
    }
    for (kind, answers) in &columns {
        for (row, Walked { answer, .. }) in rows().zip(answers) {
            let what = format!("{kind:?} at {}: {}", row.name(), answer.text);
            assert!(answer.status < 500 && answer.status != 429, "{what}");
        }
    }
    letters::are_all_listed(&columns);
    for (_, answers) in columns.iter().filter(|(kind, _)| kind.is_unproven()) {
        unproven::is_unnamed(answers);
    }
    tests::golden("tests/suite/walks/matrix.golden.txt", &table(&columns));
}

#[test]
fn every_operation_has_a_row() {
    let rows: BTreeSet<String> = rows().map(|row: &Row| row.operation.to_owned()).collect();
    let all = operations();
    let without: Vec<_> = all.difference(&rows).collect();
    assert!(without.is_empty(), "say how these are called: {without:#?}");
    let gone: Vec<_> = rows.difference(&all).collect();
    assert!(
        gone.is_empty(),
        "these are no operations any more: {gone:#?}"
    );
}
