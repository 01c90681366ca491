//! W3C Trace Context (Recommendation of 2021): the trace that a request belongs to, and the spans of the calls it makes.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue};

/// Name of the header that holds the ids (section 3.2).
pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// Name of the header that holds what tracing systems add (section 3.3).
pub(crate) const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// Id of a whole trace; never zero. `Display` is its 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceId(pub u128);

/// Id of one span; never zero. `Display` is its 16 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanId(pub u64);

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The span that makes calls.
#[derive(Debug)]
pub struct TraceContext {
    /// The trace.
    pub trace_id: TraceId,
    /// The span.
    pub span_id: SpanId,
    /// Whether the trace is recorded; passed on.
    pub sampled: bool,
    /// What the caller sent as `tracestate`; passed on.
    pub tracestate: Option<HeaderValue>,
    /// Who takes the calls' spans; `None` where nobody does, and then the calls have none of their own.
    pub spans: Option<Arc<dyn Spans>>,
}

/// Takes the spans of calls to billing systems.
pub trait Spans: fmt::Debug + Send + Sync {
    /// An id for a span that begins.
    fn next_id(&self) -> SpanId;

    /// A call has ended. Must not wait for anything.
    fn ended(&self, trace: &TraceContext, call: CallSpan);
}

/// One call to a billing system, with its repetitions. All of it is fixed text.
#[derive(Debug, Clone, Copy)]
pub struct CallSpan {
    /// Its id; the parent is the [`TraceContext`]'s span.
    pub id: SpanId,
    /// The system's name in configuration and metrics.
    pub system: &'static str,
    /// The operation in the system's own words.
    pub operation: &'static str,
    /// How the call ended, as the metrics label it.
    pub outcome: &'static str,
    /// Whether the outcome is the fault of the system, our way to it or our credentials.
    pub failed: bool,
    /// Attempts, the first one counted too.
    pub attempts: u32,
    /// When it began.
    pub started: SystemTime,
    /// How long it took.
    pub took: Duration,
}

impl TraceContext {
    /// The value of `traceparent` for what `span` sends.
    pub(crate) fn header_value(&self, span: SpanId) -> HeaderValue {
        let text = format!("00-{}-{span}-{:02x}", self.trace_id, u8::from(self.sampled));
        HeaderValue::try_from(text).expect("digits and hyphens only")
    }
}

/// What a caller says about the trace that its request belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// The trace.
    pub trace_id: TraceId,
    /// The caller's own span.
    pub span_id: SpanId,
    /// Whether the caller records the trace.
    pub sampled: bool,
    /// To be passed on.
    pub tracestate: Option<HeaderValue>,
}

/// A `traceparent` that is to be ignored: the request begins a trace of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidTraceParent;

impl Parent {
    /// Reads the caller's headers; `None` if it sent no `traceparent`.
    ///
    /// # Errors
    /// [`InvalidTraceParent`] if there are several or it is not as the Recommendation wants it. A wrong `tracestate` is left
    /// out and changes nothing else.
    pub fn of(headers: &HeaderMap) -> Result<Option<Self>, InvalidTraceParent> {
        let Some(first) = headers.get(&TRACEPARENT) else {
            return Ok(None);
        };
        if headers.get_all(&TRACEPARENT).iter().count() != 1 {
            return Err(InvalidTraceParent);
        }
        let (trace_id, span_id, sampled) = parse(first.as_bytes()).ok_or(InvalidTraceParent)?;
        Ok(Some(Self { trace_id, span_id, sampled, tracestate: tracestate(headers) }))
    }
}

/// Version, trace id, span id, flags. A later version than ours may have more behind a further hyphen.
fn parse(text: &[u8]) -> Option<(TraceId, SpanId, bool)> {
    let (known, rest) = text.split_at_checked(55)?;
    let known = std::str::from_utf8(known).ok()?;
    let version = hex(known, 0..2)?;
    let fits = if version == 0 { rest.is_empty() } else { matches!(rest.first(), None | Some(b'-')) };
    if version == 0xff || !fits || [2, 35, 52].iter().any(|at| known.as_bytes()[*at] != b'-') {
        return None;
    }
    let trace_id = hex(known, 3..35).filter(|id| *id != 0)?;
    let span_id = u64::try_from(hex(known, 36..52)?).ok().filter(|id| *id != 0)?;
    let flags = hex(known, 53..55)?;
    Some((TraceId(trace_id), SpanId(span_id), flags & 1 == 1))
}

/// Lower case only, as the Recommendation wants it.
fn hex(text: &str, at: std::ops::Range<usize>) -> Option<u128> {
    let digits = text.get(at)?;
    let is_hex = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_hex { u128::from_str_radix(digits, 16).ok() } else { None }
}

/// Longest `tracestate` that is passed on; that much is due (section 3.3.1.5).
const MAX_TRACESTATE: usize = 512;
const MAX_MEMBERS: usize = 32;

/// All the headers as one, if each of their members is a key and a value.
fn tracestate(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut values = headers.get_all(&TRACESTATE).iter();
    let first = values.next()?.clone();
    let joined = values.try_fold(first, |joined, next| {
        HeaderValue::from_bytes(&[joined.as_bytes(), b",", next.as_bytes()].concat()).ok().filter(|all| all.len() <= MAX_TRACESTATE)
    })?;
    let text = joined.to_str().ok().filter(|text| text.len() <= MAX_TRACESTATE)?;
    let members = || text.split(',').map(|member| member.trim_matches([' ', '\t'])).filter(|member| !member.is_empty());
    let is_right = (1..=MAX_MEMBERS).contains(&members().count()) && members().all(is_member);
    is_right.then_some(joined)
}

fn is_member(member: &str) -> bool {
    let Some((key, value)) = member.split_once('=') else {
        return false;
    };
    let key_byte = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/' | b'@');
    let value_byte = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b',' | b'=');
    (1..=256).contains(&key.len()) && key.bytes().all(key_byte) && (1..=256).contains(&value.len()) && value.bytes().all(value_byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_right_parent_is_read_and_written_again() {
        let parent = Parent::of(&headers(&[("traceparent", GOOD), ("tracestate", "a=1, b@c=2")])).unwrap().unwrap();
        assert_eq!((parent.sampled, parent.tracestate.unwrap().to_str().unwrap()), (true, "a=1, b@c=2"));
        let trace = TraceContext { trace_id: parent.trace_id, span_id: parent.span_id, sampled: true, tracestate: None, spans: None };
        assert_eq!(trace.header_value(trace.span_id), GOOD);
        assert_eq!(Parent::of(&HeaderMap::new()), Ok(None));
    }

    #[test]
    fn a_wrong_parent_is_no_parent() {
        let (trace, span) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
        for wrong in [
            "",
            "00",
            &GOOD[..54],
            &GOOD.to_uppercase(),
            &format!("{GOOD}-00"),
            &format!("{GOOD}0"),
            &format!("ff-{trace}-{span}-01"),
            &format!("0x-{trace}-{span}-01"),
            &format!("00-{}-{span}-01", "0".repeat(32)),
            &format!("00-{trace}-{}-01", "0".repeat(16)),
            &format!("00-{trace}_{span}-01"),
            &format!("00-{trace}-{span}-+1"),
            &format!("cc-{trace}-{span}-01.what"),
        ] {
            assert_eq!(Parent::of(&headers(&[("traceparent", wrong)])), Err(InvalidTraceParent), "{wrong}");
        }
        assert_eq!(Parent::of(&headers(&[("traceparent", GOOD), ("traceparent", GOOD)])), Err(InvalidTraceParent));
        for right in [format!("cc-{trace}-{span}-01"), format!("cc-{trace}-{span}-01-what"), format!("00-{trace}-{span}-ff")] {
            assert!(Parent::of(&headers(&[("traceparent", &right)])).unwrap().unwrap().sampled, "{right}");
        }
        assert!(!Parent::of(&headers(&[("traceparent", &format!("00-{trace}-{span}-02"))])).unwrap().unwrap().sampled);
    }

    #[test]
    fn a_wrong_state_is_left_out() {
        let many = (0..33).map(|at| format!("k{at}=v")).collect::<Vec<_>>().join(",");
        let long = format!("{0}={0},{0}={0}", "a".repeat(200));
        for wrong in ["", ",", "a", "a=", "=1", "A=1", "a=1,b", "a=b=c", &many, &long] {
            let parent = Parent::of(&headers(&[("traceparent", GOOD), ("tracestate", wrong)])).unwrap().unwrap();
            assert_eq!(parent.tracestate, None, "{wrong}");
        }
        let several = headers(&[("traceparent", GOOD), ("tracestate", "a=1"), ("tracestate", "b=2,")]);
        assert_eq!(Parent::of(&several).unwrap().unwrap().tracestate.unwrap(), "a=1,b=2,");
    }
}
