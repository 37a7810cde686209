//! `ask` against real hosts: the kernel's ARP, neighbour discovery, ICMP, UDP and TCP.

mod common;

use common::dialogue::{answer, answerer, ask, column, on_host, told};
use common::sending::{Peer, ip, says};
use common::{Directory, ethcraft, frame, in_lab, without};
use ethcraft::link::lookup;
use ethcraft::link::netns::Target;
use ethcraft::link::stop::Stop;
use ethcraft::link::tx::{self, Sender};
use nix::sys::signal::Signal;
use std::collections::BTreeSet;
use std::net::TcpListener;
use std::thread::spawn;

#[test]
fn an_arp_scan_finds_who_is_there_and_lists_the_others_as_ranges() {
    in_lab(&["--hosts", "3"], || {
        let done = ask(["veth0@h1", "--within", "200ms", "arp tpa=10.0.0.0/28"]).run().expect(0);
        let lines: Vec<&str> = done.stdout.lines().collect();
        assert_eq!(lines.len(), 2, "{}", done.describe());
        for (line, host) in lines.iter().zip(2..) {
            assert!(line.starts_with(&format!("tpa=10.0.0.{host} ")), "{line}");
            assert!(line.contains(&format!("arp reply 02:00:00:00:00:0{host} > 02:00:00:00:00:01")), "{line}");
            assert!(line.contains(" ms "), "{line}");
        }
        says(&done, "16 questions, 2 answered, 14 not");
        says(&done, "tpa=10.0.0.0..10.0.0.1,10.0.0.4..10.0.0.15");
        let some = ask(["veth0@h1", "--within", "200ms", "--all", "arp tpa=10.0.0.2..10.0.0.5"]).run().expect(1);
        says(&some, "2 of 4 questions have no answer");
        ask(["veth0@h1", "--all", "arp tpa=10.0.0.2..10.0.0.3"]).run().expect(0);
        let none = ask(["veth0@h1", "--within", "200ms", "arp tpa=10.0.0.9"]).run().expect(1);
        says(&none, "no answer came");
        // All hosts of the network are no next hop to ask for.
        let all = ask(["veth0@h1", "--within", "200ms", "ipv4 dst=10.0.0.255 / icmp / echo"]).run().expect(1);
        assert!(!all.stderr.contains("MAC address"), "{}", all.describe());
    });
}

#[test]
fn pings_are_numbered_and_each_pairs_with_its_own_reply() {
    in_lab(&["--hosts", "2"], || {
        let done = ask(["veth0@h1", "--json", "ipv4 dst=10.0.0.2 / icmp / echo / zero*1..20"]).run().expect(0);
        let (pairs, summary) = told(&done);
        assert_eq!((pairs.len(), &summary["answered"], &summary["answered_again"]), (20, &20.into(), &0.into()));
        assert_eq!(summary["filtered"], true);
        for (number, pair) in pairs.iter().enumerate() {
            let seq = format!("seq={}", number + 1);
            let length = format!("zero*{}", number + 1);
            for side in ["expression", "answer"] {
                let text = pair[side].as_str().unwrap();
                assert!(text.contains(&format!("{seq} /")) || text.ends_with(&seq), "{text}");
                assert!(number < 8 || text.ends_with(&length), "{text}");
            }
            assert_eq!((&pair["kind"], &pair["clock"]), (&"echo-reply".into(), &"kernel".into()));
            assert!(pair["ms"].as_f64().unwrap() > 0.0);
        }
    });
}

#[test]
fn ports_tell_open_from_closed_and_the_summary_says_which() {
    in_lab(&["--hosts", "2"], || {
        let target: Target = "veth0@h2".parse().unwrap();
        let _open = target.within(|| ["10.0.0.2:7", "10.0.0.2:22"].map(|at| TcpListener::bind(at).unwrap())).unwrap();
        let done = ask(["veth0@h1", "-q", "ipv4 dst=10.0.0.2 / tcp dport=1..40 flags=syn"]).run().expect(0);
        assert_eq!(done.stdout, "");
        says(&done, "40 questions, 40 answered");
        let line = |kind: &str| done.stderr.lines().find(|line| line.contains(kind)).unwrap_or_default().to_owned();
        assert!(line("tcp syn+ack").ends_with(" 2  dport=7,22"), "{}", done.describe());
        assert!(line("rst").ends_with(" 38  dport=1..6,8..21,23..40"), "{}", done.describe());
        let closed = ask(["veth0@h1", "ipv4 dst=10.0.0.2 / udp dport=33434..33436"]).run().expect(0);
        assert_eq!(closed.stdout.matches("(port unreachable)").count(), 3, "{}", closed.describe());
    });
}

/// h2 is a router between h1 and h3, all on one link.
#[test]
fn a_traceroute_pairs_the_routers_errors_and_the_hosts_reply() {
    in_lab(&["--hosts", "3"], || {
        let router = "cd /proc/sys/net/ipv4; echo 0 > conf/all/send_redirects; echo 0 > conf/veth0/send_redirects; \
                      echo 1 > ip_forward; ip address add 10.1.0.1/24 dev veth0";
        let Some(_) = on_host("h2", router) else { return };
        on_host("h3", "ip address add 10.1.0.3/24 dev veth0; ip route add 10.0.0.1 via 10.1.0.1");
        on_host("h1", "ip route add 10.1.0.0/24 via 10.0.0.2");
        let trace = "ipv4 dst=10.1.0.3 ttl=1..4 / icmp / echo";
        let (pairs, _) = told(&ask(["veth0@h1", "--json", "--all", trace]).run().expect(0));
        let by_label: BTreeSet<(String, String)> =
            pairs.iter().map(|p| (p["label"].as_str().unwrap().into(), p["kind"].as_str().unwrap().into())).collect();
        let expected = [
            ("ttl=1", "time-exceeded (TTL used up)"),
            ("ttl=2", "echo-reply"),
            ("ttl=3", "echo-reply"),
            ("ttl=4", "echo-reply"),
        ];
        assert_eq!(by_label, expected.map(|(label, kind)| (label.to_owned(), kind.to_owned())).into());
        let first = pairs.iter().find(|pair| pair["label"] == "ttl=1").unwrap();
        assert_eq!(first["error"], true);
        assert!(first["answer"].as_str().unwrap().contains("ipv4 dscp=cs6"), "{first}");
        assert!(first["answer"].as_str().unwrap().contains("src=10.0.0.2 dst=10.0.0.1 / icmp"), "{first}");
        // It went by the router, which was asked for.
        let done = ask(["veth0@h1", trace]).run().expect(0);
        says(&done, "10.0.0.2 is at 02:00:00:00:00:02, the next hop to 10.1.0.3");
    });
}

#[test]
fn over_ipv6_neighbours_are_found_and_pinged() {
    in_lab(&["--hosts", "2"], || {
        let Some(_) = on_host("h1", "ip address add 2001:db8::1/64 dev veth0 nodad") else { return };
        on_host("h2", "ip address add 2001:db8::2/64 dev veth0 nodad");
        // A new address is in use a little later.
        let patience = ["--within", "300ms", "--retry", "10"];
        ask(["veth0@h1", "ns target=2001:db8::2 {slla}"]).arguments(patience).run().expect(0);
        let set = "ns target=2001:db8::2..2001:db8::4 {slla}";
        let done = ask(["veth0@h1", "--within", "300ms", "--retry", "2", set]).run().expect(0);
        assert_eq!(done.stdout.lines().count(), 1, "{}", done.describe());
        assert!(done.stdout.starts_with("target=2001:db8::2 "), "{}", done.stdout);
        says(&done, "target=2001:db8::3..2001:db8::4");
        let done = ask(["veth0@h1", "--resolve", "ipv6 dst=2001:db8::2 / icmpv6 / echo"]).run().expect(0);
        says(&done, "2001:db8::2 is at 02:00:00:00:00:02");
        assert!(done.stdout.contains("icmpv6 checksum good / echo-reply"), "{}", done.stdout);
        let done = ask(["veth0@h1", "ipv6 dst=2001:db8::2 / udp dport=33434"]).run().expect(0);
        assert!(done.stdout.contains("unreach (port unreachable)"), "{}", done.stdout);
    });
}

#[test]
fn a_question_is_asked_again_until_it_is_answered() {
    in_lab(&[], || {
        let question = "arp spa=10.0.0.1 tpa=10.0.0.9";
        let reply = frame(
            "eth dst=02:00:00:00:00:01 src=02:00:00:00:00:09 / arp op=reply spa=10.0.0.9 tha=02:00:00:00:00:01 tpa=10.0.0.1",
        );
        let third = answerer(3, vec![reply]);
        let done = ask(["veth0", "--json", "--within", "100ms", "--retry", "100", question]).run().expect(0);
        third.join().unwrap();
        let (pairs, summary) = told(&done);
        assert!(pairs[0]["asked"].as_u64().unwrap() >= 3, "{}", pairs[0]);
        assert_eq!(summary["sent"], pairs[0]["asked"]);

        let mut peer = Peer::open("veth1");
        let done = ask(["veth0", "--json", "--within", "20ms", "--retry", "2", question]).run().expect(1);
        assert_eq!((told(&done).1["sent"].as_u64(), peer.rest().len()), (Some(3), 3));
    });
}

#[test]
fn every_further_answer_is_told() {
    in_lab(&[], || {
        let reply = |mac: &str| {
            frame(&format!(
                "eth dst=02:00:00:00:00:01 src={mac} / arp op=reply spa=10.0.0.9 tha=02:00:00:00:00:01 tpa=10.0.0.1"
            ))
        };
        let two = answerer(1, vec![reply("02:00:00:00:00:08"), reply("02:00:00:00:00:09")]);
        let mut asking = ask(["veth0", "--linger", "20s", "arp spa=10.0.0.1 tpa=10.0.0.9"]).start();
        asking.wait_for_output("(answer 2)");
        asking.signal(Signal::SIGINT);
        two.join().unwrap();
        let done = asking.finish().expect(0);
        says(&done, "1 question, 1 answered (1 more than once)");
        assert!(
            done.stdout.contains("02:00:00:00:00:08") && done.stdout.contains("02:00:00:00:00:09"),
            "{}",
            done.stdout
        );
    });
}

#[test]
fn a_pattern_says_what_an_answer_is() {
    in_lab(&[], || {
        let running =
            answer(["veth1", "eth type=0x88b5 then eth type=0x0801 / \"yes, \" / ..".replace(" / ..", "").as_str()]);
        let hello = "eth dst=02:00:00:00:00:02 / \"hello\" / u8=1..3";
        let done = ask(["veth0", "--all", "--reply", "eth type=0x0801 / \"yes\"", hello]).run().expect(0);
        assert_eq!(done.stdout.matches("\"yes, \"").count(), 3, "{}", done.describe());
        let done = ask(["veth0", "--within", "100ms", "--reply", "eth type=0x0801 / \"no\"", hello]).run().expect(1);
        says(&done, "no answer came");
        drop(running);
    });
}

#[test]
fn send_resolves_the_next_hop_and_sends_nothing_where_it_is_silent() {
    in_lab(&["--hosts", "2"], || {
        let mut host = Peer::open("veth0@h2");
        let done = common::sending::send(["veth0@h1", "--resolve", "ipv4 dst=10.0.0.2 / udp dport=9"]).run().expect(0);
        says(&done, "10.0.0.2 is at 02:00:00:00:00:02");
        let sent = host.rest().into_iter().find(|frame| frame[12..14] == [8, 0]).expect("the datagram came");
        assert_eq!(sent[..6], [2, 0, 0, 0, 0, 2]);
        let done = common::sending::send(["veth0@h1", "--resolve", "ipv4 dst=10.0.0.9 / udp dport=9"]).run().expect(1);
        says(&done, "10.0.0.9 did not say its MAC address");
        assert!(host.rest().iter().all(|frame| frame[12..14] == [8, 6]), "nothing but ARP");
        let done = ask(["veth0@h1", "--resolve", "ipv4 dst=10.0.0.9 / icmp / echo"]).run().expect(1);
        says(&done, "10.0.0.9 did not say its MAC address");
    });
}

#[test]
fn check_resolves_the_next_hop_and_the_frames_arrive_there() {
    in_lab(&["--hosts", "2"], || {
        let check = |to: &str| ethcraft(["check", "veth0@h1", "veth0@h2", "-c", "20", "--resolve", to]);
        let done = check("ipv4 dst=10.0.0.2 / udp dport=9 / zero*64").run().expect(0);
        says(&done, "10.0.0.2 is at 02:00:00:00:00:02");
        says(
            &check("ipv4 dst=10.0.0.9 / udp dport=9 / zero*64").run().expect(1),
            "10.0.0.9 did not say its MAC address",
        );
    });
}

#[test]
fn questions_in_a_file_are_told_by_their_lines() {
    in_lab(&["--hosts", "2"], || {
        let directory = Directory::new();
        let file = directory.file("questions");
        std::fs::write(
            &file,
            "arp tpa=10.0.0.2\n# a comment\nipv4 dst=10.0.0.2 / icmp / echo\narp tpa=10.0.0.8..10.0.0.9\n",
        )
        .unwrap();
        let done = ask(["veth0@h1", "--json", "--within", "200ms", "-f", &file]).run().expect(0);
        let (pairs, summary) = told(&done);
        assert_eq!(column(&pairs, "label"), [format!("{file}:1"), format!("{file}:3")]);
        assert_eq!(column(&pairs, "kind"), ["arp reply", "echo-reply"]);
        assert_eq!(column(summary["unanswered"].as_array().unwrap(), "from"), [format!("{file}:4 tpa=10.0.0.8")]);
    });
}

#[test]
fn what_is_wrong_is_told_before_anything_is_sent() {
    in_lab(&[], || {
        let mut peer = Peer::open("veth1");
        says(&ask(["veth0", "arp tpa=10.0.0.300 spa=10.0.0.1"]).run().expect(2), "^^^");
        says(&ask(["veth0", "arp spa=10.0.0.1", "--reply", "arp opp=reply"]).run().expect(2), "did you mean 'op'?");
        says(&ask(["veth9", "arp"]).run().expect(2), "there is no interface 'veth9'");
        says(&ask(["veth0", "arp"]).run().expect(2), "veth0 has no IPv4 address to fill into 'arp spa'");
        says(&ask(["veth0", "arp spa=10.0.0.1 tpa=10.0.0.0/8"]).run().expect(2), "more than 1048576 questions");
        says(&ask(["veth0", "eth / zero*2000"]).run().expect(3), "its MTU of 1500");
        assert!(peer.rest().is_empty());
        let Some(powerless) = without("net_raw", ["ask", "veth0", "arp spa=10.0.0.1"]) else { return };
        says(&powerless.run().expect(3), "not permitted");
    });
}

#[test]
fn an_interface_that_goes_down_ends_it() {
    in_lab(&[], || {
        let mut peer = Peer::open("veth1");
        let running = ask(["veth0", "--within", "60s", "arp spa=10.0.0.1 tpa=10.0.0.9"]).start();
        peer.take(1);
        let Some(()) = ip(["link", "set", "veth0", "down"]) else { return };
        let done = running.finish().expect(4);
        says(&done, "veth0 is down");
        says(&done, "1 question, 0 answered, 1 not");
    });
}

#[test]
fn answers_are_heard_among_many_frames_of_others() {
    in_lab(&[], || {
        let _running = answer(["veth1", "vlan=5 / arp op=request tpa=10.0.0.9 then vlan / arp"]);
        let stop = Stop::new();
        let theirs = stop.clone();
        let others = spawn(move || {
            // A tag that the kernel takes out, and none.
            let others = ["vlan=5 / arp spa=10.0.0.7 tpa=10.0.0.9", "arp op=reply spa=10.0.0.9", "ipv4 / udp / \"x\""];
            let others = others.map(|text| frame(&format!("eth src=02:00:00:00:00:99 / {text}")));
            let (mut sent, mut sender) = (0, Sender::open(&lookup("veth1").unwrap(), &tx::Options::default()).unwrap());
            while !theirs.requested() {
                for other in &others {
                    sender.push(other, &Stop::new()).unwrap();
                    sent += 1;
                }
                sender.flush(&Stop::new()).unwrap();
            }
            sent
        });
        let question = ["ask", "veth0", "--json", "--within", "5s", "vlan=5 / arp spa=10.0.0.1 tpa=10.0.0.9"];
        let done = ethcraft(question).run().expect(0);
        let all = ethcraft(question).arguments(["--no-filter"]).run();
        stop.request();
        assert!(others.join().unwrap() > 0);
        let (pairs, summary) = told(&done);
        assert_eq!((pairs.len(), &summary["filtered"], &summary["dropped"]), (1, &true.into(), &0.into()));
        assert_eq!(pairs[0]["clock"], "kernel");
        assert_eq!(told(&all).1["filtered"], false);
    });
}
