//! Every unsafe line of the crate: one function a system call, one struct a kernel struct.
#![allow(unsafe_code)]

pub(crate) mod time;
pub mod device;
pub mod ethtool;
pub mod packet;
pub mod ring;
