//! Capturing: the ring in memory, and those of the device.

use super::{Bench, Finding};
use crate::link::rx::{Capture, Options};
use crate::sys::ethtool;

/// Rings that are tried, in MiB: what `sniff` takes by itself, and what a fast sender wants.
const SIZES: [usize; 2] = [8, 64];

/// A capture with rings of these sizes, promiscuous.
pub fn capture(bench: &mut Bench) -> Finding {
    const NAME: &str = "capture";
    let mut largest = 0;
    for size in SIZES {
        // A membership and a ring end with the socket.
        match Capture::open(bench.interface, &Options { buffer: size << 20, ..Options::default() }) {
            Ok(_) => largest = size,
            Err(error) if largest == 0 => return Finding::failed(NAME, &error),
            Err(error) => {
                return Finding::catch(
                    NAME,
                    format!("promiscuous, a ring of {largest} MiB, but none of {size} MiB: {error}"),
                )
                .advice(format!("stay with {}", bench.spell.ethcraft(&format!("sniff {{}} --buffer {largest}M"))))
                .fact("ring_mib", largest as u64);
            }
        }
    }
    Finding::yes(NAME, format!("promiscuous, a ring of {largest} MiB (`sniff --buffer {largest}M`)"))
        .fact("ring_mib", largest as u64)
}

/// The rings of the device itself.
pub fn rings(bench: &mut Bench) -> Finding {
    const NAME: &str = "device rings";
    match ethtool::rings(&bench.devices, &bench.interface.name) {
        Ok(rings) if rings.rx_most > 0 || rings.tx_most > 0 => {
            let says = format!("receive {} of {}, transmit {} of {}", rings.rx, rings.rx_most, rings.tx, rings.tx_most);
            let finding = if rings.rx < rings.rx_most {
                Finding::catch(NAME, format!("{says}: bursts beyond that are lost before a capture sees them")).advice(
                    format!(
                        "{}; many devices lose their link for a moment by it",
                        bench.spell.any(&format!("ethtool -G {{}} rx {}", rings.rx_most))
                    ),
                )
            } else {
                Finding::yes(NAME, says)
            };
            finding
                .fact("rx", rings.rx)
                .fact("rx_most", rings.rx_most)
                .fact("tx", rings.tx)
                .fact("tx_most", rings.tx_most)
        }
        _ => Finding::no(NAME, format!("{} has none to set", bench.driver())),
    }
}
