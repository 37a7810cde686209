//! How long a frame may be.

use super::bench::{Fate, Lost};
use super::{Bench, Finding};
use crate::link::netlink::Route;
use crate::link::tx::{Options, Refusal, longest};
use netlink_packet_route::link::LinkAttribute;

/// The longest frame that the MTU allows, plain and tagged, and one byte more.
pub fn largest(bench: &mut Bench) -> Finding {
    const NAME: &str = "largest frame";
    let mtu = bench.interface.mtu;
    let plain = longest(mtu, false, false);
    // The kernel grants the tag's four bytes to real Ethernet only, not to the loopback.
    let tagged = longest(mtu, bench.interface.hardware == libc::ARPHRD_ETHER, false);
    let most = most_mtu(bench);
    let room = match most {
        Some(most) if most > mtu => format!("; the driver allows {most}"),
        _ => String::new(),
    };
    let says = format!("{plain} bytes, {tagged} with a VLAN tag, by the MTU of {mtu}{room}");
    let finding = match bench.none_leaves(NAME) {
        Some(finding) => Finding { detail: format!("{}; {says}", finding.detail), ..finding },
        None => tried(bench, NAME, plain, tagged, says),
    };
    let finding = finding.fact("mtu", mtu).fact("longest", plain as u64).fact("longest_tagged", tagged as u64);
    match most {
        Some(most) => finding.fact("most_mtu", most),
        None => finding,
    }
}

fn tried(bench: &mut Bench, name: &'static str, plain: usize, tagged: usize, says: String) -> Finding {
    let dropped = |what: &str| {
        Finding::catch(name, format!("{says}; but {what} so long is dropped")).advice("is the MTU of the peer smaller?")
    };
    let (frame, mark) = bench.frames.plain(plain);
    match bench.deliver(&frame, mark, &Options::default()) {
        Ok(Fate { counted: false, dropped: true, .. }) => return dropped("a frame"),
        Ok(_) => {}
        Err(lost) => return refused(name, plain, &lost),
    }
    let (frame, mark) = bench.frames.tagged(tagged);
    match bench.deliver(&frame, mark, &Options::default()) {
        Ok(Fate { counted: false, dropped: true, .. }) => return dropped("a tagged frame"),
        Ok(_) => {}
        Err(lost) => return refused(name, tagged, &lost),
    }
    let (frame, mark) = bench.frames.plain(plain + 1);
    match bench.deliver(&frame, mark, &Options::default()) {
        Err(Lost::Refused(Refusal::TooLong)) => Finding::yes(name, says),
        _ => Finding::catch(name, format!("{says}; but one byte more was not refused as too long")),
    }
}

fn refused(name: &'static str, length: usize, lost: &Lost) -> Finding {
    match lost {
        Lost::Refused(Refusal::QueueFull) => {
            Finding::catch(name, format!("a frame of {length} bytes is refused, though the MTU allows it"))
                .advice("is the MTU of the peer smaller?")
        }
        lost => lost.finding(name),
    }
}

/// The largest MTU that the driver allows; none where it does not say.
fn most_mtu(bench: &Bench) -> Option<u32> {
    let link = Route::open().ok()?.link(bench.interface.index).ok()?;
    link.attributes.iter().find_map(|attribute| match attribute {
        LinkAttribute::MaxMtu(most) if *most > 0 => Some(*most),
        _ => None,
    })
}
