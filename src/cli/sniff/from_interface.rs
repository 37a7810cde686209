//! Frames from an interface.

use super::args::{Args, Way};
use super::listen::{self, Shared};
use super::live;
use super::sink::{Selector, Sink};
use super::{parse_pattern, show, warn_of};
use crate::cli::{Failure, Outcome, Status, tcpdump_filter};
use crate::frame::filter::{self, Program};
use crate::link::netns::Target;
use crate::link::rx::{self, Capture};
use crate::link::stop::Stop;
use crate::link::{self, privileges, tx};
use crate::report::safe;
use crate::traffic::addresses::surroundings;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

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
    let open = |options: &rx::Options| -> Result<Vec<Capture>, Failure> {
        Ok(target.within(|| match args.fanout {
            None | Some(1) => Capture::open(&interface, options).map(|capture| vec![capture]),
            Some(threads) => Capture::open_shared(&interface, options, threads.into()),
        })??)
    };
    let is_filtered = |captures: &[Capture]| captures.iter().all(Capture::is_filtered);
    let mut captures = open(&options)?;
    // A pattern is matched here too; a filter of tcpdump's is run by the kernel or not at all.
    if let Some(wanted) = wanted.filter(|wanted| !wanted.keeps_all() && !is_filtered(&captures)) {
        options.filter = Some(wanted);
        captures = open(&options)?;
        if !is_filtered(&captures) {
            return Err(Failure::refused("the kernel has no room for the filter")
                .help("write a shorter one, or raise the limit: sysctl net.core.optmem_max"));
        }
    }
    let selector = Selector::new(args, pattern.as_ref());
    let mut sink = Sink::new(args, pattern.is_some(), Some(name))?;
    sink.filtered = is_filtered(&captures);
    sink.longest = Some(tx::longest(interface.mtu, true, true) as u32);
    // From here on only bytes from outside are looked at: nothing more is opened, and nothing needs a privilege.
    if let Err(error) = privileges::drop_all() {
        eprintln!("warning: the privileges could not be given up: {error}");
    }
    if !args.quiet {
        let mut how = if args.no_promiscuous { String::new() } else { ", promiscuous".to_owned() };
        if captures.len() > 1 {
            let _ = write!(how, ", {} threads", captures.len());
        }
        eprintln!("sniffing on {} ({}{how}); Ctrl-C ends", safe::text(name), interface.state);
    }
    // Where frames are shown they are what is to be seen.
    let (live, progress) = if args.writes_only() { live::show(name) } else { (Arc::default(), None) };
    let limit = args.within.or(args.timeout).and_then(|time| Instant::now().checked_add(time));
    let shared = Shared { args, sink: Mutex::new(sink), stop: &stop, limit, live: &live, over: false.into() };
    let ended = listen::all(&shared, &mut captures, &selector);
    let mut sink = shared.sink.into_inner().unwrap_or_else(PoisonError::into_inner);
    drop(progress);
    let counted = listen::statistics(&mut captures);
    // What ended the capture is told, not what follows from it.
    let ended = ended.and(sink.close(counted.as_ref().ok().copied()));
    let closed_pipe = ended.as_ref().is_err_and(|failure| failure.status == Status::Done);
    if !args.quiet && !closed_pipe {
        sink.summary(counted.as_ref().ok());
        if captures.len() > 1 && args.write.is_some() {
            eprintln!("note: in order flow by flow, not by time; `reordercap` sorts a capture");
        }
    }
    ended?;
    let dropped = counted?.dropped;
    if args.fail_on_drop && dropped > 0 {
        return Err(Failure::new(Status::Unmet, format!("the kernel dropped {dropped} frames"))
            .help("a larger --buffer, or a pattern with less output, keeps up"));
    }
    sink.verdict(args)
}
