// Real logs, dropped on the page: the known tunnel first, no alert where there is none.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { data, dropFiles, findings, launch, waitState } from './harness.mjs';

const ALERTS = ['medium', 'high', 'critical'];
/** Captures of tunnels, and the registered domain that each ran under. */
const TUNNELS = [
  ['malicious/ggyggy/derived_iodine-cname', 'ggy666.tk'],
  ['malicious/ggyggy/derived_dnscat2-txt_00001_20230903183304', 'ggy666.tk'],
  ['malicious/netrack_dns2tcp/derived_learn.netrack.github.com', 'hidemyself.org'],
  ['malicious/dmachard/derived_iodine', 'biillpi.com'],
  ['malicious/korving/dns2tcp_c2_coredns_key_no', 'example.attack'],
];
const QUIET = ['benign/rita_proxy_rolling', 'benign/zed-sample-data_wrccdc2018', 'benign/zat_json2019', 'benign/rita_proxy'];

const skip = data('INVENTORY.md') === null && 'the labelled logs are not at hand (WAKEFUL_DATA)';
let chrome;

before(async () => {
  chrome = await launch();
});
after(async () => {
  await chrome?.close();
});

async function scan(paths) {
  const page = await chrome.newPage();
  await waitState(page, 'idle');
  await dropFiles(page, paths);
  await waitState(page, 'done');
  return page;
}

for (const [folder, domain] of TUNNELS) {
  test(`the tunnel in ${folder} is the first finding`, { skip }, async () => {
    const page = await scan(data(folder));
    const [first] = await findings(page);
    assert.deepEqual([first?.severity, first?.domain], ['critical', domain]);
    await page.locator('.finding-open').first().click();
    await page.waitForSelector('.records tbody tr');
    assert.ok((await page.locator('.records').innerText()).includes(domain));
    chrome.assertNoErrors();
    chrome.assertNoForeignRequests();
    await page.context().close();
  });
}

for (const folder of QUIET) {
  test(`there is no alert in ${folder}`, { skip }, async () => {
    const page = await scan(data(folder));
    const alerts = (await findings(page)).filter(({ severity }) => ALERTS.includes(severity));
    assert.deepEqual(alerts, []);
    chrome.assertNoErrors();
    chrome.assertNoForeignRequests();
    await page.context().close();
  });
}

test('a tunnel and a network dropped together: the tunnel is first', { skip }, async () => {
  const page = await scan([data('benign/rita_proxy_rolling'), data('malicious/dmachard/derived_dnscat2')]);
  const [first] = await findings(page);
  assert.deepEqual([first?.severity, first?.domain], ['critical', 'biillpi.com']);
  chrome.assertNoForeignRequests();
});
