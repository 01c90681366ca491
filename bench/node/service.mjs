// What a team would otherwise write: fastify in front, undici behind, the mapping of two views in between. It trusts what it reads.
// As it is, amounts become JavaScript's numbers: 0.00 is answered as 0. With `--digits` the answers are a channel's to the character.
// With `--duties` it also does what a channel has to do besides (duties.mjs); without, it logs nothing and counts nothing.
import { XMLParser } from "fast-xml-parser";
import Fastify from "fastify";
import { Pool } from "undici";

const keepsDigits = process.argv.includes("--digits");
const { parse, stringify, LosslessNumber } = keepsDigits ? await import("lossless-json") : JSON;
const decimal = keepsDigits ? (text) => new LosslessNumber(text) : Number;

const hasDuties = process.argv.includes("--duties");
const { observeCall, serviceWithDuties } = hasDuties ? await import("./duties.mjs") : {};

const basic = (user) => "Basic " + Buffer.from(`${user}:${user}-secret`).toString("base64");

async function service(channel) {
  const app = hasDuties ? await serviceWithDuties(channel) : serviceWithClientCheck();
  return app.setReplySerializer((answer) => stringify(answer));
}

function serviceWithClientCheck() {
  const app = Fastify();
  app.addHook("onRequest", async (request, reply) => {
    const { client_id, client_secret } = request.headers;
    if (client_id !== "bench" || client_secret !== "bench-secret") {
      return reply.code(401).send({ error: "unauthorized" });
    }
  });
  return app;
}

async function ask({ pool, system, headers }, path, request, body) {
  const started = hasDuties && performance.now();
  const ownHeaders = hasDuties ? { ...headers, "x-correlation-id": request.id } : headers;
  const { statusCode, body: answer } = await pool.request({ path, method: "POST", headers: ownHeaders, body });
  const text = await answer.text();
  if (hasDuties) observeCall(system, statusCode === 200 ? "ok" : "failed", started);
  if (statusCode !== 200) throw Object.assign(new Error("upstream"), { statusCode: 503 });
  return text;
}

const notEmpty = (value) => (value === "" || value === undefined || value === null ? undefined : value);

// ---- bot-ux balanceEnquiry over CSG

const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false, trimValues: true });
const csg = {
  pool: new Pool("http://127.0.0.1:19200", { connections: 64 }),
  system: "csg",
  headers: { "content-type": "text/xml; charset=utf-8", authorization: basic("sandbox-csg") },
};

const dateTime = (date) => (date ? (date.length === 10 ? `${date}T00:00:00.000Z` : date) : undefined);
const usd = (text) => (text ? { unit: "USD", value: decimal(text) } : undefined);
const period = (start, end) =>
  start || end ? { startDateTime: dateTime(start), endDateTime: dateTime(end) } : undefined;
const shownPeriod = (end) => ({ startDateTime: "", endDateTime: dateTime(end) ?? "" });

function balance(balanceType, amount, validFor) {
  return amount ? { balanceType, amount: usd(amount), validFor } : undefined;
}

const PAYMENT_METHODS = { "": " ", C: "Credit Card", E: "EFT" };

function balanceEnquiry(a) {
  const name = notEmpty(a.RES_NAME);
  const billPeriod = period(a.BILL_FROM_DTE, a.BILL_THRU_DTE);
  const autopay = a.EFT_FLG === "Y";
  const postCode = notEmpty(a.POSTAL_CODE)?.replace("-", "");
  const media = [
    {
      mediumType: "PostalAddress",
      preferred: true,
      characteristic: {
        city: notEmpty(a.RES_CITY_HSE),
        country: "USA",
        postCode,
        street1: notEmpty([a.ADDR1_HSE, a.RES_ADDR_2_HSE].filter(Boolean).join(" ")),
      },
    },
  ];
  for (const [contactType, phoneNumber] of [["Home", a.HOME_PHONE], ["Business", a.BUS_PHONE]]) {
    if (phoneNumber) media.push({ mediumType: "Phone", characteristic: { contactType, phoneNumber } });
  }
  if (a.EMAIL) media.push({ mediumType: "Email", characteristic: { emailAddress: a.EMAIL } });
  const characteristic = [];
  const add = (key, value) => value && characteristic.push({ name: key, value });
  add("LocationId", a.LOC_ID);
  add("DunningGroup", a.DUN_GRP);
  add("DelinquencyDays", /[1-9]/.test(a.DELINQUENCY_DAYS ?? "") ? a.DELINQUENCY_DAYS : undefined);
  const cycle = balance("ReceivableBalance", a.CYC_CDE, billPeriod);
  return {
    id: a.SUB_ACCT_NO,
    accountType: notEmpty(a.CUST_TYP),
    description: name,
    lastModified: dateTime(a.LAST_CHG_DTE),
    name,
    paymentStatus: a.DELQ_STAT || a.EFT_STAT || "",
    state: a.STATE_TXT,
    accountBalance: [
      balance("ReceivableBalance", a.CUR_BAL, billPeriod),
      balance("DelinquentBalance", a.DELINQUENCY_AMT, shownPeriod()),
      balance("LastPaymentAmount", a.LS_PAY_AMT, shownPeriod(a.LS_PAY_DTE)),
    ].filter(Boolean),
    accountRelationship: [
      {
        relationshipType: "contains",
        account: {
          id: a.SUB_ACCT_NO,
          name,
          description: notEmpty([a.CUST_TYP, a.RES_NAME].filter(Boolean).join(" ")),
          "@type": "BillingAccount",
        },
        validFor: period(a.FIRST_BILL_FROM_DTE, a.FIRST_BILL_THRU_DTE),
      },
    ],
    billStructure: {
      cycleSpecification:
        a.PAY_FREQ === "02"
          ? { name: "bi-monthly billing", frequency: "bi-monthly billing", dateShift: Number(a.CYC_CDE) }
          : { name: "monthly Billing", frequency: "monthly", dateShift: Number(a.CYC_CDE) },
      presentationMedia: a.BILL_MEDIA ? [{ name: a.BILL_MEDIA }] : undefined,
    },
    characteristic: characteristic.length ? characteristic : undefined,
    contact: [
      {
        contactName: name,
        contactType: "Primary",
        partyRoleType: "Owner",
        contactMedium: media,
        relatedParty: { id: notEmpty(a.SSN_LAST4), name, role: "Owner", "@type": "relatedParty" },
      },
    ],
    creditLimit: usd(a.CREDIT_LIMIT),
    defaultPaymentMethod: { id: a.EFT_TYPE ?? "", name: PAYMENT_METHODS[a.EFT_TYPE ?? ""] ?? "Non Default Payment Method" },
    financialAccount: cycle && { id: "2063", accountBalance: cycle, "@referredType": "financialAccount" },
    paymentPlan: [
      {
        paymentFrequency: notEmpty(a.PAY_FREQ),
        planType: autopay ? "Auto Pay Enable" : "Auto Pay Disable",
        totalAmount: usd(a.LS_PAY_AMT),
      },
    ],
    relatedParty: [{ id: notEmpty(a.CUST_ACCT_NO), name, role: "Customer", "@referredType": "Customer" }],
    "@type": "BillingAccount",
  };
}

const bot = await service("bot-ux");
bot.get("/bot-ux/v1/:unit/balanceEnquiry", async (request) => {
  const account = request.headers.refvalue;
  const body =
    `<CsgRequest Operation="getBalanceEnquiry" Sys="8211" RequestId="${request.id}">` +
    `<SUB_ACCT_NO>${account}</SUB_ACCT_NO></CsgRequest>`;
  const answer = parser.parse(await ask(csg, "/csg/v1/exchange", request, body));
  return balanceEnquiry(answer.CsgResponse.Account);
});

// ---- wfm-ux billing account over Liberate

const liberate = {
  pool: new Pool("http://127.0.0.1:19203", { connections: 64 }),
  system: "liberate",
  headers: { "content-type": "application/json", authorization: basic("sandbox-liberate") },
};

const STATES = {
  A: "Allocated but not yet active", B: "Call Barred", C: "Ceased", D: "In default but not on TOS", E: "Written off", F: "Closed",
  O: "Debt Outsource", P: "In default but promise to pay", S: "Recommended for cessation", T: "TOS'ed", W: "Working",
};
const METHODS = {
  BILLEM: ["Email", "billEmail"], EMAIL: ["Email", "email"], FAX: ["Fax", "fax"], HOME: ["Telephone", "home"], IVR: ["IVR", "ivr"],
  IVR1: ["IVR", "ivr1"], IVR2: ["IVR", "ivr2"], IVR3: ["IVR", "ivr3"], MOB1: ["Mobile", "mobile1"], MOB2: ["Mobile", "mobile2"],
  PHONE: ["Telephone", "phone"], WORK: ["Telephone", "work"],
};
const BALANCES = [
  ["NetPayable", "netPayable"], ["LastBillAmount", "lastBillAmount", "lastBillDueDate"],
  ["LastPayment Amount", "lastPaymentAmount", "lastPaymentDate"], ["Overdue Amount", "overdueAmount"],
  ["DepositRequired", "depositRequired"], ["WrittenOffAmount", "writtenOffAmount"], ["TotalQuery", "totalQuery"],
  ["TotalOutstandingBalance", "totalOutstanding"], ["DepositHeld", "depositHeld"], ["Total Query Tax", "totalQueryTax"],
  ["TotalAdjustmentCredit", "totalAdjustmentCredit"], ["TotalDepositPaid", "totalDepositPaid"],
  ["TotalServiceChargeCredit", "totalServiceChargeCredit"], ["TotalRewards", "totalRewards"],
  ["TotalAvailablePointsAmount", "totalAvailablePoints"],
];
const CUSTOMER = [
  ["Title", "title"], ["FirstName", "firstName"], ["LastName", "lastName"], ["OtherName", "otherName"], ["CompanyName", "companyName"],
];

function contactMedium({ contactMethod, value }) {
  const [mediumType, contactType] = METHODS[contactMethod] ?? ["Other", contactMethod.toLowerCase()];
  const member = mediumType === "Email" ? "emailAddress" : mediumType === "Fax" ? "faxNumber" : "phoneNumber";
  return { mediumType, characteristic: { contactType, [member]: value } };
}

function billingAccount(r) {
  const unit = r.accountCurrencyCode || "JMD";
  const { balances = {}, billingInfo: billing = {}, customer = {} } = r;
  const { address = {} } = billing;
  const identities = customer.identities ?? [];
  const document = identities.find((one) => one.documentType === "TR") ?? identities.at(-1) ?? {};
  const string = (name, value) => notEmpty(value) && { name, valueType: "string", value };
  const plain = (name, value) => notEmpty(value) && { name, value };
  return {
    id: r.accountNo,
    accountType: notEmpty(r.accountTypeCode),
    billable: r.accountIsActive,
    description: notEmpty(r.accountTypeDescription),
    name: notEmpty(r.accountName),
    paymentStatus: balances.overdueAmount > 0 ? "In Arrears" : "Active",
    state: `${r.accountStatusCode}-${STATES[r.accountStatusCode] ?? r.accountStatusDescription}`,
    accountBalance: BALANCES.filter(([, member]) => balances[member] !== undefined).map(([balanceType, member, date]) => ({
      balanceType,
      amount: { unit, value: balances[member] },
      validFor: date && balances[date] ? { endDateTime: balances[date] } : undefined,
    })),
    accountRelationship: [{ relationshipType: "MigratedBillingSystem", account: { name: r.migratedToBSS ?? "" } }],
    billStructure: {
      cycleSpecification: { id: notEmpty(billing.billCycleCode), paymentDueDate: notEmpty(billing.dueDate), billingDay: billing.billingDay },
      presentationMedia: [
        { id: notEmpty(billing.billMediaCode), name: notEmpty(billing.billMedia) },
        ...(billing.billLanguageCode ? [{ id: billing.billLanguageCode, name: "BillLanguage" }] : []),
      ],
    },
    contact: [
      {
        contactMedium: [
          {
            mediumType: "BillingAddress",
            characteristic: {
              city: notEmpty(address.city), country: notEmpty(address.country), postCode: notEmpty(address.postCode),
              stateOrProvince: notEmpty(address.state), street1: notEmpty(address.line1), street2: notEmpty(address.line2),
            },
          },
          ...(billing.phone ? [{ mediumType: "Telephone", characteristic: { phoneNumber: billing.phone } }] : []),
          ...(billing.email ? [{ mediumType: "Email", characteristic: { emailAddress: billing.email } }] : []),
        ],
      },
      ...(r.contacts ?? []).map((contact) => ({
        contactName: notEmpty(contact.contactName),
        partyRoleType: notEmpty(contact.partyRoleType),
        contactMedium: contact.methods.map(contactMedium),
      })),
    ],
    creditLimit: { unit, value: r.creditLimit },
    defaultPaymentMethod: { id: notEmpty(billing.paymentMethodCode), name: notEmpty(billing.paymentMethodDescription) },
    financialAccount: { id: billing.accountNo ?? r.accountNo, "@referredType": "FinancialAccount" },
    paymentPlan: [
      { planType: r.accountStatusCode, priority: 0, status: String(r.supportsRecurringPayments), "@type": "SupportsRecurringPayments" },
    ],
    relatedParty: [
      {
        id: notEmpty(customer.customerNo),
        name: notEmpty(r.accountName),
        role: "customer",
        characteristic: [
          plain("DocumentType", document.documentType),
          plain("DocumentNumber", document.documentNumber),
          plain("Email", r.accountEmailAddress),
          plain("Gender", customer.gender),
          ...CUSTOMER.map(([name, member]) => string(name, r[member])),
          string("Date-Of-Birth", customer.dateOfBirth),
          identities.length > 0 && {
            name: "Customer Identity",
            valueType: "array",
            value: identities.map((one) => ({
              DocumentType: notEmpty(one.documentType),
              DocumentNumber: notEmpty(one.documentNumber),
              DocumentDescription: notEmpty(one.documentDescription),
            })),
          },
        ].filter(Boolean),
        "@type": "Customer",
        "@baseType": "RelatedParty",
        "@referredType": "Customer",
      },
      { id: String(r.migratedToAccountNo), role: "MigratedAccount" },
      { id: notEmpty(r.legalEntityCode), role: "legalEntity" },
      { characteristic: [{ name: "BaseAccountType", value: r.baseAccountType }], "@type": "Account" },
      { id: notEmpty(r.marketingCategoryCode), name: notEmpty(r.marketingCategoryDescription), role: "marketingCategory" },
    ],
    sourceBSS: r.sourceBSS || "LIBERATE",
  };
}

const wfm = await service("wfm-ux");
wfm.get("/wfm-ux/v1/:unit/billingAccount/:account", async (request) => {
  const { unit, account } = request.params;
  const body = JSON.stringify({ operation: "getAccounts", accountNo: account });
  const path = `/liberate-customer-sys/v1/${unit}/billingAccount/`;
  return billingAccount(parse(await ask(liberate, path, request, body)));
});

const port = 19500 + (keepsDigits ? 10 : 0) + (hasDuties ? 20 : 0);
await bot.listen({ host: "127.0.0.1", port });
await wfm.listen({ host: "127.0.0.1", port: port + 1 });
