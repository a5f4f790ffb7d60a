// Slack's official Node SDKs, unchanged, against the sandbox: @slack/oauth installs the app, @slack/web-api posts, and
// @slack/bolt checks the signature of what the sandbox sends. internal/sandbox/node_test.go starts the sandbox and runs
// this; by hand: SANDBOX_URL=http://127.0.0.1:PORT node --test
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import http from "node:http";
import { after, before, test } from "node:test";

import bolt from "@slack/bolt";
import oauth from "@slack/oauth";
import webapi from "@slack/web-api";

const sandbox = need("SANDBOX_URL");
const clientId = need("SANDBOX_CLIENT_ID");
const clientSecret = need("SANDBOX_CLIENT_SECRET");
const signingSecret = need("SANDBOX_SIGNING_SECRET");
const slackApiUrl = `${sandbox}/api/`;
const quiet = oauth.LogLevel?.ERROR ?? "error";
const silent = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, getLevel: () => quiet, setName() {} };

function need(name) {
  assert.ok(process.env[name], `set ${name}`);
  return process.env[name];
}

async function control(method, path, body) {
  const answer = await fetch(`${sandbox}/sandbox/${path}`, { method, body: body && JSON.stringify(body) });
  const result = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(result));
  return result;
}

const servers = [];
after(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections(); // also those that the sandbox opened and has not used
  }
});

async function listen(handler) {
  const server = http.createServer(handler);
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  servers.push(server);
  return `http://127.0.0.1:${server.address().port}`;
}

// The app: an install path, a callback and an events URL, as a Slack app of these SDKs would have them.
const store = new oauth.MemoryInstallationStore();
const outcomes = [];
const events = [];
let app, installer;

before(async () => {
  app = await listen(async (req, res) => {
    const { pathname } = new URL(req.url, "http://app");
    if (pathname === "/slack/install") return installer.handleInstallPath(req, res);
    if (pathname === "/slack/oauth_redirect") {
      return installer.handleCallback(req, res, {
        success: (installation) => (outcomes.push({ installation }), res.end("installed")),
        failure: (error) => (outcomes.push({ error }), res.writeHead(400).end(error.code)),
      });
    }
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    const event = { headers: req.headers, rawBody: Buffer.concat(chunks) };
    events.push(event);
    const body = JSON.parse(event.rawBody.toString());
    if (body.type === "url_verification") return bolt.HTTPModuleFunctions.buildUrlVerificationResponse(res, body);
    res.end();
  });
  installer = new oauth.InstallProvider({
    clientId,
    clientSecret,
    stateSecret: "a state secret",
    authorizationUrl: `${sandbox}/oauth/v2/authorize`,
    clientOptions: { slackApiUrl, logger: silent },
    directInstall: true,
    installationStore: store,
    logger: silent,
    installUrlOptions: {
      scopes: ["chat:write", "channels:read", "groups:read", "im:write"],
      redirectUri: `${app}/slack/oauth_redirect`,
    },
  });
});

// install walks through the flow as a browser does and returns what the callback answered.
async function install(press, { keepCookie = true } = {}) {
  const start = await fetch(`${app}/slack/install`, { redirect: "manual" });
  const cookie = start.headers.get("set-cookie").split(";")[0];
  const consentURL = new URL(start.headers.get("location"));
  const consent = await fetch(consentURL);
  assert.equal(consent.status, 200, "the consent page");
  assert.match(await consent.text(), /Send messages as the app/);
  const pressed = await fetch(`${sandbox}/oauth/v2/authorize`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ query: consentURL.searchParams.toString(), decision: press }),
  });
  assert.equal(pressed.status, 302);
  const back = await fetch(pressed.headers.get("location"), { headers: keepCookie ? { cookie } : {} });
  return { status: back.status, outcome: outcomes.at(-1) };
}

test("@slack/oauth: cancel, a stolen state, and a complete install", async () => {
  const cancelled = await install("cancel");
  assert.equal(cancelled.outcome.error.code, oauth.ErrorCode.AuthorizationError);
  const stolen = await install("allow", { keepCookie: false });
  assert.equal(stolen.outcome.error.code, oauth.ErrorCode.InvalidStateError);

  const { status, outcome } = await install("allow");
  assert.equal(status, 200, String(outcome.error));
  const { bot, team, isEnterpriseInstall } = outcome.installation;
  assert.deepEqual(team, { id: "T0SANDBOX1", name: "Acme Sandbox" });
  assert.equal(isEnterpriseInstall, false);
  assert.equal(bot.id, "B0SANDBOT1");
  assert.deepEqual(bot.scopes, ["channels:read", "chat:write", "groups:read", "im:write"]);

  const authorized = await installer.authorize({ teamId: team.id, isEnterpriseInstall: false });
  assert.equal(authorized.botToken, bot.token);
});

async function client(options = {}) {
  const { botToken } = await installer.authorize({ teamId: "T0SANDBOX1", isEnterpriseInstall: false });
  return new webapi.WebClient(botToken, { slackApiUrl, logger: silent, ...options });
}

const fails = (code, more = {}) => (error) => {
  assert.equal(error.code, webapi.ErrorCode.PlatformError, String(error));
  assert.equal(error.data.error, code);
  for (const [key, value] of Object.entries(more)) assert.deepEqual(error.data[key], value);
  return true;
};

test("@slack/web-api: post, update and delete", async () => {
  const web = await client();
  const blocks = [{ type: "section", text: { type: "mrkdwn", text: "*Acme* fell" } }];
  const posted = await web.chat.postMessage({ channel: "C0HEALTH01", text: "Acme fell", blocks });
  assert.match(posted.ts, /^\d{10}\.\d{6}$/);
  assert.deepEqual(posted.message.blocks, blocks);
  assert.deepEqual(posted.response_metadata.scopes, ["channels:read", "chat:write", "groups:read", "im:write"]);
  assert.deepEqual(posted.response_metadata.acceptedScopes, ["chat:write"]);

  const dm = await web.chat.postMessage({ channel: "U0ANASILVA", text: "psst" });
  assert.equal(dm.channel, "D0ANASILVA");
  const opened = await web.conversations.open({ users: "U0ANASILVA" });
  assert.equal(opened.channel.id, dm.channel);

  await web.chat.update({ channel: posted.channel, ts: posted.ts, text: "Acme recovered" });
  const [message] = await control("GET", "messages?channel=C0HEALTH01");
  assert.equal(message.text, "Acme recovered");
  assert.deepEqual(message.blocks, []);

  await web.chat.delete({ channel: posted.channel, ts: posted.ts });
  await assert.rejects(web.chat.update({ channel: posted.channel, ts: posted.ts, text: "x" }), fails("message_not_found"));
});

test("@slack/web-api: pages of channels", async () => {
  const web = await client();
  const names = [];
  let pages = 0;
  for await (const page of web.paginate("conversations.list", { limit: 2, types: "public_channel,private_channel", exclude_archived: true })) {
    pages += 1;
    names.push(...page.channels.map((channel) => channel.name));
  }
  assert.equal(pages, 3);
  assert.deepEqual(names, ["customer-health", "cs-alerts", "general", "cs-private"]);
});

test("@slack/web-api: typed errors", async () => {
  const web = await client();
  await assert.rejects(web.team.info(), fails("missing_scope", { needed: "team:read", provided: "channels:read,chat:write,groups:read,im:write" }));
  await assert.rejects(web.chat.postMessage({ channel: "C0GENERAL1", text: "x" }), fails("not_in_channel"));
  await assert.rejects(
    web.chat.postMessage({ channel: "C0HEALTH01", text: "x", blocks: [{ type: "header", text: { type: "plain_text", text: "x".repeat(151) } }] }),
    (error) => {
      assert.equal(error.data.error, "invalid_blocks");
      assert.deepEqual(error.data.response_metadata.messages, ["[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"]);
      return true;
    },
  );
  const stranger = new webapi.WebClient("xoxb-nobody", { slackApiUrl, logger: silent });
  await assert.rejects(stranger.auth.test(), fails("invalid_auth"));

  await control("POST", "faults", { kind: "status", status: 500, method: "auth.test", count: 1 });
  const impatient = await client({ retryConfig: { retries: 0 } });
  await assert.rejects(impatient.auth.test(), (error) => error.code === webapi.ErrorCode.HTTPError && error.statusCode === 500);
});

test("@slack/web-api: waits out a 429", async () => {
  const refusing = await client({ rejectRateLimitedCalls: true });
  await control("POST", "faults", { kind: "ratelimit", method: "chat.postMessage", retry_after: 1, count: 2 });
  await assert.rejects(refusing.chat.postMessage({ channel: "C0ALERTS01", text: "x" }), (error) => {
    assert.equal(error.code, webapi.ErrorCode.RateLimitedError);
    assert.equal(error.retryAfter, 1);
    return true;
  });
  const patient = await client();
  const waits = [];
  patient.on(webapi.WebClientEvent.RATE_LIMITED, (seconds) => waits.push(seconds));
  assert.equal((await patient.chat.postMessage({ channel: "C0ALERTS01", text: "late" })).ok, true);
  assert.deepEqual(waits, [1]);
});

const verify = (event, body = event.rawBody.toString()) =>
  bolt.verifySlackRequest({
    signingSecret,
    body,
    headers: {
      "x-slack-signature": event.headers["x-slack-signature"],
      "x-slack-request-timestamp": Number(event.headers["x-slack-request-timestamp"]),
    },
  });

async function settled() {
  for (;;) {
    const sent = await control("GET", "events");
    if (sent.length > 0 && sent.every((event) => event.done)) return sent;
    await new Promise((resume) => setImmediate(resume));
  }
}

test("@slack/bolt: signatures of events", async () => {
  await control("POST", "events/url", { url: `${app}/slack/events` });
  verify(events.at(-1)); // url_verification
  await control("POST", "events", { event: { type: "channel_archive", channel: "C0HEALTH01" }, tamper: true });
  await settled();
  assert.throws(() => verify(events.at(-1)), /signature mismatch/);
  await control("POST", "events", { event: { type: "channel_archive", channel: "C0HEALTH01" }, age_s: 400 });
  await settled();
  assert.throws(() => verify(events.at(-1)), /stale/);

  const before = events.length;
  await control("POST", "uninstall");
  await settled();
  const told = events.slice(before);
  for (const event of told) {
    verify(event);
    assert.throws(() => verify(event, event.rawBody.toString() + " "), /signature mismatch/);
    // The same through bolt's own HTTP entrance.
    await bolt.HTTPModuleFunctions.parseAndVerifyHTTPRequest({ signingSecret }, { headers: event.headers, rawBody: event.rawBody });
  }
  assert.deepEqual(told.map((event) => JSON.parse(event.rawBody.toString()).event.type).sort(), ["app_uninstalled", "tokens_revoked"]);
  const web = await client();
  await assert.rejects(web.auth.test(), fails("account_inactive"));
});

test("@slack/bolt: the documented vector", () => {
  const vector = JSON.parse(readFileSync(new URL("../../internal/sandbox/testdata/slack_signature.json", import.meta.url)));
  const check = (body) =>
    bolt.verifySlackRequest({
      signingSecret: vector.secret,
      body,
      headers: { "x-slack-signature": vector.signature, "x-slack-request-timestamp": Number(vector.timestamp) },
      nowMilliseconds: Number(vector.timestamp) * 1000,
    });
  check(vector.body);
  assert.throws(() => check(`${vector.body}-`), /signature mismatch/);
});

test("@slack/oauth: rotating tokens are refreshed", { skip: process.env.SANDBOX_ROTATION_URL ? false : "set SANDBOX_ROTATION_URL" }, async () => {
  const rotating = process.env.SANDBOX_ROTATION_URL;
  const redirectUri = `${app}/slack/rotating`;
  const clientOptions = { slackApiUrl: `${rotating}/api/`, logger: silent };
  const kept = new oauth.MemoryInstallationStore();
  const provider = new oauth.InstallProvider({ clientId, clientSecret, stateSecret: "s", installationStore: kept, clientOptions, logger: silent });
  const answer = await fetch(`${rotating}/oauth/v2/authorize?${new URLSearchParams({ client_id: clientId, scope: "chat:write", redirect_uri: redirectUri })}`, { redirect: "manual" });
  const code = new URL(answer.headers.get("location")).searchParams.get("code");
  const web = new webapi.WebClient(undefined, clientOptions);
  const first = await web.oauth.v2.access({ client_id: clientId, client_secret: clientSecret, code, redirect_uri: redirectUri });
  assert.equal(first.expires_in, 43200);
  await kept.storeInstallation({
    team: first.team, enterprise: undefined, isEnterpriseInstall: false, authVersion: "v2", user: { id: first.authed_user.id },
    bot: { token: first.access_token, refreshToken: first.refresh_token, expiresAt: 1, scopes: ["chat:write"], id: "B0SANDBOT1", userId: first.bot_user_id },
  });
  const { botToken } = await provider.authorize({ teamId: first.team.id, isEnterpriseInstall: false });
  assert.notEqual(botToken, first.access_token);
  assert.equal((await web.auth.test({ token: botToken })).ok, true);
});
