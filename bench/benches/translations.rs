//! What translations cost.

fn main() {}
