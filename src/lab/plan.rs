//! What is in a lab.

use super::Error;

/// What is in a lab: one veth pair, hosts on a bridge, or hosts joined by cables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub(super) hosts: Vec<String>,
    pub(super) cables: Option<Vec<[Port; 2]>>,
    pub(super) mtu: Option<u32>,
}

/// An interface of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Its name.
    pub interface: String,
    /// The host it is in.
    pub host: String,
}

/// As many hosts as 10.0.0.0/24 has addresses for.
const MOST_HOSTS: usize = 254;

/// Shorter than the kernel's 255 bytes, so that tables of namespaces stay readable.
const LONGEST_NAME: usize = 64;

/// `IFNAMSIZ` less its closing zero.
const LONGEST_INTERFACE: usize = 15;

impl Plan {
    /// `veth0` <-> `veth1`, both up, without addresses, and silent until somebody sends.
    pub fn pair() -> Self {
        Self::default()
    }

    /// Hosts `h1`, `h2`, ...: each a network namespace of its own with a `veth0` in it, 10.0.0.1/24 and so on, joined by
    /// the bridge `br0` in the lab's first namespace, where the ports are `p1`, `p2`, ...
    pub fn hosts(count: usize) -> Result<Self, Error> {
        Self::named((1..=count.min(MOST_HOSTS + 1)).map(|number| format!("h{number}")))
    }

    /// The same with names of one's own.
    pub fn named<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        let hosts: Vec<String> = names.into_iter().map(Into::into).collect();
        if hosts.is_empty() || hosts.len() > MOST_HOSTS {
            return Err(Error::Plan(format!("a lab has 1 to {MOST_HOSTS} hosts")));
        }
        for (at, name) in hosts.iter().enumerate() {
            let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            if name.len() > LONGEST_NAME
                || !name.starts_with(|c: char| c.is_ascii_alphanumeric())
                || !name.chars().all(fits)
            {
                return Err(Error::Plan(format!(
                    "'{}' cannot be the name of a host: letters, digits, '-', '_' and '.', the first a letter or digit",
                    name.escape_debug()
                )));
            }
            if hosts[..at].contains(name) {
                return Err(Error::Plan(format!("two hosts are named '{name}'")));
            }
        }
        Ok(Self { hosts, ..Self::default() })
    }

    /// Hosts with these names, and a veth pair for each cable; no bridge and no addresses. An interface has the MAC address
    /// 02:00:00:00:HH:II, where HH is the number of its host and II its own number in that host, both from 1 in the order
    /// of their first mention.
    pub fn cabled<S: Into<String>>(hosts: impl IntoIterator<Item = S>, cables: Vec<[Port; 2]>) -> Result<Self, Error> {
        let plan = Self::named(hosts)?;
        let ports: Vec<&Port> = cables.iter().flatten().collect();
        for (at, port) in ports.iter().enumerate() {
            let Port { interface, host } = port;
            if !plan.hosts.contains(host) {
                return Err(Error::Plan(format!("there is no host '{}'", host.escape_debug())));
            }
            // The kernel's dev_valid_name(); "lo" is there already.
            let fits = |c: char| !c.is_whitespace() && !c.is_control() && !"/:".contains(c);
            if !(1..=LONGEST_INTERFACE).contains(&interface.len())
                || [".", "..", "lo"].contains(&interface.as_str())
                || !interface.chars().all(fits)
            {
                return Err(Error::Plan(format!(
                    "'{}' cannot be the name of an interface: 1 to {LONGEST_INTERFACE} bytes without blanks, '/' and ':'",
                    interface.escape_debug()
                )));
            }
            if ports[..at].contains(port) {
                return Err(Error::Plan(format!("two cables end at {interface}@{host}")));
            }
            if ports[..at].iter().filter(|other| other.host == *host).count() >= usize::from(u8::MAX) {
                return Err(Error::Plan(format!("{host} has more than {} interfaces", u8::MAX)));
            }
        }
        Ok(Self { cables: Some(cables), ..plan })
    }

    /// The MTU of every interface in it, in bytes; the kernel's own for veth, 1500, where none is set.
    #[must_use]
    pub fn mtu(mut self, mtu: Option<u32>) -> Self {
        self.mtu = mtu;
        self
    }

    /// The interfaces that cables end at.
    pub fn ports(&self) -> impl Iterator<Item = &Port> {
        self.cables.iter().flatten().flatten()
    }

    /// What is there, in one line for people.
    pub fn describe(&self) -> String {
        if let Some(cables) = &self.cables {
            return format!("{} hosts and {} cables are up", self.hosts.len(), cables.len());
        }
        match self.hosts.as_slice() {
            [] => "veth0 <-> veth1 are up".into(),
            [only] => format!("veth0@{only} (10.0.0.1) is up on the bridge br0"),
            [first, .., last] => {
                format!(
                    "veth0@{first} (10.0.0.1) to veth0@{last} (10.0.0.{}) are up on the bridge br0",
                    self.hosts.len()
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_counted_from_one() {
        assert_eq!(Plan::hosts(2).unwrap().hosts, ["h1", "h2"]);
    }

    #[test]
    fn a_lab_of_no_host_or_of_too_many_is_refused() {
        assert!(Plan::hosts(0).is_err());
        assert!(Plan::hosts(254).is_ok());
        assert!(Plan::hosts(255).is_err());
        assert!(Plan::hosts(usize::MAX).is_err());
    }

    #[test]
    fn a_host_cannot_leave_the_directory_of_names() {
        for name in ["", "..", "../x", "a/b", "a b", "-a", ".a", "a@b", "a\n"] {
            assert!(Plan::named([name]).is_err(), "{name:?}");
        }
        assert!(Plan::named(["web-1", "db.example"]).is_ok());
    }

    #[test]
    fn a_cable_ends_at_a_free_interface_of_a_host() {
        let port = |interface: &str, host: &str| Port { interface: interface.into(), host: host.into() };
        let plan = |cables: &[[&str; 2]]| {
            Plan::cabled(["a", "b"], cables.iter().map(|[a, b]| [port(a, "a"), port(b, "b")]).collect())
        };
        assert!(plan(&[["eth0", "eth0"], ["eth1", "eth1"]]).is_ok());
        let told = |cables| plan(cables).unwrap_err().to_string();
        assert_eq!(told(&[["eth0", "eth0"], ["eth1", "eth0"]]), "two cables end at eth0@b");
        assert!(told(&[["lo", "eth0"]]).starts_with("'lo' cannot be"));
        assert!(told(&[["sixteen-bytes-xx", "eth0"]]).contains("1 to 15 bytes"));
        let missing = Plan::cabled(["a"], vec![[port("x", "a"), port("x", "b")]]).unwrap_err();
        assert_eq!(missing.to_string(), "there is no host 'b'");
    }

    #[test]
    fn two_hosts_cannot_share_a_name() {
        assert_eq!(Plan::named(["a", "a"]).unwrap_err().to_string(), "two hosts are named 'a'");
    }
}
