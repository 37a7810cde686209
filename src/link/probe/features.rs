//! What the device does to received frames: the FCS, damaged frames, VLAN tags.

use super::bench::Fate;
use super::frame::SHORTEST;
use super::spell::Spelling;
use super::{Bench, Finding, LINK};
use crate::link::offload::{Guard, Offload, Setting, pending};
use crate::link::tx;
use std::time::{Duration, Instant};

/// A feature, what it is for, and what holds without it.
struct Wanted {
    name: &'static str,
    does: &'static str,
    without: &'static str,
    instead: fn(&Spelling) -> String,
}

const AS_IS: [Wanted; 2] = [
    Wanted {
        name: "rx-fcs",
        does: "received frames keep their FCS as the last four bytes: `sniff --fcs`",
        without: "the FCS of received frames is not to be had",
        instead: |spell| format!("{} verifies an FCS that the sender appended", spell.ethcraft("sniff {} --fcs")),
    },
    Wanted {
        name: "rx-all",
        does: "damaged frames, such as those with a wrong FCS, are received too",
        without: "damaged frames are not to be had",
        instead: |spell| {
            format!("the counters tell how many there were: {}", spell.iproute2("ip", "-s -s link show dev {}"))
        },
    },
];

/// `rx-fcs` and `rx-all`: whether they can be switched on. By [`super::Options::reset`] they are, and put back.
pub fn received_as_is(bench: &mut Bench) -> Vec<Finding> {
    let changeable: Vec<&Wanted> =
        AS_IS.iter().filter(|wanted| bench.feature(wanted.name).is_some_and(|f| f.changeable() && !f.active)).collect();
    let settings: Vec<Setting> =
        changeable.iter().map(|wanted| Setting { name: wanted.name.into(), on: true }).collect();
    let tried = if bench.options.reset && !bench.options.passive && !settings.is_empty() {
        Some(switched_on(bench, settings))
    } else {
        None
    };
    AS_IS.iter().map(|wanted| finding(bench, wanted, tried.as_ref())).collect()
}

fn finding(bench: &Bench, wanted: &Wanted, tried: Option<&Result<Vec<&'static str>, String>>) -> Finding {
    let Wanted { name, does, without, instead } = *wanted;
    let instead = || instead(&bench.spell);
    let Some(feature) = bench.feature(name) else {
        return Finding::no(name, without).advice(instead());
    };
    let finding = match (feature.active, feature.changeable(), tried) {
        (true, ..) => Finding::yes(name, format!("on: {does}")),
        (false, false, _) => {
            Finding::no(name, format!("{} does not have it: {without}", bench.driver())).advice(instead())
        }
        (false, true, Some(Ok(on))) if on.contains(&name) => {
            Finding::yes(name, format!("it can be switched on, and is off again; then {does}"))
                .advice(bench.spell.ethcraft(&format!("offload {{}} {name}=on")))
        }
        (false, true, Some(Ok(_))) => {
            Finding::no(name, "the driver says that it has it, but it did not come on").advice(instead())
        }
        (false, true, Some(Err(error))) => Finding::untried(name, format!("the driver says that it has it; {error}")),
        (false, true, None) if bench.options.passive => {
            Finding::untried(name, "the driver says that it has it; --passive sets nothing")
        }
        (false, true, None) => {
            Finding::untried(name, "the driver says that it has it; setting it may take the link away for seconds")
                .advice(format!("{} tries it", bench.spell.ethcraft("doctor --reset {}")))
        }
    };
    finding.fact("active", feature.active).fact("changeable", feature.changeable())
}

/// Switches features on, looks which are active, puts them back, and waits for the link both times.
fn switched_on(bench: &Bench, settings: Vec<Setting>) -> Result<Vec<&'static str>, String> {
    let had_link = bench.interface.carrier == Some(true);
    let text = |error: crate::link::Error| error.to_string();
    let offload = Offload::open(bench.interface).map_err(text)?;
    if pending(&offload).map_err(text)?.is_some() {
        let restore = bench.spell.ethcraft("offload {} --restore");
        return Err(format!("a run that was killed left features changed: {restore} first"));
    }
    let reader = Offload::open(bench.interface).map_err(text)?;
    let guard = Guard::new(offload, settings).map_err(text)?;
    let on = reader.features().map(|features| {
        let is_on = |name: &&str| features.get(name).is_some_and(|feature| feature.active);
        AS_IS.iter().map(|wanted| wanted.name).filter(is_on).collect()
    });
    wait_for_link(bench, had_link);
    guard.restore().map_err(text)?;
    wait_for_link(bench, had_link);
    on.map_err(text)
}

/// Waits until the link is there, if it was there before.
fn wait_for_link(bench: &Bench, had_link: bool) {
    let end = Instant::now() + LINK;
    // The adapter begins anew a moment after the call has come back.
    let mut wait = had_link;
    while wait && Instant::now() < end {
        wait = bench.meter.interface().is_ok_and(|now| now.carrier != Some(true));
        if bench.stop.sleep(Duration::from_millis(50)) {
            return;
        }
    }
}

/// What becomes of VLAN tags.
pub fn vlan(bench: &mut Bench) -> Finding {
    const NAME: &str = "VLAN tags";
    let active = |name: &str| bench.feature(name).is_some_and(|feature| feature.active);
    let (stripping, inserting, filtering) =
        (active("rx-vlan-hw-parse"), active("tx-vlan-hw-insert"), active("rx-vlan-filter"));
    let who = if stripping { "the device" } else { "the kernel" };
    let says = format!("received tags are taken out by {who}, and put back by `sniff`");
    let sent = bench.none_leaves(NAME).is_none().then(|| {
        let (frame, mark) = bench.frames.tagged(SHORTEST);
        bench.deliver(&frame, mark, &tx::Options::default())
    });
    let finding = match sent {
        Some(Err(lost)) => lost.finding(NAME),
        Some(Ok(Fate { counted: false, dropped: true, .. })) => {
            Finding::catch(NAME, format!("a tagged frame is accepted and then dropped; {says}"))
        }
        _ if filtering => Finding::catch(
            NAME,
            format!("{says}; tags of unknown VLANs are dropped outside promiscuous mode (rx-vlan-filter)"),
        )
        .advice(format!("{} is promiscuous, without -p", bench.spell.ethcraft("sniff {}"))),
        Some(Ok(_)) => Finding::yes(NAME, format!("sent; {says}")),
        None => Finding::yes(NAME, says),
    };
    finding.fact("stripping", stripping).fact("inserting", inserting).fact("filtering", filtering)
}
