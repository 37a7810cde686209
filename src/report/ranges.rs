//! Many members of a set in few words: `dport=1..21,23..1024`.

use std::fmt::Write;

/// One run of neighbours: its first and its last number.
pub type Run = (usize, usize);

/// The runs of numbers that follow each other; the numbers rise.
pub fn runs(numbers: impl IntoIterator<Item = usize>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    runs
}

/// The runs as text, each number by its label, of which the last `name=value` is what counts on from one to the next. At
/// most `most` runs are written; how many numbers the others have is told.
pub fn text(runs: &[Run], label: impl Fn(usize) -> String, most: usize) -> String {
    let mut out = String::new();
    let mut open: Option<String> = None;
    for (first, last) in runs.iter().take(most) {
        let (from, to) = (label(*first), label(*last));
        match (from.rsplit_once('='), to.rsplit_once('=')) {
            (Some((name, low)), Some((same, high))) if name == same => {
                match &open {
                    Some(before) if before == name => out.push(','),
                    _ => {
                        out.push_str(if out.is_empty() { "" } else { "; " });
                        out.push_str(name);
                        out.push('=');
                    }
                }
                out.push_str(low);
                if first != last {
                    out.push_str("..");
                    out.push_str(high);
                }
                open = Some(name.to_owned());
            }
            _ => {
                out.push_str(if out.is_empty() { "" } else { "; " });
                out.push_str(&from);
                if first != last {
                    out.push_str(" .. ");
                    out.push_str(&to);
                }
                open = None;
            }
        }
    }
    let left: usize = runs.iter().skip(most).map(|(first, last)| last - first + 1).sum();
    if left > 0 {
        let _ = write!(out, "; and {left} more");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(numbers: &[usize], most: usize) -> String {
        text(&runs(numbers.iter().copied()), |n| format!("dst=10.0.0.{} dport={}", n / 100, n % 100), most)
    }

    #[test]
    fn neighbours_are_one_range_and_ranges_of_one_name_share_it() {
        assert_eq!(told(&[101, 102, 103, 105, 107, 108], 9), "dst=10.0.0.1 dport=1..3,5,7..8");
    }

    #[test]
    fn another_name_and_a_range_over_two_stand_apart() {
        assert_eq!(told(&[101, 205], 9), "dst=10.0.0.1 dport=1; dst=10.0.0.2 dport=5");
        assert_eq!(told(&[199, 200], 9), "dst=10.0.0.1 dport=99 .. dst=10.0.0.2 dport=0");
    }

    #[test]
    fn more_than_anyone_reads_is_counted() {
        assert_eq!(told(&[101, 103, 105, 106], 2), "dst=10.0.0.1 dport=1,3; and 2 more");
    }

    #[test]
    fn what_has_no_label_value_is_written_whole() {
        let label = |n: usize| format!("frames.txt:{n}");
        assert_eq!(text(&runs([1, 2, 5]), label, 9), "frames.txt:1 .. frames.txt:2; frames.txt:5");
    }
}
