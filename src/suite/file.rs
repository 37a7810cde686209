//! The format of a suite file, with every mistake told at its place (`docs/suites.md`).

use super::model::*;
use super::read::{Reader, Table, Value, many, parsed, text, whole};
use super::text::Text;
use crate::expr::ast::Span;
use crate::expr::{self, Diagnostic, Diagnostics};
use crate::frame::{Frames, Loader, Pattern, Surroundings};
use crate::lab::{Plan, Port};
use crate::link::netns::{Namespace, Target};
use std::time::Duration;
use toml::de::{DeTable, DeValue};

const WITHIN: Duration = Duration::from_secs(1);
const QUIET: Duration = Duration::from_millis(200);

const EXAMPLE_TARGET: &str = "eth0, or eth0@h1";
const EXAMPLE_TIME: &str = "\"500ms\" or \"2s\"";
const EXAMPLE_SEND: &str = "{ from = \"eth0@a\", frame = 'eth / \"hello\"' }";
const EXAMPLE_EXPECT: &str = "{ at = \"eth0@b\", frame = 'eth / \"hello\"' }";

impl Suite {
    /// Reads a suite. `load` reads the files that frames name.
    ///
    /// # Errors
    /// All mistakes, each with its place in `file`.
    pub fn parse(file: &str, load: Loader) -> Result<Self, Diagnostics> {
        let (root, errors) = DeTable::parse_recoverable(file);
        if !errors.is_empty() {
            let place =
                |error: &toml::de::Error| error.span().map_or_else(Span::default, |s| Span::new(s.start, s.end));
            return Err(Diagnostics(errors.iter().map(|e| Diagnostic::new(place(e), e.message())).collect()));
        }
        let mut reader = Reader::new(file);
        let suite = Parser { reader: &mut reader, load }.suite(Table::new(root.get_ref(), 0..0));
        reader.finish(suite)
    }
}

struct Parser<'r, 'f, 'l> {
    reader: &'r mut Reader<'f>,
    load: Loader<'l>,
}

impl Parser<'_, '_, '_> {
    fn suite(&mut self, mut root: Table) -> Option<Suite> {
        let lab = root.take("lab").map(|value| self.lab(value));
        let ignore = root.take("ignore").map(|value| self.pattern(value));
        let within = self.time(root.take("within"), WITHIN);
        let quiet = self.time(root.take("quiet"), QUIET);
        let cases = match root.take("case") {
            Some(list) => many(list).into_iter().map(|case| self.case(case, within, quiet)).collect(),
            None => Vec::new(),
        };
        if cases.is_empty() {
            let help = "write [[case]] with name, send and expect below it";
            self.reader.wrong(0..0, "a suite has at least one case, and this has none", help);
        }
        root.end(self.reader);
        let (lab, ignore) = (flip(lab)?, flip(ignore)?);
        let suite = Suite { lab, ignore, cases: cases.into_iter().collect::<Option<_>>()? };
        self.places(&suite);
        Some(suite)
    }

    /// In a lab every interface is at one of its cables.
    fn places(&mut self, suite: &Suite) {
        let Some(lab) = &suite.lab else { return };
        for case in &suite.cases {
            for (target, span) in case.mentions() {
                let host = match &target.namespace {
                    Some(Namespace::Named(host)) => Some(host),
                    _ => None,
                };
                let known = lab.plan.ports().any(|p| Some(&p.host) == host && p.interface == target.interface);
                if !known {
                    let all: Vec<String> = lab.plan.ports().map(|p| format!("{}@{}", p.interface, p.host)).collect();
                    let message = format!("no cable of the lab ends at '{}'", target.to_string().escape_debug());
                    self.reader.wrong(span.clone(), message, format!("there are: {}", all.join(", ")));
                }
            }
        }
    }

    fn lab(&mut self, value: Value) -> Option<Lab> {
        let mut table = Table::of(value, "lab", self.reader)?;
        let hosts = table.need("hosts", "hosts = [\"a\", \"b\"]", self.reader);
        let hosts = hosts.map_or_else(Vec::new, |list| {
            many(list).into_iter().filter_map(|name| text(name, "a name such as \"a\"", self.reader)).collect()
        });
        let cables = table.need("cables", "cables = [\"eth0@a -- eth0@b\"]", self.reader)?;
        let cables: Vec<Option<[Port; 2]>> = many(cables).into_iter().map(|cable| self.cable(cable)).collect();
        let mtu = table.take("mtu").map(|value| {
            let mtu = whole(value, 68, self.reader)?;
            let fits = u32::try_from(mtu).ok().filter(|mtu| *mtu <= 65535);
            if fits.is_none() {
                self.reader.wrong(value.span(), "an MTU is at most 65535", "");
            }
            fits
        });
        let setup = table
            .take("setup")
            .map_or_else(Vec::new, |list| many(list).into_iter().map(|setup| self.setup(setup, &hosts)).collect());
        let span = table.span.clone();
        table.end(self.reader);
        let plan = Plan::cabled(hosts.iter().map(Text::as_str), cables.into_iter().collect::<Option<_>>()?)
            .map_err(|error| self.reader.wrong(span, error.to_string(), ""))
            .ok()?;
        Some(Lab { plan: plan.mtu(flip(mtu)?), setup: setup.into_iter().collect::<Option<_>>()? })
    }

    fn cable(&mut self, value: Value) -> Option<[Port; 2]> {
        parsed(value, "\"eth0@a -- eth0@b\"", self.reader, |text| {
            let end = |text: &str| {
                let (interface, host) = text.trim().split_once('@')?;
                Some(Port { interface: interface.into(), host: host.into() })
            };
            let (near, far) = text.split_once("--").ok_or("a cable has two ends with -- between them")?;
            match (end(near), end(far)) {
                (Some(near), Some(far)) => Ok([near, far]),
                _ => Err("each end of a cable is INTERFACE@HOST".into()),
            }
        })
    }

    fn setup(&mut self, value: Value, hosts: &[Text]) -> Option<Setup> {
        let mut table = Table::of(value, "setup", self.reader)?;
        let on = table.need("on", "on = \"a\", the name of a host", self.reader);
        let run = table.need("run", "run = \"ip address add ...\"", self.reader);
        table.end(self.reader);
        let host = text(on?, "the name of a host", self.reader)?;
        if !hosts.iter().any(|known| known.as_str() == host.as_str()) {
            let all: Vec<&str> = hosts.iter().map(Text::as_str).collect();
            let message = format!("there is no host '{}'", host.as_str().escape_debug());
            self.reader.wrong(on?.span(), message, format!("there are: {}", all.join(", ")));
        }
        let script = text(run?, "a shell script", self.reader)?;
        let line = self.reader.line(run?.span().start);
        Some(Setup { on: host.as_str().into(), run: script.as_str().into(), line })
    }

    fn case(&mut self, value: Value, within: Duration, quiet: Duration) -> Option<Case> {
        let mut table = Table::of(value, "case", self.reader)?;
        let line = self.reader.line(table.span.start);
        let name = table.need("name", "name = \"what this case shows\"", self.reader);
        let name = name.and_then(|value| text(value, "a name in quotes", self.reader));
        let sends = table
            .take("send")
            .map_or_else(Vec::new, |list| many(list).into_iter().map(|send| self.send(send)).collect::<Vec<_>>());
        let expects = table
            .take("expect")
            .map_or_else(Vec::new, |list| many(list).into_iter().map(|expect| self.expect(expect)).collect::<Vec<_>>());
        let nothing = table.take("nothing").map_or(Some(Silent::At(Vec::new())), |value| self.silent(value));
        let within = self.time(table.take("within"), within);
        let quiet = self.time(table.take("quiet"), quiet);
        if expects.is_empty() && matches!(&nothing, Some(Silent::At(list)) if list.is_empty()) {
            let help = format!("write expect = [{EXAMPLE_EXPECT}], or nothing = \"elsewhere\"");
            self.reader.wrong(
                table.span.clone(),
                "this case expects nothing and forbids nothing, so it cannot fail",
                help,
            );
        }
        table.end(self.reader);
        Some(Case {
            name: name?.as_str().to_owned(),
            line,
            sends: sends.into_iter().collect::<Option<_>>()?,
            expects: expects.into_iter().collect::<Option<_>>()?,
            nothing: nothing?,
            within,
            quiet,
        })
    }

    fn send(&mut self, value: Value) -> Option<Send> {
        let mut table = Table::of(value, "what is sent", self.reader)?;
        let from = table.need("from", EXAMPLE_SEND, self.reader);
        let frame = table.need("frame", EXAMPLE_SEND, self.reader);
        let count = table.take("count").map(|value| whole(value, 1, self.reader));
        let interval = table.take("interval").map(|value| self.duration(value));
        table.end(self.reader);
        let frame = frame.and_then(|value| {
            let text = text(value, "a frame in single quotes", self.reader)?;
            let typed = Frames::parse(text.as_str(), Surroundings::default(), self.load).map(drop);
            self.typed(typed, &text);
            Some(text)
        });
        let (from, place) = self.target(from?)?;
        Some(Send { from, place, frame: frame?, count: flip(count)?, interval: flip(interval)? })
    }

    fn expect(&mut self, value: Value) -> Option<Expect> {
        let mut table = Table::of(value, "what is expected", self.reader)?;
        let at = table.need("at", EXAMPLE_EXPECT, self.reader);
        let frame = table.need("frame", EXAMPLE_EXPECT, self.reader);
        let count = table.take("count").map_or(Some(Count { least: 1, most: 1 }), |value| self.count(value));
        table.end(self.reader);
        let frame = frame.and_then(|value| self.pattern(value));
        let (at, place) = self.target(at?)?;
        Some(Expect { at, place, frame: frame?, count: count? })
    }

    /// `3`, `"1.."`, `"2..5"`, `"..4"`
    fn count(&mut self, value: Value) -> Option<Count> {
        if let DeValue::Integer(_) = value.get_ref() {
            return whole(value, 1, self.reader).map(|exact| Count { least: exact, most: exact });
        }
        parsed(value, "3, \"1..\" or \"2..5\"", self.reader, |text| {
            let wrong = || format!("'{}' is no number of frames", text.escape_debug());
            let (least, most) = text.split_once("..").ok_or_else(wrong)?;
            let end =
                |text: &str, open: u64| if text.is_empty() { Ok(open) } else { text.parse().map_err(|_| wrong()) };
            let (least, most) = (end(least, 0)?, end(most, u64::MAX)?);
            if least > most { Err(wrong()) } else { Ok(Count { least, most }) }
        })
    }

    fn silent(&mut self, value: Value) -> Option<Silent> {
        if let DeValue::String(word) = value.get_ref()
            && word == "elsewhere"
        {
            return Some(Silent::Elsewhere);
        }
        let list: Vec<_> = many(value).into_iter().map(|one| self.watched(one)).collect();
        list.into_iter().collect::<Option<_>>().map(Silent::At)
    }

    fn watched(&mut self, value: Value) -> Option<Watched> {
        if let DeValue::String(_) = value.get_ref() {
            let (at, place) = self.target(value)?;
            return Some(Watched { at, place, frame: None });
        }
        let mut table = Table::of(value, "a place where nothing may come", self.reader)?;
        let at = table.need("at", "{ at = \"eth0@c\", frame = 'udp' }", self.reader);
        let frame = table.take("frame").map(|value| self.pattern(value));
        table.end(self.reader);
        let (at, place) = self.target(at?)?;
        Some(Watched { at, place, frame: flip(frame)? })
    }

    fn pattern(&mut self, value: Value) -> Option<Text> {
        let text = text(value, "a pattern in single quotes", self.reader)?;
        let typed = Pattern::parse(text.as_str(), Surroundings::default(), self.load).map(drop);
        self.typed(typed, &text);
        Some(text)
    }

    fn typed(&mut self, typed: Result<(), Diagnostics>, text: &Text) {
        if let Err(mistakes) = typed {
            self.reader.mistakes.extend(text.in_file(mistakes).0);
        }
    }

    fn target(&mut self, value: Value) -> Option<(Target, Place)> {
        let target =
            parsed(value, EXAMPLE_TARGET, self.reader, |text| Target::parse(text).map_err(|error| error.to_string()))?;
        Some((target, value.span()))
    }

    fn time(&mut self, value: Option<Value>, default: Duration) -> Duration {
        value.and_then(|value| self.duration(value)).unwrap_or(default)
    }

    fn duration(&mut self, value: Value) -> Option<Duration> {
        parsed(value, EXAMPLE_TIME, self.reader, |text| {
            let wrong = || format!("'{}' is no length of time", text.escape_debug());
            // Longer than a test can last.
            expr::duration(text).filter(|time| *time <= Duration::from_secs(24 * 3600)).ok_or_else(wrong)
        })
    }
}

/// What is there must be right; what is not there need not be.
#[allow(clippy::option_option)]
fn flip<T>(value: Option<Option<T>>) -> Option<Option<T>> {
    match value {
        None => Some(None),
        Some(None) => None,
        Some(right) => Some(right),
    }
}
