//! A month's bill for a million people, from what requests were measured to consume.
//!
//! ```text
//! cargo run --bin bill
//! ```
//!
//! It reads the tables of docs/performance.md, which the bench printed, and multiplies.
//! What is not measured but assumed is a constant here, and printed with the bill. A row
//! that the document has no longer fails, so the bill cannot outlive its figures.

mod prices;
mod table;

use std::fmt::Write as _;
use std::process::ExitCode;

use table::{Measured, Table};

/// How many people there are, each of whom does in a month what [`HABITS`] says.
const PEOPLE: f64 = 1e6;

/// A request that everybody makes so many times a month.
struct Habit {
    /// Its row in docs/performance.md.
    row: &'static str,
    times: f64,
    /// The megabytes of its function in template.yaml.
    memory: f64,
    /// Whether it is a check of a token, which an authorizer could do without our API.
    check: bool,
}

const HABITS: [Habit; 4] = [
    Habit {
        row: "request a code",
        times: 4.0,
        memory: 512.0,
        check: false,
    },
    Habit {
        row: "sign in by code",
        times: 4.0,
        memory: 512.0,
        check: false,
    },
    Habit {
        row: "refresh later",
        times: 60.0,
        memory: 512.0,
        check: false,
    },
    Habit {
        row: "verify an access token",
        times: 500.0,
        memory: 512.0,
        check: true,
    },
];

/// Milliseconds of a round trip to DynamoDB, and of a call of SES: what AWS's own clients
/// see within a region.
const TRIP: f64 = 4.0;
const LETTER: f64 = 40.0;

/// Megabytes that bring one core. A function with less gets as much less of it.
const CORE: f64 = 1769.0;

/// Bytes of the lines beside ours: the gateway's as template.yaml has it, with a usual
/// request in it, and Lambda's two (`platform.start`, `platform.report`).
const GATEWAYS_LINE: f64 = 320.0;
const LAMBDAS_LINES: f64 = 390.0;

/// What CloudWatch adds to every line.
const OVERHEAD: f64 = 26.0;

/// Kilobytes that somebody takes in the main table, and an event in the audit table, where
/// each sign-in leaves one and thirteen months are kept.
const PERSON: f64 = 6.0;
const EVENT: f64 = 0.7;
const MONTHS: f64 = 13.0;

/// Alarms of the template, and its KMS key.
const ALARMS: f64 = 100.0;

/// What a month takes of each thing that has a price.
#[derive(Clone, Copy, Default)]
struct Month {
    /// Requests to the HTTP API.
    requests: f64,
    mails: f64,
    log_bytes: f64,
    write_units: f64,
    read_units: f64,
    invocations: f64,
    gigabyte_seconds: f64,
    events: f64,
}

/// What may be otherwise.
#[derive(Clone, Copy, Default)]
struct Choices {
    /// Checks come through the Lambda authorizer of another API.
    authorizer: bool,
    /// The gateway and Lambda write no lines.
    quiet: bool,
}

impl Month {
    fn of(table: &Table, choices: Choices) -> Result<Self, String> {
        let mut month = Self::default();
        for habit in &HABITS {
            let Measured {
                trips,
                read,
                write,
                mails,
                cpu,
                log,
            } = table.row(habit.row)?;
            let times = PEOPLE * habit.times;
            let through_api = !(choices.authorizer && habit.check);
            let mut line = log + OVERHEAD;
            if !choices.quiet {
                line += LAMBDAS_LINES + 2.0 * OVERHEAD;
                if through_api {
                    line += GATEWAYS_LINE + OVERHEAD;
                }
            }
            let millis = (cpu * CORE / habit.memory + trips * TRIP + mails * LETTER).ceil();
            month.requests += if through_api { times } else { 0.0 };
            month.mails += times * mails;
            month.log_bytes += times * line;
            month.write_units += times * write;
            month.read_units += times * read;
            month.invocations += times;
            month.gigabyte_seconds += times * millis / 1e3 * habit.memory / 1024.0;
            if habit.row == "sign in by code" {
                month.events += times;
            }
        }
        Ok(month)
    }

    /// Each line of the bill in dollars, and its sum.
    fn bill(&self) -> (Vec<(&'static str, f64)>, f64) {
        let gigabytes = (PEOPLE * PERSON + self.events * MONTHS * EVENT) / 1e6;
        let lines = vec![
            ("HTTP API", prices::http_api(self.requests)),
            ("mails", self.mails * prices::MAIL),
            ("logs", self.log_bytes / 1e9 * prices::LOG_GIGABYTE),
            ("writes", self.write_units * prices::WRITE_UNIT),
            ("reads", self.read_units * prices::READ_UNIT),
            (
                "Lambda",
                self.invocations * prices::INVOCATION
                    + self.gigabyte_seconds * prices::GIGABYTE_SECOND,
            ),
            (
                "storage, with recovery",
                gigabytes * (prices::TABLE_GIGABYTE + prices::RECOVERY_GIGABYTE),
            ),
            (
                "events, alarms, key",
                self.events * prices::BUS_EVENT + ALARMS * prices::ALARM + prices::KEY,
            ),
        ];
        let sum = lines.iter().map(|(_, dollars)| dollars).sum();
        (lines, sum)
    }
}

/// The bill and what it assumes, as Markdown.
fn markdown(table: &Table) -> Result<String, String> {
    let sum = |authorizer, quiet| {
        let month = Month::of(table, Choices { authorizer, quiet })?;
        Ok::<f64, String>(month.bill().1)
    };
    let (lines, all) = Month::of(table, Choices::default())?.bill();
    let mut text = String::new();
    let wrote = writeln!(
        text,
        "A month of {PEOPLE:.0} people, in US dollars, list prices of {}.\n",
        prices::OF
    );
    wrote.map_err(|error| error.to_string())?;
    text.push_str("| | a month each | microseconds of CPU | round trips | write units | read units | log bytes |\n");
    text.push_str("|---|--:|--:|--:|--:|--:|--:|\n");
    for habit in &HABITS {
        let row = table.row(habit.row)?;
        text += &format!(
            "| {} | {} | {:.0} | {} | {} | {} | {} |\n",
            habit.row,
            habit.times,
            row.cpu * 1e3,
            row.trips,
            row.write,
            row.read,
            row.log
        );
    }
    text.push_str("\n| | $ |\n|---|--:|\n");
    for (what, dollars) in lines {
        text += &format!("| {what} | {dollars:.0} |\n");
    }
    text += &format!("| **all** | **{all:.0}** |\n");
    text += &format!(
        "| checks by the Lambda authorizer | {:.0} |\n",
        sum(true, false)?
    );
    text += &format!(
        "| without the gateway's and Lambda's own lines | {:.0} |\n",
        sum(false, true)?
    );
    text += &format!("| both | {:.0} |\n", sum(true, true)?);
    text += &format!(
        "| Cognito Essentials for as many | {:.0} |\n",
        prices::cognito(PEOPLE)
    );
    text += &format!(
        "\nAssumed: {TRIP} ms for a round trip to DynamoDB and {LETTER} ms for SES; CPU as measured, of a whole core, of which a \
         function has its memory's share of {CORE} MB; {GATEWAYS_LINE} and {LAMBDAS_LINES} bytes of the gateway's and Lambda's \
         own lines, {OVERHEAD} more for each line; {PERSON} KB a person in the main table, an event of {EVENT} KB for each \
         sign-in, kept for {MONTHS} months and sent to the bus; {ALARMS} alarms. Not counted: cold starts, free tiers, \
         traffic out, texts, pictures.\n"
    );
    Ok(text)
}

fn main() -> ExitCode {
    match Table::read().and_then(|table| markdown(&table)) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("bill: {problem}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bill_of_the_documents_is_of_these_figures() {
        let table = Table::read().unwrap();
        let sum = |authorizer, quiet| {
            let month = Month::of(&table, Choices { authorizer, quiet }).unwrap();
            format!("{:.0}", month.bill().1)
        };
        let document = table::document("docs/operations.md").unwrap();
        let paragraph = document
            .split("## What it costs")
            .nth(1)
            .expect("a heading");
        let paragraph = paragraph.split("\n## ").next().unwrap().replace(',', "");
        for figure in [
            sum(false, false),
            sum(true, false),
            sum(false, true),
            format!("{:.0}", prices::cognito(PEOPLE)),
        ] {
            assert!(
                paragraph.contains(&format!("${figure}")),
                "{figure}: {paragraph}"
            );
        }
    }

    #[test]
    fn a_row_that_is_not_there_is_said() {
        let table = Table::parse("| request | read units |\n|---|--:|\n| x | 1 |\n");
        let problem = table.row("sign in by code").expect_err("no row");
        assert!(problem.contains("sign in by code"), "{problem}");
        let problem = table.row("x").expect_err("too few columns");
        assert!(problem.contains("write units"), "{problem}");
    }
}
