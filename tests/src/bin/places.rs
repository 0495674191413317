//! Writes the local stack's database of places: `cargo run -p tests --bin places`.

fn main() -> std::io::Result<()> {
    std::fs::write(local::stack::PLACES, tests::places::database())
}
