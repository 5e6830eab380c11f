//! Text out of a log, made safe to look at.
//!
//! In: any text. Out: the same text with everything that cannot be seen, or that turns the
//! text around, written out.
//! Must not know: what the text is.

use std::borrow::Cow;

/// Writes out control characters as `\x1b`, and invisible or direction-changing ones as `\u{202e}`.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        let code = u32::from(character);
        if !is_hidden(character) {
            out.push(character);
        } else if code <= 0xff {
            out.push_str(&format!("\\x{code:02x}"));
        } else {
            out.push_str(&format!("\\u{{{code:x}}}"));
        }
    }
    Cow::Owned(out)
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'            // soft hyphen
            | '\u{34f}'         // combining grapheme joiner
            | '\u{61c}'         // Arabic letter mark
            | '\u{115f}'..='\u{1160}' | '\u{3164}' | '\u{ffa0}' // Hangul fillers
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' // zero width, marks of direction
            | '\u{2028}'..='\u{202e}' // separators, embeddings, overrides
            | '\u{2060}'..='\u{206f}' // word joiner, isolates
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
        )
}

/// A name or address that no program will make a link of: `evil[.]example`.
#[must_use]
pub fn defanged(text: &str) -> String {
    text.replace('.', "[.]").replace(':', "[:]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_is_left_alone() {
        assert!(matches!(visible("xn--bcher-kva.example"), Cow::Borrowed(_)));
        assert_eq!(visible("bücher 日本 <b>&amp;"), "bücher 日本 <b>&amp;");
    }

    #[test]
    fn controls_are_written_out() {
        assert_eq!(
            visible("a\0b\tc\x1b[31m\x7f\u{85}"),
            "a\\x00b\\x09c\\x1b[31m\\x7f\\x85"
        );
    }

    #[test]
    fn direction_and_zero_width_are_written_out() {
        assert_eq!(visible("a\u{202e}moc"), "a\\u{202e}moc");
        assert_eq!(visible("\u{2066}x\u{2069}"), "\\u{2066}x\\u{2069}");
        assert_eq!(visible("a\u{200b}b\u{feff}"), "a\\u{200b}b\\u{feff}");
        assert_eq!(visible("\u{e0041}"), "\\u{e0041}");
    }

    #[test]
    fn defanged_names_are_no_links() {
        assert_eq!(defanged("a.evil.example"), "a[.]evil[.]example");
        assert_eq!(defanged("2001:db8::1"), "2001[:]db8[:][:]1");
    }
}
