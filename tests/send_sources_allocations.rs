//! Once a run is under way no frame costs an allocation, whatever it comes from.

mod common;

use common::expressions::frames;
use common::memory::{Counting, calls};
use common::{Directory, ethcraft, frame, in_lab};
use ethcraft::frame::{Rewrite, no_files};
use ethcraft::link::counters::Meter;
use ethcraft::link::lookup;
use ethcraft::link::stop::Stop;
use ethcraft::link::tx::{Options, Sender};
use ethcraft::traffic::{self, Item, Job, Live, Recording, Source, Spacing};
use std::path::Path;

#[global_allocator]
static MEMORY: Counting = Counting;

/// How many allocations a run makes.
fn allocations(job: &Job) -> u64 {
    let interface = lookup("veth0").unwrap();
    let mut sender = [Sender::open(&interface, &Options::default()).unwrap()];
    let (meter, live) = (Meter::open(&interface).unwrap(), Live::new(1));
    let before = calls();
    let report = traffic::send(job, &mut sender, &meter, &Stop::new(), &live);
    let made = calls() - before;
    assert_eq!(Some(report.counts.accepted), job.count, "{report:?}");
    made
}

#[test]
fn a_run_of_ten_thousand_frames_allocates_no_more_than_one_of_five_hundred() {
    in_lab(&[], || {
        let directory = Directory::new();
        let file = directory.file("frames.pcapng");
        let text = "eth src=02:00:00:00:00:01 / ipv4 src=10.0.0.1 dst=10.0.0.2 / udp dport=1..400 / \"hello\"";
        ethcraft(["build", "-w", &file, text]).run().expect(0);
        assert!(!frame(text).is_empty());
        let set = frames(text);
        // Frames of many lengths, which are built one by one.
        let sizes = text.replace("\"hello\"", "zero*1..400");
        let sizes = frames(&sizes);
        let (items, built) = ([Item { frames: &set, delay: None }], [Item { frames: &sizes, delay: None }]);
        let recording = Recording::open(Path::new(&file)).unwrap();
        let rewrites = [Rewrite::parse("ipv4 dst=10.9.9.9 ttl=1..9", &no_files).unwrap()];
        let capture = Source::Capture { recording: &recording, with_fcs: false, passes: None };
        let evenly = Spacing::rate(200_000);
        let jobs = [
            ("a set", Job::new(Source::Sets(&items))),
            ("a set of many lengths", Job::new(Source::Sets(&built))),
            ("a set at a rate", Job { spacing: evenly, ..Job::new(Source::Sets(&items)) }),
            ("a rewritten set", Job { rewrites: &rewrites, ..Job::new(Source::Sets(&items)) }),
        ];
        for (what, job) in jobs {
            let of = |count| allocations(&Job { count: Some(count), ..job.clone() });
            let (few, many) = (of(500), of(10_000));
            // The interface's counters are read once or a few times at the end.
            assert!(many < few + 400, "{what}: {few} and {many}");
        }
        // A pass through a capture opens it anew; so both runs are within one pass and the next.
        let of = |count| {
            allocations(&Job { count: Some(count), rewrites: &rewrites, spacing: Spacing::Max, ..Job::new(capture) })
        };
        let (few, many) = (of(10), of(790));
        assert!(many < few + 400, "a capture: {few} and {many}");
    });
}
