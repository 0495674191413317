//! The tables of docs/performance.md.

use std::collections::HashMap;
use std::path::Path;

/// What a request was measured to take.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// Round trips to DynamoDB, one after another.
    pub trips: f64,
    /// Read units.
    pub read: f64,
    /// Write units.
    pub write: f64,
    /// Mails.
    pub mails: f64,
    /// Milliseconds of a core, with waits in between.
    pub cpu: f64,
    /// Bytes of our own lines.
    pub log: f64,
}

/// Rows by the name in their first column, each with its columns' names.
#[derive(Debug, Default)]
pub struct Table(HashMap<String, HashMap<String, String>>);

/// A document of this project.
pub fn document(path: &str) -> Result<String, String> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.ancestors().nth(2).unwrap_or(package);
    let path = root.join(path);
    std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
}

impl Table {
    /// Those of the document.
    pub fn read() -> Result<Self, String> {
        Ok(Self::parse(&document("docs/performance.md")?))
    }

    /// Those of a Markdown text.
    pub fn parse(text: &str) -> Self {
        let mut rows = HashMap::new();
        let mut columns: Vec<String> = Vec::new();
        for line in text.lines() {
            let Some(line) = line.strip_prefix('|') else {
                columns.clear();
                continue;
            };
            let cells: Vec<String> = line
                .trim_end_matches('|')
                .split('|')
                .map(|cell| cell.trim().to_owned())
                .collect();
            if columns.is_empty() {
                columns = cells;
            } else if let Some(name) = cells.first() {
                let named = columns.iter().cloned().zip(cells.iter().cloned());
                rows.entry(name.clone()).or_insert_with(|| named.collect());
            }
        }
        Self(rows)
    }

    /// What the request of this row takes.
    pub fn row(&self, name: &str) -> Result<Measured, String> {
        let row = self.0.get(name);
        let row = row.ok_or_else(|| format!("docs/performance.md has no row “{name}”"))?;
        let figure = |column: &str| {
            let cell = row.get(column).map(String::as_str).unwrap_or_default();
            // `0, 1 in a new instance`
            let first = cell.split(',').next().unwrap_or_default();
            let number = first.trim().parse::<f64>();
            number.map_err(|_| format!("“{name}” has no figure in the column “{column}”"))
        };
        Ok(Measured {
            read: figure("read units")?,
            write: figure("write units")?,
            trips: figure("round trips, one after another")?,
            mails: figure("mails")?,
            cpu: figure("after waits")?,
            log: figure("log bytes")?,
        })
    }
}
