//! Labs with somebody to talk to.

use super::sending::Peer;
use super::{Done, Program, Running, ethcraft, peer, transmit};
use serde_json::Value;
use std::thread::{JoinHandle, spawn};

/// `ethcraft ask` with these arguments.
pub fn ask<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Program {
    ethcraft(["ask"]).arguments(arguments)
}

/// `ethcraft answer` with these arguments, that listens already.
pub fn answer<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Running {
    let mut running = ethcraft(["answer"]).arguments(arguments).start();
    running.wait_for("answering on ");
    running
}

/// The lines of JSON on standard output: the pairs, and the summary behind them.
pub fn told(done: &Done) -> (Vec<Value>, Value) {
    let mut lines = done.objects();
    let last = lines.pop().unwrap_or_else(|| panic!("no summary\n{}", done.describe()));
    assert!(last["summary"].is_object(), "{}", done.describe());
    (lines, last["summary"].clone())
}

/// This field of each object, as text.
pub fn column(of: &[Value], name: &str) -> Vec<String> {
    of.iter().map(|one| one[name].as_str().map_or_else(|| one[name].to_string(), str::to_owned)).collect()
}

/// A shell command in a host's network namespace; nothing where `ip` is missing, which ends the test.
pub fn on_host(host: &str, command: &str) -> Option<Done> {
    let ip = peer("ip")?;
    Some(Program::new(ip).arguments(["netns", "exec", host, "sh", "-c", command]).run().expect(0))
}

/// Somebody on veth1 who takes `questions` frames and then sends these frames, once.
pub fn answerer(questions: usize, answers: Vec<Vec<u8>>) -> JoinHandle<()> {
    let mut peer = Peer::open("veth1");
    spawn(move || {
        peer.take(questions);
        transmit("veth1", answers);
    })
}
