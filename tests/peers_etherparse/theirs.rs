//! What etherparse says of a frame, in the form of our JSON: begin at `Told::of`.
//!
//! Its layers are ours in the same order. A field that it does not tell is left out; the comparison asks for no more than is here.

use etherparse::{
    Ipv6ExtensionSlice, Ipv6RawExtHeaderSlice, LinkExtSlice, LinkSlice, NetSlice, SlicedPacket, TransportSlice,
};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, Ipv6Addr};

/// A MAC address as it is written.
pub fn mac(bytes: [u8; 6]) -> String {
    bytes.map(|byte| format!("{byte:02x}")).join(":")
}

pub fn ip4(bytes: [u8; 4]) -> String {
    Ipv4Addr::from(bytes).to_string()
}

fn ip6(bytes: [u8; 16]) -> String {
    Ipv6Addr::from(bytes).to_string()
}

/// The addresses of the pseudo-header of what is above.
#[derive(Clone, Copy)]
pub enum Between {
    V4([u8; 4], [u8; 4]),
    V6([u8; 16], [u8; 16]),
    /// Not known: a source route leads elsewhere than the address says, and etherparse does not follow it.
    Unknown,
}

/// A frame as etherparse takes it apart.
pub struct Told<'a> {
    bytes: &'a [u8],
    /// Every layer that it tells, outermost first.
    pub layers: Vec<Value>,
    /// Where one of them ends with all that it carries.
    pub end: Option<usize>,
    /// The layer that this is the end of.
    pub measured: String,
}

impl<'a> Told<'a> {
    /// Nothing where it refuses the frame: it takes only what is whole.
    pub fn of(bytes: &'a [u8]) -> Option<Self> {
        let packet = SlicedPacket::from_ethernet(bytes).ok()?;
        let mut told = Self { bytes, layers: Vec::new(), end: None, measured: String::new() };
        told.link(&packet)?;
        let between = match &packet.net {
            Some(net) => told.net(net),
            None => return Some(told),
        };
        match &packet.transport {
            Some(TransportSlice::Udp(udp)) => told.udp(udp, between),
            Some(TransportSlice::Tcp(tcp)) => told.tcp(tcp, between),
            Some(TransportSlice::Icmpv4(icmp)) => told.icmp(icmp),
            Some(TransportSlice::Icmpv6(icmp)) => told.icmpv6(icmp, between),
            Some(TransportSlice::Igmp(igmp)) => told.igmp(igmp),
            None => {}
        }
        Some(told)
    }

    pub(super) fn place(&self, slice: &[u8]) -> usize {
        slice.as_ptr().addr() - self.bytes.as_ptr().addr()
    }

    /// Adds a layer whose header is these bytes.
    pub(super) fn layer(&mut self, name: &str, header: &[u8], fields: Value) {
        let offset = self.place(header);
        let mut layer = json!({"layer": name, "offset": offset, "length": header.len()});
        layer["fields"] = fields;
        self.layers.push(layer);
    }

    pub(super) fn ends_with(&mut self, slice: &[u8]) {
        self.end = Some(self.place(slice) + slice.len());
        self.measured = self.layers.last().expect("a layer")["layer"].as_str().unwrap_or_default().to_owned();
    }

    pub(super) fn checked(&mut self, good: Option<bool>) {
        let layer = self.layers.last_mut().expect("a layer with a checksum");
        if let Some(good) = good {
            layer["checks"] = json!({"checksum": {"good": good}});
        }
    }

    fn link(&mut self, packet: &SlicedPacket) -> Option<()> {
        let Some(LinkSlice::Ethernet2(eth)) = &packet.link else { panic!("no Ethernet") };
        let mut kind = eth.ether_type().0;
        // A length there is IEEE 802.3 (3.2.6), which etherparse does not know: to us it is `dot3`.
        if kind <= 1500 {
            return None;
        }
        let fields = json!({"dst": mac(eth.destination()), "src": mac(eth.source()), "type": kind});
        self.layer("eth", &self.bytes[..14], fields);
        for ext in &packet.link_exts {
            match ext {
                LinkExtSlice::Vlan(tag) => {
                    let fields = json!({
                        "pcp": tag.priority_code_point().value(), "dei": u8::from(tag.drop_eligible_indicator()),
                        "id": tag.vlan_identifier().value(), "type": tag.ether_type().0,
                    });
                    // 0x9100 is a tag to etherparse. It is assigned by no standard (IEEE 802.1Q-2022 table 9-1) and bytes to us.
                    let name = match kind {
                        0x8100 => "vlan",
                        0x88a8 => "svlan",
                        _ => return None,
                    };
                    self.layer(name, &tag.slice()[..4], fields);
                    kind = tag.ether_type().0;
                }
                LinkExtSlice::Macsec(macsec) => {
                    let tag = &macsec.header;
                    let mut fields = json!({
                        "es": u8::from(tag.endstation_id()), "sc": u8::from(tag.sci_present()),
                        "scb": u8::from(tag.tci_scb()), "an": tag.an().value(), "sl": tag.short_len().value(),
                        "pn": tag.packet_nr(),
                    });
                    if let Some(channel) = tag.sci() {
                        let [system @ .., high, low] = channel.to_be_bytes();
                        fields["system"] = json!(mac(system));
                        fields["port"] = json!(u16::from_be_bytes([high, low]));
                    }
                    if let Some(next) = tag.next_ether_type() {
                        fields["type"] = json!(next.0);
                        kind = next.0;
                    }
                    self.layer("macsec", tag.slice(), fields);
                    // The short length does not cover the check value (IEEE 802.1AE-2018 9.7), which is still to come:
                    // what is behind the tag ends elsewhere at etherparse, which takes it off, than at us.
                }
            }
        }
        Some(())
    }

    fn net(&mut self, net: &NetSlice) -> Between {
        match net {
            NetSlice::Arp(arp) => {
                let mut fields = json!({
                    "htype": arp.hw_addr_type().0, "ptype": arp.proto_addr_type().0, "hlen": arp.hw_addr_size(),
                    "plen": arp.proto_addr_size(), "op": arp.operation().0,
                });
                if let Ok(arp) = arp.to_packet().try_eth_ipv4() {
                    fields["sha"] = json!(mac(arp.sender_mac));
                    fields["spa"] = json!(ip4(arp.sender_ipv4));
                    fields["tha"] = json!(mac(arp.target_mac));
                    fields["tpa"] = json!(ip4(arp.target_ipv4));
                }
                self.layer("arp", arp.slice(), fields);
                Between::Unknown
            }
            NetSlice::Ipv4(net) => {
                let header = net.header();
                let fields = json!({
                    "version": header.version(), "ihl": header.ihl(), "dscp": header.dcp().value(),
                    "ecn": header.ecn().value(), "len": header.total_len(), "id": header.identification(),
                    "off": header.fragments_offset().value(), "ttl": header.ttl(), "proto": header.protocol().0,
                    "checksum": header.header_checksum(), "src": ip4(header.source()), "dst": ip4(header.destination()),
                });
                self.layer("ipv4", header.slice(), fields);
                self.checked(Some(header.header_checksum() == header.to_header().calc_header_checksum()));
                if let Some(auth) = net.extensions().auth {
                    // An offset closes the datagram (RFC 791 2.3): what follows is the middle of something.
                    if header.fragments_offset().value() == 0 {
                        self.auth(&auth);
                    } else {
                        return Between::Unknown;
                    }
                }
                self.ends_with(net.payload().payload);
                // Loose and strict source routes: the pseudo-header has the address at their end (RFC 791 3.1).
                let routed = header.options().iter().any(|byte| [0x83, 0x89].contains(byte));
                if routed { Between::Unknown } else { Between::V4(header.source(), header.destination()) }
            }
            NetSlice::Ipv6(net) => {
                let header = net.header();
                let fields = json!({
                    "version": header.version(), "dscp": header.dscp().value(), "ecn": header.ecn().value(),
                    "flow": header.flow_label().value(), "len": header.payload_length(), "next": header.next_header().0,
                    "hlim": header.hop_limit(), "src": ip6(header.source()), "dst": ip6(header.destination()),
                });
                self.layer("ipv6", header.slice(), fields);
                let mut to = Some(header.destination());
                for ext in net.extensions().clone() {
                    match ext {
                        Ipv6ExtensionSlice::HopByHop(raw) => self.raw("hopopts", &raw),
                        Ipv6ExtensionSlice::DestinationOptions(raw) => self.raw("dstopts", &raw),
                        Ipv6ExtensionSlice::Routing(raw) => to = self.routing(&raw, to),
                        Ipv6ExtensionSlice::Fragment(part) => {
                            let fields = json!({
                                "next": part.next_header().0, "off": part.fragment_offset().value(),
                                "more": u8::from(part.more_fragments()), "id": part.identification(),
                            });
                            self.layer("fragment", part.slice(), fields);
                            // Behind an offset is the middle of something (RFC 8200 4.5), no header.
                            if part.fragment_offset().value() != 0 {
                                return Between::Unknown;
                            }
                        }
                        Ipv6ExtensionSlice::Authentication(auth) => self.auth(&auth),
                    }
                }
                self.ends_with(net.payload().payload);
                to.map_or(Between::Unknown, |to| Between::V6(header.source(), to))
            }
        }
    }

    fn raw(&mut self, name: &str, header: &Ipv6RawExtHeaderSlice) {
        self.layer(name, header.slice(), json!({"next": header.next_header().0, "len": header.slice()[1]}));
    }

    /// A routing header, and where the packet goes in the end: etherparse does not look, so it is given that.
    fn routing(&mut self, header: &Ipv6RawExtHeaderSlice, to: Option<[u8; 16]>) -> Option<[u8; 16]> {
        let bytes = header.slice();
        let (kind, left) = (bytes[2], bytes[3]);
        self.raw(if kind == 4 { "srh" } else { "routing" }, header);
        // A packet has one at most (RFC 8200 4.1): where there are two, nobody says which of them leads to the end.
        let is_one = |l: &&Value| ["routing", "srh"].contains(&l["layer"].as_str().unwrap_or_default());
        if self.layers.iter().filter(is_one).count() > 1 {
            return None;
        }
        match (kind, left) {
            (_, 0) => to,
            // The last one is the final one (RFC 2460 4.4).
            (0, _) if bytes.len() >= 24 && (bytes.len() - 8).is_multiple_of(16) => bytes.last_chunk().copied(),
            // The first in the list is (RFC 8754 2).
            (4, _) if bytes.len() >= 24 => bytes[8..].first_chunk().copied(),
            _ => None,
        }
    }

    fn auth(&mut self, auth: &etherparse::IpAuthHeaderSlice) {
        let fields = json!({
            "next": auth.next_header().0, "len": auth.slice()[1], "spi": auth.spi(), "seq": auth.sequence_number(),
        });
        self.layer("ah", auth.slice(), fields);
    }
}
