//! Packet sockets (packet(7)): open, bind, options, sending. A method is one system call.

use super::socket::{self, Plain, check};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{AddressFamily, SockFlag, SockType};
use std::io;
use std::ops::Range;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// The type of a raw packet socket's protocol: frames of every protocol.
pub const ALL: u16 = libc::ETH_P_ALL as u16;

/// `PACKET_VNET_HDR` of packet(7), which libc lacks.
const PACKET_VNET_HDR: i32 = 15;

/// What is asked of the kernel for one frame: struct `virtio_net_hdr`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VnetHeader {
    pub flags: u8,
    pub gso_type: u8,
    pub hdr_len: u16,
    pub gso_size: u16,
    pub csum_start: u16,
    pub csum_offset: u16,
}

impl VnetHeader {
    /// Bytes of it.
    pub const LENGTH: usize = 10;

    /// The bytes that go in front of the frame, in this machine's order.
    pub fn bytes(&self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        bytes[0] = self.flags;
        bytes[1] = self.gso_type;
        for (word, at) in [self.hdr_len, self.gso_size, self.csum_start, self.csum_offset].iter().zip([2, 4, 6, 8]) {
            bytes[at..at + 2].copy_from_slice(&word.to_ne_bytes());
        }
        bytes
    }
}

/// A raw packet socket.
#[derive(Debug)]
pub struct PacketSocket {
    fd: OwnedFd,
}

impl AsFd for PacketSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl PacketSocket {
    /// A socket with protocol 0: it receives nothing, from no interface, before it is bound.
    pub fn open() -> io::Result<Self> {
        let fd = nix::sys::socket::socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, None)?;
        Ok(Self { fd })
    }

    /// Binds to one interface and one protocol (host byte order; 0 receives nothing). An interface that is down shows
    /// only in the pending error of [`Self::take_error`].
    pub fn bind(&self, index: u32, protocol: u16) -> io::Result<()> {
        // SAFETY: sockaddr_ll is plain data; all zeros is a valid value.
        let mut address: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
        address.sll_family = libc::AF_PACKET as u16;
        address.sll_protocol = protocol.to_be();
        address.sll_ifindex = index as i32;
        socket::bind(&self.fd, &address)
    }

    /// The pending error (`SO_ERROR`), which is cleared by reading it.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        let code: i32 = self.get(libc::SOL_SOCKET, libc::SO_ERROR)?;
        Ok((code != 0).then(|| io::Error::from_raw_os_error(code)))
    }

    /// Promiscuous reception by membership, which ends with the socket, however the process ends.
    pub fn join_promiscuous(&self, index: u32) -> io::Result<()> {
        let membership = libc::packet_mreq {
            mr_ifindex: index as i32,
            mr_type: libc::PACKET_MR_PROMISC as u16,
            mr_alen: 0,
            mr_address: [0; 8],
        };
        self.set(libc::SOL_PACKET, libc::PACKET_ADD_MEMBERSHIP, &membership)
    }

    /// Does not deliver frames that this machine sends (Linux 4.20).
    pub fn ignore_outgoing(&self) -> io::Result<()> {
        self.set(libc::SOL_PACKET, libc::PACKET_IGNORE_OUTGOING, &1i32)
    }

    /// The frame brings its own FCS. The call always succeeds; only a real send tells whether the driver can.
    pub fn no_fcs(&self) -> io::Result<()> {
        self.set(libc::SOL_SOCKET, libc::SO_NOFCS, &1i32)
    }

    /// Sends past the queueing discipline.
    pub fn bypass_queue(&self) -> io::Result<()> {
        self.set(libc::SOL_PACKET, libc::PACKET_QDISC_BYPASS, &1i32)
    }

    /// Every frame sent has a [`VnetHeader`] in front of it.
    pub fn vnet_headers(&self) -> io::Result<()> {
        self.set(libc::SOL_PACKET, PACKET_VNET_HDR, &1i32)
    }

    /// Attaches a classic BPF program; what it returns is how many bytes of a frame are kept.
    pub fn attach_filter(&self, program: &[libc::sock_filter]) -> io::Result<()> {
        let program = libc::sock_fprog {
            len: u16::try_from(program.len()).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?,
            filter: program.as_ptr().cast_mut(),
        };
        // The kernel copies the program and writes nothing to it.
        self.set(libc::SOL_SOCKET, libc::SO_ATTACH_FILTER, &program)
    }

    /// Takes the program away.
    pub fn detach_filter(&self) -> io::Result<()> {
        self.set(libc::SOL_SOCKET, libc::SO_DETACH_FILTER, &0i32)
    }

    /// Shares the frames of its interface with the other sockets of a group: each frame goes to one of them, by the flow
    /// it is of, to another one where that has no room. Without a group it begins one. Gives the group's number.
    ///
    /// The socket must be bound; older kernels give EINVAL while the interface is down.
    pub fn join_fanout(&self, group: Option<u16>) -> io::Result<u16> {
        // linux/if_packet.h: hash is type 0. UNIQUEID lets the kernel choose a number.
        const FANOUT: i32 = 18;
        const ROLLOVER: u32 = 0x1000;
        const UNIQUEID: u32 = 0x2000;
        let (number, flags) = group.map_or((0, ROLLOVER | UNIQUEID), |number| (number.into(), ROLLOVER));
        self.set(libc::SOL_PACKET, FANOUT, &(number | flags << 16))?;
        let joined: i32 = self.get(libc::SOL_PACKET, FANOUT)?;
        Ok(joined as u16)
    }

    /// Frames received, dropped, and freezes of the ring since the last call. `received` counts the dropped ones too.
    pub fn statistics(&self) -> io::Result<libc::tpacket_stats_v3> {
        self.get(libc::SOL_PACKET, libc::PACKET_STATISTICS)
    }

    /// Sends one frame without waiting.
    pub fn send(&self, frame: &[u8]) -> io::Result<()> {
        // SAFETY: pointer and length are those of `frame`, which the kernel only reads.
        let sent = unsafe { libc::send(self.fd.as_raw_fd(), frame.as_ptr().cast(), frame.len(), libc::MSG_DONTWAIT) };
        check(sent).map(drop)
    }

    /// The next frame of the socket's queue, without waiting; gives how long it was, also where that is more than `into`
    /// has room for. A receive ring puts there only what no slot of it can hold.
    pub fn receive(&self, into: &mut [u8]) -> io::Result<usize> {
        let how = libc::MSG_DONTWAIT | libc::MSG_TRUNC;
        // SAFETY: the kernel writes at most `into.len()` bytes to `into`, which lives over the call.
        let length = unsafe { libc::recv(self.fd.as_raw_fd(), into.as_mut_ptr().cast(), into.len(), how) };
        check(length)
    }

    /// Waits until one of `events` or an error is there; nothing after `timeout`. EINTR goes through.
    pub fn poll(&self, events: PollFlags, timeout: Duration) -> io::Result<Option<PollFlags>> {
        let mut fds = [PollFd::new(self.as_fd(), events)];
        // Rounded up, so that a wait of less than a millisecond does not spin.
        let milliseconds = timeout.as_micros().div_ceil(1000).min(u16::MAX as u128) as u16;
        let ready = poll(&mut fds, PollTimeout::from(milliseconds))?;
        Ok(if ready == 0 { None } else { fds[0].revents() })
    }

    pub(super) fn set<T>(&self, level: i32, name: i32, value: &T) -> io::Result<()> {
        socket::set(&self.fd, level, name, value)
    }

    fn get<T: Plain>(&self, level: i32, name: i32) -> io::Result<T> {
        socket::get(&self.fd, level, name).map(|(value, _)| value)
    }
}

/// The arrays that sendmmsg(2) wants, kept to be filled again.
#[derive(Default)]
pub struct Messages {
    parts: Vec<libc::iovec>,
    headers: Vec<libc::mmsghdr>,
}

// SAFETY: the pointers inside are written and used within one call of `send` and never looked at after it.
unsafe impl Send for Messages {}

impl Messages {
    /// Sends the frames at `ranges` of `bytes` in one call without waiting, and gives how many were taken. A range that
    /// does not lie in `bytes` counts as an empty frame.
    pub fn send(&mut self, socket: &PacketSocket, bytes: &[u8], ranges: &[Range<usize>]) -> io::Result<usize> {
        self.parts.clear();
        self.headers.clear();
        self.parts.extend(ranges.iter().map(|range| {
            let frame = bytes.get(range.clone()).unwrap_or_default();
            libc::iovec { iov_base: frame.as_ptr().cast_mut().cast(), iov_len: frame.len() }
        }));
        for part in &mut self.parts {
            // SAFETY: mmsghdr is plain data; all zeros is a valid value: no address, no control data.
            let mut header: libc::mmsghdr = unsafe { std::mem::zeroed() };
            header.msg_hdr.msg_iov = &raw mut *part;
            header.msg_hdr.msg_iovlen = 1;
            self.headers.push(header);
        }
        // SAFETY: every header points at one element of `parts`, and that at bytes borrowed over the call, which the
        // kernel only reads; pointer and length are those of `headers`.
        let sent = unsafe {
            libc::sendmmsg(
                socket.fd.as_raw_fd(),
                self.headers.as_mut_ptr(),
                self.headers.len() as u32,
                libc::MSG_DONTWAIT as _,
            )
        };
        check(sent as isize)
    }
}
