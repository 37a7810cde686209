//! What stands in a header's braces: options, TLVs, records, one behind the other.

use super::layout::{self, Fit};
use crate::proto::OPEN;
use crate::proto::table::{List, Protocol, Rule, fields_of};

/// The items from `at` to `end` of a header that begins at `start` and ends at `header_end`, each given to `found` with its
/// table (none for bytes that are no item), its start and its end. What build adds by itself is not given.
pub(super) fn items(
    (proto, list): (&'static Protocol, &'static List),
    bytes: &[u8],
    (start, header_end): (usize, usize),
    (at, end): (usize, usize),
    mut found: impl FnMut(Option<&'static Protocol>, usize, usize),
) {
    let align = usize::from(list.align.max(1));
    // Where build would add what is not there, nothing can be left out either.
    let aligned = (header_end - start).is_multiple_of(align);
    let is_tail = |at: usize| aligned && end - at < align && bytes[at..end].iter().copied().eq(padding(list, end - at));
    let mut at = at;
    let mut counts = Counts::new(proto, list, bytes, start);
    while at < end && !is_tail(at) {
        let from = at + spaces(list, at - start);
        if from > end || bytes[at..from].iter().any(|b| *b != 0) {
            break;
        }
        let Some((item, item_end)) = counts.next(list, bytes, from, end) else { break };
        found(Some(item), from, item_end);
        at = item_end;
        if list.end == Some(item.name) {
            break;
        }
    }
    if at < end && !is_tail(at) {
        let stop = (at + 1..=end).find(|stop| is_tail(*stop)).unwrap_or(end);
        found(None, at, stop);
    }
    if !aligned {
        found(Some(&OPEN), end, end);
    }
}

/// How many zeros stand before an item, so far behind the header's start.
pub(super) fn spaces(list: &List, len: usize) -> usize {
    len.next_multiple_of(usize::from(list.spacing.max(1))) - len
}

/// What is added to fill a list up: zeros, or an option that says nothing (RFC 8200 4.2).
pub(super) fn padding(list: &List, len: usize) -> impl Iterator<Item = u8> {
    let option = list.pad_options && len > 1;
    (0..len).map(move |i| match i {
        0 => u8::from(option),
        1 if option => len as u8 - 2,
        _ => 0,
    })
}

/// Where a list ends, and its header with it, that no length tells of: behind the item that ends it, else with the bytes.
pub(super) fn end(proto: &'static Protocol, list: &'static List, bytes: &[u8], (start, at): (usize, usize)) -> usize {
    let Some(last) = list.end else { return bytes.len() };
    let mut end = bytes.len();
    items((proto, list), bytes, (start, end), (at, end), |item, _, to| {
        if item.is_some_and(|p| p.name == last) {
            end = to;
        }
    });
    end
}

/// Where the items end that a header counts, if all of them are there.
pub(super) fn counted_end(
    proto: &'static Protocol,
    list: &'static List,
    bytes: &[u8],
    start: usize,
    at: usize,
    limit: usize,
) -> Option<usize> {
    let mut at = at;
    let mut counts = Counts::new(proto, list, bytes, start);
    while counts.left() {
        at = counts.next(list, bytes, at, limit)?.1;
    }
    Some(at)
}

/// How many items of which name are still to come, the last kind first; without counts any may.
struct Counts {
    left: [(&'static str, u64); List::MOST_COUNTS],
    kinds: usize,
}

impl Counts {
    fn new(proto: &'static Protocol, list: &'static List, bytes: &[u8], start: usize) -> Self {
        let value = |name| {
            let field = proto.field(name)?;
            let extra = u64::from(matches!(proto.fields[field].rule, Rule::LastOf(_)));
            Some(layout::fixed(proto, bytes, start, field as u8)? as u64 + extra)
        };
        let mut counts = Self { left: [("", 0); List::MOST_COUNTS], kinds: list.counts.len() };
        for (left, (field, item)) in counts.left[..counts.kinds].iter_mut().rev().zip(list.counts) {
            *left = (item, value(field).unwrap_or(0));
        }
        counts
    }

    fn left(&self) -> bool {
        self.left[..self.kinds].iter().any(|(_, n)| *n > 0)
    }

    fn next(&mut self, list: &'static List, bytes: &[u8], at: usize, end: usize) -> Option<(&'static Protocol, usize)> {
        let fits = |p: &'static Protocol| Some((p, item(p, bytes, at, end)?));
        if list.counts.is_empty() {
            return list.of.iter().copied().find_map(fits);
        }
        while self.left[..self.kinds].last().is_some_and(|(_, n)| *n == 0) {
            self.kinds -= 1;
        }
        let Some((name, n)) = self.left[..self.kinds].last_mut() else {
            // Behind those that are counted may stand others.
            let counted = |p: &&'static Protocol| list.counts.iter().any(|(_, name)| *name == p.name);
            return list.of.iter().copied().filter(|p| !counted(p)).find_map(fits);
        };
        *n -= 1;
        list.of.iter().copied().filter(|p| p.name == *name).find_map(fits)
    }
}

/// Where an item of this form that begins here ends, if it is one: what is never printed must be what build writes.
fn item(proto: &'static Protocol, bytes: &[u8], start: usize, limit: usize) -> Option<usize> {
    let constant = |field: usize, end| {
        let slot = layout::slot(proto, bytes, start, end, field);
        slot.is_none_or(|slot| slot.number(bytes) == Some(proto.fields[field].default))
    };
    let consts = proto.facts.consts;
    // Most items show by their first field that they are another one.
    let another = match proto.facts.kind {
        Some(kind) => bytes.get(start) != Some(&kind),
        None => consts & 1 != 0 && !constant(0, limit),
    };
    if another {
        return None;
    }
    let Fit::Exact(end) = layout::fit(proto, bytes, start, limit)? else { return None };
    let fits = end > start && end <= limit && fields_of(consts).all(|field| constant(field, end));
    fits.then_some(end)
}
