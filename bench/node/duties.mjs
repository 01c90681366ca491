// What a channel does besides translating, with the libraries that a team would take for it: salted hashes of secrets, correlation
// ids, quotas, metrics, and one log line for each request, written a few kilobytes at a time as the channels do.
import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import rateLimit from "@fastify/rate-limit";
import Fastify, { LogController } from "fastify";
import pino from "pino";
import { Histogram } from "prom-client";

const salt = Buffer.from("7516db9032eb42289937cb3056091034", "hex");
const digest = (secret) => createHash("sha256").update(salt).update(secret).digest();
const clients = new Map([["bench", digest("bench-secret")]]);

const isClient = ({ client_id, client_secret }) => {
  const known = clients.get(client_id);
  return known !== undefined && client_secret !== undefined && timingSafeEqual(known, digest(client_secret));
};

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const answered = new Histogram({ name: "http_request_duration_seconds", help: "Answers", labelNames: ["operation", "unit", "status"], buckets });
const asked = new Histogram({ name: "upstream_call_duration_seconds", help: "Calls", labelNames: ["system", "outcome"], buckets });

export async function serviceWithDuties(channel) {
  const app = Fastify({
    loggerInstance: pino({ base: { channel } }, pino.destination({ dest: 1, sync: false, minLength: 8192 })),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: ({ headers }) => (/^[!-~]{1,128}$/.test(headers["x-correlation-id"] ?? "") ? headers["x-correlation-id"] : randomUUID()),
  });
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-correlation-id", request.id).header("cache-control", "no-store");
    if (!isClient(request.headers)) return reply.code(401).send({ error: "unauthorized" });
  });
  app.addHook("onResponse", async (request, reply) => {
    const { method, params, routeOptions } = request;
    const { elapsedTime, statusCode: status } = reply;
    answered.labels(routeOptions.url, params.unit, String(status)).observe(elapsedTime / 1000);
    const bytes = reply.getHeader("content-length");
    app.log.info({
      correlation_id: request.id, client: request.headers.client_id, method, route: routeOptions.url, unit: params.unit, status,
      duration_us: Math.round(elapsedTime * 1000), bytes,
    });
  });
  await app.register(rateLimit, { max: 1_000_000, timeWindow: 1000, keyGenerator: ({ headers }) => headers.client_id });
  return app;
}

export function observeCall(system, outcome, started) {
  asked.labels(system, outcome).observe((performance.now() - started) / 1000);
}
