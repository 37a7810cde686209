//! Frames from a capture that is there already: `sniff -r`.

use super::args::Args;
use super::sink::{Selector, Sink};
use super::{parse_pattern, show, warn_of};
use crate::cli::input::{From, Input};
use crate::cli::{Failure, Outcome, tcpdump_filter};
use crate::frame::Surroundings;
use crate::report::line::Told;
use std::path::Path;

/// Reads it to its end, or until enough frames have come.
pub(super) fn run(args: &Args, path: &Path) -> Outcome {
    let pattern = parse_pattern(&args.words, Surroundings::default())?;
    warn_of(args);
    let mut filter = args.filter.as_deref().map(tcpdump_filter::OnFile::new).transpose()?;
    if args.show_filter {
        return match filter {
            Some(filter) => show(&filter.program()),
            None => Err(Failure::usage("with -r a pattern is matched here: no program runs")
                .help("name an interface, or a --filter in tcpdump's syntax")),
        };
    }
    let mut selector = Selector::new(args, pattern.as_ref());
    let mut sink = Sink::new(args, pattern.is_some(), None)?;
    let mut input = Input::open(Some(path), From::Pcap)?;
    let mut damage = None;
    while !sink.done {
        match input.next() {
            Ok(Some((record, interface))) => {
                let wanted = filter.as_mut().map_or(Ok(true), |filter| filter.lets_through(&record))?;
                sink.seen += 1;
                if wanted && selector.wants(&record, interface, Told::default()) {
                    sink.record(&record, interface)?;
                }
            }
            Ok(None) => break,
            Err(failure) => {
                damage = Some(failure.help(format!("the {} frames before it were read", sink.seen)));
                break;
            }
        }
    }
    sink.close(None)?;
    if !args.quiet {
        sink.summary(None);
    }
    if let Some(failure) = damage {
        return Err(failure);
    }
    sink.verdict(args)
}
