//! Plots as inline SVG, for one page that needs nothing else. It knows numbers and words, not what they mean.

use std::fmt::Write;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 44.0;
/// The room for the name of a bar.
const NAME: f64 = 52.0;

/// A line or band of a plot.
#[derive(Clone, Debug)]
pub struct Series {
    /// Its name, in the legend.
    pub name: &'static str,
    /// Its points, by rising x.
    pub points: Vec<(f64, f64)>,
}

/// Bars side by side: what is written below each, its height, and what is shown when it is pointed at.
pub fn bars(bars: &[(String, f64, String)], y: &str, label: impl Fn(f64) -> String) -> String {
    let most = bars.iter().map(|(_, value, _)| *value).fold(0.0, f64::max);
    let mut out = frame(y, most, &label);
    let step = (WIDTH - LEFT - RIGHT) / count(bars.len().max(1));
    // As many names as there is room for.
    let every = (1..=bars.len()).find(|every| step * count(*every) >= NAME).unwrap_or(1);
    for (at, (name, value, title)) in bars.iter().enumerate() {
        let x = LEFT + step * count(at);
        let height = scale(*value, most);
        let top = HEIGHT - BOTTOM - height;
        // Writing to a string does not fail.
        let _ = write!(
            out,
            "<rect class=\"bar\" x=\"{:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{height:.1}\"><title>{}</title></rect>",
            x + step * 0.05,
            step * 0.9,
            escape(title)
        );
        if at % every == 0 {
            let (x, y) = (x + step / 2.0, HEIGHT - BOTTOM + 14.0);
            let _ = write!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">{}</text>", escape(name));
        }
    }
    out + "</svg>"
}

/// Lines over one axis from 0 to `end`.
pub fn lines(series: &[Series], end: f64, x: &str, y: &str, label: impl Fn(f64) -> String) -> String {
    let most = series.iter().flat_map(|series| &series.points).map(|(_, value)| *value).fold(0.0, f64::max);
    let mut out = frame(y, most, &label);
    let across = |value: f64| LEFT + (WIDTH - LEFT - RIGHT) * if end > 0.0 { value / end } else { 0.0 };
    for (number, series) in series.iter().enumerate() {
        let mut path = String::new();
        for (at, (time, value)) in series.points.iter().enumerate() {
            let command = if at == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{command}{:.1} {:.1}", across(*time), HEIGHT - BOTTOM - scale(*value, most));
        }
        // One point alone is a dot.
        let _ = write!(out, "<path class=\"line s{number}\" d=\"{path}h0.1\"/>");
        let at = LEFT + 90.0 * count(number) + 10.0;
        let _ = write!(
            out,
            "<text class=\"s{number}\" x=\"{at:.1}\" y=\"{:.1}\">{}</text>",
            TOP - 2.0,
            escape(series.name)
        );
    }
    for tick in 0..=5u32 {
        let value = end * f64::from(tick) / 5.0;
        let _ = write!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{value:.2}</text>",
            across(value),
            HEIGHT - BOTTOM + 14.0
        );
    }
    let middle = LEFT + (WIDTH - LEFT - RIGHT) / 2.0;
    let _ = write!(out, "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{}</text>", HEIGHT - 8.0, escape(x));
    out + "</svg>"
}

/// The SVG up to its axis on the left.
fn frame(y: &str, most: f64, label: &impl Fn(f64) -> String) -> String {
    let mut out = format!("<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">", escape(y));
    for tick in 0..=4u32 {
        let value = most * f64::from(tick) / 4.0;
        let at = HEIGHT - BOTTOM - scale(value, most);
        let right = WIDTH - RIGHT;
        let _ = write!(out, "<line class=\"grid\" x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{right}\" y2=\"{at:.1}\"/>");
        let (x, y) = (LEFT - 6.0, at + 4.0);
        let _ = write!(out, "<text x=\"{x}\" y=\"{y:.1}\" text-anchor=\"end\">{}</text>", escape(&label(value)));
    }
    out
}

fn scale(value: f64, most: f64) -> f64 {
    if most > 0.0 { (HEIGHT - TOP - BOTTOM) * value / most } else { 0.0 }
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
    const STYLE: &str = ":root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:760px;margin:2em auto;\
padding:0 1em}svg{width:100%;height:auto}svg text{font:11px system-ui,sans-serif;fill:currentColor}.grid{stroke:currentColor;\
opacity:.15}.bar{fill:#3572b0}.line{fill:none;stroke-width:1.5;stroke:currentColor}.s0{stroke:#3b9c5a}.s1{stroke:#3572b0}\
.s2{stroke:#c25450}svg text.s0,svg text.s1,svg text.s2{stroke:none}svg text.s0{fill:#3b9c5a}svg text.s1{fill:#3572b0}\
svg text.s2{fill:#c25450}table{border-collapse:collapse}td,th{padding:.15em .8em;text-align:right;\
border-bottom:1px solid #8884}td:first-child,th:first-child{text-align:left}pre{overflow-x:auto}.ok{color:#3b9c5a}\
.broken{color:#c25450}";
    let title = escape(title);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head>\n<body>\n<h1>{title}</h1>\n{}\n\
         </body></html>\n",
        parts.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_place() {
        let plot = bars(&[("<script>".into(), 1.0, "\"&".into())], "y", |value| value.to_string());
        assert!(!plot.contains("<script>") && plot.contains("&lt;script&gt;") && plot.contains("&quot;&amp;"));
        assert!(page("</title><script>", &[]).contains("&lt;/title&gt;&lt;script&gt;"));
    }

    #[test]
    fn a_bar_of_all_is_as_high_as_the_plot_and_nothing_has_no_height() {
        let plot = bars(&[("a".into(), 4.0, String::new()), ("b".into(), 0.0, String::new())], "y", |v| v.to_string());
        let height = format!("height=\"{:.1}\"", HEIGHT - TOP - BOTTOM);
        assert!(plot.contains(&height) && plot.contains("height=\"0.0\""), "{plot}");
        assert!(!bars(&[], "y", |v| v.to_string()).contains("NaN"));
        assert!(
            !lines(&[Series { name: "n", points: vec![(0.0, 0.0)] }], 0.0, "x", "y", |v| v.to_string()).contains("NaN")
        );
    }
}
