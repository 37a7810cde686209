//! Printing and parsing are inverse, and no text at all makes the parser panic.

use std::borrow::Cow;

use proptest::prelude::*;

use super::without_spans;
use crate::expr::ast::*;
use crate::expr::{logical_lines, parse_frame, parse_line, parse_pattern, parse_rule, write_text_literal};

const NOWHERE: Span = Span::new(0, 0);

/// Names for trees: the tree borrows, so they are fixed.
const NAMES: [&str; 8] = ["eth", "udp", "a", "x-1", "u16", "opt", "echo-reply", "zeroes"];
const WORDS: [&str; 12] = [
    "53",
    "0x0a",
    "10.0.0.1",
    "2001:db8::",
    "::",
    "syn+ack",
    "-5",
    "auto",
    "and",
    "A_b",
    "www.example.com.",
    "00:1b:21:00:00:00",
];
const PATHS: [&str; 7] = ["a", "/tmp/x.bin", "a b", "{", "ä\"", "a..b,c*2", "a\\"];

fn name() -> impl Strategy<Value = Name<'static>> {
    prop::sample::select(&NAMES[..]).prop_map(|text| Name { text, span: NOWHERE })
}

fn digits() -> impl Strategy<Value = Name<'static>> {
    prop::sample::select(&["0", "8", "24", "007"][..]).prop_map(|text| Name { text, span: NOWHERE })
}

fn atom(words: &'static [&'static str]) -> impl Strategy<Value = Atom<'static>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..6).prop_map(|bytes| AtomKind::Text(Cow::Owned(bytes))),
        prop::sample::select(&PATHS[..]).prop_map(|path| AtomKind::File(Cow::Borrowed(path))),
        prop::sample::select(words).prop_map(AtomKind::Word),
    ]
    .prop_map(|kind| Atom { kind, span: NOWHERE })
}

/// A word that ends with a dot would swallow the first dot of a range.
fn end(words: &'static [&'static str]) -> impl Strategy<Value = Atom<'static>> {
    atom(words).prop_filter("no dot at its end", |a| !matches!(a.kind, AtomKind::Word(w) if w.ends_with('.')))
}

fn member(words: &'static [&'static str]) -> impl Strategy<Value = Member<'static>> {
    let range = |from, to, step| Member::Range { from, to, step, span: NOWHERE };
    prop_oneof![
        4 => atom(words).prop_map(Member::One),
        1 => (atom(words), digits()).prop_map(|(a, d)| Member::Prefix(a, d)),
        1 => (end(words), prop::option::of((end(words), prop::option::of(digits())))).prop_map(move |(from, rest)| {
            let (to, step) = rest.map_or((None, None), |(to, step)| (Some(to), step));
            range(Some(from), to, step)
        }),
        1 => end(words).prop_map(move |to| range(None, Some(to), None)),
    ]
}

fn set(words: &'static [&'static str]) -> impl Strategy<Value = Set<'static>> {
    prop::collection::vec(member(words), 1..4).prop_map(|members| Set { members, span: NOWHERE })
}

fn value(words: &'static [&'static str]) -> impl Strategy<Value = Value<'static>> {
    (any::<bool>(), set(words), prop::option::of(set(&WORDS))).prop_map(|(rand, set, repeat)| Value {
        rand,
        set,
        repeat,
        span: NOWHERE,
    })
}

/// A literal begins with what begins bytes; a range without a start would be a gap.
fn bytes() -> impl Strategy<Value = Part<'static>> {
    let literal = value(&["0x0a", "zero", "rand", "count"])
        .prop_filter("begins bytes", |v| v.rand || !matches!(v.set.members[0], Member::Range { from: None, .. }));
    prop::collection::vec(literal, 1..3).prop_map(|literals| Part::Bytes(Bytes { literals, span: NOWHERE }))
}

fn setting(name: Name<'static>, ops: &'static [Op]) -> impl Strategy<Value = Setting<'static>> {
    (prop::sample::select(ops), value(&WORDS)).prop_map(move |(op, value)| Setting { name, op, value, span: NOWHERE })
}

fn chain(ops: &'static [Op]) -> impl Strategy<Value = Chain<'static>> {
    let gap = ops.len() - 1;
    let whole = |parts| Chain { parts, span: NOWHERE };
    let layer = move |items: BoxedStrategy<Option<Chain<'static>>>| {
        let named = name().prop_flat_map(move |n| (Just(n), prop::option::of(setting(n, ops))));
        let fields = prop::collection::vec(name().prop_flat_map(move |n| setting(n, ops)), 0..3);
        (named, fields, items)
            .prop_map(|((name, main), fields, items)| Part::Layer(Layer { name, main, fields, items, span: NOWHERE }))
    };
    let part = layer(Just(None).boxed()).boxed().prop_recursive(3, 16, 3, move |inner| {
        let items = prop::option::of(prop::collection::vec(inner, 0..3).prop_map(whole)).boxed();
        prop_oneof![3 => layer(items), 2 => bytes(), gap as u32 => Just(Part::Gap(NOWHERE))]
    });
    prop::collection::vec(part, 1..4).prop_map(whole)
}

fn frame(ops: &'static [Op]) -> impl Strategy<Value = Frame<'static>> {
    (any::<bool>(), chain(ops)).prop_map(|(zip, chain)| Frame { zip: zip.then_some(NOWHERE), chain })
}

fn pattern() -> impl Strategy<Value = Pattern<'static>> {
    let term = (any::<bool>(), frame(&[Op::Is, Op::IsNot])).prop_map(|(not, frame)| {
        let chain = Pattern::Chain(frame);
        if not { Pattern::Not(Box::new(chain)) } else { chain }
    });
    let both = prop::collection::vec(term, 1..3)
        .prop_map(|mut all| if all.len() == 1 { all.remove(0) } else { Pattern::And(all) });
    prop::collection::vec(both, 1..3).prop_map(|mut all| if all.len() == 1 { all.remove(0) } else { Pattern::Or(all) })
}

/// Text that looks like the language: its own pieces in any order.
fn likely() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(
        &[
            " ",
            " / ",
            "/",
            "{",
            "}",
            "..",
            "=",
            "!=",
            "==",
            "udp",
            "tcp ",
            "0x0a",
            "0x",
            "\"",
            "'",
            "\\",
            "\\x4",
            "\n",
            "\\\n",
            "#",
            "@",
            "rand:",
            "rand",
            "zero*",
            ",",
            "*",
            "and ",
            " or ",
            "not ",
            " then ",
            "zip ",
            "5",
            "+1.5ms ",
            "-9s",
            "10.0.0.0/24",
            "ä",
            "\0",
            "\u{2028}",
            "<",
            "&&",
        ][..],
    );
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Every function that reads text, and what it says about mistakes.
fn parse_all(text: &str) {
    let errors = [parse_frame(text).err(), parse_pattern(text).err(), parse_rule(text).err(), parse_line(text).err()];
    for mistakes in errors.into_iter().flatten() {
        assert!(!mistakes.0.is_empty());
        assert!(!mistakes.render(text, false).is_empty());
    }
    for (_, line) in logical_lines(text) {
        assert!(text.contains(line));
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>()) {
        parse_all(&text);
    }

    #[test]
    fn nothing_that_looks_like_the_language_makes_it_panic(text in likely()) {
        parse_all(&text);
    }

    #[test]
    fn what_was_parsed_prints_to_the_same_tree(text in likely()) {
        if let Ok(tree) = parse_frame(&text) {
            let printed = tree.to_string();
            prop_assert_eq!(parse_frame(&printed).map(|t| without_spans(&t)), Ok(without_spans(&tree)), "{}", printed);
        }
    }

    #[test]
    fn a_printed_frame_parses_to_the_same_tree(tree in frame(&[Op::Is])) {
        let text = tree.to_string();
        let parsed = parse_frame(&text);
        prop_assert!(parsed.is_ok(), "{}", parsed.unwrap_err().render(&text, false));
        prop_assert_eq!(without_spans(&parsed.unwrap()), without_spans(&tree), "{}", text);
    }

    #[test]
    fn a_printed_pattern_parses_to_the_same_tree(tree in pattern()) {
        let text = tree.to_string();
        let parsed = parse_pattern(&text);
        prop_assert!(parsed.is_ok(), "{}", parsed.unwrap_err().render(&text, false));
        prop_assert_eq!(without_spans(&parsed.unwrap()), without_spans(&tree), "{}", text);
    }

    #[test]
    fn a_text_literal_parses_back_to_its_bytes(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let mut text = String::new();
        write_text_literal(&mut text, &bytes);
        let frame = parse_frame(&text).unwrap();
        let Part::Bytes(part) = &frame.chain.parts[0] else { panic!("{frame:?}") };
        let Member::One(Atom { kind: AtomKind::Text(parsed), .. }) = &part.literals[0].set.members[0] else { panic!("{part:?}") };
        prop_assert_eq!(parsed.as_ref(), &bytes[..]);
    }
}
