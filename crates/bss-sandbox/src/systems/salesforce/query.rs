//! Queries over the org's records: names get their meaning, records are found, put in order and written.

use std::cmp::Ordering;

use super::failure::Failure;
use super::schema::{Field, Kind, Object};
use super::soql::{Condition, Literal, Operator, Order, Query, Selected, Set};
use super::store::{Record, Store, Value, same_text};

/// What a query found, each record written out.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) total: usize,
    pub(super) records: Vec<String>,
}

/// A list that goes on behind what is shown at first.
pub(super) trait Pages {
    /// Writes the outcome of a sub-query; what does not fit is kept for later requests.
    fn outcome(&mut self, records: Vec<String>) -> String;
}

/// Runs queries for requests of one version of the API.
pub(super) struct Runner<'s, P> {
    pub(super) store: &'s Store,
    /// As in `v62.0`.
    pub(super) version: &'s str,
    pub(super) pages: P,
}

/// Relations that a path may follow.
const MOST_RELATIONS: usize = 5;

impl<P: Pages> Runner<'_, P> {
    /// A whole query.
    pub(super) fn run(&mut self, query: &Query) -> Result<Found, Failure> {
        let object = Object::named(&query.from).ok_or_else(|| Failure::unknown_object(&query.from))?;
        let scope = Scope { object, query };
        let records = scope.chosen(self.store, self.store.all(object))?;
        if matches!(query.select[..], [Selected::Count]) {
            return Ok(Found { total: records.len(), records: Vec::new() });
        }
        scope.check_select()?;
        let records = records.into_iter().map(|record| self.write(&scope, record)).collect::<Result<Vec<_>, _>>()?;
        Ok(Found { total: records.len(), records })
    }

    fn write(&mut self, scope: &Scope<'_>, record: &Record) -> Result<String, Failure> {
        let mut tree = Branch::default();
        for selected in &scope.query.select {
            match selected {
                Selected::Path(path) => tree.add(scope.path(path)),
                Selected::Query(query) => tree.leaves.push(self.sub_query(scope.object, query, record)?),
                Selected::Count => return Err(Failure::malformed_query("COUNT() is selected on its own")),
            }
        }
        Ok(self.branch(&tree, record))
    }

    fn branch(&self, branch: &Branch<'_>, record: &Record) -> String {
        let mut json = self.attributes(record);
        for field in &branch.fields {
            if let Some(field) = record.object.field(field) {
                json.push_str(&format!(",\"{}\":{}", field.name, record.json(field)));
            }
        }
        for (relation, below) in &branch.relations {
            if let Some((field, _)) = record.object.related(relation) {
                let Kind::Reference(_, name) = field.kind else { continue };
                let related = record.text(field.name).and_then(|id| self.store.get(id));
                let value = related.map_or_else(|| "null".to_owned(), |related| self.branch(below, related));
                json.push_str(&format!(",\"{name}\":{value}"));
            }
        }
        for leaf in &branch.leaves {
            json.push(',');
            json.push_str(leaf);
        }
        json.push('}');
        json
    }

    fn attributes(&self, record: &Record) -> String {
        let object = record.object.name;
        format!(r#"{{"attributes":{{"type":"{object}","url":"/services/data/{}/sobjects/{object}/{}"}}"#, self.version, record.id)
    }

    /// A member with the outcome, null where there are no records.
    fn sub_query(&mut self, parent: &Object, query: &Query, record: &Record) -> Result<String, Failure> {
        let children = parent.children(&query.from).ok_or_else(|| Failure::unknown_relation(&query.from, parent))?;
        let object = &super::schema::OBJECTS[children.object];
        let scope = Scope { object, query };
        scope.check_select()?;
        let mut candidates = self.store.all(object);
        candidates.retain(|child| child.text(children.field) == Some(&record.id));
        let found = scope.chosen(self.store, candidates)?;
        let records = found.into_iter().map(|child| self.write(&scope, child)).collect::<Result<Vec<_>, _>>()?;
        let outcome = if records.is_empty() { "null".to_owned() } else { self.pages.outcome(records) };
        Ok(format!("\"{}\":{outcome}", children.relation))
    }
}

/// The selected fields of a record and of the records it is related to.
#[derive(Default)]
struct Branch<'q> {
    fields: Vec<&'q str>,
    relations: Vec<(&'q str, Branch<'q>)>,
    leaves: Vec<String>,
}

impl<'q> Branch<'q> {
    fn add(&mut self, path: &'q [String]) {
        match path {
            [] => {}
            [field] => self.fields.push(field),
            [relation, rest @ ..] => {
                let known = self.relations.iter().position(|(name, _)| name.eq_ignore_ascii_case(relation));
                let at = known.unwrap_or_else(|| {
                    self.relations.push((relation, Branch::default()));
                    self.relations.len() - 1
                });
                self.relations[at].1.add(rest);
            }
        }
    }
}

/// Whether a record is one that the query is for.
type Test<'t> = Box<dyn Fn(&Record) -> bool + 't>;

/// A query together with the object it is about.
struct Scope<'q> {
    object: &'static Object,
    query: &'q Query,
}

impl<'q> Scope<'q> {
    /// A path without the object's own name in front.
    fn path(&self, path: &'q [String]) -> &'q [String] {
        let is_own = |name: &str| {
            name.eq_ignore_ascii_case(self.object.name) || self.query.alias.as_deref().is_some_and(|alias| alias.eq_ignore_ascii_case(name))
        };
        match path {
            [first, rest @ ..] if !rest.is_empty() && is_own(first) && self.object.related(first).is_none() => rest,
            path => path,
        }
    }

    /// The field at the end of a path.
    fn field(&self, path: &'q [String]) -> Result<&'static Field, Failure> {
        let mut object = self.object;
        let path = self.path(path);
        let (last, relations) = path.split_last().expect("a path has a name");
        if relations.len() > MOST_RELATIONS {
            return Err(Failure::malformed_query("a relationship path has five levels at most"));
        }
        for relation in relations {
            object = object.related(relation).ok_or_else(|| Failure::unknown_relation(relation, object))?.1;
        }
        object.field(last).ok_or_else(|| Failure::unknown_column(last, object))
    }

    fn check_select(&self) -> Result<(), Failure> {
        self.query.select.iter().try_for_each(|selected| match selected {
            Selected::Path(path) => self.field(path).map(|_| ()),
            _ => Ok(()),
        })
    }

    /// Those of the candidates that the query is for, in its order.
    fn chosen<'s>(&self, store: &'s Store, candidates: Vec<&'s Record>) -> Result<Vec<&'s Record>, Failure> {
        let mut chosen = candidates;
        if let Some(condition) = &self.query.condition {
            let test = self.test(store, condition)?;
            chosen.retain(|record| test(record));
        }
        let order = self.query.order.iter().map(|order| self.field(&order.path).map(|_| order)).collect::<Result<Vec<_>, _>>()?;
        chosen.sort_by(|one, other| {
            let by = |order: &&Order| self.compare(store, order, one, other);
            order.iter().map(by).find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
        });
        let limit = self.query.limit.unwrap_or(usize::MAX);
        Ok(chosen.into_iter().skip(self.query.offset).take(limit).collect())
    }

    fn compare(&self, store: &Store, order: &Order, one: &Record, other: &Record) -> Ordering {
        let key = |record| {
            self.value(store, record, &order.path).map(|value| match value {
                Value::Text(text) => Value::Text(text.to_lowercase()),
                flag => flag,
            })
        };
        let (one, other) = (key(one), key(other));
        match (&one, &other) {
            (Some(_), None) => {
                if order.nulls_last {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (None, Some(_)) => {
                if order.nulls_last {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            _ if order.descending => other.cmp(&one),
            _ => one.cmp(&other),
        }
    }

    /// What a record, or one that it is related to, holds. A checkbox is never without a value.
    fn value(&self, store: &Store, record: &Record, path: &'q [String]) -> Option<Value> {
        let (last, relations) = self.path(path).split_last()?;
        let mut record = record;
        for relation in relations {
            let (field, _) = record.object.related(relation)?;
            record = store.get(record.text(field.name)?)?;
        }
        let field = record.object.field(last)?;
        record.value(field.name).cloned().or_else(|| (field.kind == Kind::Flag).then_some(Value::Flag(false)))
    }

    /// The condition as a test of records; every name and literal in it is checked first.
    fn test<'t>(&'t self, store: &'t Store, condition: &'t Condition) -> Result<Test<'t>, Failure> {
        Ok(match condition {
            Condition::All(parts) => {
                let tests = parts.iter().map(|part| self.test(store, part)).collect::<Result<Vec<_>, _>>()?;
                Box::new(move |record| tests.iter().all(|test| test(record)))
            }
            Condition::Any(parts) => {
                let tests = parts.iter().map(|part| self.test(store, part)).collect::<Result<Vec<_>, _>>()?;
                Box::new(move |record| tests.iter().any(|test| test(record)))
            }
            Condition::Not(part) => {
                let test = self.test(store, part)?;
                Box::new(move |record| !test(record))
            }
            Condition::Compare { path, operator, literal } => {
                let field = self.field(path)?;
                check_literal(field, *operator, literal)?;
                Box::new(move |record| is(field, self.value(store, record, path).as_ref(), *operator, literal))
            }
            Condition::In { path, negated, set } => {
                let field = self.field(path)?;
                let literals = self.literals(store, field, set)?;
                let is_one = move |record: &Record| {
                    let value = self.value(store, record, path);
                    literals.iter().any(|literal| is(field, value.as_ref(), Operator::Equal, literal.as_ref()))
                };
                Box::new(move |record| is_one(record) != *negated)
            }
        })
    }

    fn literals<'t>(&self, store: &Store, field: &Field, set: &'t Set) -> Result<Vec<Held<'t>>, Failure> {
        match set {
            Set::Literals(literals) => {
                literals.iter().try_for_each(|literal| check_literal(field, Operator::Equal, literal))?;
                Ok(literals.iter().map(Held::Borrowed).collect())
            }
            Set::Query(query) => {
                let object = Object::named(&query.from).ok_or_else(|| Failure::unknown_object(&query.from))?;
                if std::ptr::eq(object, self.object) {
                    return Err(Failure::malformed_query("The inner and outer selects should not be on the same object type"));
                }
                let [Selected::Path(path)] = &query.select[..] else {
                    return Err(Failure::malformed_query("the inner select of a semi-join has one field"));
                };
                let scope = Scope { object, query };
                scope.field(path)?;
                let found = scope.chosen(store, store.all(object))?;
                Ok(found
                    .into_iter()
                    .filter_map(|record| match scope.value(store, record, path) {
                        Some(Value::Text(text)) => Some(Held::Owned(Literal::Text(text))),
                        _ => None,
                    })
                    .collect())
            }
        }
    }
}

/// A literal of the query, or one that a semi-join found.
enum Held<'t> {
    Borrowed(&'t Literal),
    Owned(Literal),
}

impl AsRef<Literal> for Held<'_> {
    fn as_ref(&self) -> &Literal {
        match self {
            Self::Borrowed(literal) => literal,
            Self::Owned(literal) => literal,
        }
    }
}

fn check_literal(field: &Field, operator: Operator, literal: &Literal) -> Result<(), Failure> {
    let fits = match (field.kind, literal) {
        (_, Literal::Null) => matches!(operator, Operator::Equal | Operator::NotEqual),
        (Kind::Flag, Literal::Flag(_)) => true,
        (Kind::DateTime, Literal::Bare(_)) => true,
        (Kind::Flag | Kind::DateTime, _) => false,
        (_, literal) => matches!(literal, Literal::Text(_)),
    };
    if fits { Ok(()) } else { Err(Failure::wrong_literal(field.name)) }
}

fn is(field: &Field, value: Option<&Value>, operator: Operator, literal: &Literal) -> bool {
    let ordering = match (value, literal) {
        (None, Literal::Null) => Some(Ordering::Equal),
        (Some(Value::Flag(one)), Literal::Flag(other)) => Some(one.cmp(other)),
        (Some(Value::Text(one)), Literal::Text(other)) if operator == Operator::Like => return is_like(one, other),
        (Some(Value::Text(one)), Literal::Text(other)) if same_text(field, one, other) => Some(Ordering::Equal),
        (Some(Value::Text(one)), Literal::Text(other)) => Some(one.to_lowercase().cmp(&other.to_lowercase())).filter(|o| o.is_ne()),
        (Some(Value::Text(one)), Literal::Bare(other)) => Some(one.as_str().cmp(other)),
        _ => None,
    };
    match operator {
        Operator::Equal => ordering == Some(Ordering::Equal),
        Operator::NotEqual => ordering != Some(Ordering::Equal),
        Operator::Less => ordering == Some(Ordering::Less),
        Operator::LessOrEqual => matches!(ordering, Some(Ordering::Less | Ordering::Equal)),
        Operator::Greater => ordering == Some(Ordering::Greater),
        Operator::GreaterOrEqual => matches!(ordering, Some(Ordering::Greater | Ordering::Equal)),
        Operator::Like => false,
    }
}

/// `%` is anything, `_` one character; case does not count.
fn is_like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    // The places of the text where the pattern read so far may end.
    let mut ends = vec![false; text.len() + 1];
    ends[0] = true;
    for c in pattern {
        let mut next = vec![false; text.len() + 1];
        let mut before = false;
        for at in 0..=text.len() {
            before |= ends[at];
            next[at] = match c {
                '%' => before,
                '_' => at > 0 && ends[at - 1],
                c => at > 0 && ends[at - 1] && text[at - 1] == c,
            };
        }
        ends = next;
    }
    ends[text.len()]
}
