//! Ten people, others with second factors, vendors, operators at their tills; eight
//! callers and several networks: requests of every kind, right and wrong, at once and
//! for a while; and then what must hold.
//!
//! Five seconds of it, with three people and eight callers, are part of the suite. Two
//! minutes each of one, eight and thirty-two callers, with ten people, are for `tests/all`,
//! and print the table of docs/performance.md:
//! `cargo test --test suite -- --ignored --nocapture load::minutes`
//!
//! Everything goes to the functions in this process and to an engine on 127.0.0.1.
//! What is bounded is the time that callers begin requests in, and their number; what
//! is asserted is never how long something took.

pub mod others;
pub mod people;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::EmailAddress;
use futures_util::future::{join, join_all};
use serde_json::json;
use tests::{Answer, Answers, World};
use tokio::time::Instant;

use crate::auth::login;
use crate::invariants;
use crate::walks::matrix::principals::CLIENT;
use others::{FIRSTS, Guarded, Operator, Shop, by_letter};
use people::{Person, WAYS, record_success_twice};

/// Callers of the five seconds.
const CALLERS: u64 = 8;
/// Callers of the minutes, one table's row each.
const CROWDS: [u64; 3] = [1, 8, 32];
/// For how long each of these crowds asks, in seconds.
const MINUTES: u64 = 120;
const NETWORKS: u64 = 24;
/// Turns that a caller takes at least, however slow the machine.
const LEAST: u64 = 10;
/// Turns that a caller takes at most.
const MOST: u64 = 20_000;
const UPDATE: &str = "/cfg/accounts/profile/update/";
const DELETE: &str = "/cfg/accounts/profile/delete/";

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % sides
    }
}

fn one_of<'t, T>(things: &'t [T], dice: &mut Dice) -> &'t T {
    &things[usize::try_from(dice.below(things.len() as u64)).unwrap()]
}

/// What came back, over all callers.
#[derive(Default)]
struct Seen {
    signed_in: u64,
    broken: Vec<String>,
    tokens: Vec<(String, String)>,
}

struct Crowd {
    world: World,
    people: Vec<Person>,
    guarded: Vec<Guarded>,
    shops: Vec<Shop>,
    operators: Vec<Operator>,
    seen: Mutex<Seen>,
}

impl Crowd {
    async fn gather(people: usize) -> Arc<Self> {
        let world = World::with(&[
            ("POSTERN_MAIL_DAILY_BUDGET", "10000000"),
            ("POSTERN_TEXT_DAILY_BUDGET", "10000000"),
        ])
        .await;
        let others = people.div_ceil(4);
        let people = join_all((0..people).map(|n| Person::welcome(&world, n))).await;
        world.event(7).await;
        world.postern.add_client(CLIENT, "The TV").await.unwrap();
        let (mut guarded, mut shops, mut operators) = (Vec::new(), Vec::new(), Vec::new());
        for n in 0..others {
            guarded.push(Guarded::welcome(&world, n).await);
            shops.push(Shop::welcome(&world, n).await);
            operators.push(Operator::welcome(&world, n).await);
        }
        Arc::new(Self {
            world,
            people,
            guarded,
            shops,
            operators,
            seen: Mutex::default(),
        })
    }

    fn note(&self, what: &str, answer: &Answer) {
        let mut seen = self.seen.lock().unwrap();
        if answer.status >= 500 {
            seen.broken
                .push(format!("{what}: {} {}", answer.status, answer.text));
        }
        let token = |names: [&str; 3]| {
            let mut found = names.iter().filter_map(|name| answer.body[*name].as_str());
            found.next().map(str::to_owned)
        };
        let pair = token(["access", "access_token", "accessToken"]);
        let pair = pair.zip(token(["refresh", "refresh_token", "refreshToken"]));
        if let Some(pair) = pair.filter(|_| answer.status == 200) {
            seen.signed_in += 1;
            seen.tokens.push(pair);
        }
    }

    /// Tokens that a caller got: one of the last 20 pairs.
    fn some_tokens(&self, dice: &mut Dice) -> Option<(String, String)> {
        let seen = self.seen.lock().unwrap();
        let count = seen.tokens.len() as u64;
        let back = dice.below(count.clamp(1, 20));
        let at = count.checked_sub(back + 1)?;
        seen.tokens.get(usize::try_from(at).ok()?).cloned()
    }

    /// One caller, until `ends`.
    async fn calls(&self, caller: u64, ends: Instant) {
        let mut dice = Dice(caller + 1);
        for turn in 0..MOST {
            if turn >= LEAST && Instant::now() >= ends {
                return;
            }
            self.turn(caller * MOST + turn, &mut dice).await;
            let seconds = i64::try_from(dice.below(4)).unwrap();
            self.world.clock.advance(seconds);
            // The tap's record of so many calls is not needed.
            self.world.tap.clear();
        }
    }

    async fn turn(&self, turn: u64, dice: &mut Dice) {
        let world = &self.world;
        let person = one_of(&self.people, dice);
        let ip = format!("198.51.100.{}", dice.below(NETWORKS));
        let client = world.at(&ip);
        match dice.below(28) {
            0 => {
                let wrong = world.wrong_code(&person.email);
                self.note(
                    "a wrong code",
                    &client.verify_code(&person.email, &wrong).await,
                );
            }
            1 => self.note(
                "a wrong password",
                &login(&client, &person.email, "a wrong guess at it").await,
            ),
            2 => {
                if let Some(answer) = by_letter(&client, &person.email, &person.password).await {
                    self.note("a reset", &answer);
                }
            }
            3 => {
                let by_oauth = dice.below(2) == 0;
                self.note("a device", &person.approve(world, &ip, by_oauth).await);
            }
            4 => {
                let address = EmailAddress::parse(&person.email).unwrap();
                if let Err(error) = world.postern.unlock_user(&address).await {
                    let broken = format!("an unlocking: {error:?}");
                    self.seen.lock().unwrap().broken.push(broken);
                }
            }
            5 => self.come_and_go(turn, &ip).await,
            6..=9 => self.use_tokens(dice, &ip).await,
            10..=13 => self.show_a_factor(dice, &ip).await,
            14..=15 => self.trade(dice, &ip).await,
            16..=17 => self.work(dice, &ip).await,
            _ => {
                let way = *one_of(&WAYS, dice);
                let answer = person.enter(world, way, &ip).await;
                self.note(&format!("{way:?}"), &answer);
            }
        }
    }

    /// A user with an authenticator shows a code of it, right or wrong.
    async fn show_a_factor(&self, dice: &mut Dice, ip: &str) {
        let guarded = one_of(&self.guarded, dice);
        let (first, now) = (*one_of(&FIRSTS, dice), self.world.now());
        let (what, code) = match dice.below(4) {
            0 => ("a wrong factor", guarded.app.wrong_code(now)),
            _ => ("a factor", guarded.app.code(now)),
        };
        let answer = guarded.enter(&self.world.at(ip), first, &code).await;
        self.note(&format!("{what} after {first:?}"), &answer);
    }

    /// A vendor signs in, is guessed at or resets its password.
    async fn trade(&self, dice: &mut Dice, ip: &str) {
        let (shop, client) = (one_of(&self.shops, dice), self.world.at(ip));
        match dice.below(4) {
            0 => self.note("a guess at a vendor", &shop.guess(&client).await),
            1 => {
                if let Some(answer) = shop.reset(&client).await {
                    self.note("a vendor's reset", &answer);
                }
            }
            _ => self.note("a vendor", &shop.enter(&client).await),
        }
    }

    /// An operator signs in at a till, is guessed at or gives the till's token back.
    async fn work(&self, dice: &mut Dice, ip: &str) {
        let (operator, client) = (one_of(&self.operators, dice), self.world.at(ip));
        match dice.below(4) {
            0 => self.note("a guess at an operator", &operator.guess(&client).await),
            other => {
                let came = operator.enter(&client, dice.below(5)).await;
                self.note("an operator", &came);
                if other == 1 && came.status == 200 {
                    let left = operator.leave(&client, came.str("token")).await;
                    self.note("an operator who leaves", &left);
                }
            }
        }
    }

    /// A signed-in user reads, edits, refreshes and leaves.
    async fn use_tokens(&self, dice: &mut Dice, ip: &str) {
        let Some((access, refresh)) = self.some_tokens(dice) else {
            return;
        };
        let client = self.world.at(ip).bearing(&access);
        match dice.below(8) {
            0 => self.note("a profile", &client.get("/cfg/accounts/profile/").await),
            1 | 2 => self.note("a check", &self.world.at(ip).verify(&access).await),
            3 => {
                let body = json!({ "refreshToken": refresh });
                let answer = self.world.at(ip).post("/nauth/refresh", &body).await;
                self.note("a refresh of nauth", &answer);
            }
            4 | 5 => {
                let edit = json!({ "first_name": format!("Ada{}", dice.below(1000)) });
                self.note("an edit", &client.send("PATCH", UPDATE, &edit).await);
            }
            6 => self.note("a refresh", &self.world.at(ip).refresh(&refresh).await),
            _ => {
                let body = json!({ "refresh_token": refresh });
                self.note("a logout", &client.post("/auth/logout", &body).await);
            }
        }
    }

    /// A newcomer who leaves for good, while signing in once more.
    async fn come_and_go(&self, turn: u64, ip: &str) {
        let (world, client) = (&self.world, self.world.at(ip));
        let email = format!("guest{turn}@example.com");
        let asked = client.request_code(&email).await;
        self.note("a guest", &asked);
        if asked.status != 200 {
            return;
        }
        let came = client.verify_code(&email, &world.code(&email)).await;
        if came.status != 200 {
            return self.note("a guest's code", &came);
        }
        let bearer = client.clone().bearing(came.str("access"));
        let again = async {
            let refreshed = client.refresh(came.str("refresh")).await;
            self.note("a guest's refresh", &refreshed);
            bearer.post(DELETE, &json!({})).await
        };
        let nothing = json!({});
        let (gone, again) = join(bearer.post(DELETE, &nothing), again).await;
        self.note("a deletion", &gone);
        self.note("a second deletion", &again);
        let after = bearer.get("/cfg/accounts/profile/").await;
        if gone.status == 200 && after.status != 401 {
            let broken = format!("a deleted account answers {}", after.status);
            self.seen.lock().unwrap().broken.push(broken);
        }
    }

    /// What came of it, after so many callers asked for so many `seconds`.
    async fn after(self: Arc<Self>, callers: u64, seconds: u64) -> Held {
        // What came before is theirs who set it up.
        drop(self.world.tally.take());
        let begins = Instant::now();
        let ends = begins + Duration::from_secs(seconds);
        let asking = (0..callers).map(|caller| {
            let this = self.clone();
            tokio::spawn(async move { this.calls(caller, ends).await })
        });
        for caller in join_all(asking).await {
            caller.expect("a caller that does not panic");
        }
        let took = begins.elapsed();
        let answers = self.world.tally.take();
        let seen = std::mem::take(&mut *self.seen.lock().unwrap());
        assert!(seen.signed_in > 0, "nobody signed in, so nothing was shown");
        let (world, mut broken) = (&self.world, seen.broken);
        broken.extend(answers.broken.iter().cloned());
        broken.extend(invariants::broken(world).await);
        // Rests and limits last a day at most.
        world.clock.advance(2 * 86_400);
        for person in &self.people {
            broken.extend(person.shut_out(world).await);
        }
        for shop in &self.shops {
            broken.extend(shop.shut_out(world).await);
        }
        for operator in &self.operators {
            broken.extend(operator.shut_out(world).await);
        }
        for guarded in &self.guarded {
            broken.extend(guarded.shut_out(world).await);
        }
        broken.extend(invariants::below_zero(world).await);
        let signed_in = seen.signed_in;
        Held {
            callers,
            took,
            answers,
            signed_in,
            broken,
        }
    }
}

/// What came of a crowd's requests.
struct Held {
    callers: u64,
    took: Duration,
    answers: Answers,
    signed_in: u64,
    /// What does not hold.
    broken: Vec<String>,
}

impl Held {
    /// Its row of the table.
    fn row(&self) -> String {
        let requests = self.answers.count();
        let a_second = requests as u64 / self.took.as_secs().max(1);
        let [half, most, all] = [50, 95, 99].map(|percent| self.answers.percentile(percent));
        format!(
            "| {} | {requests} | {a_second} | {half} | {most} | {all} | {} | {} | {} |",
            self.callers,
            self.signed_in,
            self.answers.broken.len(),
            self.broken.len(),
        )
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn five_seconds() {
    let held = Crowd::gather(3).await.after(CALLERS, 5).await;
    println!("{}", held.row());
    assert!(held.broken.is_empty(), "{:#?}", held.broken);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn five_seconds_twin_that_settles_twice() {
    let crowd = Crowd::gather(3).await;
    crowd.world.tap.twist("UpdateItem", record_success_twice);
    let broken = crowd.after(CALLERS, 5).await.broken;
    let counters = broken.iter().filter(|what| what.contains("strange_tries"));
    assert!(counters.count() > 0, "{broken:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "takes six minutes: see the module's head"]
async fn minutes() {
    if tests::other_engine() {
        // As slow as that engine is, there would be little to see.
        return;
    }
    let mut all = Vec::new();
    println!(
        "| callers | requests | a second | median, ms | 95 % | 99 % | sign-ins | 5xx | broken |"
    );
    println!("|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for callers in CROWDS {
        let held = Crowd::gather(10).await.after(callers, MINUTES).await;
        println!("{}", held.row());
        all.extend(held.broken);
    }
    assert!(all.is_empty(), "{all:#?}");
}
