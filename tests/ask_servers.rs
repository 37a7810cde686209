//! `ask` against dnsmasq, for DNS and DHCP.

mod common;

use common::dialogue::{ask, column, told};
use common::{Directory, Program, Running, in_lab, peer};

/// dnsmasq on h2 that knows www.example.com and has addresses to give; nothing where it is missing.
fn dnsmasq(directory: &Directory) -> Option<Running> {
    let (ip, dnsmasq) = (peer("ip")?, peer("dnsmasq")?);
    let leases = format!("--dhcp-leasefile={}", directory.file("leases"));
    let mut running = Program::new(ip)
        .arguments([
            "netns",
            "exec",
            "h2",
            &dnsmasq,
            "--no-daemon",
            "--conf-file=/dev/null",
            "--no-hosts",
            "--no-resolv",
        ])
        .arguments(["--interface=veth0", "--except-interface=lo", "--bind-interfaces", "--no-ping", "--log-facility=-"])
        .arguments(["--address=/www.example.com/192.0.2.80", "--dhcp-range=10.0.0.100,10.0.0.110,255.255.255.0,1h"])
        .arguments([&leases])
        .start();
    running.wait_for("DHCP, sockets bound");
    Some(running)
}

#[test]
fn a_name_server_s_answers_pair_by_their_identifiers() {
    in_lab(&["--hosts", "2"], || {
        let directory = Directory::new();
        let Some(_server) = dnsmasq(&directory) else { return };
        // One source port for all: only the identifier tells them apart.
        let set = "ipv4 dst=10.0.0.2 / udp sport=5353 dport=53 / dns {q=www.example.com,example.org,www.example.com type=a,aaaa}";
        let (pairs, summary) = told(&ask(["veth0@h1", "--json", "--all", set]).run().expect(0));
        assert_eq!((pairs.len(), &summary["answered_again"]), (6, &0.into()));
        for pair in &pairs {
            let (question, answer) = (pair["expression"].as_str().unwrap(), pair["answer"].as_str().unwrap());
            let asked = question.split_once("{q=").unwrap().1.trim_end_matches('}');
            assert!(answer.contains(asked), "{question}\n{answer}");
        }
        let found = pairs.iter().filter(|pair| pair["answer"].as_str().unwrap().contains("a=192.0.2.80")).count();
        assert_eq!(found, 2, "{pairs:?}");
    });
}

#[test]
fn a_dhcp_server_s_offer_pairs_though_it_comes_from_elsewhere_to_elsewhere() {
    in_lab(&["--hosts", "2"], || {
        let directory = Directory::new();
        let Some(_server) = dnsmasq(&directory) else { return };
        for source in ["", "ipv4 src=0.0.0.0 / udp / "] {
            let discover = format!("{source}dhcp {{type=discover / params=0x0103060f / end}}");
            let (pairs, _) = told(&ask(["veth0@h1", "--json", &discover]).run().expect(0));
            assert_eq!(column(&pairs, "error"), ["false"]);
            let answer = pairs[0]["answer"].as_str().unwrap();
            assert!(answer.contains("dhcp op=reply") && answer.contains("{type=offer / server=10.0.0.2"), "{answer}");
        }
    });
}
