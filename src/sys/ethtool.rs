//! The ioctl SIOCETHTOOL (linux/ethtool.h): driver name, queues, offload features, rings and clocks of the device.
//!
//! Every command is a block of 32-bit words that begins with its number; the kernel reads and writes it in place.

use super::device::Devices;
use std::io;

const GDRVINFO: u32 = 0x03;
const GRINGPARAM: u32 = 0x10;
const GSTRINGS: u32 = 0x1b;
const GSSET_INFO: u32 = 0x37;
const GFEATURES: u32 = 0x3a;
const SFEATURES: u32 = 0x3b;
const GCHANNELS: u32 = 0x3c;
const GET_TS_INFO: u32 = 0x41;
const SS_FEATURES: u32 = 4;
/// Bytes of one name in a string set (`ETH_GSTRING_LEN`).
const NAME: usize = 32;
/// More features than any kernel has: a count above it is not believed.
const MOST: u32 = 4096;

/// Toggles from before SFEATURES: set checksumming on transmit and its kin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Legacy {
    RxChecksum = 0x15,
    TxChecksum = 0x17,
    ScatterGather = 0x19,
    Tso = 0x1f,
    Gso = 0x24,
    Gro = 0x2c,
}

/// 32 features, one bit each (struct `ethtool_get_features_block`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Block {
    pub available: u32,
    pub requested: u32,
    pub active: u32,
    pub never_changed: u32,
}

/// 32 features to set: those in `valid` become as in `requested` (struct `ethtool_set_features_block`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetBlock {
    pub valid: u32,
    pub requested: u32,
}

/// The driver's name.
pub fn driver(devices: &Devices, interface: &str) -> io::Result<String> {
    // struct ethtool_drvinfo: 196 bytes, the name in the 32 bytes behind the command.
    let mut words = [0u32; 49];
    words[0] = GDRVINFO;
    devices.ethtool(interface, &mut words)?;
    Ok(text(&words[1..9]))
}

/// How many transmit queues there are: those that only transmit and the combined ones.
pub fn transmit_queues(devices: &Devices, interface: &str) -> io::Result<u32> {
    // struct ethtool_channels: the command, four maxima, then rx, tx, other, combined.
    let mut words = [0u32; 9];
    words[0] = GCHANNELS;
    devices.ethtool(interface, &mut words)?;
    Ok(words[6].saturating_add(words[8]))
}

/// The names of all features, by number; an empty name is a feature without one.
pub fn feature_names(devices: &Devices, interface: &str) -> io::Result<Vec<String>> {
    // struct ethtool_sset_info with room for one count.
    let mask = (1u64 << SS_FEATURES).to_ne_bytes();
    let half = |at: usize| u32::from_ne_bytes([mask[at], mask[at + 1], mask[at + 2], mask[at + 3]]);
    let mut info = [GSSET_INFO, 0, half(0), half(4), 0];
    devices.ethtool(interface, &mut info)?;
    let count = info[4];
    if (info[2], info[3]) == (0, 0) || count > MOST {
        return Err(io::Error::from_raw_os_error(libc::EOPNOTSUPP));
    }
    // struct ethtool_gstrings: the kernel writes as many names as it has, and that number never changes while it runs.
    let mut strings = vec![0u32; 3 + count as usize * (NAME / 4)];
    strings[..3].copy_from_slice(&[GSTRINGS, SS_FEATURES, count]);
    devices.ethtool(interface, &mut strings)?;
    Ok(strings[3..].chunks_exact(NAME / 4).map(text).collect())
}

/// The state of `count` features.
pub fn features(devices: &Devices, interface: &str, count: usize) -> io::Result<Vec<Block>> {
    let blocks = count.div_ceil(32);
    let mut words = vec![0u32; 2 + blocks * 4];
    words[0] = GFEATURES;
    words[1] = blocks as u32;
    devices.ethtool(interface, &mut words)?;
    Ok(words[2..]
        .chunks_exact(4)
        .map(|w| Block { available: w[0], requested: w[1], active: w[2], never_changed: w[3] })
        .collect())
}

/// What SFEATURES answers besides an error: a bit mask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// `ETHTOOL_F_UNSUPPORTED`: a bit is not available here; the others were set.
    pub unsupported: bool,
    /// `ETHTOOL_F_WISH`: a bit is requested now, but not active.
    pub wish: bool,
}

/// Sets features.
pub fn set_features(devices: &Devices, interface: &str, blocks: &[SetBlock]) -> io::Result<Answer> {
    let mut words = vec![SFEATURES, blocks.len() as u32];
    words.extend(blocks.iter().flat_map(|block| [block.valid, block.requested]));
    let mask = devices.ethtool(interface, &mut words)?;
    Ok(Answer { unsupported: mask & 1 != 0, wish: mask & 2 != 0 })
}

/// Sets one of the old toggles (struct `ethtool_value`).
pub fn set_legacy(devices: &Devices, interface: &str, toggle: Legacy, on: bool) -> io::Result<()> {
    devices.ethtool(interface, &mut [toggle as u32, u32::from(on)]).map(drop)
}

/// Frames that the rings of a device hold, and the most they can be set to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rings {
    pub rx: u32,
    pub rx_most: u32,
    pub tx: u32,
    pub tx_most: u32,
}

/// The rings of a device; EOPNOTSUPP where it has none.
pub fn rings(devices: &Devices, interface: &str) -> io::Result<Rings> {
    // struct ethtool_ringparam: the four largest numbers, then the four of now; mini and jumbo rings in between.
    let mut words = [0u32; 9];
    words[0] = GRINGPARAM;
    devices.ethtool(interface, &mut words)?;
    Ok(Rings { rx: words[5], rx_most: words[1], tx: words[8], tx_most: words[4] })
}

/// What a device says of its timestamps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamping {
    /// `SOF_TIMESTAMPING_*` bits.
    pub modes: u32,
    /// The number of its clock, as in /dev/ptp0.
    pub clock: Option<u32>,
}

/// What a device says of its timestamps.
pub fn timestamping(devices: &Devices, interface: &str) -> io::Result<Timestamping> {
    // struct ethtool_ts_info: the modes and the clock's number (-1 for none) behind the command.
    let mut words = [0u32; 10];
    words[0] = GET_TS_INFO;
    devices.ethtool(interface, &mut words)?;
    Ok(Timestamping { modes: words[1], clock: Some(words[2]).filter(|number| *number as i32 >= 0) })
}

/// A zero-terminated name in words.
fn text(words: &[u32]) -> String {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).take_while(|byte| *byte != 0).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}
