//! The four counts that are easily confused, kept apart, and the sentences that explain why they differ.

use crate::link::counters::Counters;

/// What became of the frames of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Frames asked for; none where a run goes on until it is ended.
    pub asked: Option<u64>,
    /// Frames that the kernel took. That is no promise that any of them left the machine.
    pub accepted: u64,
    /// Their bytes.
    pub accepted_bytes: u64,
    /// Frames that the kernel refused.
    pub refused: u64,
    /// What the interface counted meanwhile, the frames of others among it; none where it could not be asked.
    pub interface: Option<Counters>,
    /// Frames may be cut into segments on their way, each of which the interface counts.
    pub cut: bool,
    /// Frames that a receiver saw; none where nobody looked.
    pub seen: Option<u64>,
}

/// A sentence about the counts, and what to try next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The sentence.
    pub text: String,
    /// What to try next.
    pub help: Option<String>,
}

impl Note {
    /// A sentence alone.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), help: None }
    }

    /// The same with the next thing to try.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl Counts {
    /// Frames asked for that were neither accepted nor refused.
    pub fn unsent(&self) -> u64 {
        self.asked.map_or(0, |asked| asked.saturating_sub(self.accepted + self.refused))
    }

    /// Why the interface, called `name`, counted another number than the kernel accepted, as far as it can be known.
    /// `carrier`: whether it has one now.
    pub fn differences(&self, name: &str, carrier: Option<bool>) -> Vec<Note> {
        let Some(counted) = &self.interface else {
            return vec![Note::new(format!("the counters of {name} could not be read"))];
        };
        let mut notes = Vec::new();
        if counted.tx_dropped > 0 {
            let dropped = frames(counted.tx_dropped);
            notes.push(if carrier == Some(false) {
                Note::new(format!("no carrier: the other end of {name} is down or unplugged; {name} dropped {dropped}"))
                    .help("set the other end up; `ethcraft ifaces` shows which interface has a carrier")
            } else if self.refused > 0 {
                let drops = counted.tx_dropped;
                Note::new(format!("{name} counted {drops} drops (tx_dropped), every try of a refused frame among them"))
            } else {
                Note::new(format!("{name} dropped {dropped} (tx_dropped): it could not pass them on"))
                    .help("compare with the MTU of the other end, and send slower with --rate")
            });
        }
        if counted.tx_errors > 0 {
            notes.push(Note::new(format!("{name} failed to send {} (tx_errors)", frames(counted.tx_errors))));
        }
        let known = counted.tx_packets.saturating_add(counted.tx_dropped).saturating_add(counted.tx_errors);
        if known < self.accepted {
            let missing = frames(self.accepted - known);
            notes.push(
                Note::new(format!(
                    "{name} has not counted {missing} of those accepted: the queue in front of it dropped them or still \
                     holds them"
                ))
                .help(format!("`tc -s qdisc show dev {name}` shows that queue")),
            );
        } else if counted.tx_packets > self.accepted {
            let more = frames(counted.tx_packets - self.accepted);
            notes.push(Note::new(if self.cut {
                format!("{name} counted {more} more: the segments that frames were cut into, and frames of others")
            } else {
                format!("{name} also sent {more} of others meanwhile")
            }));
        }
        notes
    }
}

/// `1 frame`, `2 frames`.
pub fn frames(count: u64) -> String {
    if count == 1 { "1 frame".into() } else { format!("{count} frames") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(accepted: u64, counted: Counters, carrier: Option<bool>) -> Vec<String> {
        let counts = Counts { asked: Some(10), accepted, interface: Some(counted), ..Counts::default() };
        counts.differences("veth0", carrier).into_iter().map(|note| note.text).collect()
    }

    fn counters(tx_packets: u64, tx_dropped: u64) -> Counters {
        Counters { tx_packets, tx_dropped, ..Counters::default() }
    }

    #[test]
    fn equal_counts_need_no_word() {
        assert!(told(10, counters(10, 0), Some(true)).is_empty());
    }

    #[test]
    fn frames_dropped_without_a_carrier_are_explained_by_it() {
        let notes = told(10, counters(0, 10), Some(false));
        assert_eq!(notes, ["no carrier: the other end of veth0 is down or unplugged; veth0 dropped 10 frames"]);
        assert!(!told(10, counters(0, 10), Some(true))[0].contains("carrier"));
    }

    #[test]
    fn frames_that_nobody_counted_are_laid_to_the_queue() {
        let notes = told(10, counters(7, 2), Some(true));
        assert_eq!(notes.len(), 2);
        assert!(notes[1].starts_with("veth0 has not counted 1 frame of those accepted"), "{notes:?}");
    }

    #[test]
    fn frames_of_others_are_told_as_theirs() {
        assert_eq!(told(10, counters(12, 0), Some(true)), ["veth0 also sent 2 frames of others meanwhile"]);
    }

    #[test]
    fn frames_not_tried_are_those_neither_accepted_nor_refused() {
        let counts = Counts { asked: Some(10), accepted: 3, refused: 2, ..Counts::default() };
        assert_eq!(counts.unsent(), 5);
        assert_eq!(Counts { asked: None, ..counts }.unsent(), 0);
    }
}
