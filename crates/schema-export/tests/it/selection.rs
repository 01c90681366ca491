//! `fields`, `offset` and `limit` on every GET that is published, and nowhere else.

use contract_tests::{Answer, Published, Server, bad_request};
use serde_json::Value;

/// The first example request of every GET of every channel, for a query with one more parameter.
struct Get {
    server: Server,
    base: String,
    target: String,
    headers: Vec<(String, String)>,
    is_list: bool,
    operation: String,
}

impl Get {
    fn all(channel: &str) -> Vec<Self> {
        let published = Published::of(channel);
        let gets = published.operations().filter(|(_, method, _)| *method == "get");
        gets.map(|(_, _, operation)| {
            let request = &operation["x-requests"][0];
            let headers = request["headers"].as_object().unwrap().iter();
            Self {
                server: Server::start(channel, &[]),
                base: published.document["servers"][0]["url"].as_str().unwrap().to_owned(),
                target: request["target"].as_str().unwrap().to_owned(),
                headers: headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect(),
                is_list: operation["parameters"].as_array().unwrap().iter().any(|parameter| parameter["name"] == "limit"),
                operation: format!("{channel} {}", operation["operationId"]),
            }
        })
        .collect()
    }

    fn with(&self, query: &str) -> Answer {
        let separator = if self.target.contains('?') { '&' } else { '?' };
        let request = self.server.get(&format!("{}{}{separator}{query}", self.base, self.target));
        self.headers.iter().fold(request, |request, (name, value)| request.header(name, value)).send()
    }
}

/// The accounts of an answer, be it one or a list.
fn accounts(body: &str) -> Vec<Value> {
    match serde_json::from_str(body).unwrap() {
        Value::Array(accounts) => accounts,
        account => vec![account],
    }
}

#[test]
fn every_get_answers_as_much_as_is_wanted() {
    let mut lists = 0;
    for get in ["bot-ux", "sfdc-ux", "dxp-ux", "wfm-ux"].into_iter().flat_map(Get::all) {
        let whole = get.with("unknown=1");
        assert_eq!(whole.status, 200, "{}: {}", get.operation, whole.body);
        assert_eq!(whole.header("x-total-count"), None);
        let chosen = get.with("fields=name,contact");
        assert_eq!(chosen.status, 200, "{}: {}", get.operation, chosen.body);
        for (account, original) in accounts(&chosen.body).iter().zip(accounts(&whole.body)) {
            let kept = ["id", "href", "name", "contact"];
            let expected: Value =
                original.as_object().unwrap().clone().into_iter().filter(|(name, _)| kept.contains(&name.as_str())).collect();
            assert_eq!(*account, expected, "{}", get.operation);
        }
        get.with("fields=")
            .assert(400, &bad_request(&format!("Invalid value '' for query parameter fields. expected pattern {}", pattern("fields"))));
        get.with("fields=id&fields=name").assert(400, &bad_request("Query parameter fields is not repeatable"));
        if get.is_list {
            lists += 1;
            pages(&get, &whole);
        } else {
            let ignored = get.with("limit=0&offset=x");
            ignored.assert(200, &whole.body);
        }
    }
    assert_eq!(lists, 3);
}

fn pattern(name: &str) -> String {
    let published = Published::of("bot-ux");
    let parameters = published.operations().flat_map(|(_, _, operation)| operation["parameters"].as_array().unwrap());
    parameters
        .filter(|parameter| parameter["name"] == name)
        .map(|parameter| parameter["schema"]["pattern"].as_str().unwrap().to_owned())
        .next()
        .unwrap()
}

fn pages(get: &Get, whole: &Answer) {
    let total = accounts(&whole.body).len();
    for (query, expected) in
        [("limit=1", 1.min(total)), ("offset=1", total - 1), ("offset=1&limit=1", 1.min(total - 1)), ("offset=99", 0), ("limit=99", total)]
    {
        let page = get.with(query);
        assert_eq!(page.status, 200, "{}", page.body);
        assert_eq!(page.header("x-total-count"), Some(total.to_string().as_str()), "{} {query}", get.operation);
        assert_eq!(page.header("x-result-count"), Some(expected.to_string().as_str()), "{} {query}", get.operation);
        assert_eq!(accounts(&page.body).len(), expected);
    }
    for (name, values) in [("limit", ["0", "-1", "ten", "1.5", ""]), ("offset", ["-1", "ten", "1.5", "", "1000000000"])] {
        for value in values {
            let expected = format!("Invalid value '{value}' for query parameter {name}. expected pattern {}", pattern(name));
            get.with(&format!("{name}={value}")).assert(400, &bad_request(&expected));
        }
    }
}
