//! CSG's native record and how it is read: XML, borrowed from the answer's bytes.
//!
//! Reading is lenient about what is there (unknown elements and attributes are skipped, order does not matter, an absent
//! element is an empty one) and strict about how it is written: UTF-8 only, no document type, no entities but the five
//! that XML itself has, everything bounded. A different CSG is a change of this file.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Most accounts in one answer. CSG sends 50; the bound is against an answer that never ends.
pub const MAX_ACCOUNTS: usize = 1_000;

/// Longest text of one element, in bytes.
pub const MAX_TEXT: usize = 4_096;

/// Deepest nesting.
pub const MAX_DEPTH: usize = 16;

/// One element of an account: its name, and its text without the white space around it. Empty text is "no value".
#[derive(Clone, Copy)]
pub struct Element<'a> {
    /// CSG's name for it.
    pub name: &'static str,
    /// Its text, empty where CSG has no value.
    pub text: &'a str,
}

/// Declares the record once: a field and a method per element, and the reader's table of names.
macro_rules! account {
    ($( $(#[$doc:meta])+ $field:ident = $element:literal; )+) => {
        /// An account as CSG has it. It has no `Debug` beyond its name: nearly all of it is personal data.
        #[derive(Clone, Default)]
        pub struct Account<'a> {
            $( $field: Cow<'a, str>, )+
        }

        impl<'a> Account<'a> {
            /// Names of all elements that are read.
            pub const ELEMENTS: &'static [&'static str] = &[$( $element, )+];

            $(
                $(#[$doc])+
                pub fn $field(&self) -> Element<'_> {
                    Element { name: $element, text: &self.$field }
                }
            )+

            fn field(&mut self, element: &str) -> Option<(&'static str, &mut Cow<'a, str>)> {
                match element {
                    $( $element => Some(($element, &mut self.$field)), )+
                    _ => None,
                }
            }
        }
    };
}

account! {
    /// Account number.
    sub_acct_no = "SUB_ACCT_NO";
    /// Number of the customer who holds the account.
    cust_acct_no = "CUST_ACCT_NO";
    /// Name of the customer.
    res_name = "RES_NAME";
    /// RES (residential) or BUS (business).
    cust_typ = "CUST_TYP";
    /// Delinquency letter; see [`DelinquencyStatus`](tmf666_model::codes::DelinquencyStatus).
    delq_stat = "DELQ_STAT";
    /// Letter of automatic payment; see [`PaymentStatus`](tmf666_model::codes::PaymentStatus).
    eft_stat = "EFT_STAT";
    /// The account's state in words.
    state_txt = "STATE_TXT";
    /// Current balance.
    cur_bal = "CUR_BAL";
    /// Part of the balance that is overdue.
    delinquency_amt = "DELINQUENCY_AMT";
    /// Days since it is overdue.
    delinquency_days = "DELINQUENCY_DAYS";
    /// Amount of the last payment.
    ls_pay_amt = "LS_PAY_AMT";
    /// Date of the last payment.
    ls_pay_dte = "LS_PAY_DTE";
    /// Date of the last change.
    last_chg_dte = "LAST_CHG_DTE";
    /// Start of the current bill period.
    bill_from_dte = "BILL_FROM_DTE";
    /// End of the current bill period.
    bill_thru_dte = "BILL_THRU_DTE";
    /// Start of the first bill period.
    first_bill_from_dte = "FIRST_BILL_FROM_DTE";
    /// End of the first bill period.
    first_bill_thru_dte = "FIRST_BILL_THRU_DTE";
    /// Day of the month on which the cycle begins.
    cyc_cde = "CYC_CDE";
    /// Mail or Email.
    bill_media = "BILL_MEDIA";
    /// Service address: street.
    addr1_hse = "ADDR1_HSE";
    /// Service address: apartment and the like.
    res_addr_2_hse = "RES_ADDR_2_HSE";
    /// Service address: city.
    res_city_hse = "RES_CITY_HSE";
    /// Service address: state.
    state_hse = "STATE_HSE";
    /// Service address: five-digit post code or ZIP+4.
    postal_code = "POSTAL_CODE";
    /// Billing address: street.
    bil_addr1 = "BIL_ADDR1";
    /// Billing address: apartment and the like.
    bil_addr2 = "BIL_ADDR2";
    /// Billing address: city.
    bil_city = "BIL_CITY";
    /// Billing address: state.
    bil_state = "BIL_STATE";
    /// Billing address: five-digit post code or ZIP+4.
    bil_postal_code = "BIL_POSTAL_CODE";
    /// Phone at home.
    home_phone = "HOME_PHONE";
    /// Phone at work.
    bus_phone = "BUS_PHONE";
    /// E-mail address.
    email = "EMAIL";
    /// Last four digits of the tax identifier.
    ssn_last4 = "SSN_LAST4";
    /// The tax identifier itself; only getCustomerInfo has it.
    ssn = "SSN";
    /// The tax identifier as an opaque token.
    ssn_token = "SSN_TOKEN";
    /// Date of birth; only getCustomerInfo has it.
    birth_dte = "BIRTH_DTE";
    /// Credit limit.
    credit_limit = "CREDIT_LIMIT";
    /// How automatic payments are made: C (card), E (EFT) or nothing.
    eft_type = "EFT_TYPE";
    /// Y while automatic payment is on.
    eft_flg = "EFT_FLG";
    /// Day of the month of automatic payments.
    debit_day = "DEBIT_DAY";
    /// Date of the next automatic payment.
    autopay_dte = "AUTOPAY_DTE";
    /// How often is paid: 01 every month.
    pay_freq = "PAY_FREQ";
    /// Place of the connection, fourteen digits.
    loc_id = "LOC_ID";
    /// Dunning group.
    dun_grp = "DUN_GRP";
    /// Credit score, a letter.
    credit_score = "CREDIT_SCORE";
}

impl std::fmt::Debug for Account<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").finish_non_exhaustive()
    }
}

/// A whole answer of CSG.
#[derive(Debug)]
pub struct Answer<'a> {
    /// CSG's status code, `0000` for success.
    pub status: Cow<'a, str>,
    /// The accounts: one where one was asked for, any number of a search.
    pub accounts: Vec<Account<'a>>,
    /// Whether CSG cut the list.
    pub more: bool,
}

/// Why an answer cannot be read, without any of its values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct WireError {
    /// The place, as in `CsgResponse/listAccounts/Account[2]/CUR_BAL`. Elements that are not CSG's appear as `*`.
    pub path: String,
    /// What is wrong there.
    pub problem: &'static str,
}

type Result<T, E = WireError> = std::result::Result<T, E>;

/// Reads an answer.
///
/// # Errors
/// [`WireError`] with the place of the first thing that is not as XML or the interface has it.
pub fn read(body: &[u8]) -> Result<Answer<'_>> {
    let text = text_of(body)?;
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut parser = Parser { reader, path: Vec::with_capacity(MAX_DEPTH) };
    parser.open_root()?;
    let answer = parser.response()?;
    parser.close_document()?;
    Ok(answer)
}

/// The characters of an answer: UTF-8, without the control characters that XML forbids.
fn text_of(body: &[u8]) -> Result<&str> {
    let at_start = |problem| WireError { path: "document".to_owned(), problem };
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let text = std::str::from_utf8(body).map_err(|_| at_start("not UTF-8"))?;
    if text.bytes().any(|b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) {
        return Err(at_start("a control character"));
    }
    Ok(text)
}

struct Parser<'a> {
    reader: Reader<&'a [u8]>,
    /// The names of the open elements, and the index in a list where it has one.
    path: Vec<(&'static str, Option<usize>)>,
}

impl<'a> Parser<'a> {
    fn error(&self, problem: &'static str) -> WireError {
        self.error_at(&[], problem)
    }

    #[cold]
    fn error_at(&self, below: &[&'static str], problem: &'static str) -> WireError {
        let mut path = String::new();
        for (name, index) in self.path.iter().copied().chain(below.iter().map(|name| (*name, None))) {
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(name);
            if let Some(index) = index {
                path.push_str(&format!("[{index}]"));
            }
        }
        if path.is_empty() {
            path.push_str("document");
        }
        WireError { path, problem }
    }

    fn enter(&mut self, name: &'static str, index: Option<usize>) -> Result<()> {
        if self.path.len() == MAX_DEPTH {
            return Err(self.error("nested too deeply"));
        }
        self.path.push((name, index));
        Ok(())
    }

    fn leave(&mut self) {
        self.path.pop();
    }

    /// The next event that means something; document types and unknown entities mean refusal.
    fn next(&mut self) -> Result<Event<'a>> {
        loop {
            match self.reader.read_event() {
                Ok(Event::Comment(_) | Event::PI(_)) => {}
                Ok(Event::DocType(_)) => return Err(self.error("a document type is refused")),
                Ok(Event::Decl(_)) => return Err(self.error("a declaration in the wrong place")),
                Ok(Event::Eof) if !self.path.is_empty() => return Err(self.error("the document ends too early")),
                Ok(event) => return Ok(event),
                Err(_) => return Err(self.error("not well-formed XML")),
            }
        }
    }

    /// The declaration if there is one, and the beginning of the root element.
    fn open_root(&mut self) -> Result<()> {
        let mut event = self.reader.read_event().map_err(|_| self.error("not well-formed XML"))?;
        if let Event::Decl(declaration) = &event {
            match declaration.encoding() {
                None => {}
                Some(Ok(encoding)) if encoding.eq_ignore_ascii_case("utf-8") => {}
                Some(_) => return Err(self.error("another encoding than UTF-8 is declared")),
            }
            event = self.next()?;
        }
        loop {
            match event {
                Event::Text(text) if text.trim_ascii().is_empty() => {}
                Event::Comment(_) | Event::PI(_) => {}
                Event::DocType(_) => return Err(self.error("a document type is refused")),
                Event::Start(root) if root.name().as_ref() == "CsgResponse" => return self.enter("CsgResponse", None),
                Event::Eof => return Err(self.error("the document is empty")),
                _ => return Err(self.error("CsgResponse is expected")),
            }
            event = self.next()?;
        }
    }

    fn close_document(&mut self) -> Result<()> {
        loop {
            match self.next()? {
                Event::Eof => return Ok(()),
                Event::Text(text) if text.trim_ascii().is_empty() => {}
                _ => return Err(self.error("something follows the answer")),
            }
        }
    }

    fn response(&mut self) -> Result<Answer<'a>> {
        let mut status = None;
        let mut accounts = Vec::new();
        let mut more = false;
        loop {
            match self.next()? {
                Event::Start(start) => match start.name().as_ref() {
                    "Status" => {
                        status = Some(self.attribute(&start, "Status", "Code")?);
                        self.skip("Status")?;
                    }
                    "Account" => self.account(&mut accounts, None)?,
                    "listAccounts" => {
                        more = self.attribute(&start, "listAccounts", "More")? == "Y";
                        self.list(&mut accounts)?;
                    }
                    _ => self.skip("*")?,
                },
                Event::End(_) => break,
                _ => {}
            }
        }
        let status = status.filter(|code| !code.is_empty()).ok_or_else(|| self.error_at(&["Status"], "the status code is missing"))?;
        self.leave();
        Ok(Answer { status, accounts, more })
    }

    fn list(&mut self, accounts: &mut Vec<Account<'a>>) -> Result<()> {
        self.enter("listAccounts", None)?;
        loop {
            match self.next()? {
                Event::Start(start) if start.name().as_ref() == "Account" => {
                    let index = accounts.len();
                    self.account(accounts, Some(index))?;
                }
                Event::Start(_) => self.skip("*")?,
                Event::End(_) => break,
                _ => {}
            }
        }
        self.leave();
        Ok(())
    }

    fn account(&mut self, accounts: &mut Vec<Account<'a>>, index: Option<usize>) -> Result<()> {
        if accounts.len() == MAX_ACCOUNTS {
            return Err(self.error("too many accounts"));
        }
        self.enter("Account", index)?;
        let mut account = Account::default();
        loop {
            match self.next()? {
                Event::Start(start) => match account.field(start.name().as_ref()) {
                    Some((name, field)) => {
                        let text = self.text(name)?;
                        if !field.is_empty() {
                            return Err(self.error_at(&[name], "given twice"));
                        }
                        *field = text;
                    }
                    None => self.skip("*")?,
                },
                Event::End(_) => break,
                _ => {}
            }
        }
        self.leave();
        accounts.push(account);
        Ok(())
    }

    /// The text up to the end of the element `name`, borrowed unless it holds references.
    fn text(&mut self, name: &'static str) -> Result<Cow<'a, str>> {
        self.enter(name, None)?;
        let mut text = Cow::Borrowed("");
        loop {
            match self.next()? {
                Event::Text(piece) => append(&mut text, piece.into_inner()),
                Event::CData(piece) => append(&mut text, piece.into_inner()),
                Event::GeneralRef(reference) => text.to_mut().push(self.resolve(&reference)?),
                Event::End(_) => break,
                _ => return Err(self.error("text is expected")),
            }
            if text.len() > MAX_TEXT {
                return Err(self.error("the text is too long"));
            }
        }
        self.leave();
        Ok(trimmed(text))
    }

    fn resolve(&self, reference: &str) -> Result<char> {
        if let Some(number) = reference.strip_prefix('#') {
            let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |hex| (hex, 16));
            let code = if digits.starts_with('+') { None } else { u32::from_str_radix(digits, radix).ok() };
            return code
                .and_then(char::from_u32)
                .filter(|c| !matches!(c, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}'))
                .ok_or_else(|| self.error("a reference to a character that XML does not allow"));
        }
        match reference {
            "amp" => Ok('&'),
            "lt" => Ok('<'),
            "gt" => Ok('>'),
            "quot" => Ok('"'),
            "apos" => Ok('\''),
            _ => Err(self.error("an entity that XML does not define is refused")),
        }
    }

    /// Passes over an element and all that is in it.
    fn skip(&mut self, name: &'static str) -> Result<()> {
        let depth = self.path.len();
        self.enter(name, None)?;
        while self.path.len() > depth {
            match self.next()? {
                Event::Start(_) => self.enter("*", None)?,
                Event::End(_) => self.leave(),
                Event::GeneralRef(reference) => {
                    self.resolve(&reference)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The value of an attribute whose values are plain codes; empty where it is missing.
    fn attribute(&self, element: &BytesStart<'a>, name: &'static str, attribute: &str) -> Result<Cow<'a, str>> {
        match element.try_get_attribute(attribute) {
            Ok(Some(found)) => Ok(Cow::Owned(found.value.into_owned())),
            Ok(None) => Ok(Cow::Borrowed("")),
            Err(_) => Err(self.error_at(&[name], "an attribute is not well-formed")),
        }
    }
}

fn append<'a>(text: &mut Cow<'a, str>, piece: Cow<'a, str>) {
    if text.is_empty() {
        *text = piece;
    } else {
        text.to_mut().push_str(&piece);
    }
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_ascii()),
        Cow::Owned(text) if text.trim_ascii().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim_ascii().to_owned()),
    }
}
