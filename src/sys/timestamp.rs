//! Timestamps of frames sent (`SO_TIMESTAMPING`, Documentation/networking/timestamping.rst), and a device's setting for
//! them (SIOCGHWTSTAMP, SIOCSHWTSTAMP).

use super::device::{Devices, named};
use super::packet::PacketSocket;
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, SetSockOpt as _, TimestampingFlag, recvmsg, sockopt::Timestamping,
};
use nix::sys::time::TimeSpec;
use std::io::{self, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd};

/// SIOCGHWTSTAMP (linux/sockios.h), which libc lacks.
const GHWTSTAMP: libc::c_ulong = 0x89b1;

/// Who tells when a frame left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The driver, when it gave the frame to the device.
    Software,
    /// The device, when it put the frame on the wire.
    Hardware,
}

impl PacketSocket {
    /// Asks for the times of the frames sent from now on, each without a copy of its frame.
    pub fn want_sent_times(&self, clock: Clock) -> io::Result<()> {
        let who = match clock {
            Clock::Software => {
                TimestampingFlag::SOF_TIMESTAMPING_TX_SOFTWARE | TimestampingFlag::SOF_TIMESTAMPING_SOFTWARE
            }
            Clock::Hardware => {
                TimestampingFlag::SOF_TIMESTAMPING_TX_HARDWARE | TimestampingFlag::SOF_TIMESTAMPING_RAW_HARDWARE
            }
        };
        let without_frame = TimestampingFlag::from_bits_retain(libc::SOF_TIMESTAMPING_OPT_TSONLY);
        Ok(Timestamping.set(&self.as_fd(), &(who | without_frame))?)
    }

    /// The time of a frame sent, in nanoseconds of its clock, if one has been told already.
    pub fn sent_time(&self, clock: Clock) -> io::Result<Option<u64>> {
        let mut nothing = [0u8; 1];
        let mut parts = [IoSliceMut::new(&mut nothing)];
        // Room for the times and for the error message that goes with them (struct sock_extended_err).
        let mut space = vec![0u8; 512];
        let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
        let message = match recvmsg::<()>(self.as_fd().as_raw_fd(), &mut parts, Some(&mut space), flags) {
            Err(nix::errno::Errno::EAGAIN) => return Ok(None),
            other => other?,
        };
        let nanoseconds = |time: TimeSpec| u64::try_from(time.tv_sec() * 1_000_000_000 + time.tv_nsec()).unwrap_or(0);
        let told = message.cmsgs()?.find_map(|control| match control {
            ControlMessageOwned::ScmTimestampsns(times) => Some(match clock {
                Clock::Software => nanoseconds(times.system),
                Clock::Hardware => nanoseconds(times.hw_raw),
            }),
            _ => None,
        });
        Ok(told.filter(|time| *time != 0))
    }
}

/// Which frames a device stamps (struct `hwtstamp_config`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamping {
    /// None is defined yet.
    pub flags: i32,
    /// `HWTSTAMP_TX_*`: 0 for no frame, 1 for those that ask for it.
    pub tx: i32,
    /// `HWTSTAMP_FILTER_*`: which received frames.
    pub rx: i32,
}

impl Devices {
    /// Which frames the device stamps now.
    pub fn stamping(&self, name: &str) -> io::Result<Stamping> {
        let mut config = libc::hwtstamp_config { flags: 0, tx_type: 0, rx_filter: 0 };
        let mut request = named(name)?;
        request.ifr_ifru.ifru_data = (&raw mut config).cast();
        // SAFETY: SIOCGHWTSTAMP writes one hwtstamp_config where ifru_data points, and `config` outlives the call.
        unsafe { self.ioctl(GHWTSTAMP, &mut request) }?;
        Ok(Stamping { flags: config.flags, tx: config.tx_type, rx: config.rx_filter })
    }

    /// Sets which frames the device stamps.
    pub fn set_stamping(&self, name: &str, stamping: Stamping) -> io::Result<()> {
        let mut config = libc::hwtstamp_config { flags: stamping.flags, tx_type: stamping.tx, rx_filter: stamping.rx };
        let mut request = named(name)?;
        request.ifr_ifru.ifru_data = (&raw mut config).cast();
        // SAFETY: SIOCSHWTSTAMP reads and writes one hwtstamp_config where ifru_data points, and `config` outlives the
        // call.
        unsafe { self.ioctl(libc::SIOCSHWTSTAMP, &mut request) }.map(drop)
    }
}
