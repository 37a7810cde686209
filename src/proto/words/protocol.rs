//! The words for a header: its fields laid out, its numbers, what stands around it.

use crate::proto::table::*;

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

const fn index_of(fields: &[Field], name: &str) -> u8 {
    let mut i = 0;
    while i < fields.len() {
        if same(fields[i].name, name) {
            return i as u8;
        }
        i += 1;
    }
    panic!("a table names a field that it does not have")
}

const fn resolve(fields: &[Field], on: Dep, who: usize) -> Dep {
    let index = index_of(fields, on.name);
    // Who depends on a field must find it without a look at what comes later.
    assert!((index as usize) < who, "a field that others depend on stands before them");
    Dep { name: on.name, index }
}

/// Resolves the names of dependents and works out the fixed offsets.
pub const fn layout<const N: usize>(mut fields: [Field; N]) -> [Field; N] {
    let mut bit = 0u16;
    let mut above = 0u8;
    let mut i = 0;
    while i < N {
        fields[i].at = bit;
        if let (Order::Low { word, above: u8::MAX }, Size::Bits(bits)) = (fields[i].order, fields[i].size) {
            fields[i].order = Order::Low { word, above };
            assert!(above + bits as u8 <= word, "a field does not reach into another word");
            above = (above + bits as u8) % word;
        } else {
            assert!(above == 0, "the fields of a word fill it");
        }
        if let Size::By(on, unit) = fields[i].size {
            fields[i].size = Size::By(resolve(&fields, on, i), unit);
        }
        if let Rule::By(on, values) = fields[i].rule {
            fields[i].rule = Rule::By(resolve(&fields, on, i), values);
        }
        fields[i].when = match fields[i].when {
            When::Always => When::Always,
            When::Unless(on, mask, value) => When::Unless(resolve(&fields, on, i), mask, value),
            When::In(on, values) => When::In(resolve(&fields, on, i), values),
            When::NotIn(on, values) => When::NotIn(resolve(&fields, on, i), values),
            When::Bit(on) => When::Bit(resolve(&fields, on, i)),
        };
        if bit != MOVES {
            bit = match (fields[i].size, fields[i].when, fields[i].on_wire()) {
                (_, _, false) => bit,
                (Size::Bits(n), When::Always, _) => bit + n,
                _ => MOVES,
            };
        }
        i += 1;
    }
    assert!(bit == MOVES || bit.is_multiple_of(8), "a header is a whole number of bytes");
    let mut i = 0;
    while i < N {
        fields[i].pair = pair(&fields, i);
        i += 1;
    }
    fields
}

/// Source and target, where a field mirrors another one and lines show that one always.
const fn pair(fields: &[Field], own: usize) -> Option<(u8, u8)> {
    let Answered::Mirrors(name) = fields[own].answered else { return None };
    let mut other = 0;
    while other < fields.len() {
        if same(fields[other].name, name) {
            let shown = matches!(fields[other].brief, Brief::Always);
            return match (other != own && shown, fields[own].name.as_bytes()) {
                (false, _) => None,
                (true, [b's', ..]) => Some((own as u8, other as u8)),
                (true, _) => Some((other as u8, own as u8)),
            };
        }
        other += 1;
    }
    None
}

/// A protocol header.
pub const fn protocol(
    name: &'static str,
    title: &'static str,
    source: &'static str,
    fields: &'static [Field],
) -> Protocol {
    Protocol {
        name,
        title,
        source,
        fields,
        keys: &[],
        below: None,
        then: None,
        guess: None,
        quotes: false,
        role: Role::Header,
        closed_by: None,
        pseudo: None,
        group: None,
        carries: true,
        asks: &[],
        route: None,
        facts: Facts::of(fields),
        answers: None,
        seeks: None,
    }
}

/// An item inside a header's braces.
pub const fn item(name: &'static str, title: &'static str, source: &'static str, fields: &'static [Field]) -> Protocol {
    protocol(name, title, source, fields).role(Role::Item)
}

impl Protocol {
    /// Its numbers.
    #[must_use]
    pub const fn under(mut self, keys: &'static [(Space, u64)]) -> Self {
        self.keys = keys;
        self
    }
    /// What stands below it where an expression begins with it.
    #[must_use]
    pub const fn on(mut self, below: &'static Protocol) -> Self {
        self.below = Some(below);
        self
    }
    /// What always follows.
    #[must_use]
    pub const fn then(mut self, next: &'static Protocol) -> Self {
        self.then = Some(next);
        self
    }
    /// What follows is the beginning of a datagram of this protocol, quoted.
    #[must_use]
    pub const fn quotes(mut self, next: &'static Protocol) -> Self {
        self.quotes = true;
        self.then(next)
    }
    /// What kind of part it is.
    #[must_use]
    pub const fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }
    /// What follows is bytes where this field is not zero.
    #[must_use]
    pub const fn closed_by(mut self, name: &'static str) -> Self {
        self.closed_by = Some(index_of(self.fields, name));
        self
    }
    /// The addresses that checksums above it cover.
    #[must_use]
    pub const fn pseudo(mut self, src: &'static str, dst: &'static str) -> Self {
        self.pseudo = Some((index_of(self.fields, src), index_of(self.fields, dst)));
        self
    }
    /// The IPv4 address that may be a multicast group.
    #[must_use]
    pub const fn group_ip4(mut self, name: &'static str) -> Self {
        self.group = Some(Group::Ip4(index_of(self.fields, name)));
        self
    }
    /// The IPv6 address that may be a multicast group.
    #[must_use]
    pub const fn group_ip6(mut self, name: &'static str) -> Self {
        self.group = Some(Group::Ip6(index_of(self.fields, name)));
        self
    }
    /// The group address that frames of this protocol go to.
    #[must_use]
    pub const fn to(mut self, mac: u64) -> Self {
        self.group = Some(Group::Mac { mac, by: None, with: None });
        self
    }
    /// What it asks of the layers below, where nobody set it: `(layer, field, value)`.
    #[must_use]
    pub const fn asks(mut self, asks: &'static [(&'static str, &'static str, Ask)]) -> Self {
        self.asks = asks;
        self
    }
    /// Where hops are left, checksums above it cover the address of the last item of this name.
    #[must_use]
    pub const fn routes_to_last(mut self, left: &'static str, item: &'static str) -> Self {
        self.route = Some(Route { left: index_of(self.fields, left), pointer: false, item, first: false });
        self
    }
    /// The same where a field points at the next hop, as in an option of IPv4 (RFC 791 3.1).
    #[must_use]
    pub const fn routes_by(mut self, pointer: &'static str, item: &'static str) -> Self {
        self.route = Some(Route { left: index_of(self.fields, pointer), pointer: true, item, first: false });
        self
    }
    /// The same with the first item.
    #[must_use]
    pub const fn routes_to_first(mut self, left: &'static str, item: &'static str) -> Self {
        self.route = Some(Route { left: index_of(self.fields, left), pointer: false, item, first: true });
        self
    }
    /// The group address that they go to, and the value of that field added.
    #[must_use]
    pub const fn to_with(mut self, mac: u64, name: &'static str) -> Self {
        self.group = Some(Group::Mac { mac, by: None, with: Some(index_of(self.fields, name)) });
        self
    }
    /// The group addresses that frames go to which have these values in that field.
    #[must_use]
    pub const fn to_by(mut self, name: &'static str, macs: &'static [(u64, u64)]) -> Self {
        let Some(Group::Mac { mac, with, .. }) = self.group else { panic!("`to` stands before it") };
        self.group = Some(Group::Mac { mac, by: Some((index_of(self.fields, name), macs)), with });
        self
    }
    /// How the next layer is guessed from its first bytes, where nothing names it.
    #[must_use]
    pub const fn guess(mut self, guess: Guess) -> Self {
        self.guess = Some(guess);
        self
    }
    /// It answers that layer.
    #[must_use]
    pub const fn answers(mut self, question: &'static Protocol) -> Self {
        self.answers = Some(question);
        self
    }
    /// It asks for the owner of the address in this field.
    #[must_use]
    pub const fn seeks(mut self, name: &'static str) -> Self {
        self.seeks = Some(index_of(self.fields, name));
        self
    }
    /// Nothing follows it.
    #[must_use]
    pub const fn carries_nothing(mut self) -> Self {
        self.carries = false;
        self
    }
}
