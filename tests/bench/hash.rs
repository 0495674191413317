//! What the first password hash of a process takes: the design's budgets stand
//! beside it. Its 19 MB are new to the process, so it takes longer than later ones.

use std::process::Command;
use std::time::Duration;

use crypto::{SystemEntropy, password};
use domain::password::Password;

use crate::figures::Figure;
use crate::{Failure, now, process};

/// Makes the first hash of this process and prints how many nanoseconds it took.
pub fn print_first() -> Result<(), Failure> {
    process::keep_to_core(1);
    let started = now();
    password::hash(&Password::typed("qz7-kv2x-engine"), &SystemEntropy)?;
    println!("{}", now().duration_since(started).as_nanos());
    Ok(())
}

/// The first hash of each of some new processes.
pub fn first(processes: usize) -> Result<Figure, Failure> {
    let program = std::env::current_exe()?;
    let mut took = Vec::new();
    for _ in 0..processes {
        let child = Command::new(&program).arg("--first-hash").output()?;
        let printed = String::from_utf8_lossy(&child.stdout);
        took.push(Duration::from_nanos(printed.trim().parse()?));
    }
    Ok(Figure::millis(took))
}
