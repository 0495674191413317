//! Walks through what no single contract can see: every door of the house.

mod doors;
mod operations;
mod second_factor;
