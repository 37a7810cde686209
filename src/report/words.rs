//! The tables in words: where a number stands, how wide a field is, what fills it in.
//!
//! Every match here is exhaustive, so that a new kind of rule finds its words before it compiles.

use crate::frame::{Slot, write_value};
use crate::proto::table::{Ber, Cover, Dep, Extent, Field, Kind, Order, Protocol, Role, Rule, Size, Space, When};

/// A space of numbers, as it stands before one of them.
pub fn space(space: Space) -> &'static str {
    match space {
        Space::EtherType => "ethertype",
        Space::Sap => "sap",
        Space::Ip => "ip",
        Space::IcmpType => "icmp type",
        Space::Icmp6Type => "icmpv6 type",
        Space::Tcp => "tcp port",
        Space::Udp => "udp port",
        Space::Ppp => "ppp protocol",
        Space::Eapol => "eapol type",
    }
}

/// A number in the base that its space is written in.
pub fn number(space: Space, number: u64) -> String {
    match space {
        // Behind `snap`, which tells the organization too (IEEE 802-2014 9.5).
        Space::EtherType if number > 0xffff => {
            format!("0x{:04x} of organization 0x{:06x}", number & 0xffff, number >> 16)
        }
        Space::EtherType | Space::Ppp => format!("0x{number:04x}"),
        Space::Sap => format!("0x{number:02x}"),
        Space::Ip | Space::IcmpType | Space::Icmp6Type | Space::Udp | Space::Tcp | Space::Eapol => number.to_string(),
    }
}

/// What kind of part a protocol is, where it is not an ordinary header.
pub fn role(role: Role) -> Option<&'static str> {
    match role {
        Role::Header => None,
        Role::Link => Some("begins a frame"),
        Role::Item => Some("stands in braces"),
        Role::Data => Some("stands in a payload"),
        Role::Start => Some("is the empty layer at offset 0"),
        Role::Pad | Role::Trailer | Role::Fcs => Some("stands behind what a frame carries"),
        Role::Cut => Some("stands last"),
    }
}

/// How a field's value is written.
pub fn kind(field: &Field) -> &'static str {
    match field.kind {
        Kind::Num => "number",
        Kind::Int => "signed number",
        Kind::Ber(Ber::Length) => "BER length",
        Kind::Ber(Ber::Unsigned) => "BER number",
        Kind::Ber(Ber::Signed) => "signed BER number",
        Kind::Hex => "hex",
        Kind::Flags => "flags",
        Kind::Mac => "mac",
        Kind::Ip4 => "ipv4",
        Kind::Ip6 => "ipv6",
        Kind::Bytes => "bytes",
        Kind::Domain => "domain name",
        Kind::Items(_) => "items",
    }
}

/// A field's width in bits, or how it is given.
pub fn width(field: &Field) -> String {
    if !field.on_wire() {
        return "-".into();
    }
    match field.size {
        Size::Bits(bits) => bits.to_string(),
        Size::By(on, unit) => {
            let unit = if unit == 1 { "bytes".to_owned() } else { format!("x {unit} bytes") };
            let usual = if field.bits() > 0 { format!(" ({})", field.bits()) } else { String::new() };
            format!("{} {unit}{usual}", on.name)
        }
        Size::Rest | Size::Before(_) => "rest".into(),
        Size::Own => "its own".into(),
    }
}

/// A value of another field of this protocol as it is written: its name, or a number.
fn meant(proto: &Protocol, on: Dep, value: u64) -> String {
    let field = &proto.fields[usize::from(on.index)];
    match field.names.iter().find(|(_, number)| *number == value) {
        Some((name, _)) => (*name).to_owned(),
        None if matches!(field.kind, Kind::Hex | Kind::Flags) => format!("{value:#x}"),
        None => value.to_string(),
    }
}

fn all_meant(proto: &Protocol, on: Dep, values: &[u64]) -> String {
    values.iter().map(|value| meant(proto, on, *value)).collect::<Vec<_>>().join(", ")
}

/// When a field is there, if not always.
pub fn condition(field: &Field, proto: &Protocol) -> Option<String> {
    match field.when {
        When::Always => None,
        // All its bits: a value, which may have a name.
        When::Unless(on, mask, value) if mask.count_ones() as usize == proto.fields[usize::from(on.index)].bits() => {
            Some(format!("not there where {} is {}", on.name, meant(proto, on, value)))
        }
        When::Unless(on, mask, value) => Some(format!("not there where {} & {mask:#x} is {value:#x}", on.name)),
        When::In(on, values) => Some(format!("there where {} is {}", on.name, all_meant(proto, on, values))),
        When::NotIn(on, values) => Some(format!("not there where {} is {}", on.name, all_meant(proto, on, values))),
        When::Bit(on) => Some(format!("there where {} is 1, which setting it does", on.name)),
    }
}

/// What fills an unset field of this protocol in.
pub fn filled_in(field: &Field, proto: &Protocol) -> String {
    let default = default(field);
    match field.rule {
        Rule::Free => match (field.kind, field.size) {
            (Kind::Bytes, Size::Bits(_) | Size::By(..)) => "zeros".into(),
            (Kind::Items(_) | Kind::Bytes, _) => "nothing".into(),
            (Kind::Domain, _) => "the root".into(),
            (Kind::Ber(_), _) => field.default.to_string(),
            _ => default,
        },
        Rule::Const => format!("always {default}"),
        Rule::Iface => "interface's address".into(),
        Rule::Next { or_default, or_len, .. } => {
            let before_llc = if or_len { ", length of the payload before llc" } else { "" };
            let default = if or_default { format!(", else {default}") } else { String::new() };
            format!("number of the next layer{before_llc}{default}")
        }
        Rule::To(_) => format!("what a layer above asks for, or its number, else {default}"),
        Rule::Len { of, unit, bias, or_zero } => {
            let of = match of {
                Extent::Header if proto.role == Role::Item => "length of the item",
                Extent::Header => "length of the header",
                Extent::Layer => "length of header and payload",
                Extent::Payload => "length of the payload",
                Extent::After => "length of what is behind it",
                Extent::UpToItems => "length of what is behind it, before the braces",
            };
            let bias = match bias {
                0 => String::new(),
                1.. => format!(" plus {bias}"),
                ..0 => format!(" minus {}", bias.unsigned_abs()),
            };
            let unit = if unit == 1 { String::new() } else { format!(", in units of {unit} bytes") };
            let zero = if or_zero { ", 0 where that does not fit" } else { "" };
            format!("{of}{bias}{unit}{zero}")
        }
        Rule::SizeOf => {
            let sized = proto.fields.iter().filter(|f| matches!(f.size, Size::By(on, _) if on.name == field.name));
            format!("length of {}", sized.map(|f| f.name).collect::<Vec<_>>().join(" and "))
        }
        Rule::Above(_) => "high part of the number of the next layer".into(),
        Rule::By(on, _) => format!("what goes with {}, else {default}", on.name),
        Rule::Used(name) => format!("length of {name} without zeros at its end"),
        Rule::Short(_) => "length of what is protected, 0 from 48 bytes on".into(),
        Rule::Lsdu => "length from behind the link layer and its tags".into(),
        Rule::Has => {
            let there = proto.fields.iter().filter(|f| matches!(f.when, When::Bit(on) if on.name == field.name));
            format!("1 where {} is set", there.map(|f| f.name).collect::<Vec<_>>().join(" or "))
        }
        Rule::Asked | Rule::From(_) => format!("what a layer above asks for, else {default}"),
        Rule::LastOf(item) => format!("index of the last {item} in the braces"),
        Rule::CountAll => "number of items in the braces".into(),
        Rule::More => "1 where another item follows".into(),
        Rule::CountOf(item) => format!("number of {item} in the braces"),
        Rule::Bottom => format!("1 where no other {} follows", proto.name),
        Rule::Sum { cover, .. } => match cover {
            Cover::Header => "checksum over the header".into(),
            Cover::Layer => "checksum over header and payload".into(),
            Cover::LayerCisco => "checksum over header and payload, an odd byte added as Cisco does".into(),
            Cover::Pseudo => "checksum over pseudo-header, header and payload".into(),
        },
        Rule::Group => "MAC address of the group that it goes to, else broadcast".into(),
        Rule::Copy(name) if proto.field(name).is_some() => format!("{name} of this layer"),
        Rule::Copy(name) => format!("{name} of the layer below"),
        Rule::Crc => "CRC-32 of all before it".into(),
        Rule::Crc32c => "CRC-32C over header and payload".into(),
        Rule::Fill => "zeros up to 60 bytes of frame".into(),
        Rule::FrameLen => "not on the wire: the frame's length".into(),
        Rule::Keep => "not on the wire: how many bytes are kept".into(),
    }
}

/// The default as the language writes it; empty for a field of no fixed width.
pub fn default(field: &Field) -> String {
    let bits = field.bits();
    let mut text = String::new();
    if (1..=128).contains(&bits) {
        let bytes = (field.default << (128 - bits)).to_be_bytes();
        // A number of its own, so whatever the order of its bytes on the wire: high byte first here.
        write_value(field, &Slot { field: 0, bit: 0, bits, order: Order::High }, &bytes, &mut text);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::by_name;

    fn told(proto: &str, field: &str) -> String {
        let proto = by_name(proto, None).expect("a protocol");
        let field = proto.fields.iter().find(|f| f.name == field).expect("a field");
        condition(field, proto).expect("a condition")
    }

    #[test]
    fn conditions_name_the_values_that_have_names() {
        assert_eq!(told("stp", "root"), "not there where type is tcn");
        assert_eq!(told("llc", "ctl2"), "not there where ctl & 0x3 is 0x3");
        assert_eq!(told("stp", "region"), "there where version is mstp");
        assert_eq!(number(Space::EtherType, 0x0c_2000), "0x2000 of organization 0x00000c");
        assert_eq!(number(Space::EtherType, 0x0800), "0x0800");
    }

    #[test]
    fn no_value_is_listed_twice() {
        for (i, pair) in crate::proto::ETHERTYPES.iter().enumerate() {
            assert!(!crate::proto::ETHERTYPES[..i].contains(pair), "{pair:?}");
        }
    }
}
