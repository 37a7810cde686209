//! Frames in our language and in scapy's: the same bytes, for every protocol that scapy has. The frames are in
//! `peers/pairs.txt`.

mod common;

use common::scapy::same_bytes;

const PAIRS: &str = include_str!("peers/pairs.txt");

#[test]
fn scapy_builds_the_same_bytes() {
    let lines: Vec<_> = PAIRS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let pairs: Vec<_> = lines.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    same_bytes(r#"J6 = lambda hlim: IPv6(src="2001:db8::1", dst="2001:db8::2", hlim=hlim)"#, &pairs);
}
