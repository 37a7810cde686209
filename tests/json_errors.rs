//! Where a command with `--json` fails, its last object tells why, and only that one: `docs/json.md`.

mod common;

use common::{Directory, Done, ethcraft, in_lab};
use serde_json::Value;

/// The objects of a command that failed; only the last has an error that is not null.
#[track_caller]
fn objects(done: &Done) -> Vec<Value> {
    let objects = done.objects();
    let wrong = |object: &Value| object.get("error").is_some_and(|error| !error.is_null());
    assert!(objects.last().is_some_and(wrong), "{}", done.describe());
    assert_eq!(objects.iter().filter(|object| wrong(object)).count(), 1, "{}", done.describe());
    objects
}

#[test]
fn what_cannot_even_begin_is_told_as_an_object_by_every_command() {
    let commands: [&[&str]; 10] = [
        &["send", "--json", "nope-0", "arp"],
        &["check", "--json", "nope-0", "nope-1", "arp"],
        &["build", "--json", "udp dprt=53"],
        &["decode", "--json", "/dev/null"],
        &["diff", "--json", "/dev/null", "/dev/null"],
        &["sniff", "--json", "nope-0"],
        &["sniff", "--json", "-r", "/dev/null"],
        &["offload", "--json", "nope-0"],
        &["ifaces", "--json", "--netns", "nope-0"],
        &["fields", "--json", "nope-0"],
    ];
    for command in commands {
        let done = ethcraft(command).run().expect(2);
        let objects = objects(&done);
        let [only] = &objects[..] else { panic!("{}", done.describe()) };
        assert_eq!(only["status"], 2, "{}", done.describe());
        let error = only["error"].as_str().unwrap_or_default();
        assert!(done.stderr.contains(error), "{}", done.describe());
        assert!(only["help"].as_str().is_none_or(|help| done.stderr.contains(help)), "{}", done.describe());
    }
}

#[test]
fn without_json_nothing_but_results_is_on_standard_output() {
    let done = ethcraft(["decode", "/dev/null"]).run().expect(2);
    assert_eq!(done.stdout, "", "{}", done.describe());
}

#[test]
fn the_frames_before_the_damage_come_before_the_error() {
    let directory = Directory::new();
    let path = directory.file("cut.pcap");
    ethcraft(["build", "arp tpa=10.0.0.1..10.0.0.3", "-w", &path]).run().expect(0);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 5]).unwrap();
    let done = ethcraft(["sniff", "--json", "-r", &path]).run().expect(2);
    let objects = objects(&done);
    assert_eq!(objects.len(), 3, "{}", done.describe());
    assert_eq!((&objects[1]["frame"], &objects[2]["status"]), (&2.into(), &2.into()), "{}", done.describe());
}

#[test]
fn a_run_that_fails_is_told_in_its_summary_alone() {
    in_lab(&[], || {
        // Longer than the interface takes.
        let done = ethcraft(["send", "--json", "veth0", "eth src=02:00:00:00:00:01 / zero*3000"]).run();
        assert!(done.status == 3 || done.status == 4, "{}", done.describe());
        objects(&done);
    });
}
