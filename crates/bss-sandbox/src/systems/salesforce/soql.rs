//! The query language, as far as it goes here: a text into a [`Query`]. What a name means is not asked.

use super::failure::Failure;

/// A query or a sub-query.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) select: Vec<Selected>,
    /// The object, or in a sub-query the relation.
    pub(super) from: String,
    pub(super) alias: Option<String>,
    pub(super) condition: Option<Condition>,
    pub(super) order: Vec<Order>,
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
}

#[derive(Debug)]
pub(super) enum Selected {
    /// A field, with the relations that lead to it.
    Path(Vec<String>),
    /// `COUNT()`.
    Count,
    Query(Query),
}

#[derive(Debug)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Compare { path: Vec<String>, operator: Operator, literal: Literal },
    In { path: Vec<String>, negated: bool, set: Set },
}

#[derive(Debug)]
pub(super) enum Set {
    Literals(Vec<Literal>),
    /// A semi-join: the one field that the query selects.
    Query(Box<Query>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
}

#[derive(Debug)]
pub(super) enum Literal {
    Null,
    Flag(bool),
    Text(String),
    /// A number or a date, as written.
    Bare(String),
}

#[derive(Debug)]
pub(super) struct Order {
    pub(super) path: Vec<String>,
    pub(super) descending: bool,
    pub(super) nulls_last: bool,
}

impl Query {
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
        let query = parser.query()?;
        match parser.next() {
            None => Ok(query),
            Some(token) => Err(unexpected(&token)),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// A name, a keyword, a number or a date.
    Word(String),
    Text(String),
    Sign(&'static str),
}

const SIGNS: [&str; 11] = ["(", ")", ",", "!=", "<>", "<=", ">=", "=", "<", ">", ":"];

fn tokens(text: &str) -> Result<Vec<Token>, Failure> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let (literal, after) = text_literal(&rest[1..])?;
            tokens.push(Token::Text(literal));
            rest = after;
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        } else {
            let in_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '+' | ':');
            let end = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
            if end == 0 {
                return Err(Failure::malformed_query(format!("unexpected token: '{first}'")));
            }
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Ok(tokens)
}

/// What is before the closing quote, its escape sequences read, and what follows.
fn text_literal(text: &str) -> Result<(String, &str), Failure> {
    let mut literal = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' => return Ok((literal, &text[at + 1..])),
            '\\' => match chars.next() {
                Some((_, 'n' | 'N')) => literal.push('\n'),
                Some((_, 'r' | 'R')) => literal.push('\r'),
                Some((_, 't' | 'T')) => literal.push('\t'),
                Some((_, 'b' | 'B')) => literal.push('\u{8}'),
                Some((_, 'f' | 'F')) => literal.push('\u{c}'),
                Some((_, quoted @ ('\'' | '"' | '\\' | '%' | '_'))) => literal.push(quoted),
                _ => return Err(Failure::malformed_query("Illegal escape sequence in a string literal")),
            },
            c => literal.push(c),
        }
    }
    Err(Failure::malformed_query("unterminated string literal"))
}

fn unexpected(token: &Token) -> Failure {
    let text = match token {
        Token::Word(text) | Token::Text(text) => text,
        Token::Sign(sign) => *sign,
    };
    Failure::malformed_query(format!("unexpected token: '{text}'"))
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

/// Parentheses and sub-queries within each other; more is no query of anybody's.
const MOST_LEVELS: usize = 20;

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn some(&mut self) -> Result<Token, Failure> {
        self.next().ok_or_else(|| Failure::malformed_query("unexpected end of the query"))
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Word(text)) if text.eq_ignore_ascii_case(word))
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Sign(found)) if *found == sign)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = self.is_sign(sign);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> Result<(), Failure> {
        if self.take_word(word) { Ok(()) } else { Err(unexpected(&self.some()?)) }
    }

    fn sign(&mut self, sign: &'static str) -> Result<(), Failure> {
        if self.take_sign(sign) { Ok(()) } else { Err(unexpected(&self.some()?)) }
    }

    fn name(&mut self) -> Result<String, Failure> {
        match self.some()? {
            Token::Word(text) if text.starts_with(|c: char| c.is_ascii_alphabetic()) => Ok(text),
            token => Err(unexpected(&token)),
        }
    }

    fn path(&mut self) -> Result<Vec<String>, Failure> {
        Ok(self.name()?.split('.').map(str::to_owned).collect())
    }

    fn number(&mut self) -> Result<usize, Failure> {
        match self.some()? {
            Token::Word(text) => text.parse().map_err(|_| unexpected(&Token::Word(text))),
            token => Err(unexpected(&token)),
        }
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, Failure>) -> Result<T, Failure> {
        self.depth += 1;
        if self.depth > MOST_LEVELS {
            return Err(Failure::malformed_query("too many levels"));
        }
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn query(&mut self) -> Result<Query, Failure> {
        self.word("SELECT")?;
        let mut select = vec![self.selected()?];
        while self.take_sign(",") {
            select.push(self.selected()?);
        }
        self.word("FROM")?;
        let from = self.name()?;
        let is_clause = |parser: &Self| ["WHERE", "ORDER", "LIMIT", "OFFSET"].iter().any(|word| parser.is_word(word));
        let alias = match self.tokens.get(self.at) {
            Some(Token::Word(_)) if !is_clause(self) => Some(self.name()?),
            _ => None,
        };
        let condition = if self.take_word("WHERE") { Some(self.condition()?) } else { None };
        let order = if self.take_word("ORDER") { self.orders()? } else { Vec::new() };
        let limit = if self.take_word("LIMIT") { Some(self.number()?) } else { None };
        let offset = if self.take_word("OFFSET") { self.number()? } else { 0 };
        Ok(Query { select, from, alias, condition, order, limit, offset })
    }

    fn selected(&mut self) -> Result<Selected, Failure> {
        if self.take_sign("(") {
            let query = self.deeper(Self::query)?;
            self.sign(")")?;
            return Ok(Selected::Query(query));
        }
        let path = self.path()?;
        if matches!(&path[..], [name] if name.eq_ignore_ascii_case("COUNT")) && self.take_sign("(") {
            self.sign(")")?;
            return Ok(Selected::Count);
        }
        Ok(Selected::Path(path))
    }

    /// AND and OR do not mix without parentheses.
    fn condition(&mut self) -> Result<Condition, Failure> {
        let first = self.single()?;
        let word = if self.is_word("AND") { "AND" } else { "OR" };
        if !self.is_word(word) {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.take_word(word) {
            all.push(self.single()?);
        }
        if self.is_word("AND") || self.is_word("OR") {
            return Err(unexpected(&self.some()?));
        }
        Ok(if word == "AND" { Condition::All(all) } else { Condition::Any(all) })
    }

    fn single(&mut self) -> Result<Condition, Failure> {
        if self.take_sign("(") {
            let condition = self.deeper(Self::condition)?;
            self.sign(")")?;
            return Ok(condition);
        }
        if self.take_word("NOT") {
            return Ok(Condition::Not(Box::new(self.deeper(Self::single)?)));
        }
        let path = self.path()?;
        let negated = self.take_word("NOT");
        if negated || self.is_word("IN") {
            self.word("IN")?;
            return Ok(Condition::In { path, negated, set: self.set()? });
        }
        let operator = self.operator()?;
        Ok(Condition::Compare { path, operator, literal: self.literal()? })
    }

    fn operator(&mut self) -> Result<Operator, Failure> {
        Ok(match self.some()? {
            Token::Sign("=") => Operator::Equal,
            Token::Sign("!=" | "<>") => Operator::NotEqual,
            Token::Sign("<") => Operator::Less,
            Token::Sign("<=") => Operator::LessOrEqual,
            Token::Sign(">") => Operator::Greater,
            Token::Sign(">=") => Operator::GreaterOrEqual,
            Token::Word(word) if word.eq_ignore_ascii_case("LIKE") => Operator::Like,
            token => return Err(unexpected(&token)),
        })
    }

    fn literal(&mut self) -> Result<Literal, Failure> {
        Ok(match self.some()? {
            Token::Text(text) => Literal::Text(text),
            Token::Word(word) if word.eq_ignore_ascii_case("null") => Literal::Null,
            Token::Word(word) if word.eq_ignore_ascii_case("true") => Literal::Flag(true),
            Token::Word(word) if word.eq_ignore_ascii_case("false") => Literal::Flag(false),
            Token::Word(word) if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => Literal::Bare(word),
            token => return Err(unexpected(&token)),
        })
    }

    fn set(&mut self) -> Result<Set, Failure> {
        self.sign("(")?;
        let set = if self.is_word("SELECT") {
            Set::Query(Box::new(self.deeper(Self::query)?))
        } else {
            let mut literals = vec![self.literal()?];
            while self.take_sign(",") {
                literals.push(self.literal()?);
            }
            Set::Literals(literals)
        };
        self.sign(")")?;
        Ok(set)
    }

    fn orders(&mut self) -> Result<Vec<Order>, Failure> {
        self.word("BY")?;
        let mut orders = Vec::new();
        loop {
            let path = self.path()?;
            let descending = self.take_word("DESC");
            if !descending {
                self.take_word("ASC");
            }
            let mut nulls_last = false;
            if self.take_word("NULLS") {
                nulls_last = self.take_word("LAST");
                if !nulls_last {
                    self.word("FIRST")?;
                }
            }
            orders.push(Order { path, descending, nulls_last });
            if !self.take_sign(",") {
                return Ok(orders);
            }
        }
    }
}
