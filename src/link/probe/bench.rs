//! What the probes share: a sniffer that sees what this machine sends, the interface's counters, and sending a frame.

use super::frame::{Maker, Mark};
use super::spell::Spelling;
use super::{Error, Finding, Interface, Options, Stop};
use crate::frame::filter::{Instruction, Program, WHOLE};
use crate::link::counters::{Counters, Meter};
use crate::link::netns::Target;
use crate::link::offload::{Feature, Features, Offload};
use crate::link::present::Presence;
use crate::link::rx::{self, Capture, Checksum, Event};
use crate::link::tx::{self, Choice, Outcome, Refusal, Sender};
use crate::sys::device::Devices;
use pnet::datalink::MacAddr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Where a kernel packet of a probe goes: the group for experiments (RFC 4727 section 2.4), which no router passes on.
pub const GROUP: std::net::Ipv4Addr = std::net::Ipv4Addr::new(224, 0, 0, 254);
/// That group's address on Ethernet (RFC 1112 section 6.4).
const GROUP_ADDRESS: [u8; 6] = [0x01, 0x00, 0x5e, 0x00, 0x00, 0xfe];
/// Longer than a frame takes to the sniffer, and than a counter takes to rise.
const PATIENCE: Duration = Duration::from_millis(500);

/// All that a probe works with.
pub struct Bench<'a> {
    /// The interface as it was at the beginning.
    pub interface: &'a Interface,
    /// Writes the commands of an advice.
    pub spell: Spelling,
    /// What may be done.
    pub options: Options,
    /// Ends every wait.
    pub stop: &'a Stop,
    /// For ioctls on it.
    pub devices: Devices,
    /// Its counters, and it as it is now.
    pub meter: Meter,
    /// Its features.
    pub features: Option<(Offload, Features)>,
    /// Makes probe frames.
    pub frames: Maker,
    /// Frames that the kernel took.
    pub sent: u64,
    presence: Presence,
    watch: Result<Capture, Error>,
}

/// What became of a frame.
#[derive(Debug)]
pub struct Fate {
    /// What a sniffer on this machine saw of it.
    pub seen: Option<Seen>,
    /// The interface counted a frame sent meanwhile.
    pub counted: bool,
    /// The interface counted a frame dropped meanwhile.
    pub dropped: bool,
    /// The device read it where it was ([`Sender::zero_copy`]).
    pub zero_copy: bool,
}

/// A frame as a sniffer on this machine saw it.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// What the kernel says about the checksum inside.
    pub checksum: Checksum,
}

/// Why a frame is not on its way.
pub enum Lost {
    /// Nothing can be sent.
    Link(Error),
    /// This frame was refused.
    Refused(Refusal),
    /// It was given up, because a signal came.
    Stopped,
}

impl<'a> Bench<'a> {
    /// Opens what is needed; without `CAP_NET_RAW` there is no sniffer.
    pub fn open(interface: &'a Interface, target: &Target, options: Options, stop: &'a Stop) -> Result<Self, Error> {
        let failed = |error| Error::system(format!("ask about {}", interface.name), error);
        let offload = Offload::open(interface).ok();
        let features = offload.and_then(|offload| offload.features().ok().map(|features| (offload, features)));
        let address = interface.mac.unwrap_or(MacAddr::new(2, 0, 0, 0, 0, 1));
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_nanos() as u64);
        let watch = rx::Options {
            buffer: 1 << 20,
            block_timeout: 1,
            promiscuous: false,
            direction: rx::Direction::Out,
            filter: Some(own_frames(address)),
            ..rx::Options::default()
        };
        Ok(Self {
            interface,
            spell: Spelling::new(target.clone()),
            options,
            stop,
            devices: Devices::open().map_err(failed)?,
            meter: Meter::open(interface).map_err(failed)?,
            features,
            frames: Maker::new(address, now),
            sent: 0,
            presence: Presence::of(interface)?,
            watch: Capture::open(interface, &watch),
        })
    }

    /// A packet socket could be opened.
    pub fn can_watch(&self) -> bool {
        self.watch.is_ok()
    }

    /// The error where the interface is gone.
    pub fn still_there(&self) -> Result<(), Error> {
        self.presence.name().map(drop)
    }

    /// Its feature of this name.
    pub fn feature(&self, name: &str) -> Option<&Feature> {
        self.features.as_ref().and_then(|(_, features)| features.get(name))
    }

    /// Its driver, or it where it has none.
    pub fn driver(&self) -> String {
        self.interface.driver.as_ref().map_or("this interface".into(), |name| format!("driver {name}"))
    }

    /// No real device stands behind it.
    pub fn is_virtual(&self) -> bool {
        self.interface.kind.is_some() || self.interface.hardware == libc::ARPHRD_LOOPBACK
    }

    /// Why nothing may or can be sent; nothing where it can.
    pub fn cannot_send(&self, name: &'static str) -> Option<Finding> {
        if self.options.passive {
            return Some(Finding::untried(name, "--passive sends nothing"));
        }
        match &self.watch {
            Err(error) => Some(Finding::failed(name, error)),
            Ok(_) if !self.interface.up => Some(Finding::untried(name, "the interface is down, see carrier")),
            Ok(_) => None,
        }
    }

    /// Why no frame leaves; nothing where one does.
    pub fn none_leaves(&self, name: &'static str) -> Option<Finding> {
        let no_link = || Finding::untried(name, "no frame leaves without a carrier, see carrier");
        self.cannot_send(name).or_else(|| (self.interface.carrier == Some(false)).then(no_link))
    }

    /// Sends a frame as `ethcraft send` does, whatever its length, and looks what became of it.
    pub fn deliver(&mut self, frame: &[u8], mark: Mark, options: &tx::Options) -> Result<Fate, Lost> {
        let options = tx::Options { patience: Duration::from_millis(50), ..options.clone() };
        let mut sender = Sender::open(self.interface, &options).map_err(Lost::Link)?;
        let before = self.meter.read().ok();
        sender.push_unmeasured(frame);
        sender.flush(self.stop).map_err(Lost::Link)?;
        match sender.outcome() {
            Outcome { accepted: 1, .. } => self.sent += 1,
            Outcome { failures, .. } if !failures.is_empty() => {
                return Err(Lost::Refused(match &failures[0].cause {
                    Refusal::TooLong => Refusal::TooLong,
                    Refusal::Invalid => Refusal::Invalid,
                    Refusal::QueueFull => Refusal::QueueFull,
                    Refusal::Other(error) => Refusal::Other(std::io::Error::new(error.kind(), error.to_string())),
                }));
            }
            _ => return Err(Lost::Stopped),
        }
        // Past the queue no sniffer sees it, so that there is nothing to wait for but the counters.
        let unseen = options.bypass_queue || options.engine == Choice::Xdp;
        let seen = if unseen { None } else { self.see(mark) };
        let (counted, dropped) = self.settle(before, seen.is_none());
        Ok(Fate { seen, counted, dropped, zero_copy: sender.zero_copy() })
    }

    /// Waits until a sniffer on this machine sees the frame.
    pub fn see(&mut self, mark: Mark) -> Option<Seen> {
        let watch = self.watch.as_mut().ok()?;
        let end = Instant::now() + PATIENCE;
        loop {
            match watch.next(Some(end.saturating_duration_since(Instant::now())), self.stop) {
                Ok(Event::Frame(frame)) if mark.is_in(frame.data) => return Some(Seen { checksum: frame.checksum }),
                Ok(Event::Frame(_) | Event::Down { .. }) => {}
                _ => return None,
            }
        }
    }

    /// Whether the interface has counted a frame sent, or one dropped, since `before`. Some devices count late.
    fn settle(&self, before: Option<Counters>, wait: bool) -> (bool, bool) {
        let Some(before) = before else { return (false, false) };
        let end = Instant::now() + if wait { PATIENCE } else { Duration::ZERO };
        loop {
            let step = self.meter.read().map_or_else(|_| Counters::default(), |now| now.since(&before));
            let (counted, dropped) = (step.tx_packets > 0, step.tx_dropped + step.tx_errors > 0);
            if counted || dropped || Instant::now() > end || self.stop.sleep(Duration::from_millis(5)) {
                return (counted, dropped);
            }
        }
    }
}

/// A filter that keeps frames to this address or to the group, so that a busy interface does not drown them.
fn own_frames(address: MacAddr) -> Program {
    let load = |code, k| Instruction { code, jt: 0, jf: 0, k };
    let equals = |k, jt, jf| Instruction { code: 0x15, jt, jf, k };
    let split =
        |a: [u8; 6]| (u32::from_be_bytes([a[0], a[1], a[2], a[3]]), u32::from(u16::from_be_bytes([a[4], a[5]])));
    let ((high, low), (group_high, group_low)) = (split(address.octets()), split(GROUP_ADDRESS));
    Program(vec![
        load(0x20, 0),
        equals(high, 0, 2),
        load(0x28, 4),
        equals(low, 4, 0),
        load(0x20, 0),
        equals(group_high, 0, 3),
        load(0x28, 4),
        equals(group_low, 0, 1),
        load(0x06, WHOLE),
        load(0x06, 0),
    ])
}
