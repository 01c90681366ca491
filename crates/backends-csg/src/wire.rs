//! CSG's native record and how it is read: XML, borrowed from the answer's bytes.
//!
//! Reading is lenient about what is there (unknown elements and attributes are skipped, order does not matter, an absent
//! element is an empty one) and strict about how it is written: UTF-8 only, no document type, no entities but the five
//! that XML itself has, everything bounded. A different CSG is a change of this file.

use std::borrow::Cow;

use crate::scan::{Problem, Scanner, Start, Token, is_space, resolved};

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
        #[derive(Clone)]
        pub struct Account<'a> {
            texts: [Cow<'a, str>; Account::ELEMENTS.len()],
        }

        #[allow(non_camel_case_types, reason = "they are the fields' names")]
        enum Position {
            $( $field, )+
        }

        impl Account<'_> {
            /// Names of all elements that are read.
            pub const ELEMENTS: &'static [&'static str] = &[$( $element, )+];

            $(
                $(#[$doc])+
                pub fn $field(&self) -> Element<'_> {
                    self.element(Position::$field as usize)
                }
            )+
        }
    };
}

impl<'a> Account<'a> {
    fn new() -> Self {
        Self { texts: [const { Cow::Borrowed("") }; Account::ELEMENTS.len()] }
    }

    fn element(&self, position: usize) -> Element<'_> {
        Element { name: Self::ELEMENTS[position], text: &self.texts[position] }
    }

    /// All elements that are read, also those without a value.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        (0..self.texts.len()).map(|position| self.element(position))
    }

    /// Where the element of this name belongs. Elements come in the order of the interface, so the one after the last one,
    /// which is `next`, is looked at first.
    fn position(name: &str, next: usize) -> Option<usize> {
        let from_next = Self::ELEMENTS[next..].iter().position(|element| *element == name);
        from_next.map(|at| next + at).or_else(|| Self::ELEMENTS[..next].iter().position(|element| *element == name))
    }
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
    pub status: &'a str,
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
    let at_start = |problem| WireError { path: DOCUMENT.to_owned(), problem };
    let scanner = Scanner::new(text_of(body).map_err(at_start)?).map_err(at_start)?;
    let mut parser = Parser { scanner, path: Vec::with_capacity(MAX_DEPTH) };
    parser.open_root()?;
    let answer = parser.response()?;
    parser.close_document()?;
    Ok(answer)
}

/// What the path says where no element is open.
const DOCUMENT: &str = "document";

/// What the path says for elements that are not CSG's.
const OTHER: &str = "*";

/// The characters of an answer: UTF-8, without the control characters that XML forbids.
fn text_of(body: &[u8]) -> Result<&str, Problem> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let text = std::str::from_utf8(body).map_err(|_| "not UTF-8")?;
    // Looks at every byte without leaving early, which the compiler makes faster than leaving early.
    let is_control = |b: u8| b < 0x20 && b != b'\t' && b != b'\n' && b != b'\r';
    if text.bytes().fold(false, |found, b| found | is_control(b)) {
        return Err("a control character");
    }
    Ok(text)
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    /// The names of the open elements, and the index in a list where it has one.
    path: Vec<(&'static str, Option<usize>)>,
}

impl<'a> Parser<'a> {
    #[cold]
    fn error(&self, problem: Problem) -> WireError {
        let mut path = String::new();
        for (name, index) in &self.path {
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(name);
            if let Some(index) = index {
                path.push_str(&format!("[{index}]"));
            }
        }
        if path.is_empty() {
            path.push_str(DOCUMENT);
        }
        WireError { path, problem }
    }

    #[cold]
    fn error_in(&mut self, element: &'static str, problem: Problem) -> WireError {
        self.path.push((element, None));
        self.error(problem)
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

    fn next(&mut self) -> Result<Token<'a>> {
        match self.scanner.next() {
            Ok(Token::Eof) if !self.path.is_empty() => Err(self.error("the document ends too early")),
            Ok(token) => Ok(token),
            Err(problem) => Err(self.error(problem)),
        }
    }

    /// The next element inside the element `name`, whose end is `None`. What stands between elements means nothing.
    #[inline]
    fn next_element(&mut self, name: &str) -> Result<Option<Start<'a>>> {
        match self.scanner.bare_start_tag() {
            Some(start) => Ok(Some(start)),
            None => self.unusual_element(name),
        }
    }

    fn unusual_element(&mut self, name: &str) -> Result<Option<Start<'a>>> {
        loop {
            match self.next()? {
                Token::Start(start) => return Ok(Some(start)),
                Token::End(end) if end == name => return Ok(None),
                Token::End(_) | Token::Eof => return Err(self.error("not well-formed XML")),
                Token::Text(text) => {
                    resolved(text).map_err(|problem| self.error(problem))?;
                }
                Token::CData(_) => {}
            }
        }
    }

    fn open_root(&mut self) -> Result<()> {
        loop {
            match self.next()? {
                Token::Text(text) if text.trim_matches(is_space).is_empty() => {}
                Token::Start(root) if root.name == "CsgResponse" && !root.is_empty => return self.enter("CsgResponse", None),
                Token::Start(root) if root.name == "CsgResponse" => {
                    self.enter("CsgResponse", None)?;
                    return Err(self.error_in("Status", "the status code is missing"));
                }
                Token::Eof => return Err(self.error("the document is empty")),
                _ => return Err(self.error("CsgResponse is expected")),
            }
        }
    }

    fn close_document(&mut self) -> Result<()> {
        loop {
            match self.next()? {
                Token::Eof => return Ok(()),
                Token::Text(text) if text.trim_matches(is_space).is_empty() => {}
                _ => return Err(self.error("something follows the answer")),
            }
        }
    }

    fn response(&mut self) -> Result<Answer<'a>> {
        let mut status = "";
        let mut accounts = Vec::new();
        let mut more = false;
        while let Some(start) = self.next_element("CsgResponse")? {
            match start.name {
                "Status" => {
                    status = self.attribute("Status", start, "Code")?;
                    self.skip("Status", start.name, start.is_empty)?;
                }
                "Account" => self.account(start, &mut accounts, None)?,
                "listAccounts" => {
                    more = self.attribute("listAccounts", start, "More")? == "Y";
                    self.list(start, &mut accounts)?;
                }
                _ => self.skip(OTHER, start.name, start.is_empty)?,
            }
        }
        if status.is_empty() {
            return Err(self.error_in("Status", "the status code is missing"));
        }
        self.leave();
        Ok(Answer { status, accounts, more })
    }

    fn list(&mut self, start: Start<'a>, accounts: &mut Vec<Account<'a>>) -> Result<()> {
        if start.is_empty {
            return Ok(());
        }
        self.enter("listAccounts", None)?;
        while let Some(start) = self.next_element("listAccounts")? {
            match start.name {
                "Account" => self.account(start, accounts, Some(accounts.len()))?,
                _ => self.skip(OTHER, start.name, start.is_empty)?,
            }
        }
        self.leave();
        Ok(())
    }

    fn account(&mut self, start: Start<'a>, accounts: &mut Vec<Account<'a>>, index: Option<usize>) -> Result<()> {
        if accounts.len() == MAX_ACCOUNTS {
            return Err(self.error("too many accounts"));
        }
        let mut account = Account::new();
        if !start.is_empty {
            self.enter("Account", index)?;
            let mut next = 0;
            while let Some(start) = self.next_element("Account")? {
                match Account::position(start.name, next) {
                    Some(position) => {
                        self.value(Account::ELEMENTS[position], start.is_empty, &mut account.texts[position])?;
                        next = position + 1;
                    }
                    None => self.skip(OTHER, start.name, start.is_empty)?,
                }
            }
            self.leave();
        }
        accounts.push(account);
        Ok(())
    }

    /// Reads the text of the element `name` into its field.
    fn value(&mut self, name: &'static str, is_empty: bool, field: &mut Cow<'a, str>) -> Result<()> {
        if is_empty {
            return Ok(());
        }
        let text = match self.scanner.plain_text(name) {
            Some(text) => Cow::Borrowed(text.trim_matches(is_space)),
            None => self.mixed_text(name)?,
        };
        if text.len() > MAX_TEXT {
            return Err(self.error_in(name, "the text is too long"));
        }
        if !field.is_empty() {
            return Err(self.error_in(name, "given twice"));
        }
        *field = text;
        Ok(())
    }

    /// Text with references, CDATA sections or comments in it.
    fn mixed_text(&mut self, name: &'static str) -> Result<Cow<'a, str>> {
        self.enter(name, None)?;
        let mut text = String::new();
        loop {
            match self.next()? {
                Token::Text(piece) => text.push_str(&resolved(piece).map_err(|problem| self.error(problem))?),
                Token::CData(piece) => text.push_str(piece),
                Token::End(end) if end == name => break,
                Token::End(_) => return Err(self.error("not well-formed XML")),
                _ => return Err(self.error("text is expected")),
            }
        }
        self.leave();
        let trimmed = text.trim_matches(is_space);
        Ok(Cow::Owned(if trimmed.len() == text.len() { text } else { trimmed.to_owned() }))
    }

    /// Passes over an element and all that is in it.
    // Without the attributes: kept at hand for this, they would be copied for each element, a moment after they were written.
    fn skip(&mut self, shown: &'static str, name: &'a str, is_empty: bool) -> Result<()> {
        if is_empty {
            return Ok(());
        }
        let mut open = vec![name];
        self.enter(shown, None)?;
        while let Some(name) = open.last().copied() {
            match self.next_element(name)? {
                Some(inner) if inner.is_empty => {}
                Some(inner) => {
                    self.enter(OTHER, None)?;
                    open.push(inner.name);
                }
                None => {
                    self.leave();
                    open.pop();
                }
            }
        }
        Ok(())
    }

    /// The value of an attribute whose values are plain codes; empty where it is missing.
    fn attribute(&mut self, element: &'static str, start: Start<'a>, attribute: &str) -> Result<&'a str> {
        start.attribute(attribute).map_err(|problem| self.error_in(element, problem))
    }
}
