//! `--filter`: frames that a filter in tcpdump's syntax lets through.

use super::Failure;
use crate::frame::filter::Program;
use crate::link::Interface;
use crate::link::netns::Target;
use crate::link::tcpdump::{FileFilter, Tcpdump};
use crate::trace::Record;
use std::collections::HashMap;

/// Compiled for each link type that comes in a file.
pub(super) struct OnFile {
    tcpdump: Tcpdump,
    text: String,
    compiled: HashMap<u16, FileFilter>,
}

impl OnFile {
    /// Compiled for Ethernet, so that a wrong filter is told before the file is read.
    pub fn new(text: &str) -> Result<Self, Failure> {
        let tcpdump = Tcpdump::load()?;
        let ethernet = (1, tcpdump.on_file(1, text)?);
        Ok(Self { tcpdump, text: text.to_owned(), compiled: HashMap::from([ethernet]) })
    }

    /// The program for Ethernet.
    pub fn program(&self) -> Program {
        self.compiled[&1].program()
    }

    /// Whether a frame is let through.
    pub fn lets_through(&mut self, record: &Record) -> Result<bool, Failure> {
        let link_type = record.link_type.0;
        if !self.compiled.contains_key(&link_type) {
            self.compiled.insert(link_type, self.tcpdump.on_file(link_type, &self.text)?);
        }
        Ok(self.tcpdump.lets_through(&self.compiled[&link_type], record.data, record.original_len))
    }
}

/// The program for captures of an interface, compiled in its namespace.
pub(super) fn on_interface(
    target: &Target,
    interface: &Interface,
    snaplen: u32,
    text: &str,
) -> Result<Program, Failure> {
    Ok(target.within(|| Tcpdump::load()?.on_interface(&interface.name, snaplen, text))??)
}

/// The program that keeps what both the filter and the pattern's own program keep.
pub(super) fn both(filter: &Program, pattern: &Program) -> Program {
    let joined = if pattern.keeps_all() { None } else { filter.and(pattern) };
    joined.unwrap_or_else(|| filter.clone())
}

/// What is known of a filter that may match nothing though it looks right.
pub(super) fn warning(text: &str) -> Option<&'static str> {
    let words: Vec<_> = text.split_whitespace().collect();
    let behind_and = |pair: &[&str]| matches!(pair, ["and" | "&&", "vlan"]);
    words.windows(2).any(behind_and).then_some(
        "in tcpdump's syntax 'vlan' moves what stands behind it to behind the tag: 'vlan 10 and ether proto 0x0801' looks for \
         the type behind the tag, 'ether proto 0x0801 and vlan 10' before it, where the tag's own type stands, so it matches \
         nothing",
    )
}

#[cfg(test)]
mod tests {
    use super::warning;

    #[test]
    fn vlan_behind_something_else_is_told() {
        assert!(warning("ether proto 0x0801 and vlan 10").is_some());
        assert!(warning("vlan 10 and ether proto 0x0801").is_none());
        assert!(warning("vlan").is_none());
        assert!(warning("arp or vlan").is_none());
    }
}
