//! Header pictures as RFCs draw them: a bit ruler, rows of 32 bits, a box a field.
//!
//! It draws boxes of given widths and knows no protocol: [`super::boxes`] makes the boxes.

use std::fmt::Write;

/// Bits in a row.
const ROW: usize = 32;
/// From so many whole rows on a box is drawn as one row with `/` at its sides.
const LONG: usize = 5;
/// Higher than this a row does not grow for a name: a letter stands for it, told below the picture.
const HIGH: usize = 4;

/// What stands in a box, and how wide it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The name in it.
    pub name: String,
    /// The value in it.
    pub value: Option<String>,
    /// Its width in bits; none where it varies.
    pub bits: Option<usize>,
}

/// A box's part in one row: columns `from..to`.
#[derive(Debug)]
struct Part {
    cell: usize,
    from: usize,
    to: usize,
}

#[derive(Debug, Default)]
struct Row {
    parts: Vec<Part>,
    /// It stands for several rows, or for as many as it takes.
    long: bool,
}

impl Row {
    fn end(&self) -> usize {
        self.parts.last().map_or(0, |p| p.to)
    }

    fn cell_at(&self, column: usize) -> Option<usize> {
        self.parts.iter().find(|p| (p.from..p.to).contains(&column)).map(|p| p.cell)
    }

    fn has_edge(&self, column: usize) -> bool {
        self.parts.iter().any(|p| p.from == column || p.to == column)
    }

    fn is_whole(&self, cell: usize) -> bool {
        matches!(self.parts[..], [Part { cell: c, from: 0, to: ROW }] if c == cell)
    }
}

/// Draws the boxes one behind the other, whole lines; nothing where there are none.
///
/// A box whose width varies takes the rest of its row and one more with `/` at its sides; what is behind it begins a row.
pub fn draw(cells: &[Cell]) -> String {
    let rows = place(cells);
    let mut out = String::new();
    if rows.is_empty() {
        return out;
    }
    out.push_str(&ruler());
    let mut legend = Vec::new();
    let labels = labels(cells, &rows, &mut legend);
    let none = Row::default();
    for (i, row) in rows.iter().enumerate() {
        border(if i > 0 { &rows[i - 1] } else { &none }, row, &mut out);
        row_lines(row, &labels[i], &mut out);
    }
    border(rows.last().unwrap_or(&none), &none, &mut out);
    for line in legend {
        out.push_str(&line);
        out.push('\n');
    }
    out
}

fn ruler() -> String {
    let mut tens = String::new();
    let mut ones = String::new();
    for bit in 0..ROW {
        let ten = if bit % 10 == 0 { char::from(b'0' + (bit / 10) as u8) } else { ' ' };
        let _ = write!(tens, " {ten}");
        let _ = write!(ones, " {}", bit % 10);
    }
    format!("{}\n{ones}\n", tens.trim_end())
}

fn place(cells: &[Cell]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (cell, Cell { bits, .. }) in cells.iter().enumerate() {
        let mut left = bits.unwrap_or(usize::MAX);
        while left > 0 {
            let from = rows.last().map_or(ROW, Row::end) % ROW;
            if from == 0 {
                rows.push(Row::default());
            }
            let to = from + left.min(ROW - from);
            left -= to - from;
            let Some(row) = rows.last_mut() else { break };
            row.parts.push(Part { cell, from, to });
            if bits.is_none() && from == 0 {
                row.long = true;
                break;
            }
        }
        let whole = rows.iter().filter(|r| r.is_whole(cell)).count();
        if whole >= LONG
            && let Some(first) = rows.iter().position(|r| r.is_whole(cell))
        {
            rows.drain(first + 1..first + whole);
            rows[first].long = true;
        }
    }
    rows
}

/// The lines of text in each part of each row: a box has its text in its widest part, the middle one of several.
fn labels(cells: &[Cell], rows: &[Row], legend: &mut Vec<String>) -> Vec<Vec<Vec<String>>> {
    let mut labels: Vec<Vec<Vec<String>>> = rows.iter().map(|r| vec![Vec::new(); r.parts.len()]).collect();
    for (index, cell) in cells.iter().enumerate() {
        let parts = || {
            let parts = rows.iter().enumerate().flat_map(|(r, row)| {
                row.parts.iter().enumerate().map(move |(p, part)| (r, p, part.cell, part.to - part.from))
            });
            parts.filter(|(_, _, c, _)| *c == index)
        };
        let widest = parts().map(|(.., bits)| bits).max().unwrap_or(0);
        let places: Vec<_> = parts().filter(|(.., bits)| *bits == widest).collect();
        if let Some((row, part, ..)) = places.get(places.len().saturating_sub(1) / 2) {
            labels[*row][*part] = label(cell, widest * 2 - 1, legend);
        }
    }
    labels
}

/// A box's text, in lines of at most `width` characters.
fn label(cell: &Cell, width: usize, legend: &mut Vec<String>) -> Vec<String> {
    let texts = [Some(&cell.name), cell.value.as_ref()];
    let texts: Vec<&str> = texts.into_iter().flatten().map(String::as_str).filter(|t| !t.is_empty()).collect();
    let line = texts.join(" ");
    if line.chars().count() <= width {
        return vec![line];
    }
    let lines: Vec<String> = texts.iter().flat_map(|text| chunks(text, width)).collect();
    if lines.len() <= HIGH || legend.len() >= 26 {
        return lines;
    }
    let letter = char::from(b'A' + legend.len() as u8);
    legend.push(format!("{letter}: {line}"));
    vec![letter.to_string()]
}

fn chunks(text: &str, width: usize) -> Vec<String> {
    text.chars().collect::<Vec<_>>().chunks(width.max(1)).map(|c| c.iter().collect()).collect()
}

fn row_lines(row: &Row, labels: &[Vec<String>], out: &mut String) {
    let height = labels.iter().map(Vec::len).max().unwrap_or(0).max(if row.long { 2 } else { 1 });
    for line in 0..height {
        let side = if row.long { '/' } else { '|' };
        out.push(side);
        for (part, label) in row.parts.iter().zip(labels) {
            let top = (height - label.len()) / 2;
            let text = line.checked_sub(top).and_then(|i| label.get(i)).map_or("", String::as_str);
            let _ = write!(out, "{text:^width$}{side}", width = (part.to - part.from) * 2 - 1);
        }
        out.push('\n');
    }
}

/// The line between two rows: open where the same box is above and below.
fn border(above: &Row, below: &Row, out: &mut String) {
    let end = above.end().max(below.end());
    let is_drawn = |column: usize| column < end && above.cell_at(column) != below.cell_at(column);
    for column in 0..=end {
        let beside = is_drawn(column) || column.checked_sub(1).is_some_and(is_drawn);
        out.push(if beside || above.has_edge(column) || below.has_edge(column) { '+' } else { ' ' });
        if column < end {
            out.push(if is_drawn(column) { '-' } else { ' ' });
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(name: &str, bits: Option<usize>) -> Cell {
        Cell { name: name.into(), value: None, bits }
    }

    fn picture(cells: &[Cell]) -> String {
        let picture = draw(cells);
        picture.splitn(3, '\n').nth(2).unwrap_or_default().to_owned()
    }

    #[test]
    fn a_box_over_two_rows_is_open_between_them() {
        let drawn = picture(&[cell("a", Some(48)), cell("b", Some(16))]);
        assert_eq!(
            drawn,
            "\
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                               a                               |
+                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                               |               b               |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
"
        );
    }

    #[test]
    fn a_box_that_varies_takes_the_rest_of_its_row_and_one_more() {
        let drawn = picture(&[cell("kind", Some(8)), cell("data", None), cell("end", Some(8))]);
        assert_eq!(
            drawn,
            "\
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|     kind      |                                               |
+-+-+-+-+-+-+-+-+                                               +
/                             data                              /
/                                                               /
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|      end      |
+-+-+-+-+-+-+-+-+
"
        );
    }

    #[test]
    fn a_narrow_box_has_its_name_downwards_and_a_long_name_below_the_picture() {
        let drawn = picture(&[cell("dei", Some(1)), cell("present", Some(1)), cell("id", Some(6))]);
        assert_eq!(
            drawn,
            "\
+-+-+-+-+-+-+-+-+
|d| |           |
|e|A|    id     |
|i| |           |
+-+-+-+-+-+-+-+-+
A: present
"
        );
    }

    #[test]
    fn what_fills_many_rows_is_drawn_as_one() {
        let drawn = picture(&[cell("a", Some(16)), cell("b", Some(32 * 100)), cell("c", Some(16))]);
        assert_eq!(drawn.lines().count(), 2 * 3 + 2, "{drawn}");
        assert!(drawn.lines().nth(3).is_some_and(|l| l.starts_with('/')), "{drawn}");
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert_eq!(draw(&[]), "");
        assert_eq!(draw(&[cell("empty", Some(0))]), "");
    }
}
