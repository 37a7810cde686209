//! Plots as inline SVG, for one page that needs nothing else. It knows numbers and words, not what they mean.

use std::fmt::Write;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 20.0;
/// The names of the left axis and of the lines are above the plot.
const TOP: f64 = 26.0;
const BOTTOM: f64 = 44.0;
/// The room for the name of a bar.
const NAME: f64 = 52.0;

/// A line or band of a plot.
#[derive(Clone, Debug)]
pub struct Series {
    /// Its name, in the legend.
    pub name: String,
    /// Its points, by rising x.
    pub points: Vec<(f64, f64)>,
}

/// The axes of a plot: their names, and how a value is written at the left one.
pub struct Axes<'a> {
    /// Below.
    pub x: &'a str,
    /// On the left.
    pub y: &'a str,
    /// Writes a value.
    pub label: &'a dyn Fn(f64) -> String,
}

/// Bars side by side: what is written below each, its height, and what is shown when it is pointed at.
pub fn bars(bars: &[(String, f64, String)], axes: &Axes) -> String {
    let (mut out, top) = frame(axes, bars.iter().map(|(_, value, _)| *value));
    let step = ACROSS / count(bars.len().max(1));
    // As many names as there is room for.
    let every = (1..=bars.len()).find(|every| step * count(*every) >= NAME).unwrap_or(1);
    for (at, (name, value, title)) in bars.iter().enumerate() {
        let x = LEFT + step * count(at);
        bar(&mut out, (x + step * 0.05, step * 0.9), scale(*value, top), title);
        if at % every == 0 {
            below(&mut out, x + step / 2.0, name);
        }
    }
    out + "</svg>"
}

/// Bars over an axis from 0 to `end`, which they share evenly: the height of each, and what is shown when it is pointed at.
pub fn steps(steps: &[(f64, String)], end: f64, axes: &Axes) -> String {
    let (mut out, top) = frame(axes, steps.iter().map(|(value, _)| *value));
    let width = ACROSS / count(steps.len().max(1));
    for (at, (value, title)) in steps.iter().enumerate() {
        bar(&mut out, (LEFT + width * count(at), width * 0.9), scale(*value, top), title);
    }
    ruler(&mut out, end);
    out + "</svg>"
}

/// Lines over an axis from 0 to `end`.
pub fn lines(series: &[Series], end: f64, axes: &Axes) -> String {
    let (mut out, top) = frame(axes, series.iter().flat_map(|series| &series.points).map(|(_, value)| *value));
    // Names stand side by side, to the right of the axis's own.
    let apart = (ACROSS - NAMED).min(80.0 * count(series.len())) / count(series.len().max(1));
    for (number, line) in series.iter().enumerate() {
        let colour = number % COLOURS;
        let mut path = String::new();
        for (at, (time, value)) in line.points.iter().enumerate() {
            let command = if at == 0 { 'M' } else { 'L' };
            // Writing to a string does not fail.
            let _ = write!(path, "{command}{:.1} {:.1}", across(*time, end), HEIGHT - BOTTOM - scale(*value, top));
        }
        // One point alone is a dot.
        let _ = write!(out, "<path class=\"line s{colour}\" d=\"{path}h0.1\"/>");
        let at = WIDTH - RIGHT - apart * count(series.len() - 1 - number);
        let name = escape(&line.name);
        let _ = write!(out, "<text class=\"s{colour}\" x=\"{at:.1}\" y=\"12\" text-anchor=\"end\">{name}</text>");
    }
    ruler(&mut out, end);
    out + "</svg>"
}

/// The room for the name of the left axis.
const NAMED: f64 = 100.0;
/// So many lines have a colour of their own.
const COLOURS: usize = 8;
/// The width of a plot between its axes.
const ACROSS: f64 = WIDTH - LEFT - RIGHT;

fn across(value: f64, end: f64) -> f64 {
    LEFT + if end > 0.0 { ACROSS * value / end } else { 0.0 }
}

fn bar(out: &mut String, (x, width): (f64, f64), height: f64, title: &str) {
    let (top, title) = (HEIGHT - BOTTOM - height, escape(title));
    let _ = write!(
        out,
        "<rect class=\"bar\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"><title>{title}\
         </title></rect>"
    );
}

/// A word below the plot.
fn below(out: &mut String, x: f64, word: &str) {
    let (y, word) = (HEIGHT - BOTTOM + 14.0, escape(word));
    let _ = write!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">{word}</text>");
}

/// Round values from 0 to `end` below the plot.
fn ruler(out: &mut String, end: f64) {
    let step = round_step(end, 8.0);
    let digits = if step < 1.0 { (1..9).find(|digits| step * 10f64.powi(*digits) >= 1.0).unwrap_or(9) } else { 0 };
    for value in ticks(step, end) {
        below(out, across(value, end), &format!("{value:.*}", usize::try_from(digits).unwrap_or(0)));
    }
}

/// The SVG up to its left axis, and the value at its upper end, which is a round one.
fn frame(axes: &Axes, values: impl Iterator<Item = f64>) -> (String, f64) {
    let most = values.fold(0.0, f64::max);
    let (x, y) = (escape(axes.x), escape(axes.y));
    let mut out = format!("<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{y}\">");
    // What is counted is never half a one.
    let step = round_step(most, 4.0).max(1.0);
    let top = (most / step).ceil() * step;
    for value in ticks(step, top) {
        let at = HEIGHT - BOTTOM - scale(value, top);
        let (end, right, text) = (WIDTH - RIGHT, LEFT - 6.0, escape(&(axes.label)(value)));
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{end}\" y2=\"{at:.1}\"/>\
             <text x=\"{right}\" y=\"{:.1}\" text-anchor=\"end\">{text}</text>",
            at + 4.0
        );
    }
    let (middle, bottom) = (LEFT + ACROSS / 2.0, HEIGHT - 8.0);
    let _ = write!(
        out,
        "<text x=\"{LEFT}\" y=\"12\">{y}</text><text x=\"{middle}\" y=\"{bottom}\" text-anchor=\"middle\">{x}</text>"
    );
    (out, top)
}

/// A round step (1, 2 or 5 times a power of ten) of which at most `most` fit below `end`.
fn round_step(end: f64, most: f64) -> f64 {
    let least = end / most;
    if !(least > 0.0 && least.is_finite()) {
        return 1.0;
    }
    let power = 10f64.powf(least.log10().floor());
    let times = [1.0, 2.0, 5.0].into_iter().find(|times| times * power >= least).unwrap_or(10.0);
    times * power
}

/// 0 and every step up to `end`.
fn ticks(step: f64, end: f64) -> impl Iterator<Item = f64> {
    // What was lost in dividing must not cost the last one.
    (0..20u32).map(move |tick| f64::from(tick) * step).take_while(move |value| *value <= end + step * 1e-6)
}

fn scale(value: f64, top: f64) -> f64 {
    if top > 0.0 { (HEIGHT - TOP - BOTTOM) * value / top } else { 0.0 }
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// Text that may hold anything, for HTML and SVG.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in crate::report::safe::text(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// A page with this title and these parts, which are HTML already. It loads nothing.
pub fn page(title: &str, parts: &[String]) -> String {
    const LINES: [&str; COLOURS] =
        ["#3b9c5a", "#3572b0", "#c25450", "#b8862b", "#7d5bb5", "#2f9aa0", "#b04f8f", "#7a7a7a"];
    const STYLE: &str = ":root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:760px;margin:2em auto;\
padding:0 1em}svg{width:100%;height:auto}svg text{font:11px system-ui,sans-serif;fill:currentColor}.grid{stroke:currentColor;\
opacity:.15}.bar{fill:#3572b0}.line{fill:none;stroke-width:1.5;stroke:currentColor}table{border-collapse:collapse}td,th{padding:.15em .8em;text-align:right;\
border-bottom:1px solid #8884}td:first-child,th:first-child{text-align:left}pre{font-size:12.5px;white-space:pre-wrap;overflow-wrap:anywhere}\
code{overflow-wrap:anywhere}.ok{color:#3b9c5a}\
.broken{color:#c25450}";
    let mut lines = String::new();
    for (number, colour) in LINES.iter().enumerate() {
        let _ = write!(lines, ".s{number}{{stroke:{colour}}}svg text.s{number}{{fill:{colour};stroke:none}}");
    }
    let title = escape(title);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><style>{STYLE}{lines}</style></head>\n<body>\n<h1>{title}</h1>\n{}\n\
         </body></html>\n",
        parts.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const AXES: Axes = Axes { x: "x", y: "y", label: &|value| value.to_string() };

    #[test]
    fn the_values_at_an_axis_are_round() {
        for (end, most, step) in
            [(7456.0, 4.0, 2000.0), (60.4, 4.0, 20.0), (3.01, 8.0, 0.5), (29.0, 4.0, 10.0), (1.0, 4.0, 0.5)]
        {
            assert!((round_step(end, most) - step).abs() < step * 1e-9, "{end}: {}", round_step(end, most));
        }
        assert_eq!(ticks(0.1, 0.3).count(), 4);
        let plot = bars(&[("a".into(), 1.0, String::new())], &AXES);
        assert!(plot.contains(">1</text>") && !plot.contains("0.5"), "{plot}");
    }

    #[test]
    fn text_cannot_leave_its_place() {
        let plot = bars(&[("<script>".into(), 1.0, "\"&".into())], &AXES);
        assert!(!plot.contains("<script>") && plot.contains("&lt;script&gt;") && plot.contains("&quot;&amp;"));
        assert!(page("</title><script>", &[]).contains("&lt;/title&gt;&lt;script&gt;"));
    }

    #[test]
    fn every_line_has_its_name_inside_the_plot_and_a_colour() {
        let series = |number: usize| Series { name: format!("n{number}."), points: vec![(0.0, 1.0), (100.0, 2.0)] };
        let many: Vec<_> = (0..20).map(series).collect();
        let plot = lines(&many, 100.0, &AXES);
        for number in 0..20 {
            let (before, _) = plot.split_once(&format!(">n{number}.<")).unwrap();
            let text = before.rsplit_once("<text ").unwrap().1;
            let at: f64 = text.split_once(" x=\"").unwrap().1.split_once('"').unwrap().0.parse().unwrap();
            assert!(
                (LEFT..=WIDTH).contains(&at) && text.contains(&format!("class=\"s{}\"", number % COLOURS)),
                "{text}"
            );
        }
        let page = page("", &[plot]);
        assert!(page.contains(".s7{stroke:") && !page.contains("s8"));
    }

    #[test]
    fn a_bar_of_all_is_as_high_as_the_plot_and_nothing_has_no_height() {
        let plot = bars(&[("a".into(), 4.0, String::new()), ("b".into(), 0.0, String::new())], &AXES);
        let height = format!("height=\"{:.1}\"", HEIGHT - TOP - BOTTOM);
        assert!(plot.contains(&height) && plot.contains("height=\"0.0\""), "{plot}");
        assert!(!bars(&[], &AXES).contains("NaN"));
        assert!(!lines(&[Series { name: "n".into(), points: vec![(0.0, 0.0)] }], 0.0, &AXES).contains("NaN"));
    }
}
