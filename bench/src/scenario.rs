//! What is asked, of whom, and how often.

/// One operation of one channel, over one system.
pub(crate) struct Scenario {
    /// Position among the scenarios; the ports follow from it.
    pub(crate) number: u16,
    /// What the table calls it.
    pub(crate) title: &'static str,
    /// The binary.
    pub(crate) channel: &'static str,
    /// Path; `{account}` is replaced.
    path: &'static str,
    /// Header that carries the account instead of the path.
    account_header: Option<&'static str>,
    /// Headers besides the credentials.
    headers: &'static [(&'static str, &'static str)],
    /// What stands before the number that counts up.
    prefix: &'static str,
    first: u64,
    /// Whether the Node service has this view.
    pub(crate) has_node: bool,
}

/// How many accounts are asked for in turn, so that no answer can be shared between requests that happen to be under way
/// at the same time.
pub(crate) const ACCOUNTS: u64 = 256;

/// That the client keeps open, with one request at a time on each.
pub(crate) const CONNECTIONS: u32 = 32;

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Paired slices of the channels.
    pub(crate) rounds: usize,
    /// Seconds of a slice under full load.
    pub(crate) seconds: u32,
}

/// All binaries; not all of them have a scenario.
pub(crate) const CHANNELS: [&str; 4] = ["bot-ux", "sfdc-ux", "dxp-ux", "wfm-ux"];

/// The paths that the targets name: an XML view and two JSON views.
pub(crate) const SCENARIOS: [Scenario; 3] = [
    Scenario {
        number: 0,
        title: "bot-ux balanceEnquiry (CSG, XML)",
        channel: "bot-ux",
        path: "/bot-ux/v1/PR/balanceEnquiry",
        account_header: Some("refvalue"),
        headers: &[("lob", "FIXED"), ("refid", "ACCOUNT_NO")],
        prefix: "",
        first: 8_211_990_020_000_000,
        has_node: true,
    },
    Scenario {
        number: 1,
        title: "wfm-ux billingAccount (Liberate, JSON)",
        channel: "wfm-ux",
        path: "/wfm-ux/v1/JM/billingAccount/{account}",
        account_header: None,
        headers: &[],
        prefix: "",
        first: 301_202_440_000,
        has_node: true,
    },
    Scenario {
        number: 2,
        title: "dxp-ux billingAccount (Salesforce, JSON)",
        channel: "dxp-ux",
        path: "/dxp-ux/v1/PR/billingAccount/{account}?type=billingAccountNumber&extendedCharacteristics.name=sourceSystem&extendedCharacteristics.value=Digital",
        account_header: None,
        headers: &[("lob", "POSTPAID"), ("channelId", "APP")],
        prefix: "41000000-",
        first: 41_000_000,
        has_node: false,
    },
];

/// Who takes part. nginx is what the others are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contestant {
    Nginx,
    Haproxy,
    Node(NodeService),
    Gateway,
    NginxOfTwo,
    GatewayOfTwo,
}

/// How much of a channel's work the Node service does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NodeService {
    /// The mapping, with amounts as JavaScript's numbers, which lose digits.
    LosingDigits,
    /// The mapping, with the same answers to the character.
    SameAnswers,
    /// The same answers, and what a channel has to do besides.
    AllDuties,
}

impl NodeService {
    pub(crate) const ALL: [Self; 3] = [Self::LosingDigits, Self::SameAnswers, Self::AllDuties];

    pub(crate) const fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::LosingDigits => &[],
            Self::SameAnswers => &["--digits"],
            Self::AllDuties => &["--digits", "--duties"],
        }
    }
}

impl Contestant {
    pub(crate) fn name(self, scenario: &Scenario) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::NginxOfTwo => "nginx with two workers",
            Self::Haproxy => "HAProxy",
            Self::Node(NodeService::LosingDigits) => "Node (fastify, undici), digits lost",
            Self::Node(NodeService::SameAnswers) => "Node, the same answers",
            Self::Node(NodeService::AllDuties) => "Node, the same answers and duties",
            Self::Gateway => scenario.channel,
            Self::GatewayOfTwo => "the channel with two workers",
        }
    }

    pub(crate) fn port(self, scenario: &Scenario) -> u16 {
        scenario.number
            + match self {
                Self::Nginx => 19_300,
                Self::Haproxy => 19_400,
                Self::Node(NodeService::LosingDigits) => 19_500,
                Self::Node(NodeService::SameAnswers) => 19_510,
                Self::Node(NodeService::AllDuties) => 19_530,
                Self::Gateway => 19_600,
                Self::NginxOfTwo => 19_700,
                Self::GatewayOfTwo => 19_800,
            }
    }
}

const CREDENTIALS: [(&str, &str); 2] = [("client_id", "bench"), ("client_secret", "bench-secret")];

impl Scenario {
    /// Name of the channel's configuration.
    pub(crate) fn config(&self) -> String {
        format!("{}.toml", self.channel)
    }

    /// Arguments of wrk after the duration: headers, script, URL, and the script's own.
    pub(crate) fn wrk_arguments(&self, script: &str, port: u16) -> Vec<String> {
        let headers = CREDENTIALS.iter().chain(self.headers);
        let mut arguments: Vec<String> = headers.flat_map(|(name, value)| ["-H".to_owned(), format!("{name}: {value}")]).collect();
        arguments.extend(["-s".to_owned(), script.to_owned(), format!("http://127.0.0.1:{port}"), "--".to_owned()]);
        let header = self.account_header.unwrap_or("-");
        arguments.extend([self.path.to_owned(), header.to_owned(), self.account(0), ACCOUNTS.to_string()]);
        arguments
    }

    fn account(&self, step: u64) -> String {
        format!("{}{}", self.prefix, self.first + step)
    }

    /// The same requests as wrk sends, whole.
    pub(crate) fn requests(&self) -> Vec<Vec<u8>> {
        (0..ACCOUNTS).map(|step| self.request(&self.account(step))).collect()
    }

    fn request(&self, account: &str) -> Vec<u8> {
        let mut text = format!("GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\n", self.path.replace("{account}", account));
        let account_header = self.account_header.map(|name| (name, account));
        for (name, value) in CREDENTIALS.iter().chain(self.headers).copied().chain(account_header) {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        text.into_bytes()
    }
}
