//! AWS's list prices, in US dollars.

/// Where and when they were.
pub const OF: &str = "us-east-1, mid-2025";

/// An HTTP API's request: the first 300 million of a month, and the others.
const REQUEST: f64 = 1.00e-6;
const REQUEST_BEYOND: f64 = 0.90e-6;
const FIRST_REQUESTS: f64 = 300e6;

/// A mail by SES.
pub const MAIL: f64 = 0.10e-3;
/// A gigabyte that CloudWatch takes in.
pub const LOG_GIGABYTE: f64 = 0.50;
/// On-demand units of DynamoDB.
pub const WRITE_UNIT: f64 = 0.625e-6;
pub const READ_UNIT: f64 = 0.125e-6;
/// A gigabyte in a table, and of its continuous backup.
pub const TABLE_GIGABYTE: f64 = 0.25;
pub const RECOVERY_GIGABYTE: f64 = 0.20;
/// Lambda on arm64.
pub const INVOCATION: f64 = 0.20e-6;
pub const GIGABYTE_SECOND: f64 = 13.3334e-6;
/// An event on a bus of one's own.
pub const BUS_EVENT: f64 = 1.00e-6;
/// An alarm on one metric.
pub const ALARM: f64 = 0.10;
/// A key in KMS. It is asked once when an instance starts.
pub const KEY: f64 = 1.00;

/// Requests to an HTTP API.
pub fn http_api(requests: f64) -> f64 {
    let first = requests.min(FIRST_REQUESTS);
    first * REQUEST + (requests - first) * REQUEST_BEYOND
}

/// As many monthly active users of Cognito's plan Essentials: the first 10,000 are free.
pub fn cognito(people: f64) -> f64 {
    (people - 10e3) * 0.015
}
