//! The value of a field that nobody set: what build writes and what decode compares with.

use super::bits;
use super::checksum::{self, checksum};
use super::fcs::fcs;
use super::layout;
use super::node::View;
use crate::proto::llc::LLC;
use crate::proto::macsec;
use crate::proto::table::{Ask, Extent, Field, Group, Role, Rule, Size};
use crate::proto::vlan::{SVLAN, VLAN};

/// What is filled into a field, on finished bytes; none where nothing can be, or where it is the interface's to say.
///
/// The order in which build asks is [`stage`]; no rule reads a field of a later stage.
pub fn auto(view: View, node: usize, field: usize) -> Option<u128> {
    let at = view.nodes.get(node)?;
    let proto = at.proto?;
    let f = proto.fields.get(field)?;
    let next = || view.next(node).and_then(super::Node::header);
    let own = || layout::slot(proto, view.bytes, at.start, at.header_end, field);
    match f.rule {
        Rule::Free | Rule::Const => Some(f.default),
        Rule::Next { space, or_default, or_len } => match next() {
            Some(p) if or_len && *p == LLC => Some((at.end - at.header_end) as u128),
            Some(p) => {
                // What does not fit is the organization's, if there is a field for that.
                let above = proto.fields.iter().any(|f| matches!(f.rule, Rule::Above(s) if s == space));
                let most = bits::max(f.bits());
                let key = p.key(space).map(u128::from).filter(|key| above || *key <= most)?;
                Some(key & most)
            }
            None => or_default.then_some(f.default),
        },
        Rule::Above(space) => Some(next().and_then(|p| p.key(space)).map_or(f.default, |key| u128::from(key >> 16))),
        Rule::By(..) => layout::derived(proto, view.bytes, at.start, f),
        Rule::Used(name) => {
            let slot = layout::slot(proto, view.bytes, at.start, at.header_end, proto.field(name)?)?;
            Some(view.bytes.get(slot.range())?.iter().rposition(|b| *b != 0).map_or(0, |last| last as u128 + 1))
        }
        Rule::Short(name) => {
            let readable = layout::slot(proto, view.bytes, at.start, at.header_end, proto.field(name)?);
            let check = view.nodes.get(node + 1..)?.iter().find(|n| n.proto == Some(&macsec::ICV)).map(|n| n.start);
            let behind = check.unwrap_or(at.end).checked_sub(at.header_end)?;
            let protected = match (readable, check) {
                (Some(slot), _) => behind + slot.bits / 8,
                (None, Some(_)) => behind,
                // It is the end of the bytes that are there.
                (None, None) => behind.saturating_sub(macsec::ICV_SIZE),
            };
            Some(if protected < 48 { protected as u128 } else { 0 })
        }
        Rule::Lsdu => Some(lsdu(view, node)? as u128),
        Rule::To(space) => {
            let named = || next().and_then(|p| p.key(space)).map(u128::from);
            Some(asked(view, node, f.name).or_else(named).unwrap_or(f.default))
        }
        Rule::Len { of, unit, bias, or_zero } => {
            let bytes = match of {
                Extent::Header => at.header_end - at.start,
                Extent::Layer => at.end - at.start,
                Extent::Payload => at.end - at.header_end,
                Extent::After => at.header_end.checked_sub(own()?.range().end)?,
                Extent::UpToItems => {
                    let mut slots = layout::slots(proto, view.bytes, at.start, at.header_end);
                    let items = slots.find(|s| layout::is_items(&proto.fields[s.field]));
                    items.map_or(at.header_end, |s| s.range().start).checked_sub(own()?.range().end)?
                }
            };
            let bytes = bytes.checked_add_signed(bias.into())?;
            let value = bytes.is_multiple_of(unit as usize).then_some((bytes / unit as usize) as u128)?;
            Some(if or_zero && value > bits::max(f.bits()) { 0 } else { value })
        }
        Rule::SizeOf => {
            let slot = layout::slots(proto, view.bytes, at.start, at.header_end)
                .find(|s| sized_by(&proto.fields[s.field], field) && proto.fields[s.field].bits() == 0);
            match slot {
                // Bytes have no size of their own: what is there is what was set.
                Some(_) => view.number(node, field),
                None => Some(natural_size(proto.fields, field) as u128),
            }
        }
        Rule::Asked | Rule::From(_) => Some(asked(view, node, f.name).unwrap_or(f.default)),
        // A field that is there was set, and so its bit.
        Rule::Has => view.number(node, field),
        Rule::CountOf(name) => Some(view.items(node, name).count() as u128),
        Rule::CountAll => Some(view.items_in(node).count() as u128),
        Rule::More => Some(u128::from(view.next(node).is_some_and(|n| n.is(Role::Item)))),
        Rule::LastOf(name) => Some(view.items(node, name).count().saturating_sub(1) as u128),
        Rule::Bottom => Some(u128::from(next() != Some(proto))),
        Rule::Crc32c => Some(checksum::crc32c(view, node, field)?.into()),
        Rule::Sum { .. } => checksum(view, node, field).map(u128::from),
        Rule::Group => Some(group(view, node)),
        Rule::Copy(name) => {
            let above = proto.fields[..field].iter().position(|own| own.name == name);
            let found = above.map_or_else(|| copy(view, node, name, f.bits()), |own| view.number(node, own));
            Some(found.unwrap_or(f.default))
        }
        Rule::Crc => Some(u32::from_be_bytes(fcs(view.bytes.get(..at.start)?)).into()),
        Rule::Iface | Rule::Fill | Rule::FrameLen | Rule::Keep => None,
    }
}

/// When build fills a field in, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Known at once.
    Written,
    /// Lengths and numbers.
    Lengths,
    /// Copies of other fields.
    Copies,
    /// Checksums, innermost first.
    Checksums,
    /// The FCS.
    Fcs,
}

/// The stage of a field.
pub fn stage(f: &Field) -> Stage {
    match f.rule {
        Rule::Next { .. }
        | Rule::Above(_)
        | Rule::To(_)
        | Rule::From(_)
        | Rule::Bottom
        | Rule::Len { .. }
        | Rule::Lsdu
        | Rule::Short(_)
        | Rule::Asked
        | Rule::Used(_)
        | Rule::CountOf(_)
        | Rule::CountAll
        | Rule::More
        | Rule::LastOf(_) => Stage::Lengths,
        Rule::Group | Rule::Copy(_) => Stage::Copies,
        Rule::Sum { .. } | Rule::Crc32c => Stage::Checksums,
        Rule::Crc => Stage::Fcs,
        _ => Stage::Written,
    }
}

/// The size in bytes that the kind of a dependent field has by itself.
pub(super) fn natural_size(fields: &[Field], size_field: usize) -> usize {
    fields.iter().find(|f| sized_by(f, size_field)).map_or(0, |f| f.bits() / 8)
}

/// Whether a field's size is given by that other field.
pub fn sized_by(f: &Field, size_field: usize) -> bool {
    matches!(f.size, Size::By(on, _) if on.index as usize == size_field)
}

/// What the layers above ask of this field, up to the next layer of the same kind.
fn asked(view: View, node: usize, name: &str) -> Option<u128> {
    let below = view.nodes[node].proto?;
    for (i, at) in view.nodes.iter().enumerate().skip(node + 1).filter(|(_, n)| n.depth == 0) {
        let above = at.header().filter(|p| p.pseudo.is_none())?;
        let Some((.., ask)) = above.asks.iter().find(|(layer, field, _)| *layer == below.name && *field == name) else {
            continue;
        };
        let value = |field| view.number(i, above.field(field)?);
        return match *ask {
            Ask::Value(value) => Some(value),
            Ask::By(field, values, other) => {
                let is = value(field)?;
                Some(values.iter().find(|(of, _)| u128::from(*of) == is).map_or(other, |(_, asked)| *asked))
            }
            Ask::Group(field, none) => value(field).map(|group| if group == 0 { none } else { group }),
            // ff02::1:ff00:0/104 and the low 24 bits.
            Ask::SolicitedNode(field) => value(field).map(|ip| 0xff02 << 112 | 0x1_ff00_0000 | ip & 0xff_ffff),
        };
    }
    None
}

const BROADCAST: u128 = 0xffff_ffff_ffff;

/// The destination MAC for what a link layer carries.
fn group(view: View, node: usize) -> u128 {
    let above = view.nodes.iter().enumerate().skip(node + 1).filter(|(_, n)| n.depth == 0);
    for (i, at) in above {
        let Some(proto) = at.header() else { break };
        match proto.group {
            None => {}
            Some(Group::Mac { mac, by, with }) => {
                let value = |field: u8| view.number(i, field as usize);
                let by = by.and_then(|(field, macs)| {
                    let is = value(field)?;
                    macs.iter().find(|(of, _)| u128::from(*of) == is).map(|(_, mac)| *mac)
                });
                return u128::from(by.unwrap_or(mac)) + with.and_then(value).unwrap_or(0);
            }
            Some(Group::Ip4(field)) => {
                return match view.number(i, field as usize) {
                    // RFC 1112 6.4: the low 23 bits behind 01:00:5e.
                    Some(ip) if ip >> 28 == 0xe => 0x0100_5e00_0000 | (ip & 0x7f_ffff),
                    _ => BROADCAST,
                };
            }
            Some(Group::Ip6(field)) => {
                return match view.number(i, field as usize) {
                    // RFC 2464 7: the low 32 bits behind 33:33.
                    Some(ip) if ip >> 120 == 0xff => 0x3333_0000_0000 | (ip & 0xffff_ffff),
                    _ => BROADCAST,
                };
            }
        }
    }
    BROADCAST
}

/// The bytes from behind the link layer and its VLAN tags up to the FCS, or up to the end of the trailer that asks.
fn lsdu(view: View, node: usize) -> Option<usize> {
    let link = view.nodes[..node].iter().rposition(|n| n.is(Role::Link))?;
    let tags = view.nodes[link + 1..node].iter().take_while(|n| n.proto.is_some_and(|p| *p == VLAN || *p == SVLAN));
    let from = tags.last().unwrap_or(&view.nodes[link]).header_end;
    let fcs = view.nodes.iter().find(|n| n.is(Role::Fcs)).map_or(view.bytes.len(), |n| n.start);
    let to = if view.nodes[node].is(Role::Trailer) { view.nodes[node].header_end } else { fcs };
    to.checked_sub(from)
}

/// A field of this name and width in the nearest layer below that has one.
fn copy(view: View, node: usize, name: &str, bits: usize) -> Option<u128> {
    let (below, field) =
        view.nodes[..node].iter().enumerate().rev().filter(|(_, n)| n.depth == 0).find_map(|(i, n)| {
            let proto = n.proto?;
            let field = proto.field(name)?;
            (proto.fields[field].bits() == bits).then_some((i, field))
        })?;
    layout::slot(view.nodes[below].proto?, view.bytes, view.nodes[below].start, view.nodes[below].header_end, field)?
        .number(view.bytes)
}
