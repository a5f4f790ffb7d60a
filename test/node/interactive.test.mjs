// Slack's own framework, unchanged, against the sandbox: a Bolt app takes presses and submissions over signed HTTP and
// over Socket Mode, answers at the response_url and opens a modal. internal/sandbox/node_test.go starts the sandbox and
// runs this.
import assert from "node:assert/strict";
import { after, test } from "node:test";

import bolt from "@slack/bolt";

const sandbox = need("SANDBOX_BUTTONS_URL");
const token = need("SANDBOX_BOT_TOKEN");
const appToken = need("SANDBOX_APP_TOKEN");
const signingSecret = need("SANDBOX_SIGNING_SECRET");
const clientOptions = { slackApiUrl: `${sandbox}/api/` };
const silent = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, getLevel: () => "error", setName() {} };

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

const text = (words) => ({ type: "plain_text", text: words });
const blocks = [
  {
    type: "actions",
    block_id: "do",
    elements: [
      { type: "button", action_id: "take", text: text("I'm on it"), value: "alert-1" },
      { type: "static_select", action_id: "snooze", placeholder: text("Snooze"), options: [{ text: text("To Monday"), value: "mon" }] },
    ],
  },
];
const view = {
  type: "modal",
  callback_id: "note",
  title: text("Note"),
  submit: text("Save"),
  blocks: [{ type: "input", block_id: "why", label: text("Why"), element: { type: "plain_text_input", action_id: "text" } }],
};

// app is the same Bolt app for both roads.
function listen(options) {
  const app = new bolt.App({ token, clientOptions, logger: silent, ...options });
  const seen = [];
  app.action("take", async ({ ack, body, action, respond, client }) => {
    await ack();
    seen.push({ action, user: body.user.id, team: body.team.id, message: body.message.ts });
    await respond({ text: "Noted.", response_type: "ephemeral", replace_original: false });
    await client.views.open({ trigger_id: body.trigger_id, view });
  });
  app.action("snooze", async ({ ack, action, respond }) => {
    await ack();
    seen.push({ action });
    await respond({ text: "Snoozed until Monday", replace_original: true });
  });
  app.view("note", async ({ ack, view }) => {
    const { value } = view.state.values.why.text;
    if (value.length < 3) return ack({ response_action: "errors", errors: { why: "Say more." } });
    seen.push({ value });
    return ack();
  });
  app.error(async (error) => { seen.push({ error: String(error) }); });
  return { app, seen };
}

async function until(what, ask) {
  for (const end = Date.now() + 10_000; ; ) {
    const got = await ask();
    if (got) return got;
    assert.ok(Date.now() < end, `${what} did not happen`);
    await new Promise((resume) => setImmediate(resume));
  }
}

// converse plays a person with the app.
async function converse(app, seen) {
  const posted = await app.client.chat.postMessage({ channel: "C0HEALTH01", text: "Acme fell", blocks });
  const where = { channel: "C0HEALTH01", ts: posted.ts, user: "ana.silva@example.com" };
  const before = (await control("GET", "ephemerals")).length;

  const pressed = await control("POST", "press", { ...where, action_id: "take" });
  assert.equal(pressed.warning, undefined);
  await until("the modal", async () => (await control("GET", "views")).length === 1);
  assert.deepEqual({ ...seen[0], action: undefined }, { action: undefined, user: "U0ANASILVA", team: "T0SANDBOX1", message: posted.ts });
  assert.equal(seen[0].action.value, "alert-1");
  const whispers = await control("GET", "ephemerals");
  assert.deepEqual([whispers.length, whispers.at(-1).text, whispers.at(-1).visible_to], [before + 1, "Noted.", "U0ANASILVA"]);

  const fill = (value) => control("POST", "submit", { user: where.user, values: { why: { text: value } } });
  await fill("no");
  assert.deepEqual((await control("GET", "views"))[0].errors, { why: "Say more." });
  await fill("They are on holiday");
  assert.deepEqual(await control("GET", "views"), []);
  assert.equal(seen.at(-1).value, "They are on holiday");

  await control("POST", "press", { ...where, action_id: "snooze", value: "mon" });
  assert.equal(seen.at(-1).action.selected_option.value, "mon");
  await until("the edit", async () => (await control("GET", "messages?channel=C0HEALTH01")).some((m) => m.ts === posted.ts && m.text === "Snoozed until Monday"));
  return where;
}

const closing = [];
after(() => Promise.all(closing.map((close) => close())));

test("@slack/bolt: buttons and a modal over signed HTTP", async () => {
  const { app, seen } = listen({ signingSecret });
  const server = await app.start({ port: 0, host: "127.0.0.1" });
  closing.push(() => { server.close(); server.closeAllConnections(); });
  await control("POST", "app", { interactivity: true, socket_mode: false, interactivity_url: `http://127.0.0.1:${server.address().port}/slack/events` });
  await converse(app, seen);

  const posted = await app.client.chat.postMessage({ channel: "C0HEALTH01", text: "x", blocks });
  const press = { channel: "C0HEALTH01", ts: posted.ts, action_id: "take", user: "U0ANASILVA" };
  const count = seen.length;
  assert.match((await control("POST", "press", { ...press, tamper: true })).warning, /Status Code 401/);
  assert.match((await control("POST", "press", { ...press, age_s: 400 })).warning, /Status Code 401/);
  assert.equal(seen.length, count, "a forged or stale press came through");
});

test("@slack/bolt: buttons and a modal over Socket Mode", async () => {
  await control("POST", "app", { interactivity: true, socket_mode: true });
  const { app, seen } = listen({ appToken, socketMode: true });
  await app.start();
  closing.push(() => app.stop());
  await until("the connection", async () => (await control("GET", "sockets")).length === 1);
  await converse(app, seen);

  const told = [];
  app.event("channel_archive", async ({ event }) => { told.push(event.channel); });
  await control("POST", "events", { event: { type: "channel_archive", channel: "C0HEALTH01" } });
  await until("the event", () => told.length === 1);
});
