use backends_http::lenient::{Lenient, List, Object};
use tmf666_model::{Amount, Text};

use crate::held::held;

backends_http::wire! {
    /// Everything that a wire struct can have; what it does not know is passed over, but has to be JSON.
    #[derive(Debug, PartialEq)]
    pub struct Node {
        /// Text.
        pub text: Lenient<Text> => "text",
        /// A figure.
        pub amount: Lenient<Amount> => "amount",
        /// A whole number.
        pub number: Lenient<i64> => "number",
        /// A flag.
        pub flag: Lenient<bool> => "flag",
        /// A struct.
        pub leaf: Object<Leaf> => "leaf",
        /// A list, or one that stands alone.
        pub nodes: List<Node> => "nodes",
    }

    /// A struct without a list.
    #[derive(Debug, PartialEq)]
    pub struct Leaf {
        /// Text.
        pub text: Lenient<Text> => "text",
    }
}

/// `backends-http`'s own JSON reader: what it accepts, serde_json accepts, and both read the same.
pub fn json(data: &[u8]) {
    let Some(ours) = held(data, || backends_http::read_json::<Node>(data)) else { return };
    let theirs: Node = serde_json::from_slice(data).expect("accepted only by the own reader");
    assert!(ours == theirs, "read differently");
}
