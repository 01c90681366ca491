use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::{Control, binary};

/// The simulated billing systems as a process of their own, on free ports; ended when dropped.
pub struct Sandbox {
    child: Child,
    urls: BTreeMap<String, String>,
}

impl Sandbox {
    /// Starts them.
    ///
    /// # Panics
    /// If they do not start.
    #[must_use]
    pub fn start() -> Self {
        let mut child = Command::new(binary("bss-sandbox"))
            .args(["--port-base", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the sandbox starts");
        let stdout = child.stdout.take().expect("stdout is piped");
        let mut urls = BTreeMap::new();
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Some((name, url)) = line.split_once(char::is_whitespace) {
                urls.insert(name.to_owned(), url.trim().to_owned());
            }
            // Named last.
            if urls.contains_key("control") {
                break;
            }
        }
        Self { child, urls }
    }

    /// Base URL of a system.
    ///
    /// # Panics
    /// If there is no such system.
    #[must_use]
    pub fn url(&self, system: &str) -> &str {
        self.urls.get(system).unwrap_or_else(|| panic!("no system {system} among {:?}", self.urls))
    }

    /// Its control interface.
    #[must_use]
    pub fn control(&self) -> Control {
        Control::new(self.url("control").to_owned())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
