// Look-ups: without consent nothing leaves; with it only the listed names go to the listed hosts.
//
// Registries and VirusTotal are stand-ins: what a tab asks of another origin is answered here and
// written down. Whatever the stand-ins do not take runs into the harness's trap and is seen there.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { accessibilityProblems, launch, url, waitState } from './harness.mjs';

const out = new URL('out/', import.meta.url).pathname;
const origin = new URL(url).origin;
const KEY = 'k3y-that-must-not-show';

let chrome;
before(async () => {
  fs.mkdirSync(out, { recursive: true });
  chrome = await launch();
});
after(async () => chrome?.close());

const registration = (days) => JSON.stringify({
  objectClassName: 'domain',
  events: [{ eventAction: 'registration', eventDate: new Date(Date.now() - days * 864e5).toISOString() }],
  entities: [{ roles: ['registrar'], vcardArray: ['vcard', [['fn', {}, 'text', 'Some Registrar']]] }],
  status: ['active'],
  nameservers: [{ ldhName: 'NS1.EXAMPLE' }],
});
const reputation = (malicious) => JSON.stringify({
  data: { attributes: { last_analysis_stats: { malicious, harmless: 90 - malicious }, categories: { a: 'malware' } } },
});

/** A finished scan of a sample, and stand-ins for everything outside: `answer(url)` fulfils, or is `null` for silence. */
async function scanned(answer, options = {}) {
  // A test that failed leaves its errors behind; they are not this one's.
  chrome.errors.length = 0;
  const page = await chrome.newPage(options);
  const asked = [];
  await page.context().route((target) => target.origin !== origin && !target.href.startsWith('data:') && !target.href.startsWith('blob:'), async (route) => {
    const request = route.request();
    asked.push({ url: request.url(), method: request.method(), headers: await request.allHeaders(), body: request.postData() });
    if (request.method() === 'OPTIONS') {
      return route.fulfill({ status: 204, headers: { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' } });
    }
    const response = await answer(request.url(), asked.length);
    if (response === null) return undefined;
    return route.fulfill({ status: 200, contentType: 'application/rdap+json', headers: { 'access-control-allow-origin': '*' }, ...response });
  });
  await waitState(page, 'idle');
  await page.locator('[data-sample="three-tunnels"]').click();
  await waitState(page, 'done');
  return { page, asked };
}

/** The tab that a click on a link opens, once it has the page's list. */
async function opened(page, link) {
  const tabs = page.context().waitForEvent('page');
  await link.click();
  const tab = await tabs;
  await tab.locator('#switches-title').waitFor();
  await tab.waitForFunction(() => !document.body.innerText.includes('Waiting for the page'));
  return tab;
}

async function openTab(page) {
  await page.locator('.lookup-panel').evaluate((panel) => { panel.open = true; });
  return opened(page, page.locator('.lookup-panel .lookup-open'));
}

/** Chooses the finding at a place of the list for a look-up, without opening the tab. */
async function choose(page, at) {
  const name = (await order(page))[at];
  await page.locator('.finding-open').nth(at).click();
  // The finding before stands here until this one is drawn.
  const way = page.locator(`.lookup-of[data-subject="${name}"] .lookup-way`);
  await way.waitFor();
  assert.equal(await way.locator('[data-choose="off"]').count(), 0, `${name} is on the list already`);
  // Where no tab is open, a link that opens one is the same choice; only its click is wanted here.
  await way.locator('[data-choose="on"], .lookup-open').evaluate((choice) => {
    choice.addEventListener('click', (event) => event.preventDefault(), { once: true });
    choice.click();
  });
  await way.locator('[data-choose="off"]').waitFor();
}

const order = (page) => page.locator('.finding').evaluateAll((rows) => rows.map((row) => row.dataset.domain ?? row.dataset.peer));
const save = async (page, button) => {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return fs.readFileSync(await download.path(), 'utf8');
};

const on = (tab, service, value = 'session') => tab.locator(`input[name="${service}"][value="${value}"]`).check();
const steps = (tab) => tab.locator('[data-step]').evaluateAll((rows) => rows.map((row) => [row.dataset.step, row.cells[1].textContent, row.cells[2].textContent.trim()]));
const answered = (tab, count) => tab.waitForFunction((n) => document.querySelectorAll('[data-answer]').length >= n, count);

/** Straight from the browser, with a key. */
async function straight(tab) {
  await on(tab, 'reputation');
  await tab.locator('#straight').check();
  await tab.locator('#key').fill(KEY);
  await tab.locator('#key').blur();
}

test('without consent nothing leaves, whatever else is clicked', async () => {
  const { page, asked } = await scanned(() => ({ body: registration(10) }));
  const tab = await openTab(page);
  assert.deepEqual(await steps(tab), []);
  assert.equal(await tab.locator('#send').isDisabled(), true);
  assert.equal(await tab.getByRole('button', { name: 'Ask IANA' }).isDisabled(), true);
  await on(tab, 'registration', 'good');
  await straight(tab);
  await tab.locator('#relay').fill('http://127.0.0.1:9');
  await tab.locator('#relay').blur();
  await tab.locator('#keep-key').check();
  assert.ok((await steps(tab)).length > 2);
  for (const name of await tab.locator('details > summary').all()) await name.click();
  await tab.reload();
  await tab.locator('[data-step]').first().waitFor();
  const rows = page.locator('.finding-open');
  for (let at = 0; at < await rows.count(); at += 3) {
    await rows.nth(at).click();
    // A plain link that needs neither key nor tab stands beside every one.
    const name = await page.locator('.lookup-of').getAttribute('data-subject');
    const kind = /^[0-9.]+$/.test(name) ? 'ip-address' : 'domain';
    assert.equal(await page.locator(`.lookup-of a[href="https://www.virustotal.com/gui/${kind}/${name}"]`).count(), 1);
    // Two findings may have the same peer: then it is on the list already.
    const put = page.locator('.lookup-way [data-choose="on"]');
    if (await put.count()) await put.click();
    await tab.locator(`[data-step="${name}"]`).first().waitFor();
  }
  // The click led to the list of findings, which has a panel of its own.
  await page.locator('.lookup-panel').evaluate((panel) => { panel.open = true; });
  await page.locator('#young-days').fill('30');
  await page.locator('#young-days').blur();
  for (const button of await page.locator('.copies button').all()) await button.click();
  // What was switched on for good is on in the next tab, what was for the session is not; neither sends.
  await tab.close({ runBeforeUnload: true });
  await page.locator('#lookup-standing', { hasText: 'The look-up tab is closed' }).waitFor({ state: 'attached' });
  const next = await openTab(page);
  assert.equal(await next.locator('input[name="registration"][value="good"]').isChecked(), true);
  assert.equal(await next.locator('input[name="reputation"][value="off"]').isChecked(), true);
  await next.locator('[data-step]').first().waitFor();
  // The key is back, because that box was ticked.
  assert.equal(await next.evaluate(() => localStorage.getItem('wakeful.lookup.key')), KEY);
  assert.deepEqual(asked, []);
  chrome.assertNoForeignRequests();
  chrome.assertNoErrors();
  await page.context().close();
});

test('the page itself still reaches nothing, with the tab open', async () => {
  const { page } = await scanned(() => ({ body: '{}' }));
  await openTab(page);
  const reached = await page.evaluate(async () => {
    const tries = ['lookup.html', 'https://rdap.verisign.com/x'];
    const results = await Promise.allSettled(tries.map((target) => fetch(target)));
    const frame = Object.assign(document.createElement('iframe'), { src: 'lookup.html' });
    document.body.append(frame);
    await new Promise((resolve) => setTimeout(resolve, 300));
    let inside = null;
    try {
      inside = frame.contentWindow.fetch ? frame.contentDocument?.body?.textContent ?? null : null;
    } catch { /* an error page of another origin: not let in */ }
    return { fetched: results.filter(({ status }) => status === 'fulfilled').length, inside };
  });
  assert.equal(reached.fetched, 0);
  assert.ok(!reached.inside, 'the look-up tab cannot be framed');
  const handles = await page.context().pages()[1].evaluate(() => opener === null);
  assert.equal(handles, true, 'no handle between page and tab');
  chrome.errors.length = 0; // The refusals above, in the console's words.
  await page.context().close();
});

test('with consent only the listed names go to the listed hosts, and the key shows nowhere', async () => {
  const { page, asked } = await scanned((target) => ({
    body: target.includes('virustotal') ? reputation(9) : registration(10),
  }));
  const log = [];
  page.context().on('console', (message) => log.push(message.text()));
  const tab = await openTab(page);
  await on(tab, 'registration');
  await straight(tab);
  const listed = await steps(tab);
  assert.match(await tab.locator('#sending-sum').innerText(), /\d+ questions to \d+ hosts, in about/);
  await tab.screenshot({ path: `${out}lookup-consent.png`, fullPage: true });
  await tab.locator('#send').click();
  await answered(tab, listed.length);
  const real = asked.filter(({ method }) => method !== 'OPTIONS');
  const sent = real.map(({ url: target }) => {
    const { host, pathname } = new URL(target);
    return `${host} ${pathname.split('/').pop()}`;
  });
  assert.deepEqual(sent.toSorted(), listed.map(([name, , host]) => `${host} ${name}`).toSorted());
  for (const { url: target, headers, body } of asked) {
    const isVirusTotal = new URL(target).host === 'www.virustotal.com';
    assert.ok(!target.includes(KEY) && !(body ?? '').includes(KEY), target);
    assert.equal(headers['x-apikey'], isVirusTotal && headers['x-apikey'] ? KEY : undefined);
    assert.equal(headers.referer, undefined);
    assert.equal(headers.cookie, undefined);
  }
  // The browser holds the tab to the list: another registry is out of reach now.
  const other = await tab.evaluate(() => fetch('https://rdap.example.net/x').then(() => 'reached', () => 'refused'));
  assert.equal(other, 'refused');
  // The page has the answers, and ranks by them.
  await page.locator('.finding-open').first().click();
  const of = page.locator('.lookup-of');
  await of.locator('[data-lookup="registration"]').waitFor();
  assert.match(await of.innerText(), /newly registered 10 d/);
  assert.match(await of.innerText(), /9 of 90 engines/);
  // What was answered today is not asked again, in this tab or the next.
  for (const each of [tab, await openTab(page)]) {
    await on(each, 'registration');
    await on(each, 'reputation');
    await each.getByText(`${listed.length} answers known from the last day and not asked again`).waitFor();
    assert.equal(await each.locator('#send').isDisabled(), true);
  }
  const saved = await save(page, page.getByRole('button', { name: 'Save report' }));
  const report = JSON.parse(saved);
  assert.equal(report.lookups.length, listed.length);
  assert.ok(report.lookups.every(({ at }) => at > 1.7e9), 'dates');
  for (const where of [saved, log.join('\n'), await page.content(), page.url(), tab.url(), JSON.stringify(chrome.requests)]) {
    assert.ok(!where.includes(KEY), 'the key shows');
  }
  const kept = await tab.evaluate(() => ({ local: JSON.stringify(localStorage), session: JSON.stringify(sessionStorage) }));
  assert.ok(!kept.local.includes(KEY), 'the key is kept for the session alone');
  assert.ok(listed.every(([name]) => !kept.local.includes(name) && !kept.session.includes(name)), 'no name is stored');
  await page.screenshot({ path: `${out}lookup-finding.png`, fullPage: true });
  await tab.screenshot({ path: `${out}lookup-answers.png`, fullPage: true });
  chrome.errors.length = 0; // The refused request above.
  await page.context().close();
});

test('one finding that is no alert is chosen alone; answers re-rank it, say why, and stand in every export', async () => {
  const { page, asked } = await scanned(() => ({ body: reputation(60) }));
  await page.locator('[data-to="findings"]').click();
  const before = await order(page);
  const rare = page.locator('.finding[data-severity="info"]').first();
  const [name, severity] = [await rare.getAttribute('data-peer'), await rare.getAttribute('data-severity')];
  await rare.locator('.finding-open').click();
  const score = (await rare.locator('.score-number').textContent()).trim();
  const tab = await opened(page, page.locator('.lookup-way .lookup-open'));
  await straight(tab);
  assert.deepEqual(await steps(tab), [[name, 'reputation', 'www.virustotal.com']], 'an address, and no other name');
  assert.match(await tab.locator('#sending-sum').innerText(), /^1 question to 1 host, in about/);
  // All alerts are a choice away, and back.
  await tab.locator('input[name="which"][value="alerts"]').check();
  assert.ok((await steps(tab)).length > 1);
  await tab.locator('input[name="which"][value="chosen"]').check();
  await tab.screenshot({ path: `${out}lookup-one.png`, fullPage: true });
  await tab.locator('#send').click();
  await answered(tab, 1);
  assert.deepEqual(asked.filter(({ method }) => method === 'GET').map(({ url: target }) => target), [`https://www.virustotal.com/api/v3/ip_addresses/${name}`]);
  // It rises above what scored more by the logs, with the old score beside the new one.
  await page.locator(`.finding[data-peer="${name}"] .raised`).first().waitFor();
  const after = await order(page);
  assert.ok(after.indexOf(name) < before.indexOf(name), `${before} became ${after}`);
  assert.deepEqual(after.toSorted(), before.toSorted(), 'nothing came or went');
  assert.equal(await rare.first().getAttribute('data-severity'), severity, 'the severity is that of the logs');
  const row = page.locator(`.finding[data-peer="${name}"]`).first();
  assert.equal(await row.locator('.raised').innerText(), `was ${score}`);
  assert.equal(Number(await row.getAttribute('data-rank')), after.indexOf(name) + 1);
  assert.match(await page.locator('.detail-kind').innerText(), new RegExp(`rank \\d+ · score \\d+ of 100 was ${score}`));
  const reason = page.locator('.lookup-of [data-feature="positives_over_total"]');
  assert.match(await reason.innerText(), /60 of 90 engines of VirusTotal detect it \(asked \d{4}-\d\d-\d\dT/);
  await page.locator('.lookup-of').scrollIntoViewIfNeeded();
  await page.screenshot({ path: `${out}lookup-ranked.png`, fullPage: true });
  await page.locator('[data-to="overview"]').click();
  // Its rows come in pieces; the view is named when all stand.
  await page.waitForSelector('body[data-view=overview]', { state: 'attached' });
  assert.deepEqual(await order(page), after, 'the overview ranks alike');
  await page.locator('[data-to="findings"]').click();
  // Exports, each with the date.
  const saved = {};
  for (const format of ['csv', 'json', 'md']) saved[format] = await save(page, page.locator(`[data-save="${format}"]`));
  const today = new Date().toISOString().slice(0, 8);
  const [head, ...lines] = saved.csv.trimEnd().split('\r\n');
  assert.match(head, /,rank_score,lookup_subject,vt_asked_at,vt_outcome,vt_positives,vt_total,/);
  assert.ok(lines.some((line) => line.includes(`${name},${today}`) && line.includes(',ok,60,90,malware,')), saved.csv);
  const { findings } = JSON.parse(saved.json);
  const found = findings.find(({ peer }) => peer === name);
  assert.ok(found.rank_score > found.score && found.lookups[0].at > 1.7e9);
  assert.deepEqual(findings.map(({ domain, peer }) => domain ?? peer), after, 'in the new order');
  assert.match(saved.md, /Looked up: 60 of 90 engines detect it\. Categories: malware\. \(reputation, asked \d{4}-/);
  chrome.assertNoErrors();
  await page.context().close();
});

test('the days under which a domain is newly registered are the user’s', async () => {
  const { page } = await scanned(() => ({ body: registration(10) }));
  const tab = await openTab(page);
  await on(tab, 'registration');
  const listed = await steps(tab);
  await tab.locator('#send').click();
  await answered(tab, listed.length);
  await page.locator('.finding-open').first().click();
  const reason = page.locator('.lookup-of [data-feature="domain_age"]');
  await reason.getByText(/was newly registered 10 d/).waitFor();
  await page.locator('.lookup-panel').evaluate((panel) => { panel.open = true; });
  await page.locator('#young-days').fill('5');
  await page.locator('#young-days').blur();
  await reason.getByText(/was registered 10 d/).waitFor();
  assert.match(await reason.innerText(), /usual 5\b/);
  chrome.assertNoErrors();
  await page.context().close();
});

test('an outage, broken JSON, a refusal and a flood become sentences, each for its own name', async () => {
  const answers = [
    { status: 503, body: '' },
    { body: '{"objectClassName":' },
    { status: 403, body: '' },
    { body: 'x'.repeat(3 << 20) },
    { status: 404, body: '{}' },
  ];
  let turn = 0;
  const { page } = await scanned(() => answers[turn++ % answers.length]);
  const tab = await openTab(page);
  await on(tab, 'registration');
  const listed = await steps(tab);
  await tab.locator('#send').click();
  await answered(tab, listed.length);
  const rows = await tab.locator('[data-answer]').evaluateAll((all) => all.map((row) => [row.dataset.outcome, row.cells[2].textContent]));
  const expected = ['outage', 'broken', 'refused', 'too-large', 'not-registered'].slice(0, listed.length);
  assert.deepEqual(rows.map(([name]) => name).toSorted(), expected.toSorted());
  for (const [name, sentence] of rows) assert.match(sentence, /^[A-Z].+\.$/, name);
  chrome.errors.length = 0; // The console's own words on failed requests.
  await page.context().close();
});

test('a registry that points elsewhere is not followed', async () => {
  const headers = { 'access-control-allow-origin': '*', location: 'https://elsewhere.example/leak' };
  const { page, asked } = await scanned(() => ({ status: 302, headers, body: '' }));
  const tab = await openTab(page);
  await on(tab, 'registration');
  const listed = await steps(tab);
  await tab.locator('#send').click();
  await answered(tab, listed.length);
  const outcomes = await tab.locator('[data-answer]').evaluateAll((rows) => rows.map((row) => row.dataset.outcome));
  assert.deepEqual(outcomes, Array(listed.length).fill('unreachable'));
  assert.ok(asked.every(({ url: target }) => !target.includes('elsewhere.example')));
  assert.ok(chrome.foreignRequests().every((request) => !request.startsWith('CONNECT elsewhere.example')), 'nothing reached the network');
  chrome.errors.length = 0; // The browser's own words on what it refused.
  await page.context().close();
});

test('a flood and an outage of VirusTotal are sentences, and after three failures in a row the rest waits', async () => {
  const answers = [{ body: 'x'.repeat(3 << 20) }, ...Array(3).fill({ status: 503, body: '' })];
  const { page, asked } = await scanned(() => answers.shift());
  await page.locator('[data-to="findings"]').click();
  for (const at of [0, 1, 2, 3]) await choose(page, at);
  const tab = await openTab(page);
  await straight(tab);
  assert.equal((await steps(tab)).length, 4);
  await tab.locator('#send').click();
  await answered(tab, 3);
  await tab.getByText(/VirusTotal: The server has a failure of its own \(status 503\)/).waitFor();
  assert.equal(asked.filter(({ method }) => method === 'GET').length, 3);
  assert.deepEqual(await tab.locator('[data-answer]').evaluateAll((rows) => rows.map((row) => row.dataset.outcome).toSorted()), ['outage', 'outage', 'too-large']);
  await tab.locator('#resume').click();
  await answered(tab, 4);
  chrome.errors.length = 0;
  await page.context().close();
});

test('what was asked before counts in the next tab: four a minute', async () => {
  const { page, asked } = await scanned(() => ({ body: reputation(1) }));
  await page.locator('[data-to="findings"]').click();
  for (const at of [0, 1, 2, 3]) await choose(page, at);
  const tab = await openTab(page);
  await straight(tab);
  await tab.locator('#send').click();
  await answered(tab, 4);
  await tab.close();
  await choose(page, 4);
  const next = await openTab(page);
  await straight(next);
  await next.locator('#send').click();
  await next.getByText(/VirusTotal: the next question waits \d+ s for the rate/).waitFor();
  assert.equal(asked.filter(({ method }) => method === 'GET').length, 4);
  chrome.assertNoErrors();
  await page.context().close();
});

test('a 429 waits as long as it says, and cancel and resume lose nothing', async () => {
  let first = true;
  const { page, asked } = await scanned(() => {
    if (!first) return { body: reputation(1) };
    first = false;
    return { status: 429, headers: { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after', 'retry-after': '2' }, body: '{"error":{"code":"TooManyRequestsError"}}' };
  });
  const tab = await openTab(page);
  await straight(tab);
  await tab.locator('#send').click();
  await tab.getByText(/the next question waits/).waitFor();
  await tab.screenshot({ path: `${out}lookup-progress.png`, fullPage: true });
  assert.match(await tab.locator('[role=status]:visible').allInnerTexts().then((texts) => texts.join(' ')), /faster than the quota/);
  await tab.locator('#cancel').click();
  await tab.getByText('cancelled. What is left waits.').waitFor();
  const before = asked.length;
  assert.equal(await tab.locator('[data-answer]').count(), 0);
  await tab.locator('#resume').click();
  await answered(tab, 1);
  assert.ok(asked.length > before);
  const names = asked.filter(({ method }) => method === 'GET').map(({ url: target }) => target);
  assert.equal(names[0], names[1], 'the same name again');
  chrome.errors.length = 0;
  await page.context().close();
});

test('a slow answer can be cancelled, and becomes a sentence when its time is over', async () => {
  const { page } = await scanned(() => null);
  await page.context().clock.install();
  const tab = await openTab(page);
  await on(tab, 'registration');
  await tab.locator('#send').click();
  await tab.getByText('waiting for an answer').waitFor();
  await tab.locator('#cancel').click();
  await tab.locator('#resume').click();
  await tab.getByText('waiting for an answer').waitFor();
  await tab.clock.fastForward(21_000);
  await answered(tab, 1);
  const row = tab.locator('[data-answer]').first();
  assert.equal(await row.getAttribute('data-outcome'), 'slow');
  assert.match(await row.innerText(), /did not answer within 20 s/);
  chrome.errors.length = 0;
  await page.context().close();
});

test('a wrong key stops the queue with a sentence', async () => {
  const { page, asked } = await scanned(() => ({ status: 401, body: '{"error":{"code":"WrongCredentialsError"}}' }));
  const tab = await openTab(page);
  await straight(tab);
  await tab.locator('#send').click();
  await tab.getByText(/did not accept the key/).first().waitFor();
  assert.equal(asked.filter(({ method }) => method === 'GET').length, 1);
  chrome.errors.length = 0;
  await page.context().close();
});

test('a relay is asked by name alone, and one that is not there is a sentence', async () => {
  const bodies = [];
  const relay = http.createServer((request, response) => {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-allow-headers', 'content-type');
    let body = '';
    request.on('data', (part) => { body += part; });
    request.on('end', () => {
      if (request.method !== 'POST') return response.writeHead(204).end();
      bodies.push(body);
      return response.end(JSON.stringify({ host: 'www.virustotal.com', outcome: { Ok: { reputation: { malicious: 1, suspicious: 0, harmless: 9, undetected: 0, reputation: 0, categories: [], created: null, registrar: null, analysed: null } } } }));
    });
  });
  await new Promise((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${relay.address().port}`;
  const page = await chrome.newPage();
  await waitState(page, 'idle');
  await page.locator('[data-sample="three-tunnels"]').click();
  await waitState(page, 'done');
  const tab = await openTab(page);
  await on(tab, 'reputation');
  await tab.locator('#relay').fill(address);
  await tab.locator('#relay').blur();
  const listed = await steps(tab);
  await tab.locator('#send').click();
  await answered(tab, Math.min(4, listed.length));
  assert.deepEqual(bodies.map((body) => JSON.parse(body)), listed.slice(0, bodies.length).map(([subject]) => ({ service: 'reputation', subject })));
  await new Promise((resolve) => {
    relay.close(resolve);
    relay.closeAllConnections();
  });
  await page.context().close();
  const again = await chrome.newPage();
  await waitState(again, 'idle');
  await again.locator('[data-sample="three-tunnels"]').click();
  await waitState(again, 'done');
  const lonely = await openTab(again);
  await on(lonely, 'reputation');
  await lonely.locator('#relay').fill(address);
  await lonely.locator('#relay').blur();
  await lonely.locator('#send').click();
  await lonely.getByText(/could not be reached. Start `wakeful serve`/).first().waitFor();
  chrome.errors.length = 0;
  await again.context().close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`the tab and the panel are accessible and fit 360 px, ${colorScheme}`, async () => {
    const { page } = await scanned((target) => ({ body: target.includes('virustotal') ? reputation(9) : registration(10) }), { colorScheme, viewport: { width: 360, height: 740 } });
    const tab = await openTab(page);
    await tab.setViewportSize({ width: 360, height: 740 });
    await on(tab, 'registration');
    await straight(tab);
    await tab.screenshot({ path: `${out}lookup-360-${colorScheme}.png`, fullPage: true });
    assert.deepEqual(await accessibilityProblems(tab), []);
    // Every host that is agreed to is in sight, and the table is still one to who hears it.
    const list = tab.locator('.lookup-list');
    assert.equal(await list.evaluate((box) => box.scrollWidth <= box.clientWidth), true, 'no host out of sight');
    assert.equal(await list.getByRole('row').count(), 1 + (await steps(tab)).length);
    await tab.locator('#send').click();
    await answered(tab, 6);
    assert.deepEqual(await accessibilityProblems(tab), []);
    await tab.screenshot({ path: `${out}lookup-answers-360-${colorScheme}.png`, fullPage: true });
    await page.locator('.finding-open').first().click();
    await page.locator('[data-part-of=outside]').click();
    await page.locator('.lookup-of [data-lookup="registration"]').waitFor();
    assert.deepEqual(await accessibilityProblems(page), []);
    await page.screenshot({ path: `${out}lookup-panel-360-${colorScheme}.png`, fullPage: true });
    for (const each of [tab, page]) {
      assert.equal(await each.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'no scrolling sideways');
    }
    await page.context().close();
  });
}

test('the current list of IANA is taken on request, and a broken one is not', async () => {
  const services = Array.from({ length: 150 }, (_, n) => [[`t${n}`], [`https://rdap${n}.example/`]]);
  const bodies = ['{"services":', 'x'.repeat(3 << 20), JSON.stringify({ publication: '2026-11-20T00:00:00Z', services })];
  const { page, asked } = await scanned(() => ({ body: bodies.shift() }));
  const tab = await openTab(page);
  await on(tab, 'registration');
  const update = tab.getByRole('button', { name: 'Ask IANA' });
  await update.click();
  await tab.getByText('is not a list of registries. The list that was there is kept.').waitFor();
  await update.click();
  await tab.getByText(/cut off at 1024 kB.+The list that was there is kept/).waitFor();
  await update.click();
  await tab.getByText('list of 2026-11-20T00:00:00Z is in use: 150 top-level domains').waitFor();
  // No registry of this list knows these names: with a relay it would ask by whois, without one they are named as not supported.
  await tab.waitForFunction(() => [...document.querySelectorAll('[data-step]')].every((row) => row.cells[2].textContent.includes('(the relay)')));
  await tab.locator('#relay').fill('');
  await tab.locator('#relay').blur();
  await tab.getByText('Nothing.', { exact: true }).waitFor();
  await tab.locator('details > summary').click();
  assert.match(await tab.locator('.lookup-without').innerText(), /No RDAP and no whois server is known for \.\w+: its registry cannot be asked/);
  assert.deepEqual(asked.map(({ url: target }) => target), Array(3).fill('https://data.iana.org/rdap/dns.json'));
  await page.context().close();
});
