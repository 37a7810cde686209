//! Suites: the ones that ship, what a failing case shows, and what is said about a wrong file.

mod common;

use common::{Directory, Done, Program, ethcraft, in_lab, peer, skipped, without};
use nix::sys::signal::Signal;

/// Runs a suite with this text and these further arguments.
fn run(text: &str, arguments: &[&str]) -> Done {
    let directory = Directory::new();
    let file = directory.file("suite.toml");
    std::fs::write(&file, text).unwrap();
    ethcraft(["test", &file]).arguments(arguments.iter().copied()).run()
}

/// A lab with a cable between a and b, and one between a and c.
const LAB: &str = r#"
    quiet = "50ms"
    within = "300ms"
    [lab]
    hosts = ["a", "b", "c"]
    cables = ["eth0@a -- eth0@b", "eth1@a -- eth0@c"]
"#;

fn in_three(cases: &str) -> String {
    format!("{LAB}{cases}")
}

fn example(name: &str) -> String {
    format!("{}/examples/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_router_is_one() {
    if peer("ip").is_some() {
        let done = ethcraft(["test", &example("router.toml")]).run().expect(0);
        assert!(done.stdout.contains("11 cases, all passed"), "{}", done.stdout);
    }
}

#[test]
fn the_bridge_is_a_switch() {
    if peer("ip").is_some() {
        let done = ethcraft(["test", &example("bridge.toml")]).run().expect(0);
        assert!(done.stdout.contains("7 cases, all passed"), "{}", done.stdout);
    }
}

#[test]
fn the_bridge_keeps_vlans_apart() {
    if peer("ip").is_none() {
        return;
    }
    let able = ["lab", "--", "ip", "link", "add", "br0", "type", "bridge", "vlan_filtering", "1"];
    if ethcraft(able).run().status != 0 {
        return skipped("this kernel's bridge has no VLAN filtering (CONFIG_BRIDGE_VLAN_FILTERING)");
    }
    let done = ethcraft(["test", &example("bridge-vlan.toml")]).run().expect(0);
    assert!(done.stdout.contains("9 cases, all passed"), "{}", done.stdout);
}

#[test]
fn the_suite_to_begin_with_does_what_its_page_says() {
    let page = include_str!("../docs/suites.md");
    let suite = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    run(suite, &[]).expect(0);
    let done = run(&suite.replace("'udp dport=9 ", "'udp dport=10 "), &[]).expect(1);
    assert!(done.stdout.contains("expected udp dport=10, here udp dport=9"), "{}", done.stdout);
}

#[test]
fn a_frame_that_is_not_the_expected_one_is_shown_with_what_differs() {
    let done = run(
        &in_three(
            r#"
            [[case]]
            name = "goes down by one"
            send = { from = "eth0@a", frame = 'ipv4 src=10.0.0.1 dst=10.0.0.2 ttl=64 / udp sport=7 dport=9 / "hi"' }
            expect = { at = "eth0@b", frame = 'vlan=5 / ipv4 ttl=63 dst=10.0.0.2 / udp dport=9' }
            "#,
        ),
        &[],
    )
    .expect(1);
    let lines: Vec<&str> = done.stdout.lines().map(str::trim).collect();
    assert!(lines[0].starts_with("FAIL  goes down by one"), "{lines:?}");
    assert_eq!(lines[1], "eth0@b: 0 came, and 1 was expected: vlan=5 / ipv4 ttl=63 dst=10.0.0.2 / udp dport=9");
    assert!(lines[2].starts_with("nearest of 1 that came there: eth 02:00:00:00:01:01 > "), "{lines:?}");
    assert_eq!(lines[3], "expected vlan=5, not here");
    assert_eq!(lines[4], "expected ipv4 ttl=63, here ipv4 ttl=64");
    assert!(lines[5].starts_with("1 case, 1 failed, in "), "{lines:?}");
}

#[test]
fn the_nearest_of_many_is_the_one_that_fails_least() {
    let done = run(
        &in_three(
            r#"
            [[case]]
            name = "the middle one"
            send = { from = "eth0@a", frame = 'ipv4 src=10.0.0.1 dst=10.0.0.2 ttl=60..69 / udp sport=7 dport=9' }
            expect = { at = "eth0@b", frame = 'ipv4 ttl=65 / udp dport=10' }
            "#,
        ),
        &["--json"],
    )
    .expect(1);
    let case = done.json();
    let problem = &case["problems"][0];
    assert_eq!(problem["others"], 10);
    let differences = &problem["nearest"]["differences"];
    assert_eq!(differences.as_array().unwrap().len(), 1, "{problem}");
    assert_eq!(differences[0]["expected"], "udp dport=10");
    assert_eq!(differences[0]["found"], "udp dport=9");
}

#[test]
fn what_comes_where_nothing_may_come_is_shown() {
    let done = run(
        &in_three(
            r#"
            [[case]]
            name = "silence"
            send = [
                { from = "eth1@a", frame = 'eth / "psst"', count = 5 },
                { from = "eth0@a", frame = 'eth / "hello"' },
            ]
            expect = { at = "eth0@b", frame = '"hello"' }
            nothing = "elsewhere"
            [[case]]
            name = "silence of a kind"
            send = { from = "eth1@a", frame = 'eth / "psst"' }
            nothing = { at = "eth0@c", frame = '"hello"' }
            "#,
        ),
        &[],
    )
    .expect(1);
    let lines: Vec<&str> = done.stdout.lines().map(str::trim).collect();
    assert_eq!(lines[1], "eth0@c: 5 came, and nothing may come there");
    assert!(lines[2].contains("4 bytes \"psst\""), "{lines:?}");
    assert_eq!(lines[5], "and 2 more");
    assert!(lines[6].starts_with("ok    silence of a kind"), "{lines:?}");
}

#[test]
fn too_many_frames_fail_a_case_as_too_few_do() {
    let case = |count: &str, sent: u32| {
        let text = format!(
            r#"
            [[case]]
            name = "so many"
            send = {{ from = "eth0@a", frame = 'eth / "x"', count = {sent} }}
            expect = {{ at = "eth0@b", frame = '"x"', count = {count} }}
            "#
        );
        run(&in_three(&text), &[])
    };
    case("10000", 10000).expect(0);
    case("3", 3).expect(0);
    case("\"2..\"", 5).expect(0);
    case("\"..4\"", 4).expect(0);
    for (count, sent, told) in [
        ("3", 4, "4 came, and 3 was expected"),
        ("3", 2, "2 came, and 3 was expected"),
        ("\"2..3\"", 4, "4 came, and 2 to 3 was expected"),
        ("\"..4\"", 5, "5 came, and at most 4 was expected"),
    ] {
        let done = case(count, sent).expect(1);
        assert!(done.stdout.contains(told), "{}", done.stdout);
    }
}

#[test]
fn what_is_ignored_disturbs_no_silence() {
    let text = r#"
        ignore = 'eth type=0x88b6'
        quiet = "50ms"
        [lab]
        hosts = ["a", "b"]
        cables = ["eth0@a -- eth0@b"]
        [[case]]
        name = "quiet but for that"
        send = { from = "eth0@a", frame = 'eth type=0x88b6 / "noise"' }
        nothing = ["eth0@b"]
        "#;
    run(text, &[]).expect(0);
    run(&text.replace("0x88b6 / ", "0x88b5 / "), &[]).expect(1);
}

#[test]
fn interfaces_that_are_there_need_no_lab() {
    in_lab(&[], || {
        let text = r#"
            quiet = "50ms"
            [[case]]
            name = "across"
            send = { from = "veth0", frame = 'eth / "x"' }
            expect = { at = "veth1", frame = 'eth src=02:00:00:00:00:01 / "x"' }
            nothing = ["veth0"]
            "#;
        run(text, &[]).expect(0);
        let done = run(&text.replace("veth1", "veth9"), &[]).expect(2);
        assert!(done.stderr.contains("there is no interface 'veth9' here"), "{}", done.stderr);
        assert!(done.stderr.contains("suite.toml:6:"), "{}", done.stderr);
        let done = run(&text.replace("eth / \"x\"' }\n            expect", "ipv4 / udp' }\n            expect"), &[]);
        let done = done.expect(2);
        assert!(done.stderr.contains("veth0 has no IPv4 address to fill into 'ipv4 src'"), "{}", done.stderr);
        let directory = Directory::new();
        let file = directory.file("suite.toml");
        std::fs::write(&file, text).unwrap();
        if let Some(powerless) = without("all", ["test", &file]) {
            let done = powerless.run().expect(3);
            assert!(done.stderr.contains("veth0: send on veth0: not permitted"), "{}", done.stderr);
        }
    });
}

#[test]
fn a_setup_that_fails_is_told_with_its_line_and_what_it_said() {
    let text = r#"
        [lab]
        hosts = ["a", "b"]
        cables = ["eth0@a -- eth0@b"]
        [[lab.setup]]
        on = "a"
        run = "echo this is why >&2; exit 7"
        [[case]]
        name = "never"
        nothing = ["eth0@b"]
        "#;
    let done = run(text, &[]).expect(4);
    assert!(done.stderr.contains("line 7: the setup of a failed: exit status: 7\nthis is why"), "{}", done.stderr);
    let done = run(text, &["--tap"]).expect(4);
    assert!(done.stdout.contains("Bail out! line 7: the setup of a failed"), "{}", done.stdout);
}

#[test]
fn every_mistake_of_a_file_is_told_at_its_place() {
    let done = run(
        r#"
within = "soon"
colour = "red"

[lab]
hosts = ["a", "b", "b/c"]
cables = ["eth0@a -- eth0@b", "eth0@a", 7]
mtu = 70000
[[lab.setup]]
on = "z"
run = ["x"]

[[case]]
name = 7
send = { from = "eth0@a", frame = 'ipv4 dts=10.0.0.1 / udp dport=99999' }
expect = { at = "eth0@b", frame = "udp \"x\"", count = "many" }

[[case]]
name = "cannot fail"
send = { form = "eth0@a", frame = "eth / \"\u00e9\" / upd" }
"#,
        &[],
    )
    .expect(2);
    // A file that a test made has another name each time.
    let told: Vec<String> = done
        .stderr
        .lines()
        .filter_map(|line| match line.split_once("suite.toml:") {
            Some((_, place)) => Some(place.to_owned()),
            None => line.strip_prefix("error: ").map(str::to_owned),
        })
        .collect();
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    assert_eq!(
        told,
        [
            "'soon' is no length of time",
            "2:10",
            "unknown key 'colour'",
            "3:1",
            "a cable has two ends with -- between them",
            "7:31",
            "a string is expected, and this is a number",
            "7:41",
            "an MTU is at most 65535",
            "8:7",
            "there is no host 'z'",
            "10:6",
            "a string is expected, and this is a list",
            "11:7",
            "a string is expected, and this is a number",
            "14:8",
            "'ipv4' has no field 'dts'",
            "15:41",
            "99999 does not fit into 'dport'",
            "15:66",
            "' / ' is missing",
            "16:40",
            "'many' is no number of frames",
            "16:56",
            "this case expects nothing and forbids nothing, so it cannot fail",
            "18:1",
            "'from' is missing here",
            "20:8",
            "unknown key 'form'",
            "20:10",
            "unknown layer 'upd'",
            "20:55",
        ]
    );
}

#[test]
fn toml_that_is_none_is_told_at_its_place() {
    let done = run("[[case]]\nname = \"x\n", &[]).expect(2);
    assert!(done.stderr.contains("suite.toml:2:"), "{}", done.stderr);
    let done = ethcraft(["test", "/no/such/suite.toml"]).run().expect(2);
    assert!(done.stderr.contains("cannot read /no/such/suite.toml"), "{}", done.stderr);
    assert!(run("", &[]).expect(2).stderr.contains("a suite has at least one case"));
}

#[test]
fn cases_are_listed_and_chosen_by_their_names() {
    let text = in_three(
        r#"
        [[case]]
        name = "one"
        nothing = ["eth0@b"]
        [[case]]
        name = "two"
        nothing = ["eth0@c"]
        "#,
    );
    assert_eq!(run(&text, &["--list"]).expect(0).stdout, "one\ntwo\n");
    let done = run(&text, &["--only", "tw"]).expect(0);
    assert!(done.stdout.starts_with("ok    two"), "{}", done.stdout);
    assert!(run(&text, &["--only", "three"]).expect(2).stderr.contains("no case has 'three' in its name"));
}

const MIXED: &str = r##"
    [[case]]
    name = "good & <well>"
    send = { from = "eth0@a", frame = 'eth / "x"' }
    expect = { at = "eth0@b", frame = '"x"' }
    [[case]]
    name = "bad \"#1\""
    send = { from = "eth0@a", frame = 'eth / 0x1b5b326a' }
    expect = { at = "eth0@b", frame = '"y"' }
    "##;

#[test]
fn tap_has_a_plan_and_a_line_a_case() {
    let done = run(&in_three(MIXED), &["--tap"]).expect(1);
    let lines: Vec<&str> = done.stdout.lines().collect();
    assert_eq!(lines[..2], ["TAP version 14", "1..2"]);
    assert_eq!(lines[2], "ok 1 - good & <well>");
    assert_eq!(lines[3], "not ok 2 - bad \"\\#1\"");
    assert_eq!((lines[4], *lines.last().unwrap()), ("  ---", "  ..."));
    assert!(!done.stdout.contains('\u{1b}'), "{:?}", done.stdout);
}

#[test]
fn junit_is_well_formed_and_counts() {
    let directory = Directory::new();
    let report = directory.file("report.xml");
    run(&in_three(MIXED), &["--junit", &report]).expect(1);
    let Some(python) = peer("python3") else { return };
    let script = "import sys, xml.etree.ElementTree as t
suite = t.parse(sys.argv[1]).getroot()[0]
print(suite.get('tests'), suite.get('failures'), [c.get('name') for c in suite], [len(c) for c in suite])";
    let done = Program::new(python).arguments(["-c", script, &report]).run().expect(0);
    assert_eq!(done.stdout.trim(), "2 1 ['good & <well>', 'bad \"#1\"'] [0, 1]");
}

#[test]
fn an_interrupted_run_tells_which_cases_had_no_turn() {
    let directory = Directory::new();
    let (file, report) = (directory.file("suite.toml"), directory.file("report.xml"));
    let text = in_three(
        r#"
        [[case]]
        name = "done"
        send = { from = "eth0@a", frame = 'eth / "x"' }
        expect = { at = "eth0@b", frame = '"x"' }
        [[case]]
        name = "long"
        expect = { at = "eth0@b", frame = '"y"' }
        within = "10m"
        [[case]]
        name = "never"
        nothing = ["eth0@b"]
        "#,
    );
    std::fs::write(&file, text.replace("10m", "600s")).unwrap();
    let mut running = ethcraft(["test", &file, "--junit", &report]).start();
    running.wait_for_output("ok    done");
    running.signal(Signal::SIGTERM);
    let done = running.finish().expect(1);
    assert!(done.stderr.contains("2 of 3 cases had no turn: it was interrupted"), "{}", done.stderr);
    let report = std::fs::read_to_string(report).unwrap();
    assert!(report.contains("tests=\"3\" failures=\"0\" errors=\"0\" skipped=\"2\""), "{report}");
}
