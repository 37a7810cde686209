//! Private networks: what is in them, how they end, and what is said where they cannot be.

mod common;

use common::{Done, Program, Running, ethcraft, in_lab, peer, without, without_namespaces};
use ethcraft::link::{interfaces, lookup, netns::Target};
use nix::sys::signal::Signal;
use std::net::UdpSocket;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

fn lab<const N: usize>(arguments: [&str; N]) -> Program {
    ethcraft(["lab"]).arguments(arguments)
}

fn target(text: &str) -> Target {
    text.parse().expect("a good name")
}

#[test]
fn a_pair_is_up_and_has_nothing_else_beside_it() {
    in_lab(&[], || {
        let found = interfaces().unwrap();
        let mut names: Vec<&str> = found.iter().map(|interface| interface.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["lo", "veth0", "veth1"]);
        for name in ["veth0", "veth1"] {
            let interface = lookup(name).unwrap();
            assert_eq!((interface.state, interface.carrier, interface.mtu), ("UP", Some(true), 1500), "{name}");
            assert!(interface.addresses.is_empty(), "{name}: {:?}", interface.addresses);
        }
        assert!(lookup("lo").unwrap().up);
    });
}

#[test]
fn the_pair_has_the_same_hardware_addresses_in_every_lab() {
    in_lab(&[], || {
        assert_eq!(lookup("veth0").unwrap().mac.unwrap().to_string(), "02:00:00:00:00:01");
        assert_eq!(lookup("veth1").unwrap().mac.unwrap().to_string(), "02:00:00:00:00:02");
    });
}

/// Packets received and sent by each interface, from /proc/net/dev of this thread's namespace.
fn packets() -> Vec<(String, u64, u64)> {
    let text = std::fs::read_to_string("/proc/thread-self/net/dev").unwrap();
    let line = |line: &str| {
        let (name, numbers) = line.split_once(':').unwrap();
        let numbers: Vec<u64> = numbers.split_whitespace().map(|number| number.parse().unwrap()).collect();
        (name.trim().to_owned(), numbers[1], numbers[9])
    };
    text.lines().skip(2).map(line).collect()
}

#[test]
fn a_fresh_pair_is_silent() {
    in_lab(&[], || {
        sleep(Duration::from_secs(1));
        for (name, received, sent) in packets() {
            assert_eq!((received, sent), (0, 0), "{name}");
        }
    });
}

#[test]
fn fresh_hosts_are_silent() {
    in_lab(&["--hosts", "2"], || {
        sleep(Duration::from_secs(1));
        let everywhere =
            [packets(), target("veth0@h1").within(packets).unwrap(), target("veth0@h2").within(packets).unwrap()];
        for (name, received, sent) in everywhere.concat() {
            assert_eq!((received, sent), (0, 0), "{name}");
        }
    });
}

#[test]
fn the_mtu_is_the_one_asked_for() {
    in_lab(&["--mtu", "9000"], || {
        assert_eq!([lookup("veth0").unwrap().mtu, lookup("veth1").unwrap().mtu], [9000, 9000]);
    });
    in_lab_of_hosts_with_a_small_mtu();
}

fn in_lab_of_hosts_with_a_small_mtu() {
    let done = lab(["--hosts", "1", "--mtu", "600", "--"])
        .arguments([env!("CARGO_BIN_EXE_ethcraft"), "ifaces", "--all", "--json"])
        .run()
        .expect(0);
    let links = done.objects();
    let sized: Vec<_> =
        links.iter().filter(|link| link["name"] != "lo").map(|link| (&link["name"], &link["mtu"])).collect();
    assert_eq!(sized.len(), 3, "{sized:?}");
    assert!(sized.iter().all(|(_, mtu)| **mtu == 600), "{sized:?}");
}

#[test]
fn hosts_reach_each_other_over_ip() {
    in_lab(&["--hosts", "3"], || {
        let here = target("veth0@h1").within(|| UdpSocket::bind("10.0.0.1:7000")).unwrap().unwrap();
        let there = target("veth0@h3").within(|| UdpSocket::bind("10.0.0.3:7000")).unwrap().unwrap();
        there.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        here.send_to(b"Hello you there!", "10.0.0.3:7000").unwrap();
        let mut buffer = [0; 64];
        let (length, from) = there.recv_from(&mut buffer).unwrap();
        assert_eq!((&buffer[..length], from.to_string()), (&b"Hello you there!"[..], "10.0.0.1:7000".to_owned()));
    });
}

#[test]
fn hosts_have_the_names_they_were_given() {
    in_lab(&["--host", "web", "--host", "db"], || {
        let done = ethcraft(["ifaces", "--netns", "db", "--json"]).run().expect(0);
        let links = done.objects();
        let veth = links.iter().find(|link| link["name"] == "veth0").expect("veth0@db is listed");
        assert_eq!(veth["namespace"], "db");
        assert_eq!(veth["addresses"], serde_json::json!(["10.0.0.2/24"]));
        assert_eq!((&veth["carrier"], &veth["state"]), (&true.into(), &"UP".into()));
        assert_eq!(target("veth0@web").within(|| lookup("veth0").unwrap().mtu).unwrap(), 1500);
    });
}

#[test]
fn ip_netns_knows_the_hosts() {
    in_lab(&["--hosts", "2"], || {
        let Some(ip) = peer("ip") else { return };
        let done = Program::new(&ip)
            .arguments(["netns", "exec", "h2", &ip, "-br", "address", "show", "veth0"])
            .run()
            .expect(0);
        assert!(done.stdout.contains("10.0.0.2/24"), "{}", done.describe());
    });
}

#[test]
fn sys_class_net_shows_the_lab() {
    in_lab(&[], || {
        // A system that hides parts of /sys lets nobody mount another; what it shows then is its own.
        let mounted = std::fs::read_to_string("/proc/self/mounts").unwrap();
        let ours = mounted.lines().filter(|line| line.split(' ').nth(1) == Some("/sys")).count();
        if ours < 2 {
            eprintln!("SKIPPED: a fresh /sys cannot be mounted here");
            return;
        }
        assert!(PathBuf::from("/sys/class/net/veth1").exists());
        assert!(!PathBuf::from("/sys/class/net/eth0").exists());
    });
}

#[test]
fn an_unknown_namespace_offers_the_nearest_name() {
    in_lab(&["--host", "server", "--host", "client"], || {
        let done = ethcraft(["ifaces", "--netns", "sever"]).run().expect(2);
        assert_eq!(done.stderr, "error: there is no network namespace 'sever'\nhelp: did you mean 'server'?\n");
    });
}

#[test]
fn a_namespace_is_reached_by_a_process_in_it() {
    in_lab(&[], || {
        let mut inner = lab(["--mtu", "1234", "--", "sh", "-c", "echo ready; exec sleep 60"]).start();
        inner.wait_for_output("ready");
        let name = format!("veth0@pid:{}", inner.pid());
        assert_eq!(target(&name).within(|| lookup("veth0").unwrap().mtu).unwrap(), 1234);
    });
}

#[test]
fn the_status_is_the_commands() {
    lab(["--", "sh", "-c", "exit 7"]).run().expect(7);
    lab(["--", "true"]).run().expect(0);
}

#[test]
fn a_command_ended_by_a_signal_gives_128_and_its_number() {
    lab(["--", "sh", "-c", "kill -KILL $$"]).run().expect(137);
    lab(["--", "sh", "-c", "kill -TERM $$"]).run().expect(143);
}

#[test]
fn input_and_output_are_the_commands() {
    let done = lab(["--", "cat"]).input("frames\n").run().expect(0);
    assert_eq!((done.stdout.as_str(), done.stderr.as_str()), ("frames\n", ""));
}

#[test]
fn a_command_that_does_not_exist_is_wrong_input() {
    let done = lab(["--", "no-such-command"]).run().expect(2);
    assert_eq!(done.stderr, "error: there is no command 'no-such-command'\n");
    lab(["--", "/etc/passwd"]).run().expect(2);
}

#[test]
fn a_wrong_plan_is_wrong_input() {
    let told = |done: Done, what: &str| assert!(done.stderr.contains(what), "{}", done.describe());
    told(lab(["--hosts", "0", "--", "true"]).run().expect(2), "1 to 254 hosts");
    told(lab(["--host", "a/b", "--", "true"]).run().expect(2), "'a/b' cannot be the name of a host");
    told(lab(["--host", "a", "--host", "a", "--", "true"]).run().expect(2), "two hosts are named 'a'");
    told(lab(["--mtu", "67", "--", "true"]).run().expect(2), "67");
}

/// The processes in the network namespace that `net:[...]` names, as /proc shows them to this user.
fn processes_in(namespace: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let inside = |path: PathBuf| std::fs::read_link(path.join("ns/net")).is_ok_and(|net| net.as_os_str() == namespace);
    processes
        .filter(|entry| inside(entry.path()))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// A lab whose command would run for ever, with another process in the background that nobody waits for.
fn endless(lab: Program) -> (Running, String) {
    let script = "readlink /proc/self/ns/net; (setsid sleep 1000 &) ; sleep 1000 & echo ready; wait";
    let mut running = lab.arguments(["--", "sh", "-c", script]).start();
    running.wait_for_output("ready");
    let namespace = running.output().lines().next().expect("the namespace is printed first").to_owned();
    assert!(processes_in(&namespace).len() >= 4, "{:?}", processes_in(&namespace));
    (running, namespace)
}

fn assert_empty(namespace: &str) {
    let end = Instant::now() + Duration::from_secs(20);
    while !processes_in(namespace).is_empty() {
        assert!(Instant::now() < end, "left behind in {namespace}: {:?}", processes_in(namespace));
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn nothing_is_left_when_ethcraft_is_killed() {
    for hosts in ["1", "2"] {
        let (running, namespace) = endless(lab(["--hosts", hosts]));
        running.signal(Signal::SIGKILL);
        running.finish().expect(137);
        assert_empty(&namespace);
    }
}

#[test]
fn nothing_is_left_when_the_command_ends() {
    let (running, namespace) = endless(lab([]));
    running.signal(Signal::SIGTERM);
    // The signal is passed on to the shell, which it ends; the sleepers in the background go with the lab.
    running.finish().expect(143);
    assert_empty(&namespace);
}

#[test]
fn nothing_is_left_in_the_systems_own_places() {
    let name = "left-behind-by-a-lab";
    let inside = lab(["--host", name, "--", "cat", "/proc/self/mounts"]).run().expect(0);
    assert!(inside.stdout.contains(name), "{}", inside.describe());
    assert!(!std::fs::read_to_string("/proc/self/mounts").unwrap().contains(name));
    assert!(!ethcraft::link::netns::list().iter().any(|known| known == name));
}

#[test]
fn ctrl_c_is_for_the_command_to_heed() {
    let script = "trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.05; done";
    let mut running = lab(["--", "sh", "-c", script]).own_group().start();
    running.wait_for_output("ready");
    running.signal_group(Signal::SIGINT);
    let done = running.finish().expect(5);
    assert!(done.stdout.contains("caught"), "{}", done.describe());
}

#[test]
fn ctrl_c_ends_a_command_that_does_not_heed_it() {
    let mut running = lab(["--", "sh", "-c", "echo ready; exec sleep 1000"]).own_group().start();
    running.wait_for_output("ready");
    running.signal_group(Signal::SIGINT);
    running.finish().expect(130);
}

#[test]
fn labs_do_not_see_each_other() {
    in_lab(&["--hosts", "2"], || {
        let inner = lab(["--", env!("CARGO_BIN_EXE_ethcraft"), "ifaces", "--all", "--json"]).run().expect(0);
        let links = inner.objects();
        let mut names: Vec<&str> = links.iter().filter_map(|link| link["name"].as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["lo", "veth0", "veth1"]);
        assert!(links.iter().all(|link| link["namespace"].is_null()), "{}", inner.describe());
        // And the inner one has left the outer one as it was.
        assert_eq!(target("veth0@h2").within(|| interfaces().unwrap().len()).unwrap(), 2);
    });
}

#[test]
fn labs_work_inside_labs() {
    in_lab(&[], || {
        let command = ["--", env!("CARGO_BIN_EXE_ethcraft"), "lab", "--hosts", "2", "--", "sh", "-c", "exit 9"];
        lab(command).run().expect(9);
    });
}

#[test]
fn where_user_namespaces_are_forbidden_the_remedy_is_named() {
    let Some(confined) = without_namespaces(["lab", "--", "echo", "inside"]) else { return };
    let done = confined.run().expect(3);
    assert_eq!(done.stdout, "");
    assert!(done.stderr.contains("sysctl -w user.max_user_namespaces="), "{}", done.describe());
    assert!(done.stderr.contains("sudo"), "{}", done.describe());
}

#[test]
fn root_without_capabilities_gets_a_user_namespace() {
    let Some(bounded) = without("sys_admin", ["lab", "--hosts", "2", "--", "cat", "/proc/self/uid_map"]) else {
        return;
    };
    let done = bounded.run().expect(0);
    let map: Vec<&str> = done.stdout.split_whitespace().collect();
    assert_eq!((map[0], map[2]), ("0", "1"), "{}", done.describe());
}

#[test]
#[should_panic = "failed in its lab"]
fn a_test_that_fails_in_its_lab_fails() {
    in_lab(&[], || panic!("on purpose"));
}

#[test]
#[should_panic = "failed in its lab"]
fn a_test_whose_name_is_not_found_in_the_lab_fails() {
    // The name is that of the function with the closure, which is no test.
    fn elsewhere() {
        in_lab(&[], || ());
    }
    elsewhere();
}

#[test]
fn a_system_without_a_directory_of_names_gets_none_but_the_lab_has_one() {
    let Some(unshare) = peer("unshare") else { return };
    let script = "mount -t tmpfs run /run && mkdir /run/old && echo kept > /run/old/file && ln -s old /run/link && \
                  \"$1\" lab --hosts 2 -- sh -c 'cat /run/link/file; ls /run/netns; touch /run/new' && ls /run";
    let done = Program::new(unshare)
        .arguments(["-rm", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_ethcraft")])
        .run()
        .expect(0);
    let lines: Vec<&str> = done.stdout.lines().filter(|line| *line != "mount").collect();
    assert_eq!(lines, ["kept", "h1", "h2", "link", "old"], "{}", done.describe());
}
