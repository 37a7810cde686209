//! The walking whole: the demo, its frame as other programs see it, and a crafted datagram that a kernel socket takes.

mod common;

use common::{Directory, Program, ethcraft, in_lab, peer, sniff, tcpdump};
use ethcraft::link::netns::Target;
use std::net::UdpSocket;
use std::time::Duration;

/// The demo's frame without its FCS.
const FRAME: &str = r#"eth dst=01:02:03:04:05:06 src=01:02:03:04:05:06 type=0x0801 / "["*30 "PAYLOAD" "]"*30"#;

/// The same with its FCS, byte for byte; the CRC by Python:
/// `f = bytes.fromhex('010203040506'*2 + '0801') + b'['*30 + b'PAYLOAD' + b']'*30; zlib.crc32(f).to_bytes(4, 'little')`.
fn bytes() -> String {
    format!("0102030405060102030405060801{}5041594c4f4144{}dd0ca196", "5b".repeat(30), "5d".repeat(30))
}

#[test]
fn the_demo_goes_through_all_its_steps() {
    let done = ethcraft(["demo", "--json"]).run().expect(0);
    let steps = done.objects();
    assert_eq!(steps.len(), 7, "{}", done.describe());
    assert!(steps.iter().all(|step| step["ok"] == true), "{}", done.describe());
}

#[test]
fn the_demo_is_readable_and_names_the_command_for_each_step() {
    let done = ethcraft(["demo"]).run().expect(0);
    for words in [
        "$ ethcraft ifaces",
        "$ ethcraft offload veth0 tx=off",
        "tx-checksum-ip-generic: on -> off",
        "85 of 85 bytes are as sent; FCS 0xdd0ca196 good",
        "fcs 0x1a2b3c4d BAD, right is 0xdd0ca196",
        "tx-checksum-ip-generic: off -> on",
        "All 7 steps went as they should",
    ] {
        assert!(done.stdout.contains(words), "no {words:?}\n{}", done.describe());
    }
    assert!(!done.stdout.contains('\x1b'), "colour where there is no terminal");
}

#[test]
fn the_commands_that_the_demo_prints_work_as_they_stand() {
    in_lab(&[], || {
        let told = ethcraft(["demo"]).run().expect(0);
        let commands = told.stdout.lines().filter_map(|line| line.trim_start().strip_prefix("$ "));
        // The first one begins the private network, in which this test is already.
        let script: Vec<_> = commands.filter(|command| *command != "ethcraft lab").collect();
        assert_eq!(script.len(), 10, "{}", told.describe());
        let script =
            script.join("; sleep 0.2; ").replacen("&;", "& A=$!; sleep 1;", 1).replacen("&;", "& B=$!; sleep 1;", 1);
        let script = format!("{script}; kill -INT $A; wait $A; echo first $?; wait $B; echo second $?");
        let path = format!(
            "{}:{}",
            std::path::Path::new(env!("CARGO_BIN_EXE_ethcraft")).parent().unwrap().display(),
            std::env::var("PATH").unwrap()
        );
        let done = Program::new("bash").arguments(["-m", "-c", &script]).environment("PATH", &path).run().expect(0);
        assert!(done.stdout.contains("first 0\n") && done.stdout.contains("second 0\n"), "{}", done.describe());
        assert_eq!(done.stdout.matches("fcs 0xdd0ca196 good").count(), 3, "{}", done.describe());
        assert_eq!(done.stdout.matches("fcs 0x1a2b3c4d BAD").count(), 1, "{}", done.describe());
    });
}

#[test]
fn the_demos_frame_arrives_byte_for_byte_as_dumpcap_tcpdump_and_tshark_see_it_too() {
    in_lab(&[], || {
        let (Some(dumpcap), Some(tshark)) = (peer("dumpcap"), peer("tshark")) else { return };
        let directory = Directory::new();
        let file = directory.file("peer.pcapng");
        let mut theirs = Program::new(dumpcap).arguments(["-q", "-i", "veth1", "-c", "1", "-w", &file]).start();
        theirs.wait_for("File: ");
        let ours = sniff(["veth1", "--json", "--fcs", "-c", "1"]);
        ethcraft(["send", "veth0", &format!("{FRAME} / fcs")]).run().expect(0);

        let ours = ours.finish().expect(0).json();
        assert_eq!(ours["length"], 85);
        assert_eq!(ours["layers"][2]["checks"]["value"]["good"], true, "{ours}");
        let ours = ours["expression"].as_str().unwrap();
        assert_eq!(ethcraft(["build", ours]).run().expect(0).stdout.trim(), bytes());

        theirs.finish().expect(0);
        let read = Program::new(tshark).arguments(["-r", &file, "-T", "jsonraw"]).run().expect(0);
        let read = read.json();
        assert_eq!(read[0]["_source"]["layers"]["frame_raw"][0], bytes());
        let Some(tcpdump) = tcpdump(&["-xx", "-r", &file]) else { return };
        let read = tcpdump.run().expect(0);
        let dump: String = read
            .stdout
            .lines()
            .filter_map(|line| line.trim().strip_prefix("0x")?.split_once(':'))
            .fold(String::new(), |all, (_, digits)| all + &digits.replace(' ', ""));
        assert_eq!(dump, bytes(), "{}", read.describe());
    });
}

#[test]
fn a_crafted_datagram_is_received_by_an_ordinary_socket() {
    in_lab(&["--hosts", "2"], || {
        let there: Target = "veth0@h2".parse().unwrap();
        let receiver = there.within(|| UdpSocket::bind("10.0.0.2:6667").unwrap()).unwrap();
        receiver.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let datagram = r#"ipv4 dst=10.0.0.2 / udp sport=5000 dport=6667 / "Hello you there!""#;
        ethcraft(["send", "veth0@h1", datagram]).run().expect(0);
        let mut buffer = [0; 64];
        let (length, from) = receiver.recv_from(&mut buffer).expect("the kernel takes the datagram");
        assert_eq!((&buffer[..length], from.to_string().as_str()), (&b"Hello you there!"[..], "10.0.0.1:5000"));

        // The same with a wrong checksum is not delivered: the kernel verifies it.
        receiver.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        let wrong = datagram.replace("dport=6667", "dport=6667 checksum=bad");
        ethcraft(["send", "veth0@h1", &wrong]).run().expect(0);
        assert!(receiver.recv_from(&mut buffer).is_err());
    });
}
