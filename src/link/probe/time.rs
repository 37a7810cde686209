//! Who can tell when a frame left: the driver, or the device with a clock of its own.

use super::frame::SHORTEST;
use super::{Bench, Finding};
use crate::sys::device::Devices;
use crate::sys::ethtool;
use crate::sys::packet::PacketSocket;
use crate::sys::timestamp::{Clock, Stamping};
use nix::poll::PollFlags;
use std::io;
use std::time::{Duration, Instant};

/// Longer than the time of a frame takes to come back.
const PATIENCE: Duration = Duration::from_millis(300);

/// The driver's time of a frame sent.
pub fn software(bench: &mut Bench) -> Finding {
    const NAME: &str = "timestamps, soft";
    if let Some(finding) = bench.none_leaves(NAME) {
        return finding;
    }
    match stamped(bench, Clock::Software) {
        Ok(Some(_)) => Finding::yes(NAME, "frames sent, by the driver; frames received, by the kernel"),
        Ok(None) => Finding::catch(
            NAME,
            format!("frames received, by the kernel; {} tells none of frames sent", bench.driver()),
        )
        .advice("take the time of a sent frame from a capture on this machine"),
        Err(error) => Finding::no(NAME, error.to_string()),
    }
}

/// The device's own time of a frame sent.
pub fn hardware(bench: &mut Bench) -> Finding {
    const NAME: &str = "timestamps, hard";
    let name = &bench.interface.name;
    let can = ethtool::timestamping(&bench.devices, name).ok();
    let (sends, receives) = can.map_or((false, false), |can| {
        let has = |bit: u32| can.modes & libc::SOF_TIMESTAMPING_RAW_HARDWARE != 0 && can.modes & bit != 0;
        (has(libc::SOF_TIMESTAMPING_TX_HARDWARE), has(libc::SOF_TIMESTAMPING_RX_HARDWARE))
    });
    if !sends && !receives {
        return Finding::no(NAME, format!("{} has no clock in the device", bench.driver()))
            .advice("the soft ones are the best there are here");
    }
    let clock = can.and_then(|can| can.clock).map_or(String::new(), |number| format!(", clock /dev/ptp{number}"));
    let ways = match (sends, receives) {
        (true, true) => "frames sent and received",
        (true, false) => "frames sent",
        _ => "frames received",
    };
    let says = format!("{ways}, by the device{clock}");
    let finding = match bench.none_leaves(NAME) {
        Some(finding) => Finding { detail: format!("{}; {says}, the driver says", finding.detail), ..finding },
        None if !sends => Finding::catch(NAME, format!("{says}, the driver says; a received one takes a peer to try")),
        None => {
            // The guard puts the device's setting back when this is over.
            let switched = Switched::on(&bench.devices, name);
            let tried = switched.as_ref().map(|_| stamped(bench, Clock::Hardware));
            match tried {
                Ok(Ok(Some(_))) => Finding::yes(NAME, says),
                Ok(Ok(None)) => {
                    Finding::catch(NAME, format!("{says}, the driver says; but no time came back for a frame"))
                }
                Ok(Err(error)) => Finding::catch(NAME, format!("{says}, the driver says; but: {error}")),
                Err(error) => {
                    Finding::catch(NAME, format!("{says}, the driver says; switching them on failed: {error}"))
                }
            }
        }
    };
    finding.fact("sent", sends).fact("received", receives)
}

/// Sends a frame and waits for its time.
fn stamped(bench: &mut Bench, clock: Clock) -> io::Result<Option<u64>> {
    let (frame, _) = bench.frames.plain(SHORTEST);
    let socket = PacketSocket::open()?;
    socket.want_sent_times(clock)?;
    socket.bind(bench.interface.index, 0)?;
    socket.send(&frame)?;
    bench.sent += 1;
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(time) = socket.sent_time(clock)? {
            return Ok(Some(time));
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() || bench.stop.requested() {
            return Ok(None);
        }
        // A message in the socket's error queue shows as POLLERR, which poll(2) reports unasked.
        match socket.poll(PollFlags::empty(), left) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
    }
}

/// The device stamps frames that ask for it, until this is dropped.
struct Switched {
    devices: Devices,
    name: String,
    was: Option<Stamping>,
}

impl Switched {
    fn on(_: &Devices, name: &str) -> io::Result<Self> {
        // A socket of its own, so that the bench can be used meanwhile.
        let devices = Devices::open()?;
        let was = devices.stamping(name)?;
        let changed = was.tx == 0;
        if changed {
            devices.set_stamping(name, Stamping { tx: 1, ..was })?;
        }
        Ok(Self { devices, name: name.into(), was: changed.then_some(was) })
    }
}

impl Drop for Switched {
    fn drop(&mut self) {
        if let Some(was) = self.was {
            // The device took the other setting, and takes the one it had.
            let _ = self.devices.set_stamping(&self.name, was);
        }
    }
}
