// Looks at results/report.html in a browser, and at the pages of other sweeps: as many marks and rows
// as runs, what is missing on the first screen, the figure's colours, sorting, pointing, no message in the
// console, no request but for the file itself.
//
//     npm install --prefix DIR playwright-core
//     node tests/report-in-browser.mjs DIR /usr/bin/chromium
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [packages, executablePath] = process.argv.slice(2);
const { chromium } = createRequire(resolve(packages, 'x.js'))('playwright-core');
const root = resolve(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'report-'));

// The tables hold no quotes, so a row is its text split at commas.
const read = file => readFileSync(file, 'utf8').trimEnd().split('\n').map(line => line.split(','));
const [header, ...runs] = read(`${root}/results/boom-runs.csv`);
const kowalski = readFileSync(`${root}/results/kowalski-runs.csv`, 'utf8');
const column = name => header.indexOf(name);
const changed = (run, values) => run.map((value, i) => values[header[i]] ?? value);
const withoutLogs = run => run.map((value, i) => i <= column('n_alerts') ? value : '');

// A project with these runs of BOOM, and its page.
function project(name, boom, otherFiles = {}) {
  const directory = join(scratch, name);
  for (const part of ['results', 'scripts']) mkdirSync(join(directory, part), { recursive: true });
  for (const file of ['calkit.yaml', 'scripts/render-report.html']) cpSync(join(root, file), join(directory, file));
  const files = { 'results/boom-runs.csv': boom.map(row => row.join(',') + '\n').join(''), ...otherFiles };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
  const run = (script, ...options) =>
    execFileSync('dotnet', ['run', `${root}/pipeline.cs`, '--', `${root}/scripts/${script}.csx`, ...options], { cwd: directory });
  if ('results/kowalski-runs.csv' in otherFiles)
    run('compute-factor', '--boom', 'n_alert_workers=3,n_ml_workers=3,n_filter_workers=1', '--kowalski', 'n_workers=7');
  else
    writeFileSync(join(directory, 'calkit.yaml'), read(`${root}/calkit.yaml`).join('\n').replaceAll('-kowalski', '-none'));
  run('compute-scaling');
  run('render-report');
  return directory;
}

// The times of a run that took so many seconds more.
function longer(run, seconds) {
  const [end, wallTime, alerts] = ['end_time', 'wall_time_s', 'n_alerts'].map(name => run[column(name)]);
  const later = new Date(Date.parse(`${end.slice(0, 19)}Z`) + seconds * 1000).toISOString();
  return {
    end_time: later.slice(0, 19) + end.slice(19), wall_time_s: +wallTime + seconds, exact_wall_time_s: +wallTime + seconds + .1,
    alerts_per_s: alerts / (+wallTime + seconds),
  };
}

const both = { 'results/kowalski-runs.csv': kowalski };
const blank = { startup_s: '', complete: '', kafka_alerts_per_s: '', kafka_mb_per_s: '', processing_time_s: '', idle_tail_s: '' };
const projects = {
  'the committed page': root,
  'BOOM alone': project('alone', [header, ...runs]),
  'repetitions': project('repetitions', [
    header.toSpliced(4, 0, 'repetition'),
    ...runs.flatMap(run => [1, 2, 3].map(i =>
      changed(run, { run: `${run[0]}-r=${i}`, ...longer(run, i) }).toSpliced(4, 0, i))),
  ], both),
  'a missing run': project('missing', [header, ...runs.map((run, i) => i === 2 ? withoutLogs(run) : run)], both),
  'incomplete runs, missing facts': project('incomplete', [
    header,
    ...runs.map((run, i) => changed(run, i % 5 === 0 ? { complete: 'false', alerts_per_s: '', errors: 3 } : i % 5 === 1 ? blank : {})),
  ], both),
  'hostile names': project('hostile', [
    header.toSpliced(1, 0, '<script>console.log(1)</script>'),
    ...runs.map(run => changed(run, { run: `${run[0]}'><img src=x onerror=console.log(2)>`, errors: 1 })
      .toSpliced(1, 0, '<script>console.log(3)</script>')),
  ], both),
  '500 runs': project('many', [
    header,
    ...Array.from({ length: 500 }, (_, i) => changed(runs[i % runs.length], {
      run: `logs/${i}`, n_alert_workers: 1 + i % 10, n_ml_workers: 1 + Math.floor(i / 10) % 10, n_filter_workers: 1 + Math.floor(i / 100),
    })),
  ], both),
};

// The colours of the paper's figure, which are the page's.
const hex = numbers => numbers.map(number => (+number).toString(16).padStart(2, '0')).join('');
const figure = readFileSync(`${root}/paper/figures/scaling.tex`, 'utf8');
const colours = [...figure.matchAll(/\\definecolor\{\w+\}\{(RGB|HTML)\}\{([^}]+)\}/g)]
  .map(([, model, value]) => `#${model === 'RGB' ? hex(value.split(',')) : value}`.toLowerCase());

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
for (const [name, directory] of Object.entries(projects)) {
  const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
  const messages = [], requests = [];
  page.on('console', message => messages.push(message.text()));
  page.on('pageerror', error => messages.push(error.message));
  page.on('request', request => requests.push(request.url()));
  await page.goto(`file://${directory}/results/report.html`);

  const tables = ['boom', 'kowalski'].filter(key => key === 'boom' || name !== 'BOOM alone')
    .map(key => read(`${directory}/results/${key}-runs.csv`));
  const all = tables.flatMap(([titles, ...rows]) => rows.map(row => Object.fromEntries(titles.map((title, i) => [title, row[i]]))));
  const missing = all.filter(run => run.wall_time_s === ''), incomplete = all.filter(run => run.complete === 'false');
  const marks = all.length - missing.length - incomplete.length, isWrong = name !== 'BOOM alone'; // no dask_cluster.log
  for (const [selector, n] of Object.entries({
    'table.runs tbody tr': all.length, '.point': marks, '.incomplete': incomplete.length, '.missing': missing.length,
    '.wrong': +isWrong, '#repetitions': +(name === 'repetitions'),
  })) assert.equal(await page.locator(selector).count(), n, `${name}: ${selector}`);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390, `${name}: as wide as the screen`);

  // What is missing stands on the first screen; that nothing is, only where that is so.
  for (const { run } of missing) {
    const box = await page.locator('.wrong code', { hasText: run }).first().boundingBox();
    assert.ok(box.y + box.height <= 800, `${name}: ${run} is below the first screen`);
  }
  const text = await page.locator('main').innerText();
  assert.equal(text.includes('no fact is missing'), !isWrong, `${name}: no fact is missing`);
  assert.equal(text.includes('one run each'), name !== 'repetitions', `${name}: one run each`);
  if (name === 'the committed page') assert.match(await page.locator('header').innerText(), /One run each\./);

  const own = await page.evaluate(() => ['--c0', '--c1', '--c2', '--c3', '--c4', '--kowalski']
    .map(property => getComputedStyle(document.documentElement).getPropertyValue(property).trim().toLowerCase()));
  assert.deepEqual(own.filter(colour => !colours.includes(colour)), [], `${name}: colours that the figure does not have`);

  // Every mark lies in the picture, and tells its run by mouse and keys.
  const frame = await page.locator('#chart').boundingBox();
  for (const box of await page.locator('.point use').evaluateAll(uses => uses.map(use => use.getBoundingClientRect().toJSON())))
    assert.ok(box.left >= frame.x && box.right <= frame.x + frame.width, `${name}: a mark is outside`);
  await page.locator('.point').first().focus();
  await page.keyboard.press('ArrowRight');
  const tip = page.locator('#tip'), labels = await page.locator('.point').evaluateAll(points => points.map(point => point.ariaLabel));
  assert.equal(await tip.innerText(), labels[1].replaceAll('; ', '\n'), `${name}: the arrow key`);
  await page.locator('.point').last().hover({ force: true });
  const words = await tip.innerText(), told = all.find(run => words.endsWith(`\n${run.run}`));
  assert.ok(words.includes(`wall time ${told?.wall_time_s} s, `), `${name}: ${words}`);

  // What matters is seen without scrolling. The fastest run comes first after a click on the heading, the slowest after the enter key.
  const table = page.locator('table.runs').first(), heading = table.getByRole('columnheader', { name: /^wall time/ });
  for (const cell of [heading, table.getByRole('columnheader', { name: 'alerts/s' }).first()]) {
    const box = await cell.boundingBox();
    assert.ok(box.x + box.width <= 390, `${name}: ${await cell.innerText()} is out of sight`);
  }
  const first = () => table.locator('tbody tr').first().locator('td').first().innerText();
  const times = tables[0].slice(1).map(row => row[tables[0][0].indexOf('wall_time_s')]).filter(time => time !== '').map(Number);
  await heading.getByRole('button').click();
  assert.deepEqual([+await first(), await heading.getAttribute('aria-sort')], [Math.min(...times), 'ascending'], name);
  await page.keyboard.press('Enter');
  assert.deepEqual([+await first(), await heading.getAttribute('aria-sort')], [Math.max(...times), 'descending'], name);
  assert.deepEqual(messages, [], `${name}: messages in the console`);
  assert.deepEqual(requests, [`file://${directory}/results/report.html`], `${name}: requests`);
  console.log(`${name}: ${all.length} runs, ${marks} marks`);
  await page.close();
}
const plain = await browser.newPage({ javaScriptEnabled: false });
await plain.goto(`file://${root}/results/report.html`);
assert.match(await plain.locator('body').innerText(), /results\/boom-runs\.csv/, 'without JavaScript');
await browser.close();
rmSync(scratch, { recursive: true });
