//! The mistakes of the parser in words, each with its remedy. What they say follows `docs/language.md`.

use super::ast::{Name, Span};
use super::diagnostic::Diagnostic;
use super::lexer::{is_name, is_word};
use super::parser::MAX_DEPTH;

/// Words that are neither layers nor names of values.
const RESERVED: [&str; 10] = ["zip", "and", "or", "not", "then", "zero", "rand", "count", "auto", "bad"];

/// One character at `pos`.
const fn at(pos: usize) -> Span {
    Span::new(pos, pos + 1)
}

/// A word short enough for a message.
fn short(word: &str) -> String {
    if word.len() <= 40 { word.to_owned() } else { format!("{}...", word.chars().take(37).collect::<String>()) }
}

pub(super) fn empty(len: usize) -> Diagnostic {
    Diagnostic::new(Span::new(0, len), "the expression is empty")
        .help("write layers with ' / ' between them: 'eth / \"hello\"'; no bytes at all are '\"\"'")
}

pub(super) fn unclosed_quote(open: usize) -> Diagnostic {
    Diagnostic::new(at(open), "the quote is not closed")
        .label("begins here")
        .help("end the text with the same quote on the same line; a line break in it is '\\n'")
}

pub(super) fn unknown_escape(span: Span, ch: char) -> Diagnostic {
    Diagnostic::new(span, format!("unknown escape '\\{}'", ch.escape_debug()))
        .help("the escapes are \\n \\r \\t \\0 \\\\ \\\" \\' and \\xNN; a backslash itself is '\\\\'")
}

pub(super) fn short_hex_escape(span: Span) -> Diagnostic {
    Diagnostic::new(span, "'\\x' needs two hex digits").help("write '\\x0a'")
}

pub(super) fn unclosed_brace(span: Span) -> Diagnostic {
    Diagnostic::new(span, "the brace is not closed").label("opened here").help("put '}' behind the last item")
}

pub(super) fn stray_brace(span: Span) -> Diagnostic {
    Diagnostic::new(span, "'}' closes nothing").help("remove it, or put '{' behind the layer that the items belong to")
}

pub(super) fn brace_without_layer(span: Span) -> Diagnostic {
    Diagnostic::new(span, "'{' without a layer in front")
        .help("braces stand behind a layer's fields: 'tcp {mss=1460 / nop}'")
}

pub(super) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::new(span, format!("braces are nested more than {MAX_DEPTH} deep"))
}

pub(super) fn not_not(span: Span) -> Diagnostic {
    Diagnostic::new(span, "'not' stands twice").help("two of them cancel out: drop both, or keep one")
}

pub(super) fn nothing_behind(span: Span, word: &str) -> Diagnostic {
    let help = match word {
        "/" => "put a layer or bytes behind it, or remove it",
        "zip" => "put a frame behind it",
        "then" => "put the answering frame behind it",
        _ => "put a pattern behind it",
    };
    Diagnostic::new(span, format!("nothing stands behind '{word}'")).help(help)
}

pub(super) fn nothing_before(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new(span, format!("nothing stands in front of '{word}'")).help("put a pattern in front of it")
}

pub(super) fn nothing_between(span: Span, seen: bool) -> Diagnostic {
    if seen {
        Diagnostic::new(span, "nothing stands between two slashes")
            .help("remove one; any layers or bytes are ' / .. / ', in patterns")
    } else {
        Diagnostic::new(span, "nothing stands in front of '/'")
            .help("put a layer or bytes in front of it, or remove it")
    }
}

pub(super) fn tight_slash(span: Span) -> Diagnostic {
    Diagnostic::new(span, "'/' needs blanks around it").help("write ' / ' between layers")
}

pub(super) fn forgotten_slash(pos: usize, rest: &str) -> Diagnostic {
    let len = rest.find([' ', '\t', '\r', '\n', '{', '}']).unwrap_or(rest.len()).max(1);
    Diagnostic::new(Span::new(pos, pos + len), "' / ' is missing")
        .label("a new part begins here")
        .help("put ' / ' between layers, and between layers and bytes")
}

/// A word without an operator; `layer` if it stands right behind the layer's name.
pub(super) fn bare_word(layer: Option<Name<'_>>, name: Name<'_>) -> Diagnostic {
    let word = short(name.text);
    let one = Diagnostic::new(name.span, format!("'{word}' has no value")).label("expected 'name=value' or ' / '");
    if is_name(name.text) {
        one.help(format!("put ' / ' between layers: '/ {word}'; or give the field a value: '{word}=...'"))
    } else if let Some((field, value)) = name.text.split_once(':').filter(|(field, _)| is_name(field)) {
        one.help(format!("set a field with '=': '{}={}'", short(field), short(value)))
    } else if let Some(layer) = layer {
        let layer = short(layer.text);
        one.help(format!("write '{layer}={word}' for the layer's main field, '{layer} name={word}' for another"))
    } else {
        one.help(format!("name the field that it is for: 'name={word}'; bytes are hex or quoted, behind ' / '"))
    }
}

pub(super) fn forgotten_operator(name: Name<'_>, value: &str) -> Diagnostic {
    Diagnostic::new(name.span, format!("'{}' has no value", short(name.text)))
        .label("expected 'name=value' or ' / '")
        .help(format!("set a field with '=': '{}={}'", short(name.text), short(value)))
}

pub(super) fn missing_value(span: Span) -> Diagnostic {
    Diagnostic::new(span, "the value is missing")
        .help("write the value right behind the operator, or leave the field out; is a shell variable empty?")
}

pub(super) fn double_equals(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(span, "'==' is not an operator").help(format!("write '{}=...', to build and to match", short(name)))
}

/// `dport>1023`; `rest` begins with what it is compared to.
pub(super) fn comparison(span: Span, name: &str, op: &str, rest: &str) -> Diagnostic {
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let bound = rest.get(..digits).and_then(|digits| digits.parse::<u64>().ok()).unwrap_or(5);
    let range = match op {
        ">" => format!("{}..", bound.saturating_add(1)),
        ">=" => format!("{bound}.."),
        "<" => format!("..{}", bound.saturating_sub(1)),
        _ => format!("..{bound}"),
    };
    Diagnostic::new(span, format!("'{op}' is not an operator"))
        .help(format!("write a range, both its ends belong to it: '{}={range}'", short(name)))
}

pub(super) fn unequal_in_frame(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(span, "'!=' belongs in patterns, this is a frame")
        .help(format!("give the field a value: '{}=...'", short(name)))
}

pub(super) fn gap_in_frame(span: Span) -> Diagnostic {
    Diagnostic::new(span, "'..' belongs in patterns, this is a frame").help("name what stands there, or leave it out")
}

pub(super) fn gap_inside_reply(span: Span) -> Diagnostic {
    Diagnostic::new(span, "'..' may only end the answer").help("put it last: it copies the rest of the question")
}

pub(super) fn no_then(len: usize) -> Diagnostic {
    Diagnostic::new(Span::new(len, len), "'then' is missing").help("a rule is 'PATTERN then FRAME'")
}

pub(super) fn misplaced_keyword(span: Span, word: &str, pattern: bool, in_braces: bool) -> Diagnostic {
    let (message, help) = match word {
        "zip" => ("'zip' stands in the middle", "put it in front of the whole frame"),
        "then" => ("'then' belongs in the rules of 'answer'", "remove it; text is quoted"),
        _ if !pattern => ("belongs in patterns, this is a frame", "put ' / ' between layers; text is quoted"),
        _ if in_braces => ("stands in braces", "join whole patterns: 'tcp {mss} and tcp {nop}'"),
        _ => ("'not' stands in the middle", "put it in front of a whole chain: 'udp and not ipv4 ttl=1'"),
    };
    let message = if message.starts_with('\'') { message.to_owned() } else { format!("'{word}' {message}") };
    Diagnostic::new(span, message).help(help)
}

pub(super) fn step_without_start(pos: usize) -> Diagnostic {
    Diagnostic::new(Span::new(pos, pos + 2), "a step needs a first value").help("write '0..100..2'")
}

pub(super) fn not_decimal(span: Span, what: &str) -> Diagnostic {
    let help = if what == "prefix" { "write its length in bits: '10.0.0.0/24'" } else { "write '0..100..2'" };
    Diagnostic::new(span, format!("the {what} is not a decimal number")).help(help)
}

pub(super) fn no_value(pos: usize, rest: &str) -> Diagnostic {
    match rest.chars().next() {
        None | Some(' ' | '\t' | '\r' | '\n' | '{' | '}' | '/' | ',' | '*' | '.') => {
            Diagnostic::new(at(pos), "a value is missing here")
                .help("a value has no blanks in it: '53,80', '1..9', '\"ab\"*3', 'rand:1..9'")
        }
        Some('=') => Diagnostic::new(at(pos), "'=' where a value should stand")
            .help("write 'name=value', or 'name!=value' in patterns"),
        Some(_) => stray(pos, rest),
    }
}

pub(super) fn rand_inside(span: Span) -> Diagnostic {
    Diagnostic::new(span, "'rand:' stands inside a value")
        .help("put it in front: it draws from all that follows, 'rand:1..9,20'")
}

pub(super) fn no_file_name(pos: usize) -> Diagnostic {
    Diagnostic::new(at(pos), "'@' without a file name").help("write '@payload.bin' or '@\"a name with blanks\"'")
}

pub(super) fn file_name_not_utf8(span: Span) -> Diagnostic {
    Diagnostic::new(span, "the file name is not UTF-8").help("use a link to the file with another name")
}

/// What is wrong with the digits behind `0x`.
pub(super) fn hex(span: Span, digits: &str) -> Option<Diagnostic> {
    if let Some(i) = digits.find(|c: char| !c.is_ascii_hexdigit()) {
        let found = digits.get(i..=i).unwrap_or_default();
        let place = at(span.start + 2 + i);
        return Some(
            Diagnostic::new(place, format!("'{found}' is not a hex digit"))
                .help("write bytes without anything between: '0x0a1b2c'"),
        );
    }
    let one = |message: &str| Diagnostic::new(span, message);
    match digits.len() {
        0 => Some(one("no digits behind '0x'").help("write two for each byte: '0x0a'; no bytes at all are '\"\"'")),
        n if n % 2 == 1 && n < 40 => {
            Some(one("an odd number of hex digits").help(format!("write two for each byte: '0x0{digits}'")))
        }
        n if n % 2 == 1 => {
            Some(one("an odd number of hex digits").label(format!("{n} digits")).help("write two for each byte"))
        }
        _ => None,
    }
}

/// A word among byte literals that is none.
pub(super) fn not_bytes(span: Span, word: &str) -> Diagnostic {
    let one = Diagnostic::new(span, format!("'{}' is not bytes", short(word)));
    match word.strip_prefix("0X") {
        Some(hex) => one.help(format!("hex begins with a small x: '0x{}'", short(hex))),
        None => one.help("bytes are hex, '0x0a1b', quoted text, '@file', 'zero', 'rand' or 'count'"),
    }
}

/// What is wrong with a word where a layer is expected.
pub(super) fn layer_name(span: Span, word: &str) -> Option<Diagnostic> {
    if RESERVED.contains(&word) {
        let message = format!("'{word}' is a reserved word, no layer");
        return Some(Diagnostic::new(span, message).help(format!("quoted it is text: '\"{word}\"'")));
    }
    if is_name(word) {
        return None;
    }
    if word.bytes().all(|b| b.is_ascii_digit()) {
        return Some(bare_number(span, word));
    }
    let lower = word.to_ascii_lowercase();
    let dashed = lower.replace('_', "-");
    let wrong = || Diagnostic::new(span, format!("'{}' is not a layer's name", short(word)));
    Some(
        if word.len().is_multiple_of(2)
            && word.starts_with(|c: char| c.is_ascii_digit())
            && word.bytes().all(|b| b.is_ascii_hexdigit())
        {
            wrong().help(format!("hex bytes begin with 0x: '0x{}'", short(word)))
        } else if lower != word && is_name(&lower) {
            wrong().help(format!(
                "layer names are in lower case: '{}'; text is quoted, and so is the whole frame for the shell",
                short(&lower)
            ))
        } else if let Some((layer, field)) =
            word.split_once('.').filter(|(layer, field)| is_name(layer) && is_name(field))
        {
            wrong().help(format!("write the layer and its field: '{layer} {field}=...'"))
        } else if is_name(&dashed) {
            wrong().help(format!("names have a-z, 0-9 and '-': '{}'", short(&dashed)))
        } else {
            wrong().help("names have a-z, 0-9 and '-'; bytes are hex, '0x0a1b', or quoted text")
        },
    )
}

/// `eth / 5`
fn bare_number(span: Span, word: &str) -> Diagnostic {
    let one = Diagnostic::new(span, format!("the number '{}' has no width", short(word)));
    let value = word.parse::<u64>();
    match value {
        _ if word.len() > 1 && word.starts_with('0') => {
            one.help(format!("hex bytes begin with 0x: '0x{}'", short(word)))
        }
        Ok(value) => {
            let bits = if value <= 0xffff {
                16
            } else if value <= 0xffff_ffff {
                32
            } else {
                64
            };
            let hex = format!("{value:x}");
            let pad = if hex.len() % 2 == 1 { "0" } else { "" };
            one.help(format!("write 'u{bits}={value}', or hex bytes: '0x{pad}{hex}'"))
        }
        Err(_) => one.help("write hex bytes: '0x0a1b'"),
    }
}

/// A character that no word holds, behind the beginning of a word.
pub(super) fn stray_in(name: Name<'_>, pos: usize, rest: &str) -> Diagnostic {
    if rest.starts_with("..") {
        let word = short(name.text);
        return Diagnostic::new(Span::new(pos, pos + 2), format!("'..' right behind the name '{word}'"))
            .help(format!("a range is a field's value: '{word}=1..9'; a gap stands alone: ' / .. / '"));
    }
    stray(pos, rest)
}

/// A character that cannot stand here.
pub(super) fn stray(pos: usize, rest: &str) -> Diagnostic {
    let Some(ch) = rest.chars().next() else {
        return Diagnostic::new(Span::new(pos, pos), "the expression ends too early");
    };
    let twice = matches!(ch, '&' | '|' | '.') && rest.chars().nth(1) == Some(ch);
    let span = Span::new(pos, pos + if twice { 2 } else { ch.len_utf8() });
    let one = |message: String, help: &str| Diagnostic::new(span, message).help(help);
    let unexpected = if twice { format!("unexpected '{ch}{ch}'") } else { format!("unexpected '{ch}'") };
    let help = match ch {
        '&' => "write 'and' between patterns",
        '|' => "write 'or' between patterns",
        '!' => "write 'not' in front of a pattern, '!=' between a field and its value",
        '=' => "write 'name=value'; quote a value with '=' in it",
        '<' | '>' => "write a range as the value: 'dport=1024..' or 'dport=..1023'",
        ';' => "write ' / ' between layers and one frame a line",
        ',' => "write the members of a set without blanks: '53,80'",
        '*' => "write it without blanks right behind bytes: '\"ab\"*3'",
        '#' => "put a blank in front of a comment",
        '(' | ')' => "there are no parentheses: 'not' binds first, then 'and', then 'or'",
        '[' | ']' => "write items in braces: 'tcp {mss=1460}'",
        '$' => "the shell replaces it only inside double quotes: \"eth dst=$MAC / 'text'\"",
        '%' => "an address in a frame has no zone: leave '%' and what follows away",
        '\\' => "it continues a line as its last character, and begins an escape in quoted text",
        '.' => "a gap stands alone, ' / .. / '; a range is a field's value, 'dport=1..9'",
        '"' | '\'' | '@' => "put a blank in front of it; text in the middle of a word is not joined",
        _ if ch.is_ascii() && is_word(ch as u8) => "put a blank in front of it",
        '“' | '”' | '„' | '‘' | '’' | '«' | '»' => "write straight quotes: \" or '",
        '–' | '—' | '−' => "write the plain '-'; a range is '1..9'",
        '…' => "write two plain dots: '1..9'",
        _ if ch.is_whitespace() => {
            return one(format!("the blank U+{:04X} is not a plain one", u32::from(ch)), "write the plain blank");
        }
        _ if ch.is_control() => {
            return one(
                format!("unexpected control character U+{:04X}", u32::from(ch)),
                "in quoted text write it as '\\xNN'",
            );
        }
        _ => "outside quotes words have letters of ASCII, digits and _ : . + - only",
    };
    one(unexpected, help)
}

pub(super) fn not_a_delay(span: Span) -> Diagnostic {
    Diagnostic::new(span, "this is not a delay")
        .help("write digits and a unit, not finer than 1ns: '+1.5ms'; units are s, ms, us, ns")
}

pub(super) fn delay_too_long(span: Span) -> Diagnostic {
    Diagnostic::new(span, "the delay is too long").help("at most 9223372036s, 292 years")
}
