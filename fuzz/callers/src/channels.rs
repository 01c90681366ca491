//! The four channels, running inside this process.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::LazyLock;
use std::time::Duration;

use bot_ux::BotUx;
use bss_sandbox::{BssName, Options, Sandbox};
use dxp_ux::DxpUx;
use sfdc_ux::SfdcUx;
use socket2::SockRef;
use ux_server::{Channel, Running};
use wfm_ux::WfmUx;

/// The demo client of sandbox mode; one worker, so that little runs beside the fuzzer.
const SERVER: &str = r#"
[server]
listen = "127.0.0.1:0"
public_base_url = "https://esb.example.com"
workers = 1
[[clients]]
id = "demo"
secrets = ["sha256$000102030405060708090a0b0c0d0e0f$5ab00e4312bd84801b119de4264298f2119b9dba00407e9f48369c52d8837395"]
"#;

struct Channels {
    running: [Running; 4],
    _sandbox: Sandbox,
}

static CHANNELS: LazyLock<Channels> = LazyLock::new(|| {
    let sandbox = Sandbox::start(Options::default()).expect("the sandbox starts");
    let running = [
        start::<BotUx>(&sandbox, &["cerillion", "csg", "liberate", "tmf666"]),
        start::<SfdcUx>(&sandbox, &["aria", "csg"]),
        start::<DxpUx>(&sandbox, &["amdocs", "aria", "csg", "salesforce"]),
        start::<WfmUx>(&sandbox, &["cerillion", "liberate"]),
    ];
    Channels { running, _sandbox: sandbox }
});

fn start<C: Channel>(sandbox: &Sandbox, systems: &[&str]) -> Running {
    let systems: String = systems.iter().map(|system| section(sandbox, system)).collect();
    ux_server::start::<C>(&format!("{SERVER}{systems}"), Box::new(io::sink())).expect("the channel starts")
}

fn section(sandbox: &Sandbox, system: &str) -> String {
    let (name, path, credentials) = match system {
        "amdocs" => (BssName::Amdocs, "", "api_key = 'sandbox-amdocs-key'"),
        "aria" => (BssName::Aria, "", "client_no = 9000555\nauth_key = 'sandbox0aria0key0of032characters'"),
        "cerillion" => (
            BssName::Cerillion,
            "",
            "realm = 'sandbox'\norganisation = 'jm'\nclient_id = 'sandbox-cerillion'\nclient_secret = 'sandbox-cerillion-secret'",
        ),
        "csg" => (BssName::Csg, "", "username = 'sandbox-csg'\npassword = 'sandbox-csg-secret'"),
        "liberate" => (BssName::Liberate, "", "username = 'sandbox-liberate'\npassword = 'sandbox-liberate-secret'"),
        "salesforce" => (BssName::Salesforce, "", "client_id = 'sandbox-salesforce'\nclient_secret = 'sandbox-salesforce-secret'"),
        _ => (BssName::Tmf666, "/tmf-api/accountManagement/v4", "bearer_token = 'sandbox-tmf666-token'"),
    };
    format!("[systems.{system}]\n{credentials}\nhttp.base_url = '{}{path}'\n", sandbox.base_url(name))
}

/// Address of one of the channels; any number names one.
pub(crate) fn address(channel: u8) -> SocketAddr {
    CHANNELS.running[usize::from(channel % 4)].address()
}

/// A connection that leaves nothing behind when it is closed, so that thousands a second do not use up the ports.
pub(crate) fn connect(channel: u8) -> TcpStream {
    let stream = TcpStream::connect(address(channel)).expect("the channel accepts");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
    stream.set_nodelay(true).expect("an option of TCP");
    SockRef::from(&stream).set_linger(Some(Duration::ZERO)).expect("an option of TCP");
    stream
}

/// Tells the channel that nothing more comes.
pub(crate) fn end_of_sending(stream: &TcpStream) {
    // Fails where the channel has closed already.
    let _ = stream.shutdown(Shutdown::Write);
}
