//! What an interface itself counts (`IFLA_STATS64`), to be compared before and after.

use super::{Interface, interface, netlink::Route};
use netlink_packet_route::link::LinkAttribute;
use std::io;

/// Counts of an interface since it was made, or between two readings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames sent.
    pub tx_packets: u64,
    /// Bytes sent, without FCS.
    pub tx_bytes: u64,
    /// Frames dropped on the way out: no carrier, or the peer refused them.
    pub tx_dropped: u64,
    /// Frames the device failed to send.
    pub tx_errors: u64,
    /// Frames received.
    pub rx_packets: u64,
    /// Bytes received.
    pub rx_bytes: u64,
    /// Frames dropped on the way in.
    pub rx_dropped: u64,
    /// Frames received damaged.
    pub rx_errors: u64,
}

/// Reads the counters of one interface, also after the caller has left its network namespace.
#[derive(Debug)]
pub struct Meter {
    route: Route,
    index: u32,
}

impl Meter {
    /// Opens a meter for an interface of the calling thread's network namespace; needs no privilege.
    pub fn open(interface: &Interface) -> io::Result<Self> {
        Ok(Self { route: Route::open()?, index: interface.index })
    }

    /// The interface as it is now, without addresses and driver; ENODEV where it is gone.
    pub fn interface(&self) -> io::Result<Interface> {
        interface::describe(&self.route.link(self.index)?).ok_or_else(|| io::Error::from_raw_os_error(libc::ENODEV))
    }

    /// The counters now; ENODEV where the interface is gone.
    pub fn read(&self) -> io::Result<Counters> {
        let link = self.route.link(self.index)?;
        let stats = link.attributes.iter().find_map(|attribute| match attribute {
            LinkAttribute::Stats64(stats) => Some(stats),
            _ => None,
        });
        let stats = stats.ok_or_else(|| io::Error::from_raw_os_error(libc::EOPNOTSUPP))?;
        Ok(Counters {
            tx_packets: stats.tx_packets,
            tx_bytes: stats.tx_bytes,
            tx_dropped: stats.tx_dropped,
            tx_errors: stats.tx_errors,
            rx_packets: stats.rx_packets,
            rx_bytes: stats.rx_bytes,
            rx_dropped: stats.rx_dropped,
            rx_errors: stats.rx_errors,
        })
    }
}

impl Counters {
    /// What was counted since `before`. A counter that was reset in between counts from zero.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let step = |now: u64, then: u64| now.checked_sub(then).unwrap_or(now);
        Self {
            tx_packets: step(self.tx_packets, before.tx_packets),
            tx_bytes: step(self.tx_bytes, before.tx_bytes),
            tx_dropped: step(self.tx_dropped, before.tx_dropped),
            tx_errors: step(self.tx_errors, before.tx_errors),
            rx_packets: step(self.rx_packets, before.rx_packets),
            rx_bytes: step(self.rx_bytes, before.rx_bytes),
            rx_dropped: step(self.rx_dropped, before.rx_dropped),
            rx_errors: step(self.rx_errors, before.rx_errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_counter_counts_from_zero() {
        let before = Counters { tx_packets: 10, rx_packets: 5, ..Counters::default() };
        let now = Counters { tx_packets: 3, rx_packets: 9, ..Counters::default() };
        assert_eq!(now.since(&before), Counters { tx_packets: 3, rx_packets: 4, ..Counters::default() });
    }

    #[test]
    fn an_index_that_nobody_has_is_an_error() {
        let meter = Meter { route: Route::open().unwrap(), index: i32::MAX as u32 };
        assert_eq!(meter.read().unwrap_err().raw_os_error(), Some(libc::ENODEV));
    }
}
