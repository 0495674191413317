//! What holds of the tables whatever was asked at once.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::AttributeValue;
use tests::World;

type Row = HashMap<String, AttributeValue>;

/// Everything that does not hold.
pub async fn broken(world: &World) -> Vec<String> {
    let mut broken = below_zero(world).await;
    broken.extend(stray_claims(world).await);
    broken.extend(miscounted(world).await);
    let orphans = orphaned_sessions(world).await;
    if orphans > 0 {
        broken.push(format!("{orphans} sessions of deleted accounts are alive"));
    }
    broken
}

/// Every number below zero in either table, by its row's kind and its name in it.
pub async fn below_zero(world: &World) -> Vec<String> {
    let mut found = Vec::new();
    for table in [&world.table, &world.audit_table] {
        for row in world.dump(table).await {
            for (name, value) in &row {
                negatives(&format!("{} {name}", kind(&row)), value, &mut found);
            }
        }
    }
    found
}

fn negatives(at: &str, value: &AttributeValue, found: &mut Vec<String>) {
    match value {
        AttributeValue::N(number) if number.starts_with('-') => {
            found.push(format!("{at} is {number}"));
        }
        AttributeValue::Ns(numbers) if numbers.iter().any(|number| number.starts_with('-')) => {
            found.push(format!("{at} has one"));
        }
        AttributeValue::M(map) => {
            for (name, value) in map {
                negatives(&format!("{at}.{name}"), value, found);
            }
        }
        AttributeValue::L(list) => {
            for value in list {
                negatives(at, value, found);
            }
        }
        _ => {}
    }
}

/// Claims that name no account: none at all, or for all but an integer id, which
/// stays claimed, a deleted one. A device's id names a device at an event instead.
pub async fn stray_claims(world: &World) -> Vec<String> {
    let rows = world.dump(&world.table).await;
    let accounts = accounts(&rows);
    let devices: HashSet<_> = rows
        .iter()
        .filter(|row| text(row, "pk").starts_with("EVENT#"))
        .filter_map(place)
        .collect();
    let claims = rows.iter().filter(|row| text(row, "sk") == "CLAIM");
    let stray = claims.filter(|claim| {
        if text(claim, "pk").starts_with("CLAIM#device#") {
            return !place(claim).is_some_and(|place| devices.contains(&place));
        }
        let is_id = text(claim, "pk").starts_with("CLAIM#uid#");
        match accounts.get(text(claim, "sub")) {
            Some(account) => is_deleted(account) && !is_id,
            None => true,
        }
    });
    stray.map(kind).collect()
}

/// The event and the network card that a row names.
fn place(row: &Row) -> Option<(&str, &str)> {
    let event = row.get("event")?.as_n().ok()?;
    Some((event, row.get("mac")?.as_s().ok()?))
}

/// Shards of the directory whose total is not the number of the accounts they list.
pub async fn miscounted(world: &World) -> Vec<String> {
    let mut differences: HashMap<String, i64> = HashMap::new();
    for row in world.dump(&world.table).await {
        let (pk, shard) = (text(&row, "pk"), text(&row, "dir_pk"));
        if let Some(number) = pk.strip_prefix("USER#total-") {
            let kept = row["accounts"].as_n().expect("a number");
            let kept: i64 = kept.parse().expect("a number");
            *differences.entry(format!("USERS#{number}")).or_default() -= kept;
        } else if text(&row, "sk") == "PROFILE" && !shard.is_empty() {
            *differences.entry(shard.to_owned()).or_default() += 1;
        }
    }
    let wrong = differences
        .into_iter()
        .filter(|(_, difference)| *difference != 0);
    wrong
        .map(|(shard, difference)| format!("{shard} by {difference}"))
        .collect()
}

/// Sessions of deleted accounts that are still alive.
pub async fn orphaned_sessions(world: &World) -> usize {
    let rows = world.dump(&world.table).await;
    let accounts = accounts(&rows);
    let sessions = rows
        .iter()
        .filter(|row| text(row, "sk").starts_with("SESSION#"));
    let alive = sessions.filter(|session| {
        let Some(account) = accounts.get(text(session, "sub")) else {
            return true;
        };
        let same_epoch = session.get("epoch") == account.get("epoch");
        is_deleted(account) && same_epoch && !session.contains_key("ended")
    });
    alive.count()
}

/// The accounts, and the vendors, who are none of the people and claim as they do.
fn accounts(rows: &[Row]) -> HashMap<&str, &Row> {
    let accounts = rows.iter().filter_map(|row| {
        let (pk, sk) = (text(row, "pk"), text(row, "sk"));
        let sub = match sk {
            "PROFILE" => pk.strip_prefix("USER#"),
            "VENDOR" => pk.strip_prefix("VENDOR#"),
            _ => None,
        };
        sub.map(|sub| (sub, row))
    });
    accounts.collect()
}

fn is_deleted(account: &Row) -> bool {
    text(account, "status") == "deleted"
}

/// What a row is, without whom it is about.
fn kind(row: &Row) -> String {
    let part = text(row, "pk").split('#').next().unwrap_or_default();
    format!(
        "{part}/{}",
        text(row, "sk").split('#').next().unwrap_or_default()
    )
}

fn text<'r>(row: &'r Row, name: &str) -> &'r str {
    row.get(name)
        .and_then(|value| value.as_s().ok())
        .map_or("", String::as_str)
}
