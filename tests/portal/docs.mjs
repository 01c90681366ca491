// Opens /docs in headless Chromium, asserts on what is rendered, and sends every operation's first example.
// Usage: node docs.mjs URL EXPECTED-OPERATIONS

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";

const [url, expected] = process.argv.slice(2);
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
assert(executablePath, "Chromium is not installed");
// Started as root in a container, Chromium has no sandbox of its own; it opens nothing but the page under test.
const browser = await puppeteer.launch({ executablePath, headless: true, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
  const page = await browser.newPage();
  const outside = [], problems = [];
  page.on("request", (request) => { if (!request.url().startsWith(url)) outside.push(request.url()); });
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => { if (message.type() === "error" && !/favicon|status of/.test(message.text())) problems.push(message.text()); });
  await page.goto(`${url}/docs`, { waitUntil: "load" });
  await page.waitForSelector("body[data-ready]", { timeout: 20000 });
  const api = await (await fetch(`${url}/openapi.json`)).json();
  assert.equal(await page.title(), api.info.title);
  const shown = await page.$$eval("[data-operation]", (found) => found.map((each) => each.dataset.operation));
  assert.deepEqual(shown, expected.split(","), "every operation has its section");
  assert.equal((await page.$$("[id^=schema-]")).length, Object.keys(api.components.schemas).length, "every schema is shown");
  for (const operation of shown) {
    const section = `[data-operation="${operation}"]`;
    await page.click(`${section} > summary`);
    const parameters = await page.$$eval(`${section} [data-parameter]`, (fields) => fields.map((field) => field.dataset.parameter));
    assert(parameters.includes("businessId") && parameters.includes("X-Correlation-ID"), `${operation}: ${parameters}`);
    await page.click(`${section} button`);
    await page.waitForSelector(`${section} .status`, { timeout: 20000 });
    const text = (part) => page.$eval(`${section} ${part}`, (found) => found.textContent);
    assert.equal(await text(".status"), "200", `${operation}: ${await text(".body")}`);
    assert.match(await text(".headers"), /^x-correlation-id: /m);
    assert.match(await text(".body"), /"(id|status)": /);
  }
  assert.deepEqual(outside, [], "nothing is loaded from elsewhere");
  assert.deepEqual(problems, []);
} finally {
  await browser.close();
}
