//! Commands in an advice, as they are typed where the user is: the interface may be in another network namespace.

use crate::link::netns::{Namespace, Target};

/// Writes commands about one interface. In each, `{}` stands for the interface.
#[derive(Debug)]
pub struct Spelling(Target);

impl Spelling {
    /// Commands about this interface.
    pub fn new(target: Target) -> Self {
        Self(target)
    }

    /// Commands about another interface in the same namespace.
    pub fn beside(&self, interface: &str) -> Self {
        Self(Target { interface: interface.into(), namespace: self.0.namespace.clone() })
    }

    /// One of ethcraft's own, which take the interface with its namespace: `send {} --fcs append`.
    pub fn ethcraft(&self, command: &str) -> String {
        let name = word(&self.0.to_string());
        format!("`ethcraft {}`", command.replace("{}", &name))
    }

    /// One of iproute2's, which have an option for the namespace: `ip`, `link set {} up`.
    pub fn iproute2(&self, program: &str, command: &str) -> String {
        match &self.0.namespace {
            Some(Namespace::Named(namespace)) => {
                format!("`{program} -n {} {}`", word(namespace), self.filled(command))
            }
            _ => self.any(&format!("{program} {command}")),
        }
    }

    /// One that must be run in the namespace itself: `ethtool -G {} rx 4096`.
    pub fn any(&self, command: &str) -> String {
        let command = self.filled(command);
        match &self.0.namespace {
            None => format!("`{command}`"),
            Some(Namespace::Named(namespace)) => format!("`ip netns exec {} {command}`", word(namespace)),
            Some(Namespace::OfProcess(pid)) => format!("`nsenter -t {pid} -n {command}`"),
        }
    }

    fn filled(&self, command: &str) -> String {
        command.replace("{}", &word(&self.0.interface))
    }
}

/// A word for a shell: a name may hold what a shell takes for its own.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-@:+".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text.into() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(target: &str) -> Spelling {
        Spelling::new(target.parse().unwrap())
    }

    #[test]
    fn here_a_command_is_as_it_is() {
        assert_eq!(on("eth1").ethcraft("offload {} tx=off"), "`ethcraft offload eth1 tx=off`");
        assert_eq!(on("eth1").iproute2("ip", "link set {} up"), "`ip link set eth1 up`");
        assert_eq!(on("eth1").any("ethtool -G {} rx 512"), "`ethtool -G eth1 rx 512`");
    }

    #[test]
    fn elsewhere_it_names_the_namespace() {
        assert_eq!(on("eth1@h1").ethcraft("doctor --reset {}"), "`ethcraft doctor --reset eth1@h1`");
        assert_eq!(on("eth1@h1").iproute2("ip", "link set {} up"), "`ip -n h1 link set eth1 up`");
        assert_eq!(on("eth1@h1").any("ethtool -G {} rx 512"), "`ip netns exec h1 ethtool -G eth1 rx 512`");
        assert_eq!(on("eth1@pid:7").iproute2("ip", "link set {} up"), "`nsenter -t 7 -n ip link set eth1 up`");
    }

    #[test]
    fn a_shell_takes_no_part_of_a_name_for_its_own() {
        assert_eq!(on("a;b").iproute2("ip", "link set {} up"), "`ip link set 'a;b' up`");
        assert_eq!(on("it's").any("ethtool {}"), r"`ethtool 'it'\''s'`");
    }
}
