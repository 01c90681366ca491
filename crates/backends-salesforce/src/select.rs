//! How records are read that go by the org's own names.
//!
//! First quickly, in the order of the query, which is the order of the answer; where that fails, from the
//! [`wire::Record`](Record) that serde makes of it, which says why. A property test holds the two together.

use backends_http::{BackendError, Json, JsonKind, NotRead, Reply, decode_json, read_json_with};
use tmf666_model::Text;

use crate::names::Names;
use crate::wire::{Composite, Misfit, Record, Value};

/// Most records of one page; Salesforce sends at most so many (REST API Developer Guide, `Sforce-Query-Options`).
const MOST_RECORDS: usize = 2_000;

/// A record by the org's names. What it holds may be missing.
pub trait Selected: Default {
    /// The fields, as a query selects them; relations are none.
    fn fields(names: &Names) -> Vec<&str>;

    /// Reads the object that comes next into `self`, which is as `default` made it.
    ///
    /// # Errors
    /// It may not fit; what `self` is then means nothing.
    fn read(&mut self, json: &mut Json<'_>, names: &Names) -> Result<(), NotRead>;

    /// The same from a record that has been read.
    ///
    /// # Errors
    /// The first member that does not fit.
    fn of(record: &Record<'_>, names: &Names) -> Result<Self, Misfit>;
}

/// A member of a record. Null is what an absent one is: its default.
pub(crate) trait Member: Default {
    /// Whether a query selects it by its name alone.
    const IS_FIELD: bool;

    fn read(&mut self, json: &mut Json<'_>, names: &Names) -> Result<(), NotRead>;

    /// Never called with null.
    fn of(value: &Value<'_>, names: &Names) -> Result<Self, Misfit>;
}

impl Member for Option<Text> {
    const IS_FIELD: bool = true;

    /// A number is taken for its digits; an empty text is nothing.
    fn read(&mut self, json: &mut Json<'_>, _: &Names) -> Result<(), NotRead> {
        // How nearly every value is written.
        if let Some(text) = json.plain_text() {
            *self = (!text.is_empty()).then(|| Text::from(text));
            return Ok(());
        }
        match json.kind()? {
            JsonKind::Null => return json.null(),
            JsonKind::Text => {
                let text = json.text()?;
                if !text.is_empty() {
                    *self = Some(Text::from(text));
                }
            }
            JsonKind::Number => match json.number()? {
                (digits, true) if digits != "-0" && digits.parse::<i64>().is_ok() => *self = Some(Text::from(digits)),
                _ => return Err(NotRead),
            },
            _ => return Err(NotRead),
        }
        Ok(())
    }

    fn of(value: &Value<'_>, _: &Names) -> Result<Self, Misfit> {
        match value {
            Value::Text(text) => Ok((!text.is_empty()).then(|| Text::from(&**text))),
            Value::Integer(number) => Ok(Some(Text::from(number.to_string()))),
            _ => Err(Misfit::here()),
        }
    }
}

/// A checkbox.
impl Member for Option<bool> {
    const IS_FIELD: bool = true;

    fn read(&mut self, json: &mut Json<'_>, _: &Names) -> Result<(), NotRead> {
        match json.kind()? {
            JsonKind::Null => return json.null(),
            JsonKind::Flag => *self = Some(json.flag()?),
            _ => return Err(NotRead),
        }
        Ok(())
    }

    fn of(value: &Value<'_>, _: &Names) -> Result<Self, Misfit> {
        match value {
            Value::Flag(flag) => Ok(Some(*flag)),
            _ => Err(Misfit::here()),
        }
    }
}

/// A related record.
impl<T: Selected> Member for Option<T> {
    const IS_FIELD: bool = false;

    fn read(&mut self, json: &mut Json<'_>, names: &Names) -> Result<(), NotRead> {
        if json.kind()? == JsonKind::Null { json.null() } else { self.insert(T::default()).read(json, names) }
    }

    fn of(value: &Value<'_>, names: &Names) -> Result<Self, Misfit> {
        match value {
            Value::Record(record) => T::of(record, names).map(Some),
            _ => Err(Misfit::here()),
        }
    }
}

/// The records that a query, a sub-query or a further page gave.
#[derive(PartialEq)]
pub struct Rows<T> {
    /// Those of this page.
    pub records: Vec<T>,
    /// The path of the next page, if this is not the last one.
    pub next: Option<String>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { records: Vec::new(), next: None }
    }
}

impl<T: Selected> Rows<T> {
    /// Reads `{totalSize, done, records, nextRecordsUrl}` into what `default` made.
    ///
    /// # Errors
    /// It may not be that; what `self` is then means nothing.
    pub fn read_outcome(&mut self, json: &mut Json<'_>, names: &Names) -> Result<(), NotRead> {
        let (mut has_records, mut done) = (false, None);
        json.members(|json, name| match name {
            "records" if !std::mem::replace(&mut has_records, true) => json.items(|json| self.read_record(json, names)),
            "done" if done.is_none() && json.kind()? == JsonKind::Flag => {
                done = Some(json.flag()?);
                Ok(())
            }
            "nextRecordsUrl" if self.next.is_none() && json.kind()? == JsonKind::Text => {
                self.next = Some(json.text()?.into_owned());
                Ok(())
            }
            "records" | "done" | "nextRecordsUrl" => Err(NotRead),
            _ => pass_over(json),
        })?;
        if has_records && done == Some(self.next.is_none()) { Ok(()) } else { Err(NotRead) }
    }

    fn read_record(&mut self, json: &mut Json<'_>, names: &Names) -> Result<(), NotRead> {
        if self.records.len() == MOST_RECORDS {
            return Err(NotRead);
        }
        // Read where it stays; `push` would begin it elsewhere.
        self.records.resize_with(self.records.len() + 1, T::default);
        self.records.last_mut().map_or(Ok(()), |record| record.read(json, names))
    }

    /// The same from an object that has been read.
    ///
    /// # Errors
    /// If it is not that, or the first record's first member that does not fit.
    pub fn of(outcome: &Record<'_>, names: &Names) -> Result<Self, Misfit> {
        let records = match outcome.get("records") {
            Some(Value::List(records)) if records.len() <= MOST_RECORDS => records,
            _ => return Err(Misfit::at("records")),
        };
        let read = |(at, value): (usize, &Value<'_>)| match value {
            Value::Record(record) => T::of(record, names).map_err(|misfit| misfit.within(format_args!("records[{at}]"))),
            _ => Err(Misfit(format!("records[{at}]"))),
        };
        let records = records.iter().enumerate().map(read).collect::<Result<_, _>>()?;
        let next = match (outcome.get("done"), outcome.get("nextRecordsUrl")) {
            (Some(Value::Flag(true)), _) => None,
            (Some(Value::Flag(false)), Some(Value::Text(url))) => Some(url.clone().into_owned()),
            (Some(Value::Flag(false)), _) => return Err(Misfit::at("nextRecordsUrl")),
            _ => return Err(Misfit::at("done")),
        };
        Ok(Self { records, next })
    }

    /// Reads the answer to a query.
    ///
    /// # Errors
    /// [`BackendError::Malformed`] with the path of the first place that does not fit, and none of its values.
    pub fn decode(reply: &Reply, names: &Names) -> Result<Self, BackendError> {
        if let Some(rows) = read_json_with(&reply.body, |rows: &mut Self, json| rows.read_outcome(json, names)) {
            return Ok(rows);
        }
        let outcome: Record<'_> = decode_json(reply)?;
        Self::of(&outcome, names).map_err(|Misfit(path)| reply.malformed(path))
    }
}

/// The outcome of a sub-query; it is null where it found nothing.
impl<T: Selected> Member for Rows<T> {
    const IS_FIELD: bool = false;

    fn read(&mut self, json: &mut Json<'_>, names: &Names) -> Result<(), NotRead> {
        if json.kind()? == JsonKind::Null { json.null() } else { self.read_outcome(json, names) }
    }

    fn of(value: &Value<'_>, names: &Names) -> Result<Self, Misfit> {
        match value {
            Value::Record(outcome) => Self::of(outcome, names),
            _ => Err(Misfit::here()),
        }
    }
}

/// The answer to a composite request of two queries; nothing in place of the rows of one that failed.
#[derive(PartialEq)]
pub struct TwoQueries<A, B>(pub Option<Rows<A>>, pub Option<Rows<B>>);

impl<A, B> Default for TwoQueries<A, B> {
    fn default() -> Self {
        Self(None, None)
    }
}

impl<A: Selected, B: Selected> TwoQueries<A, B> {
    /// Reads `{compositeResponse}` into what `default` made.
    ///
    /// # Errors
    /// It may not be that; what `self` is then means nothing.
    pub fn read(&mut self, json: &mut Json<'_>, names: &Names) -> Result<(), NotRead> {
        let mut parts = 0;
        json.members(|json, name| {
            if name != "compositeResponse" || parts > 0 {
                return Err(NotRead);
            }
            json.items(|json| {
                parts += 1;
                match parts {
                    1 => read_part(&mut self.0, json, names),
                    2 => read_part(&mut self.1, json, names),
                    _ => Err(NotRead),
                }
            })
        })?;
        if parts == 2 { Ok(()) } else { Err(NotRead) }
    }

    /// The same from an answer that has been read.
    ///
    /// # Errors
    /// If it has not two parts, or the first member that does not fit.
    pub fn of(answer: &Composite<'_>, names: &Names) -> Result<Self, Misfit> {
        let [first, second] = &answer.parts[..] else { return Err(Misfit::at("compositeResponse")) };
        let within = |at: usize| move |misfit: Misfit| misfit.within(format_args!("compositeResponse[{at}].body"));
        Ok(Self(rows_of(&first.body, names).map_err(within(0))?, rows_of(&second.body, names).map_err(within(1))?))
    }

    /// Reads the answer.
    ///
    /// # Errors
    /// As for [`Rows::decode`].
    pub fn decode(reply: &Reply, names: &Names) -> Result<Self, BackendError> {
        if let Some(both) = read_json_with(&reply.body, |both: &mut Self, json| both.read(json, names)) {
            return Ok(both);
        }
        let answer: Composite<'_> = decode_json(reply)?;
        Self::of(&answer, names).map_err(|Misfit(path)| reply.malformed(path))
    }
}

/// The body of a part that failed is a list.
fn read_part<T: Selected>(rows: &mut Option<Rows<T>>, json: &mut Json<'_>, names: &Names) -> Result<(), NotRead> {
    let (mut has_body, mut has_status) = (false, false);
    json.members(|json, name| match name {
        "body" if !std::mem::replace(&mut has_body, true) => match json.kind()? {
            JsonKind::Object => rows.insert(Rows::default()).read_outcome(json, names),
            _ => pass_over(json),
        },
        "httpStatusCode" if !std::mem::replace(&mut has_status, true) && json.kind()? == JsonKind::Number => match json.number()? {
            (status, true) if status.parse::<u16>().is_ok() => Ok(()),
            _ => Err(NotRead),
        },
        "body" | "httpStatusCode" => Err(NotRead),
        _ => pass_over(json),
    })?;
    if has_body && has_status { Ok(()) } else { Err(NotRead) }
}

fn rows_of<T: Selected>(body: &Value<'_>, names: &Names) -> Result<Option<Rows<T>>, Misfit> {
    match body {
        Value::Record(outcome) => Rows::of(outcome, names).map(Some),
        _ => Ok(None),
    }
}

/// Reads the value of a member, which may come once; whether another member follows.
// Not in the place of each member, which would be fetched anew for each: see `Json::member`.
#[inline(never)]
pub(crate) fn read_member(has_come: &mut bool, member: &mut impl Member, json: &mut Json<'_>, names: &Names) -> Result<bool, NotRead> {
    if std::mem::replace(has_come, true) {
        return Err(NotRead);
    }
    member.read(json, names)?;
    json.goes_on(b'}')
}

/// Goes past a value that nobody wants. Of numbers only whole ones: serde refuses some of the others, wherever they are.
pub(crate) fn pass_over(json: &mut Json<'_>) -> Result<(), NotRead> {
    match json.kind()? {
        JsonKind::Number => match json.number()? {
            (digits, true) if digits.parse::<i64>().is_ok() => Ok(()),
            _ => Err(NotRead),
        },
        JsonKind::List => json.items(pass_over),
        JsonKind::Object => json.members(|json, _| pass_over(json)),
        _ => json.ignore(),
    }
}

/// Declares records: each member with its name, in the order in which a query selects them and the answer has them.
macro_rules! records {
    ($names:ident; $(
        $(#[$meta:meta])*
        pub struct $record:ident {
            $( $(#[$doc:meta])* pub $member:ident : $type:ty => $name:expr , )+
        }
    )+) => {$(
        $(#[$meta])*
        #[derive(Default, PartialEq)]
        pub struct $record {
            $( $(#[$doc])* pub $member: $type, )+
        }

        impl Selected for $record {
            #[allow(unused_variables, reason = "some records have no name of the org's own")]
            fn fields($names: &Names) -> Vec<&str> {
                let mut fields: Vec<&str> = Vec::new();
                $(
                    if <$type as Member>::IS_FIELD {
                        fields.push($name);
                    }
                )+
                fields
            }

            fn read(&mut self, json: &mut Json<'_>, $names: &Names) -> Result<(), NotRead> {
                // Whether the member has come.
                $( let mut $member = false; )+
                let mut more = json.enter(b'{', b'}')?;
                // What a record says of itself comes first.
                if more && json.is_named("\"attributes\":") {
                    Attributes::default().read(json)?;
                    more = json.goes_on(b'}')?;
                }
                while more {
                    $(
                        if json.is_member($name) && !read_member(&mut $member, &mut self.$member, json, $names)? {
                            return Ok(());
                        }
                    )+
                    // What comes now is not in the order above, is not known, or has white space in its way.
                    let name = json.name()?;
                    more = match name {
                        $(
                            _ if name == $name => read_member(&mut $member, &mut self.$member, json, $names)?,
                        )+
                        _ => {
                            pass_over(json)?;
                            json.goes_on(b'}')?
                        }
                    };
                }
                Ok(())
            }

            fn of(record: &Record<'_>, $names: &Names) -> Result<Self, Misfit> {
                let mut read = Self::default();
                $(
                    let name: &str = $name;
                    if let Some(value) = record.get(name) {
                        read.$member = Member::of(value, $names).map_err(|misfit: Misfit| misfit.within(name))?;
                    }
                )+
                Ok(read)
            }
        }
    )+};
}

pub(crate) use records;
