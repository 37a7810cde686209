//! The nearest name to a mistyped one.

/// The candidate with the smallest edit distance to `word`, if it is near enough to be a typing mistake; else the shortest
/// that begins with it.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count().max(3) / 3).max(1);
    // No name is so long, and the work grows with the product of both lengths.
    if word.len() > 64 {
        return None;
    }
    let candidates: Vec<_> = candidates.into_iter().collect();
    let near = candidates.iter().map(|c| (distance(word, c), *c)).filter(|(d, _)| *d <= limit).min_by_key(|(d, _)| *d);
    let longer =
        || candidates.iter().copied().filter(|c| word.len() > 1 && c.starts_with(word)).min_by_key(|c| c.len());
    near.map(|(_, c)| c).or_else(longer)
}

/// Edits (insert, delete, replace, swap of neighbours) between two words: optimal string alignment.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_mistake_finds_its_name_and_nonsense_does_not() {
        assert_eq!(nearest("dprt", ["sport", "dport", "length"]), Some("dport"));
        assert_eq!(nearest("upd", ["udp", "tcp"]), Some("udp"));
        assert_eq!(nearest("len", ["sport", "dport", "length"]), Some("length"));
        assert_eq!(nearest("qqqq", ["udp", "tcp"]), None);
    }
}
