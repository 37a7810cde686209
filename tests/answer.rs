//! `answer`: hosts that are not there, against the kernel's own `ping`, and against arping and traceroute; rules; frames
//! sent back.

mod common;

use common::dialogue::{answer, on_host, told};
use common::sending::{Peer, build, ip, says, send};
use common::{Directory, Program, Running, ethcraft, in_lab, peer, skipped, without};
use ethcraft::link::netns::Target;
use nix::sys::signal::Signal;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

/// Ends it as Ctrl-C does, and gives what it said.
fn ended(running: Running) -> common::Done {
    running.signal(Signal::SIGINT);
    running.finish().expect(0)
}

/// A peer's program on h1.
fn from_h1(program: &str, arguments: &[&str]) -> Option<Program> {
    let (ip, program) = (peer("ip")?, peer(program)?);
    Some(Program::new(ip).arguments(["netns", "exec", "h1", &program]).arguments(arguments))
}

#[test]
fn ping_is_satisfied_by_a_host_that_is_not_there() {
    in_lab(&["--hosts", "2"], || {
        let Some(_) = on_host("h1", "ip address add 2001:db8::1/64 dev veth0 nodad") else { return };
        let running = answer(["veth0@h2", "--ping", "10.0.0.9", "--ping", "2001:db8::9"]);
        for (host, size) in [("10.0.0.9", "56"), ("10.0.0.9", "1472"), ("2001:db8::9", "56"), ("2001:db8::9", "1400")] {
            let arguments = ["-n", "-c", "3", "-i", "0.2", "-W", "5", "-s", size, host];
            let Some(ping) = from_h1("ping", &arguments) else { return };
            let done = ping.run().expect(0);
            assert!(done.stdout.contains("3 received"), "{}", done.describe());
            // ping looks at every byte that comes back.
            assert!(!done.stdout.contains("wrong data"), "{}", done.describe());
        }
        let done = ended(running);
        let pings = done.stderr.lines().find(|line| line.trim_start().starts_with("ping")).unwrap_or_default();
        assert!(pings.ends_with(" 12"), "{}", done.describe());
    });
}

#[test]
fn arping_finds_every_address_of_a_set_but_those_of_real_hosts() {
    in_lab(&["--hosts", "2"], || {
        let running = answer(["veth0@h2", "--arp", "10.0.0.0/25"]);
        for host in ["10.0.0.9", "10.0.0.127"] {
            let Some(arping) = from_h1("arping", &["-c", "2", "-w", "5", "-I", "veth0", host]) else { return };
            let done = arping.run();
            if done.stderr.contains("ermission") {
                return skipped("arping may not run in a lab of this user");
            }
            let done = done.expect(0);
            assert!(done.stdout.contains("02:00:00:00:00:02"), "{}", done.describe());
        }
        // h2's own address is the kernel's to answer: one reply and not two.
        let scan = ethcraft(["ask", "veth0@h1", "--json", "--linger", "300ms", "arp tpa=10.0.0.2"]).run().expect(0);
        assert_eq!(told(&scan).1["answered_again"], 0);
        let outside = ["ask", "veth0@h1", "--within", "200ms", "arp tpa=10.0.0.128"];
        ethcraft(outside).run().expect(1);
        ended(running);
    });
}

#[test]
fn traceroute_ends_at_a_host_that_is_not_there() {
    in_lab(&["--hosts", "2"], || {
        let Some(_) = on_host("h1", "ip address add 2001:db8::1/64 dev veth0 nodad") else { return };
        let _running = answer(["veth0@h2", "--ping", "10.0.0.9,10.0.0.11", "--ping", "2001:db8::9"]);
        for (host, how) in
            [("10.0.0.11", "--udp"), ("10.0.0.9", "--icmp"), ("2001:db8::9", "--udp"), ("2001:db8::9", "--icmp")]
        {
            let how = if how == "--udp" { "-U" } else { "-I" };
            // Its first lines may be lost to a name of its own address; -m keeps a failure short.
            let Some(traceroute) = from_h1("traceroute", &[how, "-n", "-m", "3", "-w", "5", host]) else { return };
            let done = traceroute.run().expect(0);
            let hops: Vec<&str> = done.stdout.lines().skip(1).collect();
            assert!(hops.len() == 1 && hops[0].contains(host), "{}", done.describe());
        }
    });
}

#[test]
fn rules_answer_from_a_file_and_the_command_line_and_the_first_that_fits_wins() {
    in_lab(&[], || {
        let directory = Directory::new();
        let file = directory.file("rules");
        let text = "# two rules\nudp dport=7 then udp / ..\n\nudp then udp / \\\n  \"other\"\n";
        std::fs::write(&file, text).unwrap();
        let running = answer(["veth1", "--json", "udp dport=9 then udp / \"nine\"", "-f", &file]);
        let mut wire = Peer::open("veth0");
        let question = |port| format!("ipv4 src=10.0.0.1 dst=10.0.0.9 / udp sport=5000 dport={port} / \"question\"");
        let answer = |port, said| {
            format!(
                "eth dst=02:00:00:00:00:01 src=02:00:00:00:00:02 / ipv4 src=10.0.0.9 dst=10.0.0.1 / \
                 udp sport={port} dport=5000 / \"{said}\""
            )
        };
        for (port, said) in [(7, "question"), (8, "other"), (9, "nine")] {
            send(["veth0", "-q", &question(port)]).run().expect(0);
            assert_eq!(wire.take(1), build(&[&answer(port, said)]), "port {port}");
        }
        send(["veth0", "-q", "ipv4 src=10.0.0.1 dst=10.0.0.9 / tcp"]).run().expect(0);
        assert!(wire.rest().is_empty(), "no rule is for TCP");
        let (pairs, summary) = told(&ended(running));
        assert_eq!((pairs.len(), &summary["answered"]), (3, &3.into()));
        assert_eq!(
            common::dialogue::column(&pairs, "rule"),
            [format!("{file}:2"), format!("{file}:4"), "rule 1".into()]
        );
        assert!(
            pairs[0]["answer"].as_str().unwrap().ends_with("/ udp sport=7 dport=5000 / \"question\""),
            "{}",
            pairs[0]
        );
    });
}

#[test]
fn the_kernel_speaks_tcp_with_a_host_that_is_not_there() {
    in_lab(&["--hosts", "2"], || {
        let to = "ipv4 dst=10.0.0.9 / tcp dport=80";
        let rules = [
            format!("{to} flags=syn then tcp flags=syn+ack"),
            format!("{to} fin=1 then tcp flags=fin+ack"),
            format!("{to} / 0x00 then tcp flags=ack"),
        ];
        let rules = rules.iter().map(String::as_str);
        let arguments = ["veth0@h2", "--json", "--mac", "02:00:00:00:00:99", "--arp", "10.0.0.9"];
        let running = answer(arguments.into_iter().chain(rules));
        let h1: Target = "veth0@h1".parse().unwrap();
        let said = h1.within(|| {
            let mut stream = TcpStream::connect("10.0.0.9:80").unwrap();
            stream.write_all(&vec![0; 30_000]).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let mut said = Vec::new();
            stream.read_to_end(&mut said).map(|_| said)
        });
        assert_eq!(said.unwrap().unwrap(), b"");
        let (pairs, summary) = told(&ended(running));
        let questions = common::dialogue::column(&pairs, "question");
        // Segments that the kernel did not divide are longer than a slot of the ring.
        let carried = questions.iter().filter_map(|text| text.rsplit_once("zero*")?.1.parse::<usize>().ok());
        assert!(carried.max() > Some(2048), "{questions:#?}");
        assert_eq!(summary["too_long"], 0);
    });
}

#[test]
fn every_frame_to_one_station_comes_back_with_its_addresses_swapped() {
    in_lab(&[], || {
        reflected(&[]);
        reflected(&["--engine", "xdp"]);
    });
}

/// Frames sent to it come back as they were, by this engine.
fn reflected(engine: &[&str]) {
    let running = answer(["veth1", "--reflect"].into_iter().chain(engine.iter().copied()));
    let mut wire = Peer::open("veth0");
    let rest = "/ vlan=5 / u32=0..4999 / zero*0..1";
    let there = format!("eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 {rest}");
    let back = format!("eth dst=02:00:00:00:00:01 src=02:00:00:00:00:02 {rest}");
    send(["veth0", "-q", &there]).run().expect(0);
    assert!(wire.take(10_000) == build(&[&back]), "each once, in order");
    send(["veth0", "-q", "eth src=02:00:00:00:00:01 / \"to all\""]).run().expect(0);
    send(["veth0", "-q", "eth dst=02:00:00:00:00:01 src=02:00:00:00:00:02 / \"its own\""]).run().expect(0);
    assert!(wire.rest().is_empty(), "a group has no answer, and one's own frame neither");
    says(&ended(running), "10000 frames answered of 10002 seen");
}

#[test]
fn two_reflectors_do_not_send_a_frame_back_and_forth_for_ever() {
    in_lab(&[], || {
        let (near, far) = (answer(["veth0", "--reflect"]), answer(["veth1", "--reflect"]));
        let mut wire = Peer::open("veth0");
        send(["veth0", "-q", "eth dst=02:00:00:00:00:42 src=02:00:00:00:00:43 / \"round\""]).run().expect(0);
        // Until nothing comes any more.
        let came = wire.rest().len();
        assert!((500..5000).contains(&came), "{came} frames came");
        let (near, far) = (ended(near), ended(far));
        assert!(
            format!("{}{}", near.stderr, far.stderr).contains("1 frame held back"),
            "{}\n{}",
            near.stderr,
            far.stderr
        );
    });
}

#[test]
fn a_count_and_a_duration_end_it() {
    in_lab(&[], || {
        let mut running = answer(["veth1", "--json", "-c", "2", "eth type=0x88b5 then eth / \"yes\""]);
        send(["veth0", "-q", "eth src=02:00:00:00:00:01 / u8=1..5"]).run().expect(0);
        running.wait_for_output("summary");
        let (pairs, summary) = told(&running.finish().expect(0));
        assert_eq!((pairs.len(), &summary["answered"], &summary["end"]), (2, &2.into(), &"complete".into()));
        let running = answer(["veth1", "--json", "--duration", "50ms", "--reflect"]);
        assert_eq!(told(&running.finish().expect(0)).1["end"], "time");
    });
}

#[test]
fn each_question_and_its_answer_are_shown() {
    in_lab(&[], || {
        let mut running = answer(["veth1", "-v", "--mac", "02:00:00:00:00:77", "--arp", "10.0.0.9"]);
        send(["veth0", "-q", "arp spa=10.0.0.1 tpa=10.0.0.9"]).run().expect(0);
        running.wait_for_output("-> ");
        let done = ended(running);
        let lines: Vec<&str> = done.stdout.lines().collect();
        assert!(
            lines[0].contains(" arp: eth 02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff / arp request"),
            "{}",
            done.describe()
        );
        assert!(
            lines[1].contains("-> eth 02:00:00:00:00:77 > 02:00:00:00:00:01 / arp reply 02:00:00:00:00:77"),
            "{}",
            lines[1]
        );
    });
}

#[test]
fn wrong_rules_are_told_with_carets_both_sides_at_once() {
    in_lab(&[], || {
        let wrong = |arguments: &[&str]| ethcraft(["answer", "veth1"]).arguments(arguments).run().expect(2);
        let done = wrong(&["arp opp=request then arp op=replay"]);
        says(&done, "'arp' has no field 'opp'");
        says(&done, "replay");
        assert_eq!(done.stderr.matches('^').count(), 3 + 6, "{}", done.stderr);
        says(&wrong(&["arp op=request"]), "'then' is missing");
        says(&wrong(&["arp then eth / .. / arp"]), "'..' may only end the answer");
        says(&wrong(&["arp then \"x\" / .."]), "'..' has no layer before it");
        says(&wrong(&[]), "there is nothing to answer");
        for address in ["10.0.0.1/24", "ten", "10.0.0.9..10.0.0.1", "10.0.0.1,::1"] {
            let done = wrong(&["--arp", address]);
            says(&done, address);
        }
        says(&wrong(&["--mac", "02:00", "--arp", "10.0.0.9"]), "--mac");
        says(&wrong(&["-f", "/nowhere/rules"]), "cannot read /nowhere/rules");
        let directory = Directory::new();
        let file = directory.file("rules");
        std::fs::write(&file, "arp then arp\nudp then upd\n").unwrap();
        let done = wrong(&["-f", &file]);
        says(&done, &format!("{file}:2"));
        says(&done, "did you mean 'udp'?");
    });
}

#[test]
fn a_missing_right_and_a_missing_interface_have_their_exit_statuses() {
    in_lab(&[], || {
        says(&ethcraft(["answer", "veth9", "--reflect"]).run().expect(2), "there is no interface 'veth9'");
        let Some(powerless) = without("net_raw", ["answer", "veth1", "--reflect"]) else { return };
        says(&powerless.run().expect(3), "not permitted");
        let running = answer(["veth1", "--reflect"]);
        let Some(()) = ip(["link", "delete", "veth0"]) else { return };
        says(&running.finish().expect(4), "interface removed");
    });
}

#[test]
fn it_goes_on_when_the_interface_is_up_again() {
    in_lab(&[], || {
        let mut running = answer(["veth1", "eth type=0x88b5 then eth / \"yes\""]);
        let Some(()) = ip(["link", "set", "veth1", "down"]) else { return };
        running.wait_for("veth1 is down");
        ip(["link", "set", "veth1", "up"]);
        let mut wire = Peer::open("veth0");
        let ask = ["ask", "veth0", "--retry", "50", "--within", "100ms", "--reply", "eth type=0x88b5 / \"yes\""];
        ethcraft(ask).arguments(["eth dst=02:00:00:00:00:02 / \"there?\""]).run().expect(0);
        assert!(!wire.rest().is_empty());
        ended(running);
    });
}
