//! Every unsafe line of the crate: one function a system call, one struct a kernel struct.
#![allow(unsafe_code)]
// The kernel's structs and libc's functions disagree about signs; the values are small and not negative.
#![allow(clippy::cast_sign_loss, clippy::cast_possible_wrap)]

pub mod device;
pub mod ethtool;
pub mod leave;
pub mod packet;
pub mod pcap;
pub mod proc;
pub mod ring;
mod socket;
pub(crate) mod time;
pub mod timestamp;
pub mod xdp;
