//! Sending on veth0 and looking at what arrives at the other end.

use super::{Done, Program, Running, ethcraft, peer};
use ethcraft::link::netns::Target;
use ethcraft::link::rx::{Capture, Direction, Event, Options};
use ethcraft::link::{lookup, stop::Stop};
use std::time::Duration;

/// Longer than a frame takes to the other end, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// After this time of silence nothing more is on its way.
const SILENCE: Duration = Duration::from_millis(300);

/// What arrives at the other end.
pub struct Peer(Capture);

impl Peer {
    /// Captures from now on what comes in on this interface.
    pub fn open(name: &str) -> Self {
        let target: Target = name.parse().unwrap();
        let options = Options { direction: Direction::In, ..Options::default() };
        Self(target.within(|| Capture::open(&lookup(&target.interface).unwrap(), &options).unwrap()).unwrap())
    }

    fn next(&mut self, patience: Duration) -> Option<Vec<u8>> {
        loop {
            match self.0.next(Some(patience), &Stop::new()).unwrap() {
                Event::Frame(frame) => return Some(frame.data.to_vec()),
                Event::Down { .. } => {}
                _ => return None,
            }
        }
    }

    /// That many frames.
    pub fn take(&mut self, count: usize) -> Vec<Vec<u8>> {
        (0..count).map(|at| self.next(PATIENCE).unwrap_or_else(|| panic!("only {at} of {count} frames came"))).collect()
    }

    /// All until nothing comes any more.
    pub fn rest(&mut self) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| self.next(SILENCE)).collect()
    }
}

/// `ethcraft send` with these arguments.
pub fn send<const N: usize>(arguments: [&str; N]) -> Program {
    ethcraft(["send"]).arguments(arguments)
}

/// The bytes that `build` makes of the same expression.
pub fn build(arguments: &[&str]) -> Vec<Vec<u8>> {
    let done = ethcraft(["build"]).arguments(arguments).run().expect(0);
    done.stdout.lines().map(|line| hex::decode(line).unwrap()).collect()
}

/// Runs `ip`; nothing where it is missing, which ends the test.
pub fn ip<const N: usize>(arguments: [&str; N]) -> Option<()> {
    Program::new(peer("ip")?).arguments(arguments).run().expect(0);
    Some(())
}

/// Fails the test unless this is on standard error.
#[track_caller]
pub fn says(done: &Done, text: &str) {
    assert!(done.stderr.contains(text), "no {text:?}\n{}", done.describe());
}

/// `send --json` under way on veth0: a frame every millisecond, the first three of which have arrived.
pub fn under_way(extra: &[&str], peer: &mut Peer) -> Running {
    let running =
        send(["veth0", "--json", "--forever", "-i", "1ms", "eth type=0x0801 / zero*986"]).arguments(extra).start();
    peer.take(3);
    running
}
