//! Who asks, and whether there is a link.

use super::{Bench, Finding};
use crate::link::netlink::Route;
use crate::link::privileges::REMEDY;

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
    let name = interface.name.escape_debug();
    let finding = match (interface.up, interface.carrier) {
        (false, _) => Finding::no(NAME, "the interface is down").advice(format!("`ip link set {name} up`")),
        (true, Some(false)) => {
            let other_end = if interface.kind.as_deref() == Some("veth") {
                "set the peer of this veth up: `ip link set PEER up`"
            } else {
                "plug the cable in, or set the port at the other end up"
            };
            Finding::no(NAME, "nothing at the other end: frames are accepted and dropped").advice(other_end)
        }
        _ if matches!(interface.state, "DORMANT" | "LOWERLAYERDOWN" | "TESTING") => {
            Finding::catch(NAME, format!("the link is there, but its state is {}", interface.state))
                .advice("wait, or look at what this interface stands on: `ip -d link`")
        }
        _ => Finding::yes(NAME, format!("up, state {}", interface.state)),
    };
    finding.fact("up", interface.up).fact("state", interface.state)
}
