//! Frames from an interface.

use super::args::{Args, Way};
use super::live::{self, Live};
use super::sink::Sink;
use super::{parse_pattern, show, warn_of};
use crate::cli::{Failure, Outcome, Status, tcpdump_filter};
use crate::frame::filter::{self, Program};
use crate::link::netns::Target;
use crate::link::rx::{self, Arrived, Capture};
use crate::link::stop::Stop;
use crate::link::{self, privileges, tx};
use crate::report::safe;
use crate::traffic::addresses::surroundings;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Captures until something ends it.
pub(super) fn run(args: &Args) -> Outcome {
    let Some((name, pattern)) = args.words.split_first() else {
        return Err(
            Failure::usage("an interface is missing").help("ethcraft ifaces lists them; -r FILE reads a capture")
        );
    };
    let target: Target = name.parse()?;
    let mut options = rx::Options {
        promiscuous: !args.no_promiscuous,
        buffer: args.buffer,
        snaplen: args.snaplen,
        direction: match args.direction {
            Way::Both => rx::Direction::Both,
            Way::In => rx::Direction::In,
            Way::Out => rx::Direction::Out,
        },
        ..rx::Options::default()
    };
    let stop = Stop::on_signals().map_err(Failure::failed)?;
    let interface = target.within(|| link::lookup(&target.interface))??;
    let pattern = parse_pattern(pattern, surroundings(&interface, 0))?;
    let program = match &pattern {
        Some(pattern) if !args.no_filter => filter::compile(pattern, args.snaplen.unwrap_or(filter::WHOLE)),
        _ => Program::keep(args.snaplen.unwrap_or(filter::WHOLE)),
    };
    warn_of(args);
    let snaplen = args.snaplen.unwrap_or(filter::WHOLE);
    let wanted = args.filter.as_deref().map(|text| tcpdump_filter::on_interface(&target, &interface, snaplen, text));
    let wanted = wanted.transpose()?;
    let program = wanted.as_ref().map_or(program.clone(), |wanted| tcpdump_filter::both(wanted, &program));
    if args.show_filter {
        return show(&program);
    }
    options.filter = Some(program).filter(|program| !program.keeps_all());
    let mut capture = target.within(|| Capture::open(&interface, &options))??;
    // A pattern is matched here too; a filter of tcpdump's is run by the kernel or not at all.
    if let Some(wanted) = wanted.filter(|wanted| !wanted.keeps_all() && !capture.is_filtered()) {
        options.filter = Some(wanted);
        capture = target.within(|| Capture::open(&interface, &options))??;
        if !capture.is_filtered() {
            return Err(Failure::refused("the kernel has no room for the filter")
                .help("write a shorter one, or raise the limit: sysctl net.core.optmem_max"));
        }
    }
    let mut sink = Sink::new(args, pattern, Some(name))?;
    sink.filtered = capture.is_filtered();
    sink.longest = Some(tx::longest(interface.mtu, true, true) as u32);
    // From here on only bytes from outside are looked at: nothing more is opened, and nothing needs a privilege.
    if let Err(error) = privileges::drop_all() {
        eprintln!("warning: the privileges could not be given up: {error}");
    }
    if !args.quiet {
        let how = if args.no_promiscuous { "" } else { ", promiscuous" };
        eprintln!("sniffing on {} ({}{how}); Ctrl-C ends", safe::text(name), interface.state);
    }
    // Where frames are shown they are what is to be seen.
    let (live, progress) = if args.writes_only() { live::show(name) } else { (Arc::default(), None) };
    let limit = args.within.or(args.timeout).and_then(|time| Instant::now().checked_add(time));
    let ended = listen(args, &mut sink, &mut capture, &stop, limit, &live)
        .and_then(|()| take_the_rest(&mut sink, &mut capture));
    drop(progress);
    let counted = capture.statistics();
    // What ended the capture is told, not what follows from it.
    let ended = ended.and(sink.close(counted.as_ref().ok().copied()));
    let closed_pipe = ended.as_ref().is_err_and(|failure| failure.status == Status::Done);
    if !args.quiet && !closed_pipe {
        sink.summary(counted.as_ref().ok());
    }
    ended?;
    let dropped = counted?.dropped;
    if args.fail_on_drop && dropped > 0 {
        return Err(Failure::new(Status::Unmet, format!("the kernel dropped {dropped} frames"))
            .help("a larger --buffer, or a pattern with less output, keeps up"));
    }
    sink.verdict(args)
}

/// Takes frames until something ends the capture.
fn listen(
    args: &Args,
    sink: &mut Sink,
    capture: &mut Capture,
    stop: &Stop,
    limit: Option<Instant>,
    live: &Live,
) -> Result<(), Failure> {
    let mut idle = false;
    while !sink.done && !stop.requested() {
        let left = limit.map(|limit| limit.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            break;
        }
        // What has come is shown before anything is waited for.
        let wait = if idle { left } else { Some(Duration::ZERO) };
        match capture.frames(wait, stop)? {
            Arrived::Frames(frames) => {
                idle = false;
                for frame in frames.iter() {
                    sink.received(&frame)?;
                    if sink.done {
                        break;
                    }
                }
                if args.writes_only() {
                    live.set(sink.matched, sink.bytes, capture.statistics()?.dropped);
                }
            }
            Arrived::Timeout if idle => break,
            Arrived::Timeout => {
                idle = true;
                sink.flush()?;
            }
            Arrived::Stopped => break,
            Arrived::Down { name } if args.exit_on_down => {
                return Err(Failure::failed(format!("{} went down", safe::text(&name))));
            }
            Arrived::Down { name } => {
                eprintln!("warning: {} is down; frames come once it is up", safe::text(&name));
            }
        }
    }
    Ok(())
}

/// Takes the frames that came before the end and were not looked at yet: what the kernel counted is seen or dropped.
fn take_the_rest(sink: &mut Sink, capture: &mut Capture) -> Result<(), Failure> {
    /// The kernel hands over a block that is not full after a few milliseconds.
    const PATIENCE: Duration = Duration::from_millis(50);
    let received = capture.statistics()?.received;
    // Frames go on coming, so this ends by their number.
    while !sink.done && sink.seen < received {
        match capture.next(Some(PATIENCE), &Stop::new()) {
            Ok(rx::Event::Frame(frame)) => sink.received(&frame)?,
            // Those of the other direction are counted and never come.
            _ => break,
        }
    }
    Ok(())
}
