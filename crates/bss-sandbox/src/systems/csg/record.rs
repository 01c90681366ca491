//! CSG's account record: every element of the native interface, by its native name.

use std::fmt::Write as _;

use quick_xml::escape::escape;
use serde::Deserialize;

use crate::data::Record;
use crate::value::{AccountNumber, Amount, Digits, Moment, checked_text};

checked_text!(
    /// Y, N or nothing.
    Flag, text, "\"Y\", \"N\" or \"\"", |text| matches!(text, "" | "Y" | "N")
);
checked_text!(
    /// Five or nine digits, with or without a dash, or nothing.
    ZipCode, text, "a ZIP code of five or nine digits", |text| {
        let digits = text.replacen('-', "", 1);
        matches!(digits.len(), 0 | 5 | 9) && digits.bytes().all(|byte| byte.is_ascii_digit())
    }
);
checked_text!(
    /// Four digits or letters, or nothing.
    LastFour, text, "the last four places", |text| matches!(text.chars().count(), 0 | 4)
);

/// Defines the record and its elements in the order of the wire.
macro_rules! account {
    ($($name:ident: $kind:ty = $element:literal,)*) => {
        /// One account in native form. Absent members are empty elements.
        #[derive(Debug, Clone, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct Account {
            #[serde(rename = "SUB_ACCT_NO")]
            pub(super) sub_acct_no: AccountNumber,
            $(
                #[serde(rename = $element, default)]
                pub(super) $name: $kind,
            )*
        }

        impl Account {
            fn elements(&self) -> impl Iterator<Item = (&'static str, &str)> {
                [("SUB_ACCT_NO", &*self.sub_acct_no), $(($element, &*self.$name),)*].into_iter()
            }
        }
    };
}

account! {
    cust_acct_no: Digits = "CUST_ACCT_NO",
    prin: Digits = "PRIN",
    agnt: Digits = "AGNT",
    res_name: String = "RES_NAME",
    cust_typ: String = "CUST_TYP",
    delq_stat: String = "DELQ_STAT",
    eft_stat: String = "EFT_STAT",
    state_txt: String = "STATE_TXT",
    cur_bal: Amount = "CUR_BAL",
    delinquency_amt: Amount = "DELINQUENCY_AMT",
    delinquency_days: Digits = "DELINQUENCY_DAYS",
    ls_pay_amt: Amount = "LS_PAY_AMT",
    ls_pay_dte: Moment = "LS_PAY_DTE",
    last_chg_dte: Moment = "LAST_CHG_DTE",
    bill_from_dte: Moment = "BILL_FROM_DTE",
    bill_thru_dte: Moment = "BILL_THRU_DTE",
    first_bill_from_dte: Moment = "FIRST_BILL_FROM_DTE",
    first_bill_thru_dte: Moment = "FIRST_BILL_THRU_DTE",
    cyc_cde: Digits = "CYC_CDE",
    bill_media: String = "BILL_MEDIA",
    addr1_hse: String = "ADDR1_HSE",
    res_addr_2_hse: String = "RES_ADDR_2_HSE",
    res_city_hse: String = "RES_CITY_HSE",
    state_hse: String = "STATE_HSE",
    postal_code: ZipCode = "POSTAL_CODE",
    bil_addr1: String = "BIL_ADDR1",
    bil_addr2: String = "BIL_ADDR2",
    bil_city: String = "BIL_CITY",
    bil_state: String = "BIL_STATE",
    bil_postal_code: ZipCode = "BIL_POSTAL_CODE",
    home_phone: String = "HOME_PHONE",
    bus_phone: String = "BUS_PHONE",
    email: String = "EMAIL",
    ssn_last4: LastFour = "SSN_LAST4",
    ssn: String = "SSN",
    ssn_token: String = "SSN_TOKEN",
    birth_dte: Moment = "BIRTH_DTE",
    credit_limit: Amount = "CREDIT_LIMIT",
    eft_type: String = "EFT_TYPE",
    eft_flg: Flag = "EFT_FLG",
    debit_day: Digits = "DEBIT_DAY",
    autopay_dte: Moment = "AUTOPAY_DTE",
    pay_freq: String = "PAY_FREQ",
    loc_id: Digits = "LOC_ID",
    dun_grp: String = "DUN_GRP",
    credit_score: String = "CREDIT_SCORE",
}

/// Only getCustomerInfo tells these.
const PERSONAL: [&str; 2] = ["SSN", "BIRTH_DTE"];

impl Account {
    /// The account's element, with the social security number and the date of birth or without them.
    pub(super) fn xml(&self, personal: bool) -> String {
        let mut out = String::with_capacity(2048);
        out.push_str("<Account>");
        for (name, value) in self.elements() {
            if PERSONAL.contains(&name) && !personal {
                continue;
            }
            let _ = match value {
                "" => write!(out, "<{name}/>"),
                value => write!(out, "<{name}>{}</{name}>", escape(value)),
            };
        }
        out.push_str("</Account>");
        out
    }
}

impl Record for Account {
    fn number(&self) -> &str {
        &self.sub_acct_no
    }

    fn renumber(&mut self, step: u64) {
        self.sub_acct_no = self.sub_acct_no.after(step);
    }
}
