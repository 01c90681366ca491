// Uses the generated types of all four channels the way a client would; it has to compile, nothing more.

import type { operations as Bot } from "./bot-ux";
import type { components, operations as Dxp } from "./dxp-ux";
import type { operations as Sfdc } from "./sfdc-ux";
import type { operations as Wfm } from "./wfm-ux";

type Success<T extends { responses: { 200: { content: { "application/json": unknown } } } }> = T["responses"][200]["content"]["application/json"];

const asked: Bot["balanceEnquiry"]["parameters"] = {
  path: { businessId: "PR" },
  header: { lob: "FIXED", refid: "ACCOUNT_NO", refvalue: "8211990010013290" },
};

export function due(account: Success<Bot["balanceEnquiry"]>): string | number | undefined {
  const balance = account.accountBalance?.find(({ balanceType }) => balanceType === "ReceivableBalance");
  return balance?.amount?.value ?? undefined;
}

export const names = (accounts: Success<Sfdc["listBillingAccount"]>) => accounts.map(({ name }) => name ?? "");

export const source = (account: Success<Wfm["getBillingAccountById"]>) => account.sourceBSS;

const change: components["schemas"]["FixedBillChange"] = { billStructure: { presentationMedia: [{ name: "email" }] } };

export const body: Dxp["updateBillingAccount"]["requestBody"]["content"]["application/json"] = change;

// @ts-expect-error There is no such unit.
export const wrong: typeof asked.path = { businessId: "OO" };
