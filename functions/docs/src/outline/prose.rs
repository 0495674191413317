//! Descriptions are CommonMark (OpenAPI 3.1 §4.3). Ours use three things of it:
//! paragraphs, headings and code spans; anything else reads well as it stands.

/// A paragraph, or a heading.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// Whether it is a heading.
    pub heading: bool,
    /// Its text.
    pub spans: Vec<Span>,
}

/// A piece of text.
#[derive(Debug, PartialEq, Eq)]
pub struct Span {
    /// Whether it is code.
    pub code: bool,
    /// The text itself.
    pub text: String,
}

/// The blocks of `text`. Lines of a paragraph flow together.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open = Vec::new();
    for line in text.lines().map(str::trim).chain([""]) {
        let heading = line.trim_start_matches('#');
        let is_heading = heading.len() < line.len() && heading.starts_with(' ');
        if (line.is_empty() || is_heading) && !open.is_empty() {
            blocks.push(block(false, &std::mem::take(&mut open).join(" ")));
        }
        if is_heading {
            blocks.push(block(true, heading.trim()));
        } else if !line.is_empty() {
            open.push(line);
        }
    }
    blocks
}

fn block(heading: bool, text: &str) -> Block {
    let pieces = text.split('`').zip([false, true].into_iter().cycle());
    let spans = pieces
        .filter(|(piece, _)| !piece.is_empty())
        .map(|(piece, code)| Span {
            code,
            text: piece.to_owned(),
        });
    Block {
        heading,
        spans: spans.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        let block = |block: &Block| {
            let spans = block.spans.iter();
            let text: String = spans
                .map(|span| {
                    if span.code {
                        format!("<{}>", span.text)
                    } else {
                        span.text.clone()
                    }
                })
                .collect();
            if block.heading {
                format!("= {text}")
            } else {
                text
            }
        };
        blocks(text).iter().map(block).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn lines_flow_and_blank_lines_part() {
        assert_eq!(html("one\ntwo\n\nthree"), "one two|three");
        assert_eq!(html(""), "");
    }

    #[test]
    fn headings_and_code_are_known() {
        assert_eq!(html("a\n# Errors\nb"), "a|= Errors|b");
        assert_eq!(html("`a` or `b`; #1"), "<a> or <b>; #1");
    }
}
