//! Tokens to a filter.
//!
//! In: a text, and the columns that the logs at hand have beyond those that the language knows.
//! Out: a [`Filter`], or what was expected and where. Must not know: rows.

use std::ops::Range;

use regex_lite::{Regex, RegexBuilder};
use wakeful_logs::float;

use crate::Filter;
use crate::field::{Kind, field};
use crate::lex::{Placed, Token, tokens};
use crate::test::{Check, Measure, Node, Side, Test, Wanted, response_code};
use crate::value::{Network, number, time};

/// Brackets and `not` within each other.
const DEEPEST: usize = 64;
/// Bytes of a compiled regular expression.
const REGEX_BYTES: usize = 1 << 20;

/// Why a text was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, in bytes; empty at the end of the text.
    pub at: Range<usize>,
    /// One sentence with the next step.
    pub what: String,
    /// What could stand there.
    pub expected: Expected,
}

/// What could stand at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// A field, `not`, `has`, a bracket.
    Operand,
    /// A field.
    Field,
    /// An operator for a field of this kind.
    Operator(Kind),
    /// A value of this kind.
    Value(Kind),
    /// `and`, `or`.
    Connective,
    /// Nothing that could be offered.
    Nothing,
}

/// Understands a text. An empty one means every row.
///
/// # Errors
/// Where the text is not a filter: the first thing that does not fit.
pub fn parse(text: &str, columns: &[String]) -> Result<Filter, Problem> {
    let tokens = tokens(text).map_err(|(at, what)| Problem {
        at,
        what,
        expected: Expected::Nothing,
    })?;
    if tokens.is_empty() {
        return Ok(Filter {
            columns: Vec::new(),
            node: None,
        });
    }
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        end: text.len(),
        known: columns,
        wanted: Vec::new(),
        depth: 0,
    };
    let node = parser.expression()?;
    if parser.at < tokens.len() {
        let shown = parser.shown();
        return Err(parser.problem(
            format!("“{shown}” does not follow here; put “and” or “or” between two conditions."),
            Expected::Connective,
        ));
    }
    Ok(Filter {
        columns: parser.wanted,
        node: Some(node),
    })
}

struct Parser<'a> {
    tokens: &'a [Placed],
    at: usize,
    end: usize,
    known: &'a [String],
    wanted: Vec<String>,
    depth: usize,
}

type Parsed<T> = Result<T, Problem>;

/// A field that was named, and what of it.
struct Operand {
    column: String,
    kind: Kind,
    measure: Measure,
}

impl Operand {
    /// How its values are compared.
    fn compared(&self) -> Kind {
        match self.measure {
            Measure::Itself => self.kind,
            _ => Kind::Number,
        }
    }
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn sign(&mut self, wanted: &[&str]) -> Option<&'static str> {
        match self.peek() {
            Some(Token::Sign(sign)) if wanted.contains(sign) => {
                let sign = *sign;
                self.at += 1;
                Some(sign)
            }
            _ => None,
        }
    }

    fn keyword(&mut self, wanted: &str) -> bool {
        let found =
            matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(wanted));
        self.at += usize::from(found);
        found
    }

    fn problem(&self, what: String, expected: Expected) -> Problem {
        let at = self
            .tokens
            .get(self.at)
            .map_or(self.end..self.end, |(_, at)| at.clone());
        Problem { at, what, expected }
    }

    /// The token at hand, for a sentence.
    fn shown(&self) -> String {
        match self.peek() {
            Some(Token::Word(text) | Token::Quoted(text) | Token::Regex(text)) => text.clone(),
            Some(Token::Sign(sign)) => (*sign).to_owned(),
            None => "the end".to_owned(),
        }
    }

    fn expression(&mut self) -> Parsed<Node> {
        let mut nodes = vec![self.term()?];
        while self.keyword("or") || self.sign(&["||"]).is_some() {
            nodes.push(self.term()?);
        }
        Ok(one_or(nodes, Node::Any))
    }

    fn term(&mut self) -> Parsed<Node> {
        let mut nodes = vec![self.factor()?];
        while self.keyword("and") || self.sign(&["&&"]).is_some() {
            nodes.push(self.factor()?);
        }
        Ok(one_or(nodes, Node::All))
    }

    fn factor(&mut self) -> Parsed<Node> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.problem(
                "This goes too deep; use fewer brackets.".to_owned(),
                Expected::Nothing,
            ));
        }
        let node = self.factor_within();
        self.depth -= 1;
        node
    }

    fn factor_within(&mut self) -> Parsed<Node> {
        if self.keyword("not") || self.sign(&["!"]).is_some() {
            return Ok(Node::Not(Box::new(self.factor()?)));
        }
        if self.sign(&["("]).is_some() {
            let node = self.expression()?;
            if self.sign(&[")"]).is_none() {
                return Err(self.problem(
                    "A bracket is open; close it with “)”.".to_owned(),
                    Expected::Connective,
                ));
            }
            return Ok(node);
        }
        if self.keyword("has") {
            let (column, _) = self.field()?;
            return Ok(Node::Has(self.column(column)));
        }
        let operand = self.operand()?;
        self.test(operand)
    }

    fn operand(&mut self) -> Parsed<Operand> {
        let measure = match (self.peek(), self.tokens.get(self.at + 1)) {
            (Some(Token::Word(word)), Some((Token::Sign("("), _))) => {
                match word.to_ascii_lowercase().as_str() {
                    "len" | "length" => Some(Measure::Length),
                    "labels" => Some(Measure::Labels),
                    "entropy" => Some(Measure::Entropy),
                    _ => {
                        return Err(self.problem(
                            format!(
                                "There is no function “{word}”; there are len, labels and entropy."
                            ),
                            Expected::Operand,
                        ));
                    }
                }
            }
            _ => None,
        };
        let Some(measure) = measure else {
            let (column, kind) = self.field()?;
            return Ok(Operand {
                column,
                kind,
                measure: Measure::Itself,
            });
        };
        self.at += 2;
        let (column, kind) = self.field()?;
        if self.sign(&[")"]).is_none() {
            return Err(self.problem(
                "The function’s bracket is open; close it with “)”.".to_owned(),
                Expected::Nothing,
            ));
        }
        Ok(Operand {
            column,
            kind,
            measure,
        })
    }

    fn field(&mut self) -> Parsed<(String, Kind)> {
        let Some(Token::Word(word)) = self.peek() else {
            let shown = self.shown();
            return Err(self.problem(
                format!("A field is expected here, not {}.", in_quotes(&shown)),
                Expected::Operand,
            ));
        };
        let found = match field(word) {
            Some(field) => (field.column.to_owned(), field.kind),
            None => match self
                .known
                .iter()
                .find(|column| column.eq_ignore_ascii_case(word))
            {
                Some(column) => (column.clone(), Kind::Any),
                None => {
                    let what = format!(
                        "There is no field “{word}”; begin to type and choose one from the list."
                    );
                    return Err(self.problem(what, Expected::Operand));
                }
            },
        };
        self.at += 1;
        Ok(found)
    }

    /// The place of a column in a row.
    fn column(&mut self, column: String) -> usize {
        match self.wanted.iter().position(|known| *known == column) {
            Some(at) => at,
            None => {
                self.wanted.push(column);
                self.wanted.len() - 1
            }
        }
    }

    fn test(&mut self, operand: Operand) -> Parsed<Node> {
        let compared = operand.compared();
        let check = self.check(&operand, compared)?;
        let named = match (operand.measure, operand.kind) {
            (Measure::Itself, Kind::RecordType) => Some("qtype_name"),
            (Measure::Itself, Kind::ResponseCode) => Some("rcode_name"),
            _ => None,
        };
        let column = self.column(operand.column);
        let named = named.map(|name| self.column(name.to_owned()));
        Ok(Node::Test(Test {
            column,
            named,
            kind: operand.kind,
            measure: operand.measure,
            check,
        }))
    }

    fn check(&mut self, operand: &Operand, kind: Kind) -> Parsed<Check> {
        if let Some(sign) = self.sign(&["==", "=", "!="]) {
            return Ok(Check::OneOf(vec![self.value(kind)?], sign == "!="));
        }
        if let Some(sign) = self.sign(&["<", "<=", ">", ">="]) {
            if matches!(kind, Kind::Address | Kind::Bool) {
                self.at -= 1;
                return Err(self.problem(
                    format!(
                        "{} is not greater or less than anything; use == or in.",
                        operand.column
                    ),
                    Expected::Operator(kind),
                ));
            }
            let side = match sign {
                "<" => Side::Less,
                "<=" => Side::LessOrEqual,
                ">" => Side::Greater,
                _ => Side::GreaterOrEqual,
            };
            return Ok(Check::Beside(side, self.value(kind)?));
        }
        if self.keyword("in") {
            return self.set(kind);
        }
        let textual = operand.measure == Measure::Itself;
        if textual && (self.keyword("matches") || self.sign(&["~"]).is_some()) {
            return self.pattern();
        }
        type Make = fn(Vec<u8>) -> Check;
        let words: [(&str, Make); 3] = [
            ("contains", Check::Contains),
            ("startswith", Check::Starts),
            ("endswith", Check::Ends),
        ];
        for (word, make) in words {
            if textual && self.keyword(word) {
                return Ok(make(self.text(kind)?.into_bytes()));
            }
        }
        let shown = self.shown();
        Err(self.problem(
            format!(
                "A comparison is expected here, such as == or contains, not {}.",
                in_quotes(&shown)
            ),
            Expected::Operator(kind),
        ))
    }

    fn text(&mut self, kind: Kind) -> Parsed<String> {
        match self.peek() {
            Some(Token::Word(text) | Token::Quoted(text)) => {
                let text = text.clone();
                self.at += 1;
                Ok(text)
            }
            _ => {
                let shown = self.shown();
                Err(self.problem(
                    format!("A value is expected here, not {}; text with blanks or signs goes in quotes.", in_quotes(&shown)),
                    Expected::Value(kind),
                ))
            }
        }
    }

    fn set(&mut self, kind: Kind) -> Parsed<Check> {
        if self.sign(&["{"]).is_none() {
            // One network, or one value.
            return Ok(Check::OneOf(vec![self.value(kind)?], false));
        }
        let mut wanted = vec![self.value(kind)?];
        while self.sign(&[","]).is_some() {
            wanted.push(self.value(kind)?);
        }
        if self.sign(&["}"]).is_none() {
            return Err(self.problem(
                "The set is open; part its values by commas and close it with “}”.".to_owned(),
                Expected::Nothing,
            ));
        }
        Ok(Check::OneOf(wanted, false))
    }

    fn pattern(&mut self) -> Parsed<Check> {
        let pattern = match self.peek() {
            Some(Token::Regex(pattern)) => pattern.clone(),
            Some(Token::Word(glob) | Token::Quoted(glob)) => regex_of_glob(glob),
            _ => {
                return Err(self.problem(
                    "A pattern is expected here: \"*.example\" or /regular expression/.".to_owned(),
                    Expected::Value(Kind::Text),
                ));
            }
        };
        let compiled: Result<Regex, _> = RegexBuilder::new(&pattern)
            .case_insensitive(true)
            .size_limit(REGEX_BYTES)
            .build();
        match compiled {
            Ok(regex) => {
                self.at += 1;
                Ok(Check::Matches(regex))
            }
            Err(error) => Err(self.problem(
                format!("This is no regular expression: {error}."),
                Expected::Nothing,
            )),
        }
    }

    fn value(&mut self, kind: Kind) -> Parsed<Wanted> {
        let mut text = self.text(kind)?;
        // `60 s`: a unit may stand apart.
        if matches!(kind, Kind::Number | Kind::Bytes | Kind::Seconds)
            && let Some(Token::Word(unit)) = self.peek()
            && number(&text).is_some()
            && number(&format!("{text}{unit}")).is_some()
            && unit.starts_with(|character: char| character.is_alphabetic() || character == '%')
        {
            text.push_str(unit);
            self.at += 1;
        }
        wanted(&text, kind).map_err(|what| {
            self.at -= 1;
            self.problem(what, Expected::Value(kind))
        })
    }
}

fn one_or(mut nodes: Vec<Node>, join: fn(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(node) if nodes.is_empty() => node,
        Some(node) => {
            nodes.push(node);
            join(nodes)
        }
        None => join(nodes),
    }
}

fn in_quotes(shown: &str) -> String {
    if shown == "the end" {
        shown.to_owned()
    } else {
        format!("“{shown}”")
    }
}

/// A value in the form in which its kind is compared, or a sentence.
fn wanted(text: &str, kind: Kind) -> Result<Wanted, String> {
    let none = |what: &str| format!("“{text}” is not {what}.");
    match kind {
        Kind::Number | Kind::Bytes | Kind::Seconds => number(text)
            .map(Wanted::Number)
            .ok_or_else(|| none("a number; units are kB, MB, ms, s, min, h, d and %")),
        Kind::Time => time(text)
            .map(|(from, to)| Wanted::Span(from, to))
            .ok_or_else(|| {
                none("a time; write 2024-03-12, 2024-03-12T09:30 or seconds since 1970")
            }),
        Kind::Address => Network::parse(text)
            .map(Wanted::Network)
            .ok_or_else(|| none("an address or a network; write 10.0.0.5 or 10.0.0.0/8")),
        Kind::Bool => match text.to_ascii_lowercase().as_str() {
            "t" | "true" | "yes" => Ok(Wanted::Bool(true)),
            "f" | "false" | "no" => Ok(Wanted::Bool(false)),
            _ => Err(none("T or F")),
        },
        Kind::RecordType => code(text, wakeful_logs::qtype_number)
            .map(Wanted::Code)
            .ok_or_else(|| none("a record type; write a number or a name, such as TXT")),
        Kind::ResponseCode => code(text, response_code)
            .map(Wanted::Code)
            .ok_or_else(|| none("a response code; write a number or a name, such as NXDOMAIN")),
        Kind::Any => Ok(match float(text) {
            Some(number) => Wanted::Either(number, text.as_bytes().to_vec()),
            None => Wanted::Text(text.as_bytes().to_vec()),
        }),
        Kind::Text | Kind::Exact | Kind::List => Ok(Wanted::Text(text.as_bytes().to_vec())),
    }
}

fn code(text: &str, of_name: fn(&[u8]) -> Option<u16>) -> Option<u16> {
    text.parse().ok().or_else(|| of_name(text.as_bytes()))
}

/// `*` for anything, `?` for one sign; the whole text must fit.
fn regex_of_glob(glob: &str) -> String {
    let mut pattern = String::from("^");
    for character in glob.chars() {
        match character {
            '*' => pattern.push_str(".*"),
            '?' => pattern.push('.'),
            _ => pattern.push_str(&regex_lite::escape(character.encode_utf8(&mut [0; 4]))),
        }
    }
    pattern.push('$');
    pattern
}
