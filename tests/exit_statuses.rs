//! The exit statuses of docs/design.md, command by command: what a command can give is shown here or in the test named.
//!
//! | command | 0 | 1 | 2 | 3 | 4 |
//! |---|---|---|---|---|---|
//! | `build`, `decode` | here | no: nothing is expected | here | no: they open no socket | here: disk full |
//! | `diff` | here | here: they differ | here | no: as `build` | here: disk full |
//! | `fields`, `completions`, `man` | here | no: as `build` | here | no: as `build` | here: disk full |
//! | `send` | here | here: a silent next hop | here | here | here: no link |
//! | `sniff` | here | here: nothing came | here | here | here: disk full; `sniff_link`: no link |
//! | `ask` | here | here: no answer | here | here | here: no link |
//! | `answer` | here | no: it waits for whatever comes | here | here | here: no link |
//! | `check` | here | here: a frame is lost | here | here | here: no link |
//! | `test` | here | here: a case fails | here | here: no private network | here: disk full; `suite`: setup failed |
//! | `offload` | here | here: what arrives contradicts the state | here | here | here: disk full |
//! | `lab` | here: the command's | its command's | here | here: no private network | its command's; its own where the kernel fails, which nothing here brings about |
//! | `ifaces` | here | no: nothing is expected | here | here: another's namespace | here: disk full |
//! | `doctor` | here | no: whatever it finds is an answer | here | here | here: disk full |
//! | `demo` | here | `src/cli/demo.rs`: a step fails, which no sound kernel makes happen | here | here: no private network | here: disk full |

mod common;

use common::{Directory, Done, Program, ethcraft, in_lab, sending, without, without_namespaces};

const ETHCRAFT: &str = env!("CARGO_BIN_EXE_ethcraft");

const FRAME: &str = "eth / zero*60";
const QUESTION: &str = "arp spa=10.0.0.1 tpa=10.0.0.9";

/// Runs ethcraft with its results going to a disk that is full.
fn on_a_full_disk(arguments: &[&str]) -> Done {
    Program::new("sh").arguments(["-c", "exec \"$@\" > /dev/full", "sh", ETHCRAFT]).arguments(arguments).run()
}

/// A suite of one case: what is sent at one end of a cable comes out at the other, so many times.
fn suite(directory: &Directory, frames: u32) -> String {
    let path = directory.file("suite.toml");
    let text = format!(
        "[lab]\nhosts = [\"a\", \"b\"]\ncables = [\"eth0@a -- eth0@b\"]\n[[case]]\nname = \"it comes\"\nwithin = \"200ms\"\n\
         send = [{{ from = \"eth0@a\", frame = 'eth / \"it comes\"' }}]\n\
         expect = [{{ at = \"eth0@b\", frame = '\"it comes\"', count = {frames} }}]\n"
    );
    std::fs::write(&path, text).expect("a suite");
    path
}

/// Runs, one after the other, a command line of each command that prints a result and needs no interface.
fn each_that_prints(run: impl Fn(&[&str]) -> Done) {
    let directory = Directory::new();
    let suite = suite(&directory, 1);
    let hex = directory.file("frame.hex");
    std::fs::write(&hex, "ffffffffffff0200000000010801").expect("a file");
    for command in [
        &["build", "arp"][..],
        &["decode", &hex],
        &["fields", "udp"],
        &["completions", "bash"],
        &["man", "send"],
        &["ifaces"],
        &["demo"],
        &["test", &suite],
    ] {
        run(command);
    }
}

#[test]
fn what_is_done_is_0() {
    each_that_prints(|command| ethcraft(command).run().expect(0));
    ethcraft(["diff", "--frames", "arp", "arp"]).run().expect(0);
    ethcraft(["lab", "--", "true"]).run().expect(0);
    in_lab(&[], || {
        for command in [
            &["send", "veth0", FRAME][..],
            &["sniff", "veth0", "--timeout", "0.01"],
            &["answer", "veth0", "--reflect", "--duration", "10ms"],
            &["check", "veth0", "veth1", FRAME],
            &["offload", "veth0"],
            &["doctor", "veth0", "--passive"],
        ] {
            ethcraft(command).run().expect(0);
        }
    });
}

#[test]
fn what_was_asked_for_and_did_not_come_is_1() {
    let directory = Directory::new();
    let suite = suite(&directory, 2);
    ethcraft(["diff", "--frames", "arp", "arp op=reply"]).run().expect(1);
    ethcraft(["test", &suite]).run().expect(1);
    ethcraft(["lab", "--", "false"]).run().expect(1);
    in_lab(&["--hosts", "2"], || {
        for command in [
            &["sniff", "veth0@h1", "--expect", "1", "--within", "10ms"][..],
            &["ask", "veth0@h1", "--within", "50ms", "arp tpa=10.0.0.99"],
            &["send", "veth0@h1", "--resolve", "ipv4 dst=10.0.0.99 / udp"],
            &["check", "veth0@h1", "lo@h2", FRAME],
            &["offload", "veth0@h1", "--prove", "--peer", "lo@h2"],
        ] {
            ethcraft(command).run().expect(1);
        }
    });
}

#[test]
fn a_wrong_command_line_or_input_is_2() {
    let directory = Directory::new();
    let file = directory.file("wrong");
    std::fs::write(&file, "what is this?").expect("a file");
    for command in [
        &["build", "udp dprt=53"][..],
        &["decode", "/dev/null"],
        &["diff", "--frames", "arp", "arp op="],
        &["send", "nope-0", "arp"],
        &["sniff", "nope-0"],
        &["ask", "nope-0", "arp"],
        &["answer", "nope-0", "--reflect"],
        &["check", "nope-0", "nope-1", "arp"],
        &["test", &file],
        &["offload", "nope-0"],
        &["lab", "--", "no-such-command"],
        &["lab", "--hosts", "0", "--", "true"],
        &["ifaces", "--netns", "nope-0"],
        &["doctor", "nope-0"],
        &["fields", "nope-0"],
        &["completions", "nope-0"],
        &["man", "nope-0"],
        &["demo", "nope-0"],
    ] {
        ethcraft(command).run().expect(2);
    }
}

#[test]
fn what_is_not_permitted_is_3() {
    in_lab(&[], || {
        for command in [
            &["send", "veth0", FRAME][..],
            &["sniff", "veth0", "--timeout", "1"],
            &["ask", "veth0", QUESTION],
            &["answer", "veth0", "--reflect"],
            &["check", "veth0", "veth1", FRAME],
            &["offload", "veth0", "tx=off"],
            &["doctor", "veth0"],
        ] {
            let Some(powerless) = without("all", command.iter().copied()) else { return };
            powerless.run().expect(3);
        }
    });
    let directory = Directory::new();
    let suite = suite(&directory, 1);
    for command in [&["lab", "--", "true"][..], &["demo"], &["test", &suite]] {
        let Some(confined) = without_namespaces(command.iter().copied()) else { return };
        confined.run().expect(3);
    }
}

#[test]
fn the_namespace_of_somebody_else_is_not_permitted_either() {
    in_lab(&["--hosts", "2"], || {
        let Some(powerless) = without("all", ["ifaces", "--netns", "h2"]) else { return };
        powerless.run().expect(3);
    });
}

#[test]
fn a_full_disk_is_4() {
    each_that_prints(|command| on_a_full_disk(command).expect(4));
    on_a_full_disk(&["diff", "--frames", "arp", "arp op=reply"]).expect(4);
    in_lab(&[], || {
        on_a_full_disk(&["offload", "veth0"]).expect(4);
        on_a_full_disk(&["doctor", "veth0", "--passive"]).expect(4);
        let mut sniffer = Program::new("sh")
            .arguments(["-c", "exec \"$@\" > /dev/full", "sh", ETHCRAFT, "sniff", "veth1", "-c", "1"])
            .start();
        sniffer.wait_for("sniffing on ");
        sending::send(["veth0", FRAME]).run().expect(0);
        sniffer.finish().expect(4);
    });
}

#[test]
fn an_interface_without_a_link_is_4() {
    in_lab(&[], || {
        let Some(()) = sending::ip(["link", "set", "veth0", "down"]) else { return };
        for command in [
            &["send", "veth0", FRAME][..],
            &["ask", "veth0", QUESTION],
            &["answer", "veth0", "--reflect"],
            &["check", "veth0", "veth1", FRAME],
        ] {
            ethcraft(command).run().expect(4);
        }
    });
}
