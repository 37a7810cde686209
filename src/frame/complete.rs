//! What can stand at the end of an unfinished expression: layers, fields and named values, from the tables.
//!
//! It reads leniently, because what is being typed is wrong until it is done; whether it is right is for the parser to say.

use crate::proto::table::{Field, Kind, List, Protocol, Role, Rule};
use crate::proto::{self, ALL};

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What takes the place of the last word.
    pub text: String,
    /// What it is.
    pub help: String,
}

/// What can take the place of the last word of `text`, and where in `text` that word begins. The word may be empty: then it
/// is what can come next.
pub fn complete(text: &str) -> (usize, Vec<Candidate>) {
    let mut reader = Reader::default();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start_matches(BLANK).len();
        let rest = &text[at..];
        match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => match quoted(rest, quote) {
                Some(length) => at += length,
                // Inside a text nothing is to be offered.
                None => return (text.len(), Vec::new()),
            },
            Some(brace @ ('{' | '}')) => {
                reader.brace(brace);
                at += 1;
            }
            _ => {
                let length = rest.find([' ', '\t', '\n', '{', '}']).unwrap_or(rest.len());
                if length == rest.len() {
                    return (at, reader.candidates(rest));
                }
                reader.word(&rest[..length]);
                at += length;
            }
        }
    }
}

const BLANK: [char; 3] = [' ', '\t', '\n'];

/// The length of a text with its quotes, none where it is not closed.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            _ if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Where in the expression the reader is.
#[derive(Default)]
struct Reader {
    here: Level,
    outside: Vec<Level>,
}

#[derive(Default)]
struct Level {
    /// What may stand here, inside braces.
    list: Option<&'static List>,
    /// Inside the braces of what is not known.
    lost: bool,
    /// The part before this one.
    below: Option<&'static Protocol>,
    /// A part has begun.
    begun: bool,
    /// Its table, if it is known.
    layer: Option<&'static Protocol>,
    /// The names that were set in it.
    set: Vec<String>,
}

impl Level {
    fn next_part(&mut self) {
        let list = self.list;
        *self = Self { list, lost: self.lost, below: self.layer.take(), ..Self::default() };
    }

    fn find(&self, name: &str) -> Option<&'static Protocol> {
        match self.list {
            Some(list) => list.of.iter().copied().find(|p| p.name == name),
            None if self.lost => None,
            None => proto::by_name(name, self.below),
        }
    }
}

impl Reader {
    fn brace(&mut self, brace: char) {
        if brace == '{' {
            let list = self.here.layer.and_then(Protocol::list);
            let inside = Level { list, lost: list.is_none(), ..Level::default() };
            self.outside.push(std::mem::replace(&mut self.here, inside));
        } else if let Some(outer) = self.outside.pop() {
            self.here = outer;
        }
    }

    fn word(&mut self, word: &str) {
        let here = &mut self.here;
        match word {
            "/" => here.next_part(),
            "and" | "or" | "not" | "then" | "zip" => *here = Level { list: here.list, ..Level::default() },
            _ => {
                let (name, _) = split(word).unwrap_or((word, ""));
                if here.begun {
                    here.set.push(name.to_owned());
                } else {
                    here.begun = true;
                    here.layer = here.find(name);
                    let main = here.layer.filter(|_| name != word).and_then(|p| p.fields.get(p.main()?));
                    here.set.extend(main.map(|f| f.name.to_owned()));
                }
            }
        }
    }

    fn candidates(&self, word: &str) -> Vec<Candidate> {
        let here = &self.here;
        match (here.begun, split(word)) {
            (false, None) => layers(here, word),
            (false, Some((name, value))) => {
                let main = here.find(name).and_then(|p| p.fields.get(p.main()?));
                main.map(|f| values(f, word, value)).unwrap_or_default()
            }
            (true, None) => here.layer.map(|p| fields(p, &here.set, word)).unwrap_or_default(),
            (true, Some((name, value))) => {
                let field = here.layer.and_then(|p| p.fields.get(p.field(name)?));
                field.map(|f| values(f, word, value)).unwrap_or_default()
            }
        }
    }
}

/// A name and the value being written behind it.
fn split(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    Some((name.strip_suffix('!').unwrap_or(name), value))
}

/// The layers or items that begin so: those that the part before can name, else all.
fn layers(here: &Level, word: &str) -> Vec<Candidate> {
    let offered = |all: &[&'static Protocol]| -> Vec<Candidate> {
        let fitting = all.iter().filter(|p| p.name.starts_with(word));
        let mut found: Vec<Candidate> =
            fitting.map(|p| Candidate { text: p.name.into(), help: p.title.into() }).collect();
        // One name can stand for several.
        found.dedup_by(|a, b| a.text == b.text);
        found
    };
    match (here.list, here.below) {
        (Some(list), _) => offered(list.of),
        (None, _) if here.lost => Vec::new(),
        (None, Some(below)) => {
            let can_follow = |p: &Protocol| p.role.is_tail() || (below.carries && proto::follows(below, p));
            let near: Vec<_> = ALL.iter().copied().filter(|p| can_follow(p)).collect();
            let found = offered(&near);
            let only_tails = near.iter().all(|p| p.role.is_tail());
            if found.is_empty() || (only_tails && below.carries) { offered(&all_but(Role::Start)) } else { found }
        }
        (None, None) => offered(ALL),
    }
}

fn all_but(role: Role) -> Vec<&'static Protocol> {
    ALL.iter().copied().filter(|p| p.role != role).collect()
}

/// The fields that begin so and are not set yet, with `=`; of flags the bits too, once their name begins.
fn fields(layer: &Protocol, set: &[String], word: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    for f in layer.fields {
        let settable = !matches!(f.rule, Rule::Const) && !matches!(f.kind, Kind::Items(_));
        if settable && f.name.starts_with(word) && !set.iter().any(|s| s == f.name) {
            found.push(Candidate { text: format!("{}=", f.name), help: f.doc.into() });
        }
        if matches!(f.kind, Kind::Flags) && !word.is_empty() {
            let bits = f.names.iter().filter(|(name, _)| name.starts_with(word) && !set.iter().any(|s| s == name));
            found.extend(
                bits.map(|(name, _)| Candidate { text: format!("{name}="), help: format!("a bit of {}", f.name) }),
            );
        }
    }
    found
}

/// The named values that the value being written can go on with, and the words that every field takes.
fn values(f: &Field, word: &str, value: &str) -> Vec<Candidate> {
    // A value is written behind the last comma of a list, or the last plus of flags.
    let joins = if matches!(f.kind, Kind::Flags) { &[',', '+'][..] } else { &[','] };
    let from = value.rfind(joins).map_or(0, |at| at + 1);
    let (begin, last) = (&word[..word.len() - value.len() + from], &value[from..]);
    let named = f.names.iter().map(|(name, number)| (*name, number.to_string()));
    let words = [
        (true, "auto", "what is filled in"),
        (f.is_check(), "bad", "a wrong one"),
        (f.bits() > 0, "rand", "any value, drawn for each frame"),
    ];
    let words = words.into_iter().filter(|(there, ..)| *there && from == 0).map(|(_, name, help)| (name, help.into()));
    let fitting = named.chain(words).filter(|(name, _)| name.starts_with(last));
    fitting.map(|(name, help)| Candidate { text: format!("{begin}{name}"), help }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn offered(text: &str) -> Vec<String> {
        complete(text).1.into_iter().map(|c| c.text).collect()
    }

    #[test]
    fn the_first_word_is_a_layer() {
        assert!(offered("").contains(&"ipv4".into()) && offered("").contains(&"eth".into()));
        assert_eq!(offered("ar"), ["arp"]);
    }

    #[test]
    fn behind_a_slash_stands_what_the_layer_below_can_name() {
        assert_eq!(offered("ipv4 / ud"), ["udp"]);
        assert!(!offered("ipv4 / ").contains(&"arp".into()));
        assert_eq!(offered("ipv4 / arp / "), ["pad", "icv", "prp", "fcs", "cut"]);
        assert_eq!(offered("ipv4 / ar"), ["arp"], "what cannot follow is offered where nothing else fits");
    }

    #[test]
    fn behind_a_layer_stand_its_fields_that_are_not_set() {
        assert_eq!(offered("udp "), ["sport=", "dport=", "length=", "checksum="]);
        assert_eq!(offered("udp dport=53 sport=1 "), ["length=", "checksum="]);
        assert_eq!(offered("vlan=7 / vlan=3 d"), ["dei="]);
        assert_eq!(offered("vlan=7 i"), [""; 0], "its main field is set");
    }

    #[test]
    fn behind_an_equals_sign_stand_named_values() {
        assert_eq!(offered("ipv4 proto=gr"), ["proto=gre"]);
        assert_eq!(offered("ipv4 flags=df+m"), ["flags=df+mf"]);
        assert_eq!(offered("ipv4 proto=udp,ic"), ["proto=udp,icmp", "proto=udp,icmpv6"]);
        assert_eq!(offered("udp checksum!=b"), ["checksum!=bad"]);
    }

    #[test]
    fn inside_braces_stand_items_and_behind_them_fields_again() {
        assert_eq!(offered("hopopts {"), ["pad1", "padn", "limit", "ra", "jumbo", "home", "opt"]);
        assert_eq!(offered("ipv4 {nop / r"), ["rr", "ra"]);
        assert_eq!(offered("ipv4 {nop / opt=30 {0x00} "), ["len="]);
        assert_eq!(offered("ipv4 {nop} tt"), ["ttl="]);
    }

    #[test]
    fn inside_a_text_nothing_is_offered() {
        assert_eq!(offered("eth / \"ipv4 "), [""; 0]);
        assert_eq!(offered("eth / \"a / b\" / ar"), ["arp"]);
    }

    #[test]
    fn the_place_of_the_last_word_is_told() {
        assert_eq!(complete("ipv4 / ud").0, 7);
        assert_eq!(complete("ipv4 {no").0, 6);
        assert_eq!(complete("ipv4 ").0, 5);
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "[a-z0-9=!,+ /{}\"'\\\\é]{0,40}") {
            let (at, candidates) = complete(&text);
            prop_assert!(text.is_char_boundary(at));
            for candidate in candidates {
                prop_assert!(!candidate.text.contains(BLANK));
            }
        }
    }
}
