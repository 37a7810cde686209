//! What people write who know another tool: its names for layers, and the first words of tcpdump's filters.

/// The name here of a layer that other tools call otherwise.
pub(super) fn layer(name: &str) -> Option<&'static str> {
    const NAMES: [(&str, &str); 14] = [
        ("ip", "ipv4"),
        ("ip4", "ipv4"),
        ("ip6", "ipv6"),
        ("icmp6", "icmpv6"),
        ("icmp4", "icmp"),
        ("ether", "eth"),
        ("ethernet", "eth"),
        ("dot1q", "vlan"),
        ("dot1ad", "svlan"),
        ("qinq", "svlan"),
        ("raw", "0x... or \"text\""),
        ("data", "0x... or \"text\""),
        ("payload", "0x... or \"text\""),
        ("padding", "pad"),
    ];
    NAMES.iter().find(|(theirs, _)| *theirs == name).map(|(_, ours)| *ours)
}

/// Whether an expression that begins with this word may be a filter of tcpdump's (pcap-filter(7)).
pub(super) fn is_tcpdump(name: &str) -> bool {
    const WORDS: [&str; 16] = [
        "port",
        "portrange",
        "host",
        "net",
        "gateway",
        "ether",
        "src",
        "dst",
        "proto",
        "protochain",
        "less",
        "greater",
        "broadcast",
        "multicast",
        "inbound",
        "outbound",
    ];
    WORDS.contains(&name)
}
