//! What etherparse says of TCP, UDP, ICMP, `ICMPv6` and IGMP.

use crate::theirs::{Between, Told, ip4};
use etherparse::checksum::u32_16bit_word;

use etherparse::{
    Icmpv4Slice, Icmpv4Type, Icmpv6Slice, Icmpv6Type, IgmpSlice, TcpOptionElement, TcpSlice, UdpSlice, icmpv4,
};
use serde_json::{Value, json};

impl Told<'_> {
    pub(super) fn udp(&mut self, udp: &UdpSlice, between: Between) {
        let fields = json!({
            "sport": udp.source_port(), "dport": udp.destination_port(), "length": udp.length(),
            "checksum": udp.checksum(),
        });
        self.layer("udp", udp.header_slice(), fields);
        // Bytes behind the length of a datagram belong to nothing at etherparse. Here only the outermost length makes them
        // padding (docs/language.md, decoding, 5): RFC 768 does not say what they are, and they are shown as payload.
        if self.end == Some(self.place(udp.slice()) + udp.slice().len()) {
            self.ends_with(udp.slice());
        }
        let (header, data) = (udp.to_header(), udp.payload());
        // A sum of 0 goes out as 0xffff (RFC 768), 0 is none; etherparse says so too.
        let right = match between {
            Between::V4(from, to) => header.calc_checksum_ipv4_raw(from, to, data).ok(),
            Between::V6(from, to) => header.calc_checksum_ipv6_raw(from, to, data).ok(),
            Between::Unknown => None,
        };
        self.checked(right.filter(|_| udp.checksum() != 0).map(|right| right == udp.checksum()));
    }

    pub(super) fn tcp(&mut self, tcp: &TcpSlice, between: Between) {
        let flags = flags(
            "0x000",
            &[
                ("syn", tcp.syn()),
                ("ack", tcp.ack()),
                ("fin", tcp.fin()),
                ("rst", tcp.rst()),
                ("psh", tcp.psh()),
                ("urg", tcp.urg()),
                ("ece", tcp.ece()),
                ("cwr", tcp.cwr()),
                ("ae", tcp.ns()),
            ],
        );
        let fields = json!({
            "sport": tcp.source_port(), "dport": tcp.destination_port(), "seq": tcp.sequence_number(),
            "ack-seq": tcp.acknowledgment_number(), "off": tcp.data_offset(), "flags": flags, "win": tcp.window_size(),
            "checksum": tcp.checksum(), "urgptr": tcp.urgent_pointer(),
        });
        self.layer("tcp", tcp.header_slice(), fields);
        self.ends_with(tcp.slice());
        let right = match between {
            Between::V4(from, to) => tcp.calc_checksum_ipv4(from, to).ok(),
            Between::V6(from, to) => tcp.calc_checksum_ipv6(from, to).ok(),
            Between::Unknown => None,
        };
        self.checked(right.map(|right| right == tcp.checksum()));
        // It stops at the first option that it does not know or that does not fit.
        let options: Vec<_> = tcp.options_iterator().map_while(Result::ok).map(|found| option(&found)).collect();
        if !options.is_empty() {
            self.layers.last_mut().expect("tcp")["items"] = Value::Array(options);
        }
    }

    pub(super) fn icmp(&mut self, icmp: &Icmpv4Slice) {
        let fields = json!({"type": icmp.type_u8(), "code": icmp.code_u8(), "checksum": icmp.checksum()});
        self.layer("icmp", &icmp.slice()[..4], fields);
        let sum = u32_16bit_word::ones_complement(u32_16bit_word::add_slice(0, icmp.slice()));
        self.checked(Some(sum == 0));
        let (name, fields) = match icmp.icmp_type() {
            Icmpv4Type::EchoRequest(echo) => ("echo", json!({"id": echo.id, "seq": echo.seq})),
            Icmpv4Type::EchoReply(echo) => ("echo-reply", json!({"id": echo.id, "seq": echo.seq})),
            Icmpv4Type::DestinationUnreachable(icmpv4::DestUnreachableHeader::FragmentationNeeded { next_hop_mtu }) => {
                ("unreach", json!({ "mtu": next_hop_mtu }))
            }
            Icmpv4Type::DestinationUnreachable(_) => ("unreach", json!({})),
            Icmpv4Type::Redirect(to) => ("redirect", json!({"gateway": ip4(to.gateway_internet_address)})),
            Icmpv4Type::TimeExceeded(_) => ("time-exceeded", json!({})),
            Icmpv4Type::ParameterProblem(icmpv4::ParameterProblemHeader::PointerIndicatesError(at)) => {
                ("param-problem", json!({ "pointer": at }))
            }
            Icmpv4Type::ParameterProblem(_) => ("param-problem", json!({})),
            Icmpv4Type::TimestampRequest(times) => ("timestamp", timestamps(&times)),
            Icmpv4Type::TimestampReply(times) => ("timestamp-reply", timestamps(&times)),
            Icmpv4Type::Unknown { .. } => return,
        };
        self.layer(name, &icmp.slice()[4..icmp.header_len()], fields);
    }

    pub(super) fn icmpv6(&mut self, icmp: &Icmpv6Slice, between: Between) {
        let fields = json!({"type": icmp.type_u8(), "code": icmp.code_u8(), "checksum": icmp.checksum()});
        self.layer("icmpv6", &icmp.slice()[..4], fields);
        if let Between::V6(from, to) = between {
            self.checked(Some(icmp.is_checksum_valid(from, to)));
        }
        // etherparse takes four bytes behind the checksum for the header; the messages of RFC 4861 have fixed fields behind
        // those and are not valid without (4861 6.1 and 7.1). To us such a stump is bytes.
        let (name, size, fields) = match icmp.icmp_type() {
            Icmpv6Type::EchoRequest(echo) => ("echo", 4, json!({"id": echo.id, "seq": echo.seq})),
            Icmpv6Type::EchoReply(echo) => ("echo-reply", 4, json!({"id": echo.id, "seq": echo.seq})),
            Icmpv6Type::DestinationUnreachable(_) => ("unreach", 4, json!({})),
            Icmpv6Type::PacketTooBig { mtu } => ("too-big", 4, json!({ "mtu": mtu })),
            Icmpv6Type::TimeExceeded(_) => ("time-exceeded", 4, json!({})),
            Icmpv6Type::ParameterProblem(problem) => ("param-problem", 4, json!({"pointer": problem.pointer})),
            Icmpv6Type::RouterSolicitation => ("rs", 4, json!({})),
            Icmpv6Type::RouterAdvertisement(ra) => {
                let fields = json!({
                    "hlim": ra.cur_hop_limit, "m": u8::from(ra.managed_address_config), "o": u8::from(ra.other_config),
                    "life": ra.router_lifetime,
                });
                ("ra", 12, fields)
            }
            Icmpv6Type::NeighborSolicitation => ("ns", 20, json!({})),
            Icmpv6Type::NeighborAdvertisement(na) => {
                let told = [("r", na.router), ("s", na.solicited), ("o", na.r#override)];
                let flags = flags("0x0", &told);
                ("na", 20, json!({ "flags": flags }))
            }
            Icmpv6Type::Redirect => ("redirect", 36, json!({})),
            Icmpv6Type::Unknown { .. } => return,
        };
        if icmp.slice().len() >= 4 + size {
            let offset = self.place(icmp.slice()) + 4;
            self.layers.push(json!({"layer": name, "offset": offset, "fields": fields}));
        }
    }

    pub(super) fn igmp(&mut self, igmp: &IgmpSlice) {
        let common = json!({"type": igmp.type_u8(), "checksum": igmp.checksum()});
        let group = ip4(igmp.bytes4to7());
        let (name, more) = match igmp {
            IgmpSlice::MembershipQueryWithSources(query) => {
                let fields = json!({
                    "group": group, "s": u8::from(query.s_flag()), "qrv": query.qrv().value(), "qqic": query.qqic(),
                    "nsrc": query.num_of_sources(),
                });
                ("igmp3-query", fields)
            }
            IgmpSlice::MembershipReportV3(report) => ("igmp3", json!({"nrec": report.num_of_records()})),
            _ => ("igmp", json!({"group": group, "delay": igmp.max_resp_code_or_reserved()})),
        };
        let offset = self.place(igmp.slice());
        let mut layer = json!({"layer": name, "offset": offset, "fields": common});
        for (field, value) in more.as_object().into_iter().flatten() {
            layer["fields"][field] = value.clone();
        }
        self.layers.push(layer);
        self.checked(Some(igmp.is_checksum_valid()));
    }
}

/// Flags as our JSON has them: joined names.
fn flags(none: &str, told: &[(&str, bool)]) -> String {
    let names: Vec<_> = told.iter().filter(|(_, set)| *set).map(|(name, _)| *name).collect();
    if names.is_empty() { none.to_owned() } else { names.join("+") }
}

fn timestamps(times: &icmpv4::TimestampMessage) -> Value {
    json!({
        "id": times.id, "seq": times.seq, "originate": times.originate_timestamp, "receive": times.receive_timestamp,
        "transmit": times.transmit_timestamp,
    })
}

fn option(option: &TcpOptionElement) -> Value {
    let block = |(begin, end): &(u32, u32)| json!({"layer": "block", "fields": {"start": begin, "end": end}});
    match option {
        TcpOptionElement::Noop => json!({"layer": "nop"}),
        TcpOptionElement::MaximumSegmentSize(size) => json!({"layer": "mss", "fields": {"size": size}}),
        TcpOptionElement::WindowScale(shift) => json!({"layer": "wscale", "fields": {"shift": shift}}),
        TcpOptionElement::SelectiveAcknowledgementPermitted => json!({"layer": "sackok"}),
        TcpOptionElement::SelectiveAcknowledgement(first, more) => {
            let blocks: Vec<_> = [first].into_iter().chain(more.iter().flatten()).map(block).collect();
            json!({"layer": "sack", "items": blocks})
        }
        TcpOptionElement::Timestamp(sent, echo) => json!({"layer": "ts", "fields": {"val": sent, "ecr": echo}}),
    }
}
