//! bot-ux
fn main() {}
