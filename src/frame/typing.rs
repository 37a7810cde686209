//! What an atom means: the field's kind decides, never its look.

use super::bits;
use super::set::Run;
use crate::expr::ast::{Atom, AtomKind, Member};
use crate::expr::{Diagnostic, nearest};
use crate::proto::table::{Field, Kind};
use std::net::{Ipv4Addr, Ipv6Addr};

/// The numbers that one member of a set stands for, in a field of this width.
pub(super) fn runs(field: &Field, width: usize, member: &Member) -> Result<Vec<Run>, Diagnostic> {
    match member {
        Member::One(atom) => Ok(vec![Run::one(number(field, width, atom)?)]),
        Member::Prefix(atom, digits) => {
            let value = number(field, width, atom)?;
            let Some(len) = digits.text.parse::<usize>().ok().filter(|n| *n <= width) else {
                return Err(Diagnostic::new(digits.span, format!("'/{}' is no prefix of {width} bits", digits.text))
                    .help(format!("a prefix length here is 0 to {width}")));
            };
            let host = bits::max(width - len);
            if value & if len == width { 0 } else { host } != 0 {
                let mut network = String::new();
                super::print::write_number(&mut network, field, width, value & !host);
                return Err(Diagnostic::new(member.span(), "bits are set behind the prefix")
                    .help(format!("the prefix of that length is {network}/{len}")));
            }
            Ok(vec![Run::between(value, if len == width { value } else { value | host }, 1)])
        }
        Member::Range { from, to, step, span } => {
            // In the order of the numbers that a sign makes of them.
            let flip = if matches!(field.kind, Kind::Int) { 1 << (width - 1) } else { 0 };
            let low = from.as_ref().map_or(Ok(flip), |a| number(field, width, a))? ^ flip;
            let high = to.as_ref().map_or(Ok(bits::max(width) ^ flip), |a| number(field, width, a))? ^ flip;
            if low > high {
                return Err(Diagnostic::new(*span, "the range runs backwards").help("write the smaller value first"));
            }
            let step = match step {
                None => 1,
                Some(digits) => match digits.text.parse::<u128>() {
                    Ok(n) if n > 0 => n,
                    _ => {
                        return Err(Diagnostic::new(digits.span, format!("'{}' is no step", digits.text))
                            .help("a step is a number from 1"));
                    }
                },
            };
            if low >= flip || high < flip {
                let run = Run::between(low, high, step);
                return Ok(vec![Run { first: run.first ^ flip, ..run }]);
            }
            // Below zero, and from it on.
            let below = Run::between(low, flip - 1, step);
            let first = below.at(below.last).saturating_add(step);
            let mut runs = vec![Run { first: low ^ flip, ..below }];
            if first <= high {
                runs.push(Run::between(first ^ flip, high ^ flip, step));
            }
            Ok(runs)
        }
    }
}

/// One value of a fixed-width field.
fn number(field: &Field, width: usize, atom: &Atom) -> Result<u128, Diagnostic> {
    let AtomKind::Word(word) = &atom.kind else {
        return Err(Diagnostic::new(atom.span, format!("'{}' takes {}", field.name, takes(field, width)))
            .label("this is text")
            .help("leave the quotes away"));
    };
    let value = match field.kind {
        Kind::Mac => mac(word),
        Kind::Ip4 => word.parse::<Ipv4Addr>().map(|a| u128::from(a.to_bits())).map_err(|_| None),
        Kind::Ip6 => word.parse::<Ipv6Addr>().map(Ipv6Addr::to_bits).map_err(|_| None),
        Kind::Flags => flags(field, word),
        Kind::Int => signed(field, word, width),
        _ => plain_or_named(field, word),
    };
    let wrong = |help: Option<String>| {
        let mut d = Diagnostic::new(atom.span, format!("'{word}' is not a value of '{}'", field.name))
            .label(format!("expected {}", takes(field, width)));
        let own = if field.is_check() { ["auto", "bad"].as_slice() } else { &["auto", "rand"] };
        d.help = help.or_else(|| Some(format!("did you mean '{}'?", nearest(word, own.iter().copied())?)));
        d
    };
    let value = value.map_err(wrong)?;
    if value > bits::max(width) && matches!(field.kind, Kind::Int) {
        let most = 1u128 << (width - 1);
        return Err(Diagnostic::new(atom.span, format!("{word} does not fit into '{}'", field.name))
            .label(format!("it has {width} bits, -{most} to {}", most - 1)));
    }
    if value > bits::max(width) {
        let mut most = String::new();
        super::print::write_base(&mut most, field.kind, width, bits::max(width));
        return Err(Diagnostic::new(atom.span, format!("{word} does not fit into '{}'", field.name))
            .label(format!("it has {width} bit{}, at most {most}", if width == 1 { "" } else { "s" })));
    }
    Ok(value)
}

/// What a field takes, in words.
pub(super) fn takes(field: &Field, width: usize) -> String {
    match field.kind {
        Kind::Mac => "a MAC address such as 00:1b:21:00:00:01".into(),
        Kind::Ip4 => "an IPv4 address such as 192.0.2.1".into(),
        Kind::Ip6 => "an IPv6 address such as 2001:db8::1".into(),
        Kind::Int => format!("a number of {width} bits with a sign"),
        Kind::Ber(_) => "a number, or its length and itself in hex: 0x0105".into(),
        Kind::Bytes | Kind::Items(_) => "bytes: \"text\", 0x0102, @file, zero*4".into(),
        Kind::Domain => "a domain name such as www.example.com".into(),
        Kind::Flags => {
            let names: Vec<_> = field.names.iter().map(|(n, _)| *n).collect();
            format!("flags joined by '+' ({}) or a number of {width} bits", names.join(" "))
        }
        Kind::Num | Kind::Hex => {
            let names: Vec<_> = field.names.iter().take(4).map(|(n, _)| *n).collect();
            let names = if names.is_empty() { String::new() } else { format!(" or a name ({} …)", names.join(" ")) };
            format!("a number of {width} bit{}{names}", if width == 1 { "" } else { "s" })
        }
    }
}

type Typed = Result<u128, Option<String>>;

/// Decimal without leading zeros, or `0x...`.
fn plain(word: &str) -> Typed {
    if let Some(digits) = word.strip_prefix("0x") {
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Some("hex is 0x and digits 0-9 a-f".into()));
        }
        // A number too long for 128 bits fits into no field; the greatest says so with the field's own limit.
        return Ok(u128::from_str_radix(digits, 16).unwrap_or(u128::MAX));
    }
    if word.is_empty() || !word.bytes().all(|b| b.is_ascii_digit()) {
        return Err(backwards_range(word));
    }
    if word.len() > 1 && word.starts_with('0') {
        let trimmed = word.trim_start_matches('0');
        let short = if trimmed.is_empty() { "0" } else { trimmed };
        return Err(Some(format!("decimal has no leading zeros: write {short}, or 0x{word} for hex")));
    }
    Ok(word.parse().unwrap_or(u128::MAX))
}

/// A number in two's complement: decimal with a sign, its bits in hex, or a name.
fn signed(field: &Field, word: &str, width: usize) -> Typed {
    let half = 1u128 << (width - 1);
    match word.strip_prefix('-') {
        Some(digits) => plain(digits).map(|n| if n <= half { (half - n) ^ half } else { u128::MAX }),
        None if word.starts_with("0x") => plain(word),
        None => {
            plain_or_named(field, word).map(|n| if n < half || field.name_of(n) == Some(word) { n } else { u128::MAX })
        }
    }
}

/// `1-1023`, as other tools write a range.
fn backwards_range(word: &str) -> Option<String> {
    let (a, b) = word.split_once('-')?;
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    (digits(a) && digits(b)).then(|| format!("a range is written {a}..{b}"))
}

fn plain_or_named(field: &Field, word: &str) -> Typed {
    if let Some((_, value)) = field.names.iter().find(|(n, _)| *n == word) {
        return Ok((*value).into());
    }
    plain(word).map_err(|help| {
        help.or_else(|| {
            nearest(word, field.names.iter().map(|(n, _)| *n)).map(|near| format!("did you mean '{near}'?"))
        })
    })
}

fn flags(field: &Field, word: &str) -> Typed {
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return plain(word);
    }
    let mut value = 0u128;
    for name in word.split('+') {
        let Some((_, bit)) = field.names.iter().find(|(n, _)| *n == name) else {
            return Err(
                nearest(name, field.names.iter().map(|(n, _)| *n)).map(|near| format!("did you mean '{near}'?"))
            );
        };
        if value & u128::from(*bit) != 0 {
            return Err(Some(format!("'{name}' is named twice")));
        }
        value |= u128::from(*bit);
    }
    Ok(value)
}

fn mac(word: &str) -> Typed {
    let groups: Vec<_> = word.split(':').collect();
    let good = |g: &&str| g.len() == 2 && g.bytes().all(|b| b.is_ascii_hexdigit());
    if groups.len() == 6 && groups.iter().all(good) {
        return u64::from_str_radix(&word.replace(':', ""), 16).map(u128::from).map_err(|_| None);
    }
    let help = if word.contains('-') && word.split('-').count() == 6 {
        Some(format!("write it with colons: {}", word.replace('-', ":")))
    } else if groups.len() != 6 && groups.iter().all(good) {
        Some(format!("a MAC address has 6 groups, this has {}", groups.len()))
    } else {
        groups
            .iter()
            .find(|g| !good(g))
            .map(|g| format!("six groups of two hex digits with colons between them; '{g}' is none"))
    };
    Err(help)
}

/// The bytes of `0x...`.
pub(super) fn hex_bytes(atom: &Atom, digits: &str) -> Result<Vec<u8>, Diagnostic> {
    if let Some(at) = digits.bytes().position(|b| !b.is_ascii_hexdigit()) {
        let bad = digits[at..].chars().next().unwrap_or('?');
        return Err(
            Diagnostic::new(atom.span, format!("'{bad}' is no hex digit")).help("bytes are 0x and digits 0-9 a-f")
        );
    }
    if digits.is_empty() {
        return Err(Diagnostic::new(atom.span, "0x without digits").help("no bytes at all are written \"\""));
    }
    hex::decode(digits).map_err(|_| {
        Diagnostic::new(atom.span, format!("an odd number of hex digits: {}", digits.len()))
            .label("two digits make a byte")
            .help(format!("write 0x0{digits}, or leave one digit away"))
    })
}
