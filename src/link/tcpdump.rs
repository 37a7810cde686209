//! Filters in tcpdump's syntax (pcap-filter(7)), compiled and run by the system's libpcap.
//!
//! On an interface the kernel takes the outer VLAN tag out of a frame before its filter runs. So a filter for it is compiled
//! for an open capture, where libpcap asks the kernel's own data for the tag; one for a file is compiled without.

use super::Error;
use crate::frame::filter::{Instruction, Program, WHOLE};
use crate::sys::pcap::{self, Compiled, Libpcap};

/// No carrier, no capture: libpcap's `PCAP_ERROR_IFACE_NOT_UP`.
const NOT_UP: i32 = -9;
/// libpcap's `PCAP_ERROR_PERM_DENIED` and `PCAP_ERROR_PROMISC_PERM_DENIED`.
const NOT_PERMITTED: [i32; 2] = [-8, -11];

/// The instruction that jumps, backwards where its number is negative.
const JUMP: u16 = 0x05;

/// The system's libpcap.
#[derive(Debug)]
pub struct Tcpdump {
    library: Libpcap,
}

impl Tcpdump {
    /// Loads the library.
    ///
    /// # Errors
    /// [`Error::NotPossible`] where there is none.
    pub fn load() -> Result<Self, Error> {
        let library = Libpcap::load().map_err(|error| Error::NotPossible {
            message: format!("tcpdump's syntax needs libpcap, and there is none here: {error}"),
            help: Some(
                "install it (Debian and Ubuntu: libpcap0.8, Fedora and Arch: libpcap), or write a PATTERN, which needs none"
                    .into(),
            ),
        })?;
        Ok(Self { library })
    }

    /// The program for captures of an interface of the calling thread's network namespace.
    ///
    /// # Errors
    /// [`Error::Usage`] for a wrong filter, in libpcap's words; [`Error::NotPermitted`] without `CAP_NET_RAW`.
    pub fn on_interface(&self, interface: &str, snaplen: u32, filter: &str) -> Result<Program, Error> {
        let compile = || self.library.compile_live(&pcap::text(interface)?, snaplen, &pcap::text(filter)?);
        let program = compile().map(|code| program(&code)).map_err(|error| told(error, filter, interface))?;
        if program.0.iter().any(|one| one.code == JUMP && one.k > i32::MAX as u32) {
            return Err(Error::Usage {
                message: format!("the filter '{filter}' has a loop, and the kernel runs none"),
                help: Some(
                    "'protochain' makes one; a PATTERN such as 'ipv6 / .. / tcp' finds what is behind headers".into(),
                ),
            });
        }
        Ok(program)
    }

    /// The program for frames of a file with this link type.
    ///
    /// # Errors
    /// [`Error::Usage`] for a filter that is wrong, or that means nothing for frames of this kind.
    pub fn on_file(&self, link_type: u16, filter: &str) -> Result<FileFilter, Error> {
        // Raw IP is the only type captured here whose number in files is not libpcap's own.
        let own = if link_type == 101 { 12 } else { link_type.into() };
        let compile = || self.library.compile_dead(own, WHOLE, &pcap::text(filter)?);
        compile().map(FileFilter).map_err(|error| told(error, filter, "frames of a file"))
    }

    /// Whether a filter lets a frame through.
    pub fn lets_through(&self, filter: &FileFilter, frame: &[u8], original_len: u32) -> bool {
        self.library.lets_through(&filter.0, frame, original_len)
    }
}

/// A filter compiled for frames of a file.
#[derive(Clone, Debug)]
pub struct FileFilter(Compiled);

impl FileFilter {
    /// Its instructions.
    pub fn program(&self) -> Program {
        program(&self.0)
    }
}

fn program(code: &Compiled) -> Program {
    Program(code.instructions().iter().map(|i| Instruction { code: i.code, jt: i.jt, jf: i.jf, k: i.k }).collect())
}

fn told(error: pcap::Error, filter: &str, what: &str) -> Error {
    match error {
        pcap::Error::Filter(words) => Error::Usage {
            message: format!("the filter '{filter}' is wrong: {words}"),
            help: Some("its syntax is tcpdump's, man 7 pcap-filter; a PATTERN is in ethcraft's own".into()),
        },
        pcap::Error::Open(code, _) if NOT_PERMITTED.contains(&code) => {
            Error::NotPermitted { what: format!("capture on {what}") }
        }
        pcap::Error::Open(NOT_UP, _) => Error::NotPossible {
            message: format!("{what} is down, and libpcap compiles filters only for interfaces that are up"),
            help: Some(format!("set it up (ip link set {what} up), or write a PATTERN, which needs no libpcap")),
        },
        pcap::Error::Open(_, words) => {
            Error::NotPossible { message: format!("libpcap cannot open {what}: {words}"), help: None }
        }
    }
}
