//! What is in a lab.

use super::Error;

/// What is in a lab: one veth pair, or hosts on a bridge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub(super) hosts: Vec<String>,
    pub(super) mtu: Option<u32>,
}

/// As many hosts as 10.0.0.0/24 has addresses for.
const MOST_HOSTS: usize = 254;

/// Shorter than the kernel's 255 bytes, so that tables of namespaces stay readable.
const LONGEST_NAME: usize = 64;

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
        Ok(Self { hosts, mtu: None })
    }

    /// The MTU of every interface in it, in bytes; the kernel's own for veth, 1500, where none is set.
    #[must_use]
    pub fn mtu(mut self, mtu: Option<u32>) -> Self {
        self.mtu = mtu;
        self
    }

    /// What is there, in one line for people.
    pub fn describe(&self) -> String {
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
    fn two_hosts_cannot_share_a_name() {
        assert_eq!(Plan::named(["a", "a"]).unwrap_err().to_string(), "two hosts are named 'a'");
    }
}
