//! Frames in our language and in scapy's: the same bytes, for every protocol that scapy has. The frames are in
//! `peers/pairs.txt`.

mod common;

use common::{Program, expand, frame, python_with};
use std::fmt::Write;

const PAIRS: &str = include_str!("peers/pairs.txt");

/// What scapy needs before it can evaluate them, and how it prints: a line of hex for each.
const SCAPY: &str = r#"
import sys, logging
logging.disable(logging.CRITICAL)
from scapy.all import *
for module in ["lldp", "lacp", "mpls", "mac_control", "macsec", "cdp", "ptp_v2", "oam", "ethercat", "pnio", "pnio_dcp",
        "igmp", "igmpv3", "geneve", "tcpao"]:
    load_contrib(module)
M, D = "02:00:00:00:00:01", "02:00:00:00:00:02"
E = Ether(dst=D, src=M)
I = IP(src="10.0.0.1", dst="10.0.0.2")
J = IPv6(src="2001:db8::1", dst="2001:db8::2")
J6 = lambda hlim: IPv6(src="2001:db8::1", dst="2001:db8::2", hlim=hlim)
for line in sys.stdin:
    try:
        print(bytes(eval(line)).hex())
    except Exception as error:
        print(repr(error))
"#;

#[test]
fn scapy_builds_the_same_bytes() {
    let Some(python) = python_with("scapy.all") else { return };
    let lines: Vec<_> = PAIRS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let pairs: Vec<_> = lines.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    let input = pairs.iter().fold(String::new(), |all, (_, theirs)| all + theirs + "\n");
    let done = Program::new(python).arguments(["-c", SCAPY]).input(input).run().expect(0);
    let theirs: Vec<_> = done.stdout.lines().collect();
    assert_eq!(theirs.len(), pairs.len(), "{}", done.describe());
    let mut wrong = String::new();
    for ((ours, expression), theirs) in pairs.iter().zip(theirs) {
        let bytes = hex::encode(frame(&expand(ours)));
        if bytes != theirs {
            let _ = write!(wrong, "{ours}\n  {bytes}\n{expression}\n  {theirs}\n\n");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
