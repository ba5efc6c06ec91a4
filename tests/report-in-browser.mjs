// Looks at results/report.html in a browser, and at the pages of other campaigns: pictures, tips and
// tables tell what the tables of runs hold; nothing overlaps, hangs over an edge or is too pale to read;
// no message in the console, no request but for the file itself.
//
//     npm install --prefix DIR playwright-core@1.64.1
//     node tests/report-in-browser.mjs DIR /usr/bin/chromium
import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const [packages, executablePath] = process.argv.slice(2);
const { chromium } = createRequire(resolve(packages, "x.js"))(
  "playwright-core",
);
const root = resolve(import.meta.dirname, "..");
const scratch = fs.mkdtempSync(join(tmpdir(), "report-"));

// ---- Campaigns, made from the committed one ----

const boom = read(`${root}/results/boom-runs.csv`);
const kowalski = read(`${root}/results/kowalski-runs.csv`);
const campaigns = {
  "the committed page": root,
  "BOOM alone": project("alone", { boom }),
  repetitions: project("repeated", {
    boom: withTroubles(repeated(boom)),
    kowalski: repeated(kowalski),
    before: repeated(boom, 0.9),
  }),
  "hostile names": project("hostile", { boom: hostile(boom), kowalski }),
  "wall times only": project("bare", {
    boom: bare(boom),
    kowalski: bare(asFastAsRubin(kowalski)),
  }),
  "2,000 configurations": project("many", { boom: many(2000), kowalski }),
};

// The tables hold no quotes, so a row is its text split at commas.
function read(file) {
  const [columns, ...rows] = fs
    .readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
  return rows.map((row) =>
    Object.fromEntries(row.map((value, i) => [columns[i], value])),
  );
}

function csv(rows) {
  const lines = [
    Object.keys(rows[0]),
    ...rows.map((row) => Object.values(row)),
  ];
  return lines.map((line) => line.join(",") + "\n").join("");
}

// A project with these runs, and its page.
function project(name, { boom, kowalski, before }, template) {
  const directory = join(scratch, name);
  for (const part of ["results", "before", "scripts"]) {
    fs.mkdirSync(join(directory, part), { recursive: true });
  }
  const files = {
    "calkit.yaml": calkitYaml(kowalski, before),
    "results/boom-runs.csv": csv(boom),
    "results/boom-progress.csv": csv(boom.flatMap(progress)),
    ...(kowalski && { "results/kowalski-runs.csv": csv(kowalski) }),
    ...(kowalski && {
      "results/kowalski-progress.csv": csv(kowalski.flatMap(progress)),
    }),
    ...(before && { "before/boom-runs.csv": csv(before) }),
    "scripts/render-report.html":
      template ?? fs.readFileSync(`${root}/scripts/render-report.html`),
  };
  for (const [file, text] of Object.entries(files))
    fs.writeFileSync(join(directory, file), text);
  fs.symlinkSync(`${root}/scripts/vendor`, join(directory, "scripts/vendor"));
  execFileSync("dotnet", ["run", `${root}/pipeline.cs`], { cwd: directory });
  return directory;
}

function calkitYaml(kowalski, before) {
  const stages = {
    "benchmark-boom": "true",
    ...(kowalski && { "benchmark-kowalski": "true" }),
    ...(kowalski && {
      "compute-factor":
        "--boom n_alert_workers=3,n_ml_workers=3,n_filter_workers=1 --kowalski n_workers=7",
    }),
    "compute-scaling": "",
    ...(before && { "compare-campaigns": "--before before" }),
    "render-report": "",
  };
  const lines = Object.entries(stages).map(([stage, options]) =>
    options === "true"
      ? `    ${stage}: {frozen: true}`
      : `    ${stage}: {command: "dotnet script '${root}/scripts/${stage}.csx' -- ${options}"}`,
  );
  const parameters = "parameters: {rubin_alerts: 10000, rubin_interval_s: 30}";
  return [parameters, "pipeline:", "  stages:", ...lines, ""].join("\n");
}

// Ten steps from the first alert to the last one.
function progress({ run, n_alerts, wall_time_s }) {
  const steps = wall_time_s ? range(1, 10) : [];
  return steps.map((i) => ({
    run,
    t_s: (wall_time_s * i) / 11,
    alerts: Math.round((n_alerts * i) / 10),
  }));
}

function range(from, to) {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

// Every run three times, the later ones some percent longer.
function repeated(runs, factor = 1) {
  return runs.flatMap((run) =>
    range(1, 3).map((repetition) => {
      const seconds = run.exact_wall_time_s * factor * 1.03 ** repetition;
      const times = {
        wall_time_s: Math.floor(seconds),
        exact_wall_time_s: seconds,
        processing_time_s: run.processing_time_s * factor * 1.03 ** repetition,
        alerts_per_s: run.n_alerts / Math.floor(seconds),
      };
      const name = `${run.run}-r=${repetition}`;
      return withArgument(
        { ...run, ...times, run: name },
        "repetition",
        repetition,
      );
    }),
  );
}

function withArgument(run, name, value) {
  const cells = Object.entries(run);
  const i = cells.findIndex(([column]) => column === "n_alerts");
  return Object.fromEntries(cells.toSpliced(i, 0, [name, value]));
}

// A run that was not read, one that is incomplete, one in doubt, one with errors; a column of one's own.
function withTroubles(runs) {
  const facts = Object.keys(runs[0]).slice(
    Object.keys(runs[0]).indexOf("n_alerts") + 1,
  );
  const nothing = Object.fromEntries(facts.map((fact) => [fact, ""]));
  const troubles = {
    4: { ...nothing, doubts: "no consumer.log" },
    7: { complete: "false", alerts_per_s: "", min_alerts_filtered: 7 },
    18: { doubts: "the clock goes back by 2 s" },
    20: { errors: 3 },
  };
  const own = (i) => ({ alerts_per_s_per_gib: i === 0 ? 0.001 : 300 + i / 8 });
  return runs.map((run, i) => ({ ...run, ...own(i), ...troubles[i] }));
}

function hostile(runs) {
  const end =
    "'><img src=x onerror=console.log(2)></script><!--<script>$&{{data}}";
  return runs.map((run) =>
    withArgument(
      { ...run, run: run.run + end, doubts: "</script><b>bold</b>" },
      "<script>console.log(1)</script>",
      "$1</script><script>console.log(3)</script>",
    ),
  );
}

function bare(runs) {
  const kept =
    /^(run|n_.*|start_time|end_time|wall_time_s|exact_wall_time_s|alerts_per_s)$/;
  return runs.map((run) => {
    const cells = Object.entries(run);
    return Object.fromEntries(
      cells.map(([column, value]) => [column, kept.test(column) ? value : ""]),
    );
  });
}

// So that the names of its line and of Rubin's would overlap.
function asFastAsRubin(runs) {
  const shortest = Math.min(...runs.map((run) => run.wall_time_s));
  return runs.map((run) => {
    const wall_time_s = Math.floor((run.wall_time_s / shortest) * 87);
    return {
      ...run,
      wall_time_s,
      exact_wall_time_s: wall_time_s,
      alerts_per_s: run.n_alerts / wall_time_s,
    };
  });
}

function many(n) {
  return Array.from({ length: n }, (_, i) => ({
    ...boom[i % boom.length],
    run: `logs/${i}`,
    n_alert_workers: 1 + (i % 10),
    n_ml_workers: 1 + (Math.floor(i / 10) % 20),
    n_filter_workers: 1 + Math.floor(i / 200),
  }));
}

// ---- What is looked at in the page ----

// Texts of a picture that overlap, what hangs over its edge, and rows squeezed to a letter a line.
function clashes() {
  const found = [];
  const boxOf = (element) => element.getBoundingClientRect();
  const overlap = (a, b) =>
    a.left + 1 < b.right &&
    b.left + 1 < a.right &&
    a.top + 1 < b.bottom &&
    b.top + 1 < a.bottom;
  for (const svg of document.querySelectorAll("figure svg[class^=plot]")) {
    const frame = boxOf(svg);
    const isInside = (box) =>
      box.left > frame.left - 1 && box.right < frame.right + 1;
    const texts = [...svg.querySelectorAll("text")].filter(
      (text) => text.textContent,
    );
    texts.forEach((text, i) => {
      for (const other of texts.slice(i + 1)) {
        if (overlap(boxOf(text), boxOf(other)))
          found.push(`${text.textContent} | ${other.textContent}`);
      }
    });
    const marks = svg.querySelectorAll(
      "[aria-label=dot] > *, [aria-label=bar] > *, [aria-label=rule] > line",
    );
    for (const element of [...texts, ...marks]) {
      if (!isInside(boxOf(element)))
        found.push(
          `over the edge: ${element.textContent || element.outerHTML}`,
        );
    }
  }
  for (const row of document.querySelectorAll("tbody tr")) {
    if (boxOf(row).height > 220) found.push(`high: ${row.textContent}`);
  }
  return found;
}

// Texts with less contrast than 4.5 to 1 to what they stand on.
function paleTexts() {
  const numbersOf = (colour) => colour.match(/[\d.]+/g).map(Number);
  const linear = (value) =>
    value <= 10 ? value / 3294 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) =>
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  function backgroundOf(element) {
    const colour = numbersOf(getComputedStyle(element).backgroundColor);
    return colour[3] === 0 && element.parentElement
      ? backgroundOf(element.parentElement)
      : colour;
  }
  function contrast(element) {
    const style = getComputedStyle(element);
    const ink = luminance(
      numbersOf(element instanceof SVGElement ? style.fill : style.color),
    );
    const paper = luminance(backgroundOf(element));
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
  }
  const hasText = (element) =>
    [...element.childNodes].some(
      (node) => node.nodeType === 3 && node.data.trim(),
    );
  const elements = [...document.querySelectorAll("main *")].filter(hasText);
  return elements
    .filter(
      (element) => element.localName !== "style" && contrast(element) < 4.5,
    )
    .map((element) => `${element.textContent}: ${contrast(element)}`);
}

// The tables of runs as the page holds them: what stands in a cell, not rounded, blanks left out.
function tablesOfRuns() {
  const tables = [
    ...document.querySelectorAll("section[aria-labelledby=runs] table"),
  ];
  const exact = (cell) => cell.title || cell.firstChild?.data || "";
  const rows = (table) => [...table.tBodies[0].rows];
  return tables.map((table) =>
    rows(table).map((row) => [...row.cells].map(exact).filter(Boolean)),
  );
}

function widths() {
  return [document.documentElement.scrollWidth, innerWidth];
}

// ---- The checks ----

async function open(browser, directory, options) {
  const page = await browser.newPage(options);
  page.messages = [];
  page.requests = [];
  page.on("console", (message) => page.messages.push(message.text()));
  page.on("pageerror", (error) => page.messages.push(error.message));
  page.on("request", (request) => page.requests.push(request.url()));
  await page.goto(`file://${directory}/results/report.html`);
  await page.waitForFunction(() =>
    [...document.querySelectorAll("figure > div:first-child")].every(
      (place) => place.firstChild,
    ),
  );
  return page;
}

async function checkLook(browser, name, directory) {
  for (const width of [1280, 390]) {
    for (const colorScheme of ["light", "dark"]) {
      const where = `${name}, ${width} pixels, ${colorScheme}`;
      const page = await open(browser, directory, {
        viewport: { width, height: 800 },
        colorScheme,
      });
      const [used, there] = await page.evaluate(widths);
      assert.ok(used <= there, `${where}: ${used} pixels wide`);
      // Of thousands of marks, some are hidden by others.
      assert.deepEqual(await page.evaluate(clashes), [], where);
      assert.deepEqual(await page.evaluate(paleTexts), [], where);
      assert.deepEqual(page.messages, [], `${where}: messages in the console`);
      assert.deepEqual(
        page.requests,
        [`file://${directory}/results/report.html`],
        `${where}: requests`,
      );
      await page.close();
    }
  }
}

// On A4 as the page asks for it.
async function checkPrint(browser, name, directory) {
  const page = await open(browser, directory, {
    viewport: { width: 1032, height: 700 },
  });
  await page.emulateMedia({ media: "print" });
  const [used, there] = await page.evaluate(widths);
  assert.ok(used <= there, `${name}, printed: ${used} pixels wide`);
  const pdf = await page.pdf({ preferCSSPageSize: true });
  assert.match(pdf.toString("latin1"), /^%PDF/);
  await page.close();
}

async function checkContent(browser, name, directory) {
  const page = await open(browser, directory, {
    viewport: { width: 390, height: 800 },
  });
  const keys = ["boom", "kowalski"].filter((key) =>
    fs.existsSync(`${directory}/results/${key}-runs.csv`),
  );
  const tables = keys.map((key) =>
    read(`${directory}/results/${key}-runs.csv`),
  );
  const all = tables.flat();
  const unread = all.filter((run) => run.wall_time_s === "");
  const incomplete = all.filter(
    (run) => run.wall_time_s && run.complete === "false",
  );

  await checkPictures(page, name, directory);
  await checkFirstScreen(page, name, [...unread, ...incomplete]);
  await checkRows(page, name, tables);
  if (name === "repetitions") await checkOwnColumn(page);
  await checkOrder(page, name, tables[0]);
  await checkPortions(page, name, tables[0]);
  for (const [selector, n] of Object.entries({
    ".unread": unread.length,
    ".incomplete": incomplete.length,
  })) {
    assert.equal(
      await page.locator(selector).count(),
      n,
      `${name}: ${selector}`,
    );
  }
  console.log(
    `${name}: ${all.length} runs, ${await page.locator("figure svg[class^=plot]").count()} pictures`,
  );
  await page.close();
}

// A configuration is a mark, where they are not too many, and the tip tells its run.
async function checkPictures(page, name, directory) {
  const scaling = read(`${directory}/results/scaling.csv`);
  const picture = page.locator(
    "section[aria-labelledby=throughputOverWorkers] figure",
  );
  const marks = picture.locator("[aria-label=dot]").first().locator("> *");
  const caption = await picture.locator("figcaption").last().innerText();
  const drawn =
    caption.match(/configurations (\d+) are drawn/)?.[1] ?? scaling.length;
  assert.equal(await marks.count(), Number(drawn), `${name}: marks`);
  assert.ok(drawn <= 500, `${name}: ${drawn} marks`);

  await marks.last().scrollIntoViewIfNeeded();
  await marks.last().hover({ force: true });
  const lines = await picture
    .locator("[aria-label=tip] tspan")
    .allTextContents();
  const tip = lines.join("\n").replaceAll("\u200b", "");
  const row = scaling.at(-1);
  assert.match(
    tip,
    row.n_runs === "1" ? /wall time \d+ s\n.*logs\// : /median of \d runs/,
    `${name}: ${tip}`,
  );

  const texts = await page.locator("figure svg text").allTextContents();
  for (const text of namesOf(directory))
    assert.ok(texts.includes(text), `${name}: no ${text}`);
  const cut = texts.filter((text) => text.includes("…"));
  assert.equal(cut.length > 0, name === "hostile names", `${name}: ${cut}`);

  const slower = page.locator("section[aria-labelledby=isItSlowerThanBefore]");
  assert.equal(
    await slower.count(),
    +(name === "repetitions"),
    `${name}: a comparison`,
  );
}

// What stands beside the lines of the first picture, and its arrow.
function namesOf(directory) {
  const names = ["BOOM", "Rubin 333"];
  if (!fs.existsSync(`${directory}/results/factor.json`)) return names;
  const factor = JSON.parse(
    fs.readFileSync(`${directory}/results/factor.json`, "utf8"),
  );
  return [
    ...names,
    "Kowalski",
    `${factor.boom_throughput_factor.toFixed(1)} ×`,
  ];
}

// What is missing stands on the first screen; that nothing is, only where that is so.
async function checkFirstScreen(page, name, missing) {
  for (const { run } of missing) {
    const box = await page
      .locator(".wrong code", { hasText: run })
      .first()
      .boundingBox();
    assert.ok(
      box.y + box.height <= 800,
      `${name}: ${run} is below the first screen`,
    );
  }
  const text = await page.locator("header").innerText();
  const isWrong = (await page.locator(".wrong").count()) > 0;
  assert.equal(
    text.includes("nothing is missing"),
    !isWrong,
    `${name}: nothing is missing`,
  );
  if (name === "repetitions") {
    assert.match(text, /\d\.\d \(95 %: \d\.\d to \d\.\d\), from 3 runs each\./);
    assert.match(text, /not read: no consumer\.log/);
  }
  if (name === "hostile names") assert.match(text, /<\/script><b>bold<\/b>/);
}

// The rows are those of the tables of runs, the first 200 of them.
async function checkRows(page, name, tables) {
  const told = await page.evaluate(tablesOfRuns);
  const exact = (value) => (isNaN(value) ? value : String(Number(value)));
  tables.forEach((runs, i) => {
    const cells = runs
      .slice(0, 200)
      .map((run) => Object.values(run).filter((value) => value !== ""));
    const expected = cells.map((row) => row.map(exact).sort());
    assert.deepEqual(
      told[i].map((row) => row.sort()),
      expected,
      `${name}: a table of runs`,
    );
  });
}

// A heading with its unit, as many decimals in each cell, and no number above 0 that is 0.
async function checkOwnColumn(page) {
  const table = page.locator("section[aria-labelledby=runs] table").first();
  const headings = await table.locator("thead th").allInnerTexts();
  const i = headings.findIndex((heading) => heading.startsWith("alerts/s/GiB"));
  const cells = await table
    .locator(`tbody tr > :nth-child(${i + 1})`)
    .allInnerTexts();
  assert.deepEqual(cells.slice(0, 4), ["<1", "300", "300", "300"]);
}

// What matters is seen without scrolling. A click on a heading sorts all rows, the enter key turns them round.
async function checkOrder(page, name, runs) {
  const table = page.locator("section[aria-labelledby=runs] table").first();
  const heading = table.getByRole("columnheader", { name: /^wall time/ });
  for (const cell of [
    heading,
    table.getByRole("columnheader", { name: "alerts/s" }).first(),
  ]) {
    const box = await cell.boundingBox();
    assert.ok(
      box.x + box.width <= 390,
      `${name}: ${await cell.innerText()} is out of sight`,
    );
  }
  const first = () =>
    table.locator("tbody tr").first().locator("td").first().innerText();
  const times = runs
    .map((run) => run.wall_time_s)
    .filter((time) => time !== "");
  await heading.getByRole("button").click();
  assert.equal(
    Number(await first()),
    Math.min(...times),
    `${name}: the shortest first`,
  );
  await page.keyboard.press("Enter");
  assert.equal(
    Number(await first()),
    Math.max(...times),
    `${name}: the longest first`,
  );
  assert.equal(await heading.getAttribute("aria-sort"), "descending", name);
}

async function checkPortions(page, name, runs) {
  const section = page.locator("section[aria-labelledby=runs]");
  const more = section.getByRole("button", { name: /show more/ }).first();
  assert.equal(await more.isVisible(), runs.length > 200, `${name}: more rows`);
  if (runs.length <= 200) return;
  await more.click();
  const rows = section.locator("table").first().locator("tbody tr");
  assert.equal(await rows.count(), 400, `${name}: 200 rows more`);
}

// Colours are those of the paper's figure.
async function checkColours(browser) {
  const figure = fs.readFileSync(`${root}/paper/figures/scaling.tex`, "utf8");
  const hex = (numbers) =>
    numbers
      .map((number) => Number(number).toString(16).padStart(2, "0"))
      .join("");
  const defined = figure.matchAll(
    /\\definecolor\{(\w+)\}\{(RGB|HTML)\}\{([^}]+)\}/g,
  );
  const expected = [...defined].map(([, name, model, value]) => {
    const digits = model === "RGB" ? hex(value.split(",")) : value;
    return [name, `#${digits.toLowerCase()}`];
  });
  const page = await open(browser, root, { colorScheme: "light" });
  const own = await page.evaluate(
    (names) => {
      const style = getComputedStyle(document.documentElement);
      return names.map((name) => [name, style.getPropertyValue(`--${name}`)]);
    },
    expected.map(([name]) => name),
  );
  assert.ok(expected.length >= 7);
  assert.deepEqual(own, expected);
  await page.close();
}

// Pictures of one's own, the README's five lines first, over a column of one's own; the page goes on behind those
// that fail.
async function checkOwnPictures(browser) {
  const [, example] = fs
    .readFileSync(`${root}/README.md`, "utf8")
    .match(/```js\n(.*?\n) *```/s);
  assert.equal(example.trimEnd().split("\n").length, 5);
  const [, shown] = example.match(/function (\w+)/);
  const place = "// A picture of your own goes here.\n";
  const template = fs.readFileSync(
    `${root}/scripts/render-report.html`,
    "utf8",
  );
  assert.ok(template.includes(place));
  const pictures = [
    example,
    dots("overRuns", "counted", "n_workers", "own"),
    dots("overConfigurations", "configurations", "own_min", "n_alert_workers"),
    'show("", broken); function broken() { return runs[0].wall_time.s; }',
    'show("", nothing); function nothing() {}',
  ];
  const edited = template.replace(place, () => place + pictures.join("\n"));
  const own = repeated(boom).map((run, i) => ({ ...run, own: i + 0.5 }));
  const directory = project("own", { boom: own, kowalski }, edited);
  const page = await open(browser, directory, {
    viewport: { width: 1280, height: 800 },
  });
  const section = (name) => page.locator(`section[aria-labelledby=${name}]`);
  const marks = (name) => section(name).locator("[aria-label=dot] > *");
  assert.ok((await marks(shown).count()) > 0);
  assert.equal(await marks("overRuns").count(), own.length);
  assert.equal(await marks("overConfigurations").count(), boom.length);

  for (const [name, why] of Object.entries({
    broken: "Cannot read properties of undefined (reading 's')",
    nothing: "it returns no picture",
  })) {
    const text = await section(name).locator("figure").innerText();
    assert.equal(text.trim(), `${name} draws nothing: ${why}`);
  }
  assert.equal(page.messages.length, 2);

  const table = section("runs").locator("table").first();
  const headings = await table.locator("thead th").allInnerTexts();
  assert.match(headings[3], /^own/);
  assert.match(headings[4], /^sustained/);
  const columns = section("runs").locator("table").last().locator("thead th");
  assert.match(await columns.nth(3).innerText(), /^sustained/);
  await page.close();
}

function dots(name, rows, x, y) {
  const mark = `Plot.dot(${rows}, { x: "${x}", y: "${y}" })`;
  return `show("", ${name}); function ${name}() { return Plot.plot({ marks: [${mark}] }); }`;
}

async function checkWithoutJavaScript(browser) {
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(`file://${root}/results/report.html`);
  assert.match(
    await page.locator("body").innerText(),
    /results\/boom-runs\.csv/,
    "without JavaScript",
  );
  await page.close();
}

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
for (const [name, directory] of Object.entries(campaigns)) {
  await checkContent(browser, name, directory);
  await checkLook(browser, name, directory);
  await checkPrint(browser, name, directory);
}
await checkColours(browser);
await checkOwnPictures(browser);
await checkWithoutJavaScript(browser);
await browser.close();
fs.rmSync(scratch, { recursive: true });
