//! A command line that is being typed: its words as a shell parts them.

/// What stands before the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandLine {
    /// The words that are done, without their quotes.
    pub words: Vec<String>,
    /// The word at the cursor, without its quotes; empty behind a blank.
    pub last: String,
    /// The cursor is inside quotes.
    pub quoted: bool,
}

impl CommandLine {
    /// Parts a line at blanks outside quotes, as POSIX shells do (2.2 Quoting); expansions are left as they are.
    pub fn new(line: &str) -> Self {
        let mut this = Self::default();
        let mut quote = None;
        let mut begun = false;
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            match (quote, c) {
                (None, ' ' | '\t' | '\n') => {
                    if begun {
                        this.words.push(std::mem::take(&mut this.last));
                    }
                    begun = false;
                    continue;
                }
                (None, '\'' | '"') => quote = Some(c),
                (None, '\\') => this.last.extend(chars.next()),
                (Some('"'), '\\') => match chars.next_if(|next| matches!(next, '"' | '\\' | '$' | '`')) {
                    Some(next) => this.last.push(next),
                    None => this.last.push(c),
                },
                (Some(open), _) if open == c => quote = None,
                _ => this.last.push(c),
            }
            begun = true;
        }
        this.quoted = quote.is_some();
        this
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(line: &str) -> (Vec<String>, String, bool) {
        let CommandLine { words, last, quoted } = CommandLine::new(line);
        (words, last, quoted)
    }

    #[test]
    fn blanks_part_words_and_quotes_keep_them_together() {
        assert_eq!(line("a  b c"), (vec!["a".into(), "b".into()], "c".into(), false));
        assert_eq!(line("a 'b c"), (vec!["a".into()], "b c".into(), true));
        assert_eq!(line("a \"b \\\"c\" "), (vec!["a".into(), "b \"c".into()], String::new(), false));
        assert_eq!(line("a b\\ c"), (vec!["a".into()], "b c".into(), false));
        assert_eq!(line("a '' "), (vec!["a".into(), String::new()], String::new(), false));
        assert_eq!(line("a \\"), (vec!["a".into()], String::new(), false));
    }
}
