//! `check --search` against a device of known capacity, and the pages that `--report` writes.

mod common;

use common::relay::{Fate, Relay, second_pair};
use common::sending::says;
use common::{Directory, ethcraft, in_lab};
use serde_json::Value;
use std::time::Instant;

const FRAME: &str = "ipv4 src=10.0.0.1 dst=10.0.0.2 / udp dport=9";

/// Frames a second that the device passes.
const RATE: f64 = 2000.0;
/// Frames that it holds at a time.
const DEPTH: f64 = 100.0;

/// A device that passes frames while it has tokens, and loses the others.
fn policer() -> Relay {
    let (mut tokens, mut before) = (DEPTH, Instant::now());
    let schedule = move |_, _: &mut Vec<u8>| {
        let now = Instant::now();
        tokens = (tokens + now.duration_since(before).as_secs_f64() * RATE).min(DEPTH);
        before = now;
        if tokens < 1.0 {
            return Fate::Lose;
        }
        tokens -= 1.0;
        Fate::Pass
    };
    Relay::start(8 << 20, |_| Some(0), schedule)
}

#[test]
fn the_rate_that_a_device_passes_is_found_and_never_exceeded() {
    in_lab(&[], || {
        let Some(()) = second_pair() else { return };
        let relay = policer();
        let done = ethcraft(["check", "veth0", "veth3", "--search", "--json", "--sizes", "64,imix", "--rate", "20k"])
            .arguments(["--trial", "500ms", "--grace", "300ms", "--resolution", "5", FRAME])
            .run();
        relay.finish();
        // On a busy machine the relay may lose frames at any rate: that is status 1.
        assert!(matches!(done.status, 0 | 1), "{}", done.describe());
        let rows = done.objects();
        assert_eq!(rows.iter().map(|row| &row["size"]).collect::<Vec<_>>(), ["64", "imix"]);
        for row in rows {
            let (rate, burst) = (&row["throughput"], &row["back_to_back"]);
            assert!(rate["trials"].as_u64().unwrap() > 2 && burst["trials"].as_u64().unwrap() > 2, "{row}");
            assert_eq!((&rate["bounded_by"], &burst["bounded_by"]), (&"loss".into(), &"loss".into()), "{row}");
            // What passed in a trial of half a second without loss is not more than the device can have passed.
            let passed = rate["most"].as_f64().unwrap() * 0.5;
            assert!(passed <= DEPTH + RATE * 0.5 * 1.05, "{row}");
        }
    });
}

#[test]
fn the_loss_above_what_a_device_passes_is_told_rate_by_rate() {
    in_lab(&[], || {
        let Some(()) = second_pair() else { return };
        let relay = policer();
        let directory = Directory::new();
        let page = directory.file("loss.html");
        let arguments =
            ["check", "veth0", "veth3", "--search", "--loss-rate", "--json", "--sizes", "64", "--rate", "5k"];
        let done = ethcraft(arguments)
            .arguments(["--trial", "500ms", "--grace", "300ms", "--resolution", "20", "--report", &page, FRAME])
            .run();
        relay.finish();
        assert!(matches!(done.status, 0 | 1), "{}", done.describe());
        let row = done.json();
        let number = |loss: &Value, name: &str| loss[name].as_f64().unwrap_or_else(|| panic!("{name}: {loss}"));
        let curve = row["loss_rate"].as_array().unwrap();
        let top = curve[0]["offered"].as_u64().unwrap();
        for (loss, tenth) in curve.iter().zip((1..=10).rev()) {
            let (sent, lost) = (number(loss, "sent"), number(loss, "lost"));
            assert_eq!(
                (&loss["percent"], &loss["offered"]),
                (&(tenth * 10).into(), &(top * tenth / 10).into()),
                "{loss}"
            );
            // The device may be behind by the time that late frames are waited for.
            let seconds = sent / number(loss, "rate") + 0.4;
            assert!(sent - lost <= DEPTH + RATE * seconds, "{loss}");
            assert!((number(loss, "loss") - lost / sent).abs() < 1e-9, "{loss}");
        }
        assert!(number(&curve[0], "lost") > 0.0, "more than twice of what it passes: {row}");
        // It ends at the second trial without loss, or where there is nothing more to try.
        let without = |pair: &[Value]| number(&pair[0], "lost") == 0.0 && number(&pair[1], "lost") == 0.0;
        let first = curve.windows(2).position(without).map_or(10, |at| at + 2);
        assert_eq!(curve.len(), first, "{row}");
        let text = std::fs::read_to_string(&page).unwrap();
        assert!(text.contains("Loss by offered rate") && text.matches("<svg ").count() == 4, "{text}");
    });
}

#[test]
fn a_cable_passes_all_that_is_offered() {
    in_lab(&[], || {
        let search = |extra: &[&str]| {
            ethcraft(["check", "veth0", "veth1", "--search", "--sizes", "64,1518", "--rate", "2k", "--trial", "200ms"])
                .arguments(extra)
                .arguments([FRAME])
                .run()
        };
        let done = search(&[]).expect(0);
        assert_eq!(done.stdout.matches("what was offered").count(), 2, "{}", done.describe());
        says(&search(&["--min-rate", "3k"]).expect(1), "3000 wanted");
        let done = search(&["--loss-rate"]).expect(0);
        let none = done.stdout.lines().filter(|line| line.ends_with("/s    0.000 % lost")).count();
        assert_eq!(none, 2 * 2, "100 % and 90 % of each size: {}", done.describe());
    });
}

#[test]
fn a_search_that_makes_no_sense_is_refused_with_the_remedy() {
    in_lab(&[], || {
        let wrong = |arguments: &[&str], text: &str| {
            says(&ethcraft(["check", "veth0", "veth1", "--search"]).arguments(arguments).run().expect(2), text);
        };
        wrong(&["--sizes", "40", FRAME], "the frame has 42 bytes, and a size of 40 leaves 36");
        wrong(&["--sizes", "big", FRAME], "write bytes with the FCS, 64 to 1518, or imix");
        wrong(&["-c", "5", FRAME], "cannot be used with");
        wrong(&["--rate", "10Mbit", FRAME], "write --rate 100k");
        let long = ethcraft(["check", "veth0", "veth1", "--search", "--sizes", "1519", FRAME]).run().expect(3);
        says(&long, "does not fit veth0");
    });
}

#[test]
fn the_page_of_a_check_stands_alone_and_shows_what_was_found() {
    in_lab(&[], || {
        let Some(()) = second_pair() else { return };
        let directory = Directory::new();
        let page = directory.file("out.html");
        let relay = Relay::losing(|frame| frame.is_multiple_of(9));
        let frame = format!("{FRAME} / '<b>&' zero*14");
        ethcraft(["check", "veth0", "veth3", "-c", "90", "--report", &page, &frame]).run().expect(1);
        relay.finish();
        let text = std::fs::read_to_string(&page).unwrap();
        assert_eq!(text.matches("<svg ").count(), 3, "distribution, latency and loss over time");
        for part in [
            "10 of 90 frames lost",
            "Distribution of the latency",
            "Loss over time",
            "&lt;b&gt;&amp;",
            "veth0 -&gt; veth3",
        ] {
            assert!(text.contains(part), "{part}");
        }
        // Nothing is loaded from elsewhere.
        assert!(
            !text.contains("http") && !text.contains("<script") && !text.contains("src=\"") && !text.contains("<b>")
        );

        ethcraft(["check", "veth0", "veth1", "-c", "9", "--report", &page, FRAME]).run().expect(0);
        assert!(std::fs::read_to_string(&page).unwrap().contains("No frame was lost."));

        let page = directory.file("search.html");
        ethcraft([
            "check", "veth0", "veth1", "--search", "--sizes", "64", "--rate", "1k", "--trial", "50ms", "--report",
            &page, FRAME,
        ])
        .run()
        .expect(0);
        assert_eq!(std::fs::read_to_string(&page).unwrap().matches("<svg ").count(), 3);
        let nowhere = directory.file("none/out.html");
        says(&ethcraft(["check", "veth0", "veth1", "--report", &nowhere, FRAME]).run().expect(2), "none/out.html");
    });
}
