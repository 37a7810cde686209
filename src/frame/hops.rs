//! Where the frames of a set go above the link layer, and the MAC addresses of the next hops on the way.

use super::Builder;
use super::node::View;
use super::spec::{Frames, Layer, Part, To};
use crate::expr::Diagnostics;
use crate::proto::table::{Kind, Role, Rule};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where the frames of a set go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destinations {
    /// The link layer says so itself, or there is no IP.
    Told,
    /// To hosts at these IP addresses.
    Hosts(Vec<IpAddr>),
    /// To more different addresses than that.
    TooMany(usize),
}

impl Frames {
    /// The IP addresses of single hosts that the set goes to, where its destination MAC is not set: those whose next hops
    /// have to be known. Groups are left out, for their MAC address is known.
    ///
    /// # Errors
    /// The mistakes of the first frame, where it has to be built to tell.
    pub fn destinations(&self, most: usize) -> Result<Destinations, Diagnostics> {
        let layers = || self.parts.iter().filter_map(Part::layer);
        let open = |layer: &Layer| {
            let field = layer.proto.fields.iter().position(|f| matches!(f.rule, Rule::Group));
            field.is_some_and(|field| layer.setting(field).is_none())
        };
        if !layers().next().is_some_and(|first| first.proto.role == Role::Link && open(first)) {
            return Ok(Destinations::Told);
        }
        let Some((layer, (_, field))) = layers().find_map(|l| Some((l, l.proto.pseudo?))) else {
            return Ok(Destinations::Told);
        };
        let (field, kind) = (field as usize, layer.proto.fields[field as usize].kind);
        let members: Vec<u128> = if let Some(To::Numbers(numbers)) = layer.setting(field).map(|setting| &setting.to) {
            let count = numbers.count();
            if count > most as u128 {
                return Ok(Destinations::TooMany(most));
            }
            (0..count).map(|index| numbers.member(index)).collect()
        } else {
            let mut builder = Builder::default();
            builder.build(self, 0)?;
            builder.view().destination(0).map(|(_, value)| value).into_iter().collect()
        };
        let mut hosts: Vec<IpAddr> = members.into_iter().filter_map(|value| address(kind, value)).collect();
        hosts.retain(is_host);
        hosts.sort_unstable();
        hosts.dedup();
        Ok(Destinations::Hosts(hosts))
    }

    /// Whether all frames go to the same next hop, as far as any is known.
    pub(super) fn has_one_next_hop(&self) -> bool {
        let mut hops = self.next_hops.values();
        let first = hops.next();
        hops.all(|hop| Some(hop) == first)
    }

    /// Fills these MAC addresses in as the link layer's destination, where it is unset, of frames to these addresses.
    pub fn set_next_hops(&mut self, hops: HashMap<IpAddr, u64>) {
        self.next_hops = hops;
    }
}

impl View<'_> {
    /// The network layer's destination in the frame that begins at this node: its kind and value.
    pub(super) fn destination(&self, link: usize) -> Option<(Kind, u128)> {
        let above = self.nodes.iter().enumerate().skip(link).filter(|(_, node)| node.depth == 0);
        let (index, field) =
            above.map_while(|(i, node)| Some((i, node.header()?))).find_map(|(i, p)| Some((i, p.pseudo?.1)))?;
        Some((self.nodes[index].proto?.fields[field as usize].kind, self.number(index, field as usize)?))
    }
}

/// The MAC address of the next hop for what this link layer carries.
pub(super) fn mac(frames: &Frames, view: View, link: usize) -> Option<u128> {
    // What is inside another frame takes another way.
    if link != view.nodes.iter().position(|node| node.is(Role::Link))? {
        return None;
    }
    let (kind, value) = view.destination(link)?;
    frames.next_hops.get(&address(kind, value)?).map(|mac| u128::from(*mac))
}

/// An address of a field of this kind.
pub fn address(kind: Kind, value: u128) -> Option<IpAddr> {
    match kind {
        Kind::Ip4 => Some(Ipv4Addr::from_bits(value as u32).into()),
        Kind::Ip6 => Some(Ipv6Addr::from_bits(value).into()),
        _ => None,
    }
}

fn is_host(address: &IpAddr) -> bool {
    let broadcast = matches!(address, IpAddr::V4(ip) if ip.is_broadcast());
    !address.is_multicast() && !address.is_unspecified() && !broadcast
}
