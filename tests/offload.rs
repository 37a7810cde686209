//! `offload` beside ethtool: what it lists, what it sets, and that it puts things back.

mod common;

use common::{Done, Program, Running, ethcraft, in_lab, peer, skipped, without};
use ethcraft::link::lookup;
use ethcraft::link::offload::Offload;
use nix::sys::signal::Signal;
use std::collections::BTreeMap;

fn offload<const N: usize>(arguments: [&str; N]) -> Program {
    ethcraft(["offload"]).arguments(arguments)
}

/// Runs a peer that was found already.
fn done(program: &str, words: &str) -> Done {
    Program::new(program).arguments(words.split(' ')).run().expect(0)
}

/// `ethtool -k`, less what ethtool says to standard error.
fn ethtool(interface: &str) -> Option<String> {
    Some(done(&peer("ethtool")?, &format!("-k {interface}")).stdout)
}

/// What each line of `ethtool -k` says: the feature's or the group's name, and its state.
fn states(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().skip(1).map(|line| line.trim().split_once(": ").expect("a name and a state"));
    lines.map(|(name, state)| (name.to_owned(), state.to_owned())).collect()
}

/// All features, active and requested, as the kernel has them.
fn kernel(interface: &str) -> Vec<(String, bool, bool)> {
    let features = Offload::open(&lookup(interface).unwrap()).unwrap().features().unwrap();
    features.named().map(|feature| (feature.name.clone(), feature.state().active, feature.state().requested)).collect()
}

fn is_on(interface: &str, feature: &str) -> bool {
    kernel(interface).iter().find(|(name, ..)| name == feature).expect("the feature").1
}

#[track_caller]
fn assert_listed_as_ethtool_does(interface: &str) {
    let Some(expected) = ethtool(interface) else { return };
    let ours = offload([interface]).run().expect(0);
    assert_eq!(ours.stdout, expected, "{interface}");
    assert!(expected.lines().count() > 40, "{expected}");
}

#[test]
fn the_list_of_a_veth_is_ethtools_line_for_line() {
    in_lab(&[], || {
        assert_listed_as_ethtool_does("veth0");
        // Also with things off, requested and not active.
        offload(["veth0", "tx=off", "sg=off", "rx=off", "gro=on"]).run().expect(0);
        assert_listed_as_ethtool_does("veth0");
        assert!(offload(["veth0"]).run().stdout.contains("off [requested on]"));
    });
}

#[test]
fn the_list_of_the_loopback_is_ethtools_line_for_line() {
    in_lab(&[], || assert_listed_as_ethtool_does("lo"));
}

#[test]
fn the_list_of_a_bridge_is_ethtools_line_for_line() {
    in_lab(&[], || {
        let Some(ip) = peer("ip") else { return };
        done(&ip, "link add br0 type bridge");
        assert_listed_as_ethtool_does("br0");
        // With a member it takes over what the member can.
        done(&ip, "link set veth0 master br0");
        done(&ip, "link set br0 up");
        assert_listed_as_ethtool_does("br0");
    });
}

#[test]
fn the_list_of_a_tap_is_ethtools_line_for_line() {
    in_lab(&[], || {
        let Some(ip) = peer("ip") else { return };
        let made = Program::new(&ip).arguments(["tuntap", "add", "dev", "tap0", "mode", "tap"]).run();
        if made.status != 0 {
            return skipped(&format!("a tap cannot be made here: {}", made.stderr.trim()));
        }
        assert_listed_as_ethtool_does("tap0");
        let before = kernel("tap0");
        let asked = offload(["tap0", "tx=off"]).run();
        // A tap may refuse, but what it says is true.
        assert_eq!(asked.status == 0, !is_on("tap0", "tx-checksum-ip-generic"), "{}", asked.describe());
        assert!(asked.status == 0 || kernel("tap0") == before || asked.stdout.contains("->"), "{}", asked.describe());
    });
}

#[test]
fn an_interface_of_another_namespace_is_listed_and_set_there() {
    in_lab(&["--hosts", "2"], || {
        let Some(ip) = peer("ip") else { return };
        let Some(ethtool) = peer("ethtool") else { return };
        offload(["veth0@h1", "tx=off"]).run().expect(0);
        for (host, name) in [("h1", "veth0@h1"), ("h2", "veth0@h2")] {
            let theirs = done(&ip, &format!("netns exec {host} {ethtool} -k veth0")).stdout;
            let ours = offload([name]).run().expect(0).stdout;
            assert_eq!(ours.lines().skip(1).collect::<Vec<_>>(), theirs.lines().skip(1).collect::<Vec<_>>());
            assert_eq!(theirs.contains("tx-checksum-ip-generic: off"), host == "h1", "{theirs}");
        }
    });
}

/// Sets by this name, off and on, and holds what is said against what ethtool lists before and behind.
#[track_caller]
fn assert_told_truly(interface: &str, name: &str, group: &str) {
    for value in ["off", "on"] {
        let Some(before) = ethtool(interface) else { return };
        let told = offload([interface, &format!("{name}={value}")]).run().expect(0);
        let after = ethtool(interface).unwrap();
        assert_eq!(states(&after)[group], value, "{name}\n{}", told.describe());
        let (before, after) = (states(&before), states(&after));
        let said: BTreeMap<String, (String, String)> = told
            .stdout
            .lines()
            .map(|line| {
                let line = line.strip_prefix(&format!("{interface}: ")).expect("the interface first");
                let (name, change) = line.split_once(": ").expect("a name");
                let (from, to) = change.trim_end_matches("  (changed along)").split_once(" -> ").expect("an arrow");
                (name.to_owned(), (from.to_owned(), to.to_owned()))
            })
            .collect();
        // A group of one goes by its long name at ethtool; the others and the single features by the kernel's.
        let kernel_name = |name: &str| match name {
            "rx-checksumming" => "rx-checksum".to_owned(),
            "generic-segmentation-offload" => "tx-generic-segmentation".into(),
            "generic-receive-offload" => "rx-gro".into(),
            "rx-vlan-offload" => "rx-vlan-hw-parse".into(),
            "tx-vlan-offload" => "tx-vlan-hw-insert".into(),
            other => other.into(),
        };
        let heads = ["tx-checksumming", "scatter-gather", "tcp-segmentation-offload"];
        let differs: BTreeMap<String, (String, String)> = after
            .iter()
            .filter(|(name, state)| before[*name] != **state && !heads.contains(&name.as_str()))
            .map(|(name, state)| (kernel_name(name), (before[name].clone(), state.clone())))
            .collect();
        assert_eq!(said, differs, "{name}={value}\n{}", told.describe());
    }
}

#[test]
fn groups_are_set_and_all_that_changes_is_told() {
    in_lab(&[], || {
        for (name, group) in [
            ("tx", "tx-checksumming"),
            ("rx", "rx-checksumming"),
            ("sg", "scatter-gather"),
            ("tso", "tcp-segmentation-offload"),
            ("gso", "generic-segmentation-offload"),
            ("gro", "generic-receive-offload"),
        ] {
            assert_told_truly("veth0", name, group);
        }
    });
}

#[test]
fn long_names_and_the_kernels_names_are_set_too() {
    in_lab(&[], || {
        for name in ["tx-checksumming", "generic-receive-offload", "tcp-segmentation-offload", "scatter-gather"] {
            assert_told_truly("veth0", name, name);
        }
        for name in ["tx-checksum-ip-generic", "tx-udp-segmentation", "rx-gro-list", "tx-tcp6-segmentation"] {
            assert_told_truly("veth0", name, name);
        }
    });
}

#[test]
fn what_the_kernel_changes_along_is_marked() {
    in_lab(&[], || {
        let told = offload(["veth0", "tx-checksum-ip-generic=off"]).run().expect(0).stdout;
        let lines: Vec<&str> = told.lines().collect();
        assert!(lines.contains(&"veth0: tx-checksum-ip-generic: on -> off"), "{told}");
        let along = "veth0: tx-tcp-segmentation: on -> off [requested on]  (changed along)";
        assert!(lines.contains(&along), "{told}");
        let told = offload(["veth0", "tx-checksum-ip-generic=on"]).run().expect(0).stdout;
        assert!(told.contains("tx-tcp-segmentation: off [requested on] -> on  (changed along)"), "{told}");
    });
}

#[test]
fn a_setting_that_is_already_so_is_told_and_changes_nothing() {
    in_lab(&[], || {
        let before = kernel("veth0");
        let told = offload(["veth0", "tx=on"]).run().expect(0);
        assert_eq!((told.stdout.as_str(), told.stderr.as_str()), ("", "veth0: nothing changed\n"));
        assert_eq!(kernel("veth0"), before);
    });
}

#[test]
fn what_cannot_be_changed_is_refused_by_name() {
    in_lab(&[], || {
        let before = kernel("veth0");
        let told = offload(["veth0", "rx-fcs=on"]).run().expect(3);
        assert_eq!(told.stderr, "error: veth0: 'rx-fcs' is not available: the driver does not have it\n");
        assert_eq!((told.stdout.as_str(), kernel("veth0")), ("", before));
        let before = kernel("lo");
        let told = offload(["lo", "tx=off"]).run().expect(3);
        assert_eq!(told.stderr, "error: lo: 'tx' is fixed on: it cannot be changed on this interface\n");
        assert_eq!((told.stdout.as_str(), kernel("lo")), ("", before));
    });
}

#[test]
fn what_is_had_beside_a_refusal_is_told() {
    in_lab(&[], || {
        let told = offload(["veth0", "rx-all=on", "gro=on"]).run().expect(3);
        assert_eq!(told.stdout, "veth0: rx-gro: off -> on\n", "{}", told.describe());
        assert!(told.stderr.contains("'rx-all' is not available"), "{}", told.describe());
    });
}

#[test]
fn an_unknown_name_is_wrong_input_and_changes_nothing() {
    in_lab(&[], || {
        let before = kernel("veth0");
        for (name, nearest) in
            [("gor", "gro"), ("tx-cheksumming", "tx-checksumming"), ("tx-checksum-ip-genric", "tx-checksum-ip-generic")]
        {
            let told = offload(["veth0", "tx=off", &format!("{name}=off")]).run().expect(2);
            let expected = format!("error: there is no offload feature '{name}'\nhelp: did you mean '{nearest}'?\n");
            assert_eq!(told.stderr, expected);
        }
        let told = offload(["veht0", "tx=off"]).run().expect(2);
        assert_eq!(told.stderr, "error: there is no interface 'veht0' here\nhelp: did you mean 'veth0'?\n");
        let told = offload(["veth0", "tx=maybe"]).run().expect(2);
        assert!(told.stderr.contains("'maybe' is neither on nor off"), "{}", told.describe());
        assert_eq!(kernel("veth0"), before);
    });
}

#[test]
fn json_has_every_feature_and_every_change() {
    in_lab(&[], || {
        let told = offload(["veth0", "--json"]).run().expect(0);
        let listed: Vec<(String, bool, bool)> = told
            .objects()
            .iter()
            .map(|line| {
                assert_eq!(line["interface"], "veth0");
                let flag = |name: &str| line[name].as_bool().expect("true or false");
                (line["feature"].as_str().unwrap().to_owned(), flag("active"), flag("requested"))
            })
            .collect();
        assert_eq!(listed, kernel("veth0"));
        let told = offload(["veth0", "tx-checksum-ip-generic=off", "--json"]).run().expect(0);
        let changes = told.objects();
        let of = |name: &str| changes.iter().find(|change| change["feature"] == name).expect(name);
        assert_eq!(of("tx-checksum-ip-generic")["asked"], true);
        assert_eq!(of("tx-checksum-ip-generic")["to"], serde_json::json!({"active": false, "requested": false}));
        assert_eq!(of("tx-tcp-segmentation")["asked"], false);
        assert_eq!(of("tx-tcp-segmentation")["to"], serde_json::json!({"active": false, "requested": true}));
    });
}

#[test]
fn while_a_command_runs_and_not_longer() {
    in_lab(&[], || {
        let before = kernel("veth0");
        let own = env!("CARGO_BIN_EXE_ethcraft");
        let during = offload(["veth0", "tx=off", "gro=on", "--for", "--", own, "offload", "veth0"]).run().expect(0);
        let inside = states(&during.stdout);
        assert_eq!((inside["tx-checksumming"].as_str(), inside["generic-receive-offload"].as_str()), ("off", "on"));
        assert!(during.stderr.contains("veth0: tx-checksum-ip-generic: on -> off\n"), "{}", during.describe());
        assert_eq!(kernel("veth0"), before);
    });
}

#[test]
fn however_the_command_ends_everything_is_put_back() {
    in_lab(&[], || {
        // Something is changed already: that is what is put back, not the driver's defaults.
        offload(["veth0", "tso=off"]).run().expect(0);
        let before = kernel("veth0");
        for (script, status) in [("exit 7", 7), ("kill -KILL $$", 137), ("kill -TERM $$", 143), ("true", 0)] {
            offload(["veth0", "tx=off", "--for", "--", "sh", "-c", script]).run().expect(status);
            assert_eq!(kernel("veth0"), before, "{script}");
        }
        let told = offload(["veth0", "tx=off", "--for", "--", "no-such-command"]).run().expect(2);
        assert!(told.stderr.contains("error: cannot run 'no-such-command'"), "{}", told.describe());
        assert_eq!(kernel("veth0"), before);
        // A refusal before the command, which then does not run.
        let told = offload(["veth0", "tx=off", "rx-fcs=on", "--for", "--", "echo", "ran"]).run().expect(3);
        assert_eq!(told.stdout, "");
        assert_eq!(kernel("veth0"), before);
    });
}

/// A run that holds tx off until it is ended.
fn held() -> Running {
    let script = "echo ready; exec sleep 60";
    let mut running = offload(["veth0", "tx=off", "--for", "--", "sh", "-c", script]).own_group().start();
    running.wait_for_output("ready");
    assert!(!is_on("veth0", "tx-checksum-ip-generic"));
    running
}

#[test]
fn a_signal_ends_the_command_and_everything_is_put_back() {
    in_lab(&[], || {
        let before = kernel("veth0");
        for signal in [Signal::SIGTERM, Signal::SIGHUP] {
            let running = held();
            running.signal(signal);
            running.finish().expect(128 + signal as i32);
            assert_eq!(kernel("veth0"), before, "{signal}");
        }
        let running = held();
        running.signal_group(Signal::SIGINT);
        running.finish().expect(130);
        assert_eq!(kernel("veth0"), before);
    });
}

#[test]
fn what_a_killed_run_left_is_told_and_put_back() {
    in_lab(&[], || {
        let before = kernel("veth0");
        let running = held();
        running.signal_group(Signal::SIGKILL);
        running.finish().expect(137);
        assert!(!is_on("veth0", "tx-checksum-ip-generic"), "SIGKILL leaves no time to put anything back");
        let told = offload(["veth0"]).run().expect(0);
        assert_eq!(
            told.stderr,
            "warning: a run that was killed left features of veth0 changed\n\
             help: `ethcraft offload veth0 --restore` puts them back\n"
        );
        // The other interface was not touched.
        assert_eq!(offload(["veth1"]).run().expect(0).stderr, "");
        let told = offload(["veth0", "--restore"]).run().expect(0);
        assert!(told.stdout.contains("veth0: tx-checksum-ip-generic: off -> on"), "{}", told.describe());
        assert_eq!(kernel("veth0"), before);
        let told = offload(["veth0", "--restore"]).run().expect(0);
        assert_eq!(told.stderr, "veth0: there is nothing to put back\n");
        assert_eq!(offload(["veth0"]).run().expect(0).stderr, "");
    });
}

#[test]
fn the_next_run_puts_back_what_a_killed_one_found() {
    in_lab(&[], || {
        let before = kernel("veth0");
        let running = held();
        running.signal_group(Signal::SIGKILL);
        running.finish().expect(137);
        let told = offload(["veth0", "gro=on", "--for", "--", "true"]).run().expect(0);
        assert!(told.stderr.contains("warning: a run that was killed left features of veth0 changed"));
        assert_eq!(kernel("veth0"), before);
    });
}

#[test]
fn two_runs_do_not_hold_the_same_interface() {
    in_lab(&[], || {
        let before = kernel("veth0");
        let running = held();
        let told = offload(["veth0", "gro=on", "--for", "--", "true"]).run().expect(3);
        assert!(told.stderr.contains("another run holds the offload features of veth0 changed"), "{}", told.describe());
        let told = offload(["veth0", "--restore"]).run().expect(3);
        assert!(told.stderr.contains("still goes on and will put them back itself"), "{}", told.describe());
        // Another interface is free.
        offload(["veth1", "gro=on", "--for", "--", "true"]).run().expect(0);
        running.signal(Signal::SIGTERM);
        running.finish().expect(143);
        assert_eq!(kernel("veth0"), before);
    });
}

#[test]
fn reading_needs_no_privilege_and_setting_without_one_names_the_remedy() {
    in_lab(&[], || {
        let before = kernel("veth0");
        let powerless = |arguments: &[&str]| {
            without("all", ["offload", "veth0"]).map(|powerless| powerless.arguments(arguments).run())
        };
        let Some(told) = powerless(&[]) else { return };
        assert_eq!(told.expect(0).stdout, offload(["veth0"]).run().expect(0).stdout);
        for arguments in [&["tx=off"][..], &["tx=off", "--for", "--", "true"]] {
            let told = powerless(arguments).expect("setpriv is there").expect(3);
            assert!(told.stderr.starts_with("error: veth0: set offload features: not permitted\n"));
            for remedy in ["sudo", "setcap", "ethcraft lab"] {
                assert!(told.stderr.contains(remedy), "{}", told.describe());
            }
        }
        assert_eq!(kernel("veth0"), before);
        assert_eq!(offload(["veth0"]).run().expect(0).stderr, "", "nothing is left behind");
    });
}
