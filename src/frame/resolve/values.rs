//! Values of an expression with their types: numbers, addresses, names, bytes, and sets of these.

use super::Resolver;
use crate::expr::Diagnostic;
use crate::expr::ast::{self, AtomKind, Span};
use crate::frame::set::{Numbers, Pick, Run};
use crate::frame::spec::{Bytes, Literal, Member, To};
use crate::frame::{MAX_FRAME, domain, typing};
use crate::proto::table::{Ber, Field, Kind, Size};

impl Resolver<'_> {
    /// What a field of `width` bits is set to or tested against.
    pub(super) fn value(&mut self, f: &Field, width: usize, tree: &ast::Value) -> Option<To> {
        if let [ast::Member::One(ast::Atom { kind: AtomKind::Word(word), span })] = tree.set.members[..]
            && tree.repeat.is_none()
            && !tree.rand
        {
            match word {
                "auto" => return Some(To::Auto),
                "bad" if f.is_check() => return Some(To::Bad),
                "bad" => {
                    self.errors.push(
                        Diagnostic::new(span, format!("'{}' is no checksum", f.name))
                            .help("'bad' is a wrong checksum; give another field its wrong value"),
                    );
                    return None;
                }
                "rand" if width > 0 => {
                    return Some(To::Numbers(Numbers { runs: vec![Run::all(width)], pick: self.draw() }));
                }
                _ => {}
            }
        }
        let raw = matches!(f.size, Size::By(..) | Size::Own) && first_word(tree).is_some_and(|w| w.starts_with("0x"));
        if matches!(f.kind, Kind::Domain) && !raw {
            return self.domains(tree);
        }
        if let (Kind::Ber(form), false) = (f.kind, raw) {
            return self.ber_numbers(f, form, tree);
        }
        if matches!(f.kind, Kind::Bytes) || raw {
            return Some(To::Bytes(self.bytes(std::slice::from_ref(tree), tree.span)));
        }
        if let Some(repeat) = &tree.repeat {
            self.errors.push(Diagnostic::new(repeat.span, "'*' repeats bytes, not numbers"));
            return None;
        }
        let before = self.errors.len();
        let runs: Vec<_> =
            tree.set.members.iter().filter_map(|m| self.note(typing::runs(f, width, m))).flatten().collect();
        if self.errors.len() > before {
            return None;
        }
        Some(To::Numbers(self.numbers(runs, tree.rand)))
    }

    /// Domain names, as bytes literals.
    fn domains(&mut self, tree: &ast::Value) -> Option<To> {
        let before = self.errors.len();
        let mut members = Vec::new();
        for member in &tree.set.members {
            let text = match member {
                ast::Member::One(ast::Atom { kind: AtomKind::Word(word), .. }) => Ok((*word).to_owned()),
                ast::Member::One(ast::Atom { kind: AtomKind::Text(text), .. }) => {
                    String::from_utf8(text.to_vec()).map_err(|_| "it is not text".to_owned())
                }
                _ => Err("a name has no range in it, and no empty part between dots".to_owned()),
            };
            match text.and_then(|text| domain::encode(&text)) {
                Ok(bytes) => members.push(Member::Text(bytes)),
                Err(why) => self.errors.push(Diagnostic::new(member.span(), "not a domain name").label(why)),
            }
        }
        if let Some(repeat) = &tree.repeat {
            self.errors.push(Diagnostic::new(repeat.span, "'*' repeats bytes, not names"));
        }
        if self.errors.len() > before {
            return None;
        }
        let pick = self.pick(members.len() as u128, tree.rand);
        let repeat = Numbers { runs: vec![Run::one(1)], pick: Pick::Only };
        Some(To::Bytes(Bytes { literals: vec![Literal { members, pick, repeat }], span: tree.span }))
    }

    /// Numbers as BER has them, as bytes literals.
    fn ber_numbers(&mut self, f: &Field, form: Ber, tree: &ast::Value) -> Option<To> {
        if let Some(repeat) = &tree.repeat {
            self.errors.push(Diagnostic::new(repeat.span, "'*' repeats bytes, not numbers"));
            return None;
        }
        let before = self.errors.len();
        let table = crate::proto::table::int(f.name, 64).named(f.names);
        let table = if form == Ber::Signed { table } else { crate::proto::table::num(f.name, 64).named(f.names) };
        let runs: Vec<_> = tree.set.members.iter().filter_map(|m| self.note(typing::runs(&table, 64, m))).collect();
        if self.errors.len() > before {
            return None;
        }
        let members: Vec<_> = runs.into_iter().flatten().map(|run| Member::Ber(run, form)).collect();
        let count = members.iter().fold(0u128, |n, m| n.saturating_add(m.count()));
        let pick = self.pick(count, tree.rand);
        let repeat = Numbers { runs: vec![Run::one(1)], pick: Pick::Only };
        Some(To::Bytes(Bytes { literals: vec![Literal { members, pick, repeat }], span: tree.span }))
    }

    fn numbers(&mut self, runs: Vec<Run>, rand: bool) -> Numbers {
        let mut numbers = Numbers { runs, pick: Pick::Only };
        numbers.pick = self.pick(numbers.count(), rand);
        numbers
    }

    fn draw(&mut self) -> Pick {
        self.draws += 1;
        Pick::Draw(self.draws)
    }

    fn pick(&mut self, count: u128, rand: bool) -> Pick {
        if count == 1 {
            Pick::Only
        } else if rand {
            self.draw()
        } else {
            self.axes.push(count);
            Pick::Axis(self.axes.len() - 1)
        }
    }

    pub(super) fn note<T>(&mut self, result: Result<T, Diagnostic>) -> Option<T> {
        result.map_err(|e| self.errors.push(e)).ok()
    }

    pub(super) fn bytes(&mut self, literals: &[ast::Value], span: Span) -> Bytes {
        Bytes { literals: literals.iter().filter_map(|l| self.literal(l)).collect(), span }
    }

    fn literal(&mut self, tree: &ast::Value) -> Option<Literal> {
        if !tree.is_there() {
            return None;
        }
        let before = self.errors.len();
        let members: Vec<_> = tree.set.members.iter().filter_map(|m| self.member(m)).collect();
        let count = members.iter().fold(0u128, |n, m: &Member| n.saturating_add(m.count()));
        let pick = if members.is_empty() { Pick::Only } else { self.pick(count, tree.rand) };
        let times = crate::proto::table::num("*", 32);
        let repeat = match &tree.repeat {
            None => vec![Run::one(1)],
            Some(set) => set.members.iter().filter_map(|m| self.note(typing::runs(&times, 32, m))).flatten().collect(),
        };
        if self.errors.len() > before {
            return None;
        }
        Some(Literal { members, pick, repeat: self.numbers(repeat, tree.rand) })
    }

    fn member(&mut self, member: &ast::Member) -> Option<Member> {
        match member {
            ast::Member::One(atom) => self.atom_bytes(atom),
            ast::Member::Prefix(atom, _)
            | ast::Member::Range { from: Some(atom), .. }
            | ast::Member::Range { to: Some(atom), .. } => {
                let digits = match &atom.kind {
                    AtomKind::Word(word) => word.strip_prefix("0x"),
                    _ => None,
                };
                let Some(digits) = digits.filter(|d| d.len() <= 32) else {
                    self.errors.push(
                        Diagnostic::new(member.span(), "a range of bytes is written in hex, at most 16 bytes")
                            .help("0x0000..0x00ff"),
                    );
                    return None;
                };
                let bytes = self.note(typing::hex_bytes(atom, digits))?.len();
                if let ast::Member::Range { from: Some(a), to: Some(b), span, .. } = member
                    && let (AtomKind::Word(a), AtomKind::Word(b)) = (&a.kind, &b.kind)
                    && a.len() != b.len()
                {
                    self.errors.push(Diagnostic::new(*span, "both ends of a range of bytes are equally long"));
                    return None;
                }
                let field = crate::proto::table::hex("bytes", bytes as u16 * 8);
                let run = self.note(typing::runs(&field, bytes * 8, member))?.into_iter().next()?;
                Some(Member::Run(run, bytes))
            }
            ast::Member::Range { .. } => None,
        }
    }

    fn atom_bytes(&mut self, atom: &ast::Atom) -> Option<Member> {
        let wrong = |message: String| Diagnostic::new(atom.span, message);
        match &atom.kind {
            AtomKind::Text(text) => Some(Member::Text(text.to_vec())),
            AtomKind::File(path) => match (self.load)(path) {
                Ok(bytes) if bytes.len() <= MAX_FRAME => Some(Member::Text(bytes)),
                Ok(bytes) => {
                    self.errors.push(wrong(format!(
                        "{path} has {} bytes, more than the {} of the longest frame",
                        bytes.len(),
                        MAX_FRAME
                    )));
                    None
                }
                Err(error) => {
                    self.errors.push(wrong(format!("cannot read {path}: {error}")));
                    None
                }
            },
            AtomKind::Word("zero") => Some(Member::Zero),
            AtomKind::Word("count") => Some(Member::Count),
            AtomKind::Word("rand") => {
                self.draws += 1;
                Some(Member::Rand(self.draws))
            }
            AtomKind::Word(word) => {
                let Some(digits) = word.strip_prefix("0x") else {
                    self.errors.push(
                        wrong(format!("'{word}' is no bytes literal"))
                            .help("bytes are \"text\", 0x0102, @file, zero*4, rand*4 or count*4"),
                    );
                    return None;
                };
                self.note(typing::hex_bytes(atom, digits)).map(Member::Text)
            }
        }
    }
}

fn first_word<'a>(value: &ast::Value<'a>) -> Option<&'a str> {
    match value.set.members.first()? {
        ast::Member::One(atom) | ast::Member::Prefix(atom, _) | ast::Member::Range { from: Some(atom), .. } => {
            match atom.kind {
                AtomKind::Word(word) => Some(word),
                _ => None,
            }
        }
        ast::Member::Range { .. } => None,
    }
}
