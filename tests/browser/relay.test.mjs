// The relay itself, `wakeful serve`, between the built page and stand-ins for the servers outside.
//
// In: WAKEFUL_CLI (the program; target/debug/wakeful without it) and the built page in dist/.
// The page is once the relay's own, and once one that is hosted elsewhere and pointed at it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { launch, url, waitState } from './harness.mjs';

const KEY = 'k3y-of-the-relay';
const path = (name) => new URL(`../../${name}`, import.meta.url).pathname;
const program = process.env.WAKEFUL_CLI || path('target/debug/wakeful');
const asked = { virustotal: [], rdap: [], whois: [] };
const open = [];
const namesAsked = new Set();

let chrome;
let relay;

const listen = (server) => new Promise((resolve, reject) => {
  server.once('error', reject).listen(0, '127.0.0.1', () => resolve(server.address().port));
  open.push(server);
});

/** VirusTotal: detects everything, and wants the key. */
const virustotal = http.createServer((request, response) => {
  asked.virustotal.push([request.url, request.headers['x-apikey']]);
  response.end(JSON.stringify({ data: { attributes: { last_analysis_stats: { malicious: 30, harmless: 60 }, last_analysis_date: 1_760_000_000, creation_date: 1_700_000_000 } } }));
});

/** A registry: knows .xyz, has an outage for .net, and has never heard of .info. */
const rdap = http.createServer((request, response) => {
  asked.rdap.push(request.url);
  if (request.url.endsWith('.net')) return response.writeHead(503).end();
  if (request.url.endsWith('.info')) return response.writeHead(404).end('{}');
  const eventDate = new Date(Date.now() - 10 * 864e5).toISOString();
  return response.end(JSON.stringify({ objectClassName: 'domain', events: [{ eventAction: 'registration', eventDate }], status: ['active'] }));
});

const whois = net.createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', (question) => {
    asked.whois.push(String(question));
    socket.end('Registrar: Some Registrar\r\nCreation Date: 2015-01-01T00:00:00Z\r\nDomain Status: clientHold\r\n');
  });
});

before(async () => {
  for (const file of [program, path('dist/index.html')]) {
    assert.ok(fs.existsSync(file), `${file} is missing: run \`cargo build --package wakeful-cli\` and \`cargo xtask build\``);
  }
  chrome = await launch();
  const [toVirustotal, toRdap, toWhois] = await Promise.all([virustotal, rdap, whois].map(listen));
  const registries = ['xyz', 'net', 'info'].flatMap((tld) => ['--rdap', `${tld}=http://127.0.0.1:${toRdap}/`]);
  const child = spawn(program, ['serve', '--port', '0', '--page', path('dist'), '--allow-origin', new URL(url).origin,
    '--virustotal', `http://127.0.0.1:${toVirustotal}/`, '--whois', `net=127.0.0.1:${toWhois}`, ...registries],
  { env: { ...process.env, WAKEFUL_VT_KEY: KEY, NO_PROXY: '*' }, stdio: ['ignore', 'pipe', 'pipe'] });
  relay = await new Promise((resolve, reject) => {
    let said = '';
    let warned = '';
    const ended = new Promise((end) => { child.once('close', end); });
    child.once('error', reject);
    ended.then((code) => reject(new Error(`the relay ended (${code}): ${said}${warned}`)));
    child.stderr.setEncoding('utf8').on('data', (part) => { warned += part; });
    child.stdout.setEncoding('utf8').on('data', (part) => {
      said += part;
      const address = /http:\/\/\S+/.exec(said);
      if (address && said.includes('It relays look-ups')) resolve({ child, ended, address: address[0], said: () => said, warned: () => warned });
    });
  });
});
after(async () => {
  await chrome?.close();
  relay?.child.kill();
  await relay?.ended;
  for (const server of open) server.close();
});

async function scanned(address) {
  const page = await chrome.newPage({ path: address });
  await waitState(page, 'idle');
  await page.locator('[data-sample="three-tunnels"]').click();
  await waitState(page, 'done');
  await page.locator('.lookup-panel').evaluate((panel) => { panel.open = true; });
  const tabs = page.context().waitForEvent('page');
  await page.locator('.lookup-panel .lookup-open').click();
  const tab = await tabs;
  await tab.locator('#switches-title').waitFor();
  await tab.waitForFunction(() => !document.body.innerText.includes('Waiting for the page'));
  return { page, tab };
}

const steps = (tab) => tab.locator('[data-step]').evaluateAll((rows) => rows.map((row) => [row.dataset.step, row.cells[1].textContent, row.cells[2].textContent.trim()]));
const answers = async (tab, count) => {
  await tab.waitForFunction((n) => document.querySelectorAll('[data-answer]').length >= n, count);
  return tab.locator('[data-answer]').evaluateAll((rows) => rows.map((row) => [row.dataset.answer, row.cells[1].textContent, row.dataset.outcome, row.cells[3].textContent]));
};

test('the page that the relay serves asks it for reputation and age, and the key never enters the browser', async () => {
  const { page, tab } = await scanned(relay.address);
  const host = new URL(relay.address).host;
  await tab.locator('input[name="reputation"][value="session"]').check();
  await tab.locator('input[name="registration"][value="session"]').check();
  await tab.locator('#registration-by-relay').check();
  const listed = await steps(tab);
  assert.equal(listed.length, 6);
  for (const [name] of listed) namesAsked.add(name);
  for (const [, service, to] of listed) {
    const beyond = service === 'reputation' ? 'www.virustotal.com' : '';
    assert.ok(to.startsWith(`${host} (the relay), and from there to ${beyond}`), to);
  }
  assert.deepEqual(asked, { virustotal: [], rdap: [], whois: [] }, 'nothing before consent');
  await tab.locator('#send').click();
  const got = await answers(tab, 6);
  const names = [...new Set(listed.map(([name]) => name))];
  const of = (end) => names.find((name) => name.endsWith(end));
  const outcome = (name) => got.find(([subject, service]) => subject === name && service === 'registration').slice(2).join(' ');
  assert.match(outcome(of('.xyz')), /^ok 127\.0\.0\.1:/);
  assert.match(outcome(of('.net')), /^ok 127\.0\.0\.1:/, 'whois, where RDAP is down');
  assert.match(outcome(of('.info')), /^not-registered /);
  assert.deepEqual(asked.virustotal.toSorted(), names.map((name) => [`/domains/${name}`, KEY]).toSorted());
  assert.deepEqual(asked.rdap.toSorted(), names.map((name) => `/domain/${name}`).toSorted());
  assert.deepEqual(asked.whois, [`${of('.net')}\r\n`]);
  await page.locator('.finding-open').first().click();
  await page.locator('.lookup-of [data-lookup="reputation"]').waitFor();
  assert.match(await page.locator('.lookup-of').innerText(), /30 of 90 engines of VirusTotal detect it/);
  for (const text of [await page.content(), await tab.content(), JSON.stringify(chrome.requests), await tab.evaluate(() => JSON.stringify([localStorage, sessionStorage]))]) {
    assert.ok(!text.includes(KEY), 'the key shows');
  }
  chrome.assertNoErrors();
  await page.context().close();
});

test('a page that is hosted elsewhere is pointed at the relay by a setting', async () => {
  const before = asked.rdap.length;
  const { page, tab } = await scanned(url);
  await tab.locator('input[name="registration"][value="session"]').check();
  await tab.locator('#registration-by-relay').check();
  await tab.locator('#relay').fill(relay.address);
  await tab.locator('#relay').blur();
  const { host } = new URL(relay.address);
  await tab.waitForFunction((to) => [...document.querySelectorAll('[data-step]')].every((row) => row.cells[2].textContent.startsWith(to)), host);
  await tab.locator('#send').click();
  await answers(tab, 3);
  assert.equal(asked.rdap.length, before + 3);
  chrome.assertNoErrors();
  await page.context().close();
});

test('a relay that sends a gigabyte is cut off', async () => {
  let taken = 0;
  const chunk = Buffer.alloc(1 << 16, 0x20);
  const flood = http.createServer((request, response) => {
    response.writeHead(200, { 'access-control-allow-origin': new URL(url).origin, 'access-control-allow-headers': 'content-type' });
    if (request.method !== 'POST') return response.end();
    const pour = () => {
      while (!response.destroyed && taken < 1 << 30) {
        taken += chunk.length;
        if (!response.write(chunk)) return response.once('drain', pour);
      }
      return response.end();
    };
    return pour();
  });
  const port = await listen(flood);
  const { page, tab } = await scanned(url);
  await tab.locator('input[name="registration"][value="session"]').check();
  await tab.locator('#registration-by-relay').check();
  await tab.locator('#relay').fill(`http://127.0.0.1:${port}`);
  await tab.locator('#relay').blur();
  await tab.locator('#send').click();
  const got = await answers(tab, 3);
  assert.deepEqual(got.map(([, , outcome]) => outcome), Array(3).fill('too-large'));
  assert.ok(taken < 64 << 20, `${taken} bytes of three gigabytes were taken`);
  chrome.errors.length = 0;
  await page.context().close();
});

test('the relay has printed where it is, and neither a name nor the key, to the very end', async () => {
  relay.child.kill();
  await relay.ended;
  assert.ok(namesAsked.size > 0 && relay.said().includes(relay.address), relay.said());
  assert.equal(relay.warned(), '');
  for (const word of [...namesAsked, KEY]) assert.ok(!relay.said().includes(word), relay.said());
});
