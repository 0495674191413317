//! What breaks around an operation: each call that its request makes to AWS, one at a
//! time, in every way that it can.
//!
//! What passes when it is tried again is not noticed. What does not pass is answered by
//! 5xx in the contract's words; then the same request succeeds when it is made anew. And
//! whatever was answered, what holds of the tables holds.
//!
//! The request is the matrix's row, made by the first kind of caller that the golden file
//! lets in. It is repeated with the next call going wrong until it makes no more calls.

use std::sync::Mutex;

use tests::{Fault, World};

use super::bodies::rows;
use super::cell::{Cell, Row, Stock};
use super::principals::{Kind, Principal};
use super::{make, world};
use crate::invariants;

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    /// The table or the service is busy for a moment.
    Throttled,
    /// Its transaction met another.
    Conflict,
    /// Its write met a transaction.
    ItemConflict,
    /// It was carried out, and the answer did not arrive.
    Lost,
    /// Nobody can be reached, however often it is tried.
    Away,
    /// It is carried out, and no answer arrives, however often it is tried.
    Deaf,
}

impl Trouble {
    const ALL: [Self; 6] = [
        Self::Throttled,
        Self::Conflict,
        Self::ItemConflict,
        Self::Lost,
        Self::Away,
        Self::Deaf,
    ];

    /// What the tap does, and how often: the SDK tries four times.
    const fn fault(self) -> (Fault, u32) {
        match self {
            Self::Throttled => (Fault::Throttle, 1),
            Self::Conflict => (Fault::Conflict, 1),
            Self::ItemConflict => (Fault::ItemConflict, 1),
            Self::Lost => (Fault::LostAnswer, 1),
            Self::Away => (Fault::Unreachable, 4),
            Self::Deaf => (Fault::LostAnswer, 4),
        }
    }

    /// Whether it has passed when the call is tried again.
    const fn passes(self) -> bool {
        !matches!(self, Self::Away | Self::Deaf)
    }
}

/// The kind of caller whom the golden file gives the best answer at a row, and which.
fn best(row: &Row) -> (Kind, u16) {
    let path = tests::root().join("tests/suite/walks/matrix.golden.txt");
    let golden = std::fs::read_to_string(path).expect("the golden file");
    let line = golden.lines().find_map(|line| {
        let rest = line.strip_prefix(&row.name())?;
        rest.starts_with("  ").then_some(rest)
    });
    let statuses = line.unwrap_or_default().split_whitespace();
    let statuses = statuses.map(|status| status.parse().expect("a status"));
    let best = Kind::ALL.into_iter().zip(statuses);
    best.min_by_key(|(_, status)| *status)
        .unwrap_or_else(|| panic!("no line of {}", row.name()))
}

/// A row that is asked for over and over in a world of its own.
struct Walk {
    row: &'static Row,
    kind: Kind,
    good: u16,
    world: World,
    number: usize,
    principal: Option<Principal>,
    broken: Vec<String>,
}

impl Walk {
    async fn new(row: &'static Row) -> Self {
        let (kind, good) = best(row);
        Self {
            row,
            kind,
            good,
            world: world().await,
            number: 0,
            principal: None,
            broken: Vec::new(),
        }
    }

    /// The row's request, with what it takes made anew: its answer's status and text.
    async fn ask(&mut self, trouble: Option<(usize, Fault, u32)>) -> (u16, String) {
        self.number += 1;
        if self.principal.is_none() {
            self.principal = Some(make(self.kind, &self.world, self.number).await);
        }
        let answer = {
            let stock = Stock::default();
            let cell = Cell {
                world: &self.world,
                principal: self.principal.as_ref().expect("made"),
                row: self.row,
                stock: &stock,
                newest: Mutex::default(),
                full: false,
                trouble,
                number: self.number,
            };
            (self.row.send)(&cell).await
        };
        if self.row.changes(self.kind) || answer.status >= 500 {
            self.principal = None;
        }
        (answer.status, answer.text)
    }

    /// Lets each call go wrong, one at a time. How many there were.
    async fn through(&mut self, trouble: Trouble) -> usize {
        let (fault, times) = trouble.fault();
        for call in 0.. {
            let (status, text) = self.ask(Some((call, fault, times))).await;
            let failed = self.world.tap.failed();
            self.world.tap.heal();
            let what = format!(
                "{} by {:?}, call {call} ({}) {trouble:?}: {status} {text}",
                self.row.name(),
                self.kind,
                failed.as_deref().unwrap_or("none")
            );
            let right = status == self.good || (status >= 500 && !trouble.passes());
            let told = text.contains("made by the tap") || text.contains("the answer was lost");
            if failed.is_none() {
                if status != self.good {
                    self.broken.push(what);
                }
                return call;
            }
            if !right || told {
                self.broken.push(what.clone());
            }
            if status >= 500 {
                let (status, text) = self.ask(None).await;
                if status != self.good {
                    self.broken.push(format!("{what}; then {status} {text}"));
                }
            }
        }
        0
    }

    /// What does not hold after all of these.
    async fn after(mut self, troubles: &[Trouble]) -> (usize, Vec<String>) {
        let mut calls = 0;
        for trouble in troubles {
            calls += self.through(*trouble).await;
            let broken = invariants::broken(&self.world).await;
            let of = |what| format!("{}, {trouble:?}: {what}", self.row.name());
            self.broken.extend(broken.into_iter().map(of));
        }
        (calls, self.broken)
    }
}

/// Walks through these rows, a few at a time.
async fn walk(chosen: impl Fn(&str) -> bool, troubles: &'static [Trouble]) {
    let rows: Vec<&'static Row> = rows().filter(|row| chosen(&row.name())).collect();
    let next = std::sync::Arc::new(Mutex::new(rows.into_iter()));
    let walkers = (0..4).map(|_| {
        let next = next.clone();
        tokio::spawn(async move {
            let (mut calls, mut broken) = (0, Vec::new());
            loop {
                let Some(row) = next.lock().unwrap().next() else {
                    return (calls, broken);
                };
                let (more, wrong) = Walk::new(row).await.after(troubles).await;
                for what in &wrong {
                    println!("broken: {what}");
                }
                calls += more;
                broken.extend(wrong);
            }
        })
    });
    let (mut calls, mut broken) = (0, Vec::new());
    for walker in futures_util::future::join_all(walkers).await {
        let (more, wrong) = walker.expect("a walker that does not panic");
        calls += more;
        broken.extend(wrong);
    }
    println!("{calls} calls went wrong");
    assert!(calls > 0, "no call went wrong, so nothing was shown");
    assert!(broken.is_empty(), "{}: {broken:#?}", broken.len());
}

/// One operation of each function that calls AWS.
const OF_EACH: [&str; 18] = [
    "POST /cfg/accounts/otp/verify/",
    "POST /cfg/totp/setup/confirm/",
    "POST /cfg/accounts/oauth/github/callback/",
    "GET /cfg/centrifugo/auth/token/",
    "POST /cfg/accounts/profile/avatar/",
    "POST /auth/password-reset",
    "POST /tokens/revoke",
    "POST /admin/lock",
    "POST /devices/operator-token",
    "POST /nauth/login",
    "POST /nauth/mfa/verify-setup",
    "POST /nauth/social/exchange",
    "POST /nauth/admin/set-password",
    "POST /vendor/password-reset",
    "POST /chatbot/interact",
    "POST /device/approve",
    "POST /sign-in/password",
    "POST /oauth/token",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_of_each_function_survives_what_passes_and_what_does_not() {
    let chosen = |name: &str| OF_EACH.contains(&name);
    walk(chosen, &[Trouble::Lost, Trouble::Away]).await;
}

#[test]
fn no_function_is_left_out_but_that_of_documents() {
    let template = tests::root().join("template.yaml");
    let template = local::template::Template::read(&template, "postern").unwrap();
    let functions = OF_EACH.map(|operation| {
        let (method, path) = operation.split_once(' ').unwrap();
        assert!(rows().any(|row| row.name() == operation), "{operation}");
        let found = local::template::Route::find(template.routes(), method, path);
        found.expect(operation).0.function().to_owned()
    });
    let mut left_out = template.functions();
    left_out.retain(|function| !functions.iter().any(|own| own == function));
    assert_eq!(left_out, ["docs"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes: every call of every operation, in every way; tests/all has the time"]
async fn every_operation_survives_what_passes_and_what_does_not() {
    if tests::other_engine() {
        // What is shown is Postern's, and one engine shows it.
        return;
    }
    walk(|_| true, &Trouble::ALL).await;
}
