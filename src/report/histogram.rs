//! A histogram in lines of text. It knows numbers, not what they measure.

use std::fmt::Write;

/// The width of the longest bar.
const BAR: u64 = 40;

/// The values from `from` up to below `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The least value.
    pub from: u64,
    /// The first value of the next row.
    pub to: u64,
    /// How many there are.
    pub count: u64,
}

/// Steps within a decade, the finest first, in hundredths.
const SERIES: [&[u64]; 4] =
    [&[100, 125, 160, 200, 250, 315, 400, 500, 630, 800], &[100, 150, 200, 300, 500, 700], &[100, 200, 500], &[100]];

/// Joins buckets (least value, greatest value, count, in order) to at most `most` rows, which get wider towards greater
/// values, in round steps. Every bucket counts in the row where it begins.
pub fn rows(buckets: impl Iterator<Item = (u64, u64, u64)>, most: usize) -> Vec<Row> {
    let buckets: Vec<_> = buckets.collect();
    let (Some((min, ..)), Some((max, ..))) = (buckets.first(), buckets.last()) else { return Vec::new() };
    let edges = SERIES.iter().map(|series| edges(series, *min, *max)).find(|edges| edges.len() <= most + 1);
    let edges = edges.unwrap_or_else(|| vec![*min, max.saturating_add(1)]);
    let mut rows: Vec<Row> = edges.windows(2).map(|pair| Row { from: pair[0], to: pair[1], count: 0 }).collect();
    for (low, _, count) in buckets {
        let at = rows.partition_point(|row| row.to <= low).min(rows.len() - 1);
        rows[at].count += count;
    }
    rows
}

/// Round numbers from at most `min` to above `max`.
fn edges(series: &[u64], min: u64, max: u64) -> Vec<u64> {
    let mut edges = vec![0];
    let mut decade = 1u64;
    'all: loop {
        for step in series {
            let edge = u64::try_from(u128::from(decade) * u128::from(*step) / 100).unwrap_or(u64::MAX);
            if edge > *edges.last().unwrap_or(&0) {
                if edge <= min {
                    edges.clear();
                }
                edges.push(edge);
                if edge > max || edge == u64::MAX {
                    break 'all;
                }
            }
        }
        decade = decade.saturating_mul(10);
    }
    edges
}

/// Appends a line for each row: where it begins, a bar, how many there are.
pub fn write(rows: &[Row], label: impl Fn(u64) -> String, out: &mut String) {
    let greatest = rows.iter().map(|row| row.count).max().unwrap_or(0).max(1);
    for row in rows {
        let bar = (row.count * BAR).div_ceil(greatest) as usize;
        let label = label(row.from);
        // Writing to a string does not fail.
        let _ = writeln!(out, "  {label:>8}  {:<width$}  {:>9}", "#".repeat(bar), row.count, width = BAR as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_begin_at_round_numbers() {
        let rows = rows([(1_100, 1_101, 3), (1_900, 1_901, 1), (52_000, 52_100, 2)].into_iter(), 6);
        let told: Vec<_> = rows.iter().map(|row| (row.from, row.count)).collect();
        assert_eq!(told, [(1000, 4), (2000, 0), (5000, 0), (10_000, 0), (20_000, 0), (50_000, 2)]);
    }

    #[test]
    fn a_bar_is_as_long_as_its_count_and_any_count_has_one() {
        let rows =
            [Row { from: 0, to: 1, count: 1000 }, Row { from: 1, to: 2, count: 1 }, Row { from: 2, to: 3, count: 0 }];
        let mut out = String::new();
        write(&rows, |value| value.to_string(), &mut out);
        assert_eq!(out.lines().map(|line| line.matches('#').count()).collect::<Vec<_>>(), [40, 1, 0]);
    }

    proptest! {
        #[test]
        fn rows_hold_all_that_the_buckets_hold(values in prop::collection::btree_map(any::<u64>(), 1u64..9, 1..50)) {
            let total: u64 = values.values().sum();
            let rows = rows(values.iter().map(|(value, count)| (*value, *value, *count)), 14);
            prop_assert_eq!(rows.iter().map(|row| row.count).sum::<u64>(), total);
            prop_assert!(rows.len() <= 20);
        }
    }
}
