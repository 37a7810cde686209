//! Who asks, and whether there is a link.

use super::{Bench, Finding};
use crate::link::netlink::Route;
use crate::link::privileges::REMEDY;
use netlink_packet_route::link::LinkAttribute;

/// Whether raw sockets and settings are allowed.
pub fn privileges(bench: &mut Bench) -> Finding {
    const NAME: &str = "privileges";
    let raw = bench.can_watch();
    let admin = Route::open().and_then(|route| route.may_change(bench.interface.index)).is_ok();
    let finding = match (raw, admin) {
        (true, true) => Finding::yes(NAME, "raw sockets (CAP_NET_RAW) and settings (CAP_NET_ADMIN)"),
        (true, false) => {
            Finding::catch(NAME, "raw sockets (CAP_NET_RAW), but no settings: CAP_NET_ADMIN is missing").advice(REMEDY)
        }
        (false, true) => {
            Finding::catch(NAME, "settings (CAP_NET_ADMIN), but no raw sockets: CAP_NET_RAW is missing").advice(REMEDY)
        }
        (false, false) => Finding::no(NAME, "no raw sockets: nothing can be sent or captured").advice(REMEDY),
    };
    finding.fact("cap_net_raw", raw).fact("cap_net_admin", admin)
}

/// Whether the interface is up and its link is there.
pub fn carrier(bench: &mut Bench) -> Finding {
    const NAME: &str = "carrier";
    let interface = bench.interface;
    let finding = match (interface.up, interface.carrier) {
        (false, _) => Finding::no(NAME, "the interface is down").advice(bench.spell.iproute2("ip", "link set {} up")),
        (true, Some(false)) => {
            let other_end = match interface.kind.as_deref() {
                Some("veth") => match peer(interface.index) {
                    Some(name) => {
                        format!("set its peer up: {}", bench.spell.beside(&name).iproute2("ip", "link set {} up"))
                    }
                    None => "set its peer up, in the network namespace where that is".into(),
                },
                Some(_) => stands_on(bench),
                None => "plug the cable in, or set the port at the other end up".into(),
            };
            Finding::no(NAME, "nothing at the other end: frames are accepted and dropped").advice(other_end)
        }
        _ if matches!(interface.state, "DORMANT" | "LOWERLAYERDOWN" | "TESTING") => {
            Finding::catch(NAME, format!("the link is there, but its state is {}", interface.state))
                .advice(format!("wait, or {}", stands_on(bench)))
        }
        _ => Finding::yes(NAME, format!("up, state {}", interface.state)),
    };
    finding.fact("up", interface.up).fact("state", interface.state)
}

fn stands_on(bench: &Bench) -> String {
    format!("look at what this interface stands on: {}", bench.spell.iproute2("ip", "-d link show dev {}"))
}

/// The name of a veth's other end, where that is in the same namespace.
fn peer(index: u32) -> Option<String> {
    let route = Route::open().ok()?;
    let attributes = route.link(index).ok()?.attributes;
    if attributes.iter().any(|attribute| matches!(attribute, LinkAttribute::LinkNetNsId(_))) {
        return None;
    }
    let peer = attributes.iter().find_map(|attribute| match attribute {
        LinkAttribute::Link(peer) => Some(*peer),
        _ => None,
    })?;
    route.link(peer).ok()?.attributes.into_iter().find_map(|attribute| match attribute {
        LinkAttribute::IfName(name) => Some(name),
        _ => None,
    })
}
