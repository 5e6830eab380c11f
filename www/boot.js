// Loads the program, starts the page, and shuts the line before a log can be given to it.
//
// In: the two preload links of index.html (the glue and the wasm, with their integrity), the link to the program's
// rest, and the template `later`: what charts need.
// Out: a running page, and for it `wakefulSpawnWorker()`, `wakefulCharts()` and `wakefulChartsAreHere`.
// Must not know: anything of logs.
//
// The program comes in two halves (crates/halves). The page starts with the first; the rest is asked for then, and
// put together with it when it is here. Whoever needs it earlier (a call into it, a worker, a file that is dropped)
// waits for it: a request that does not return before its answer is there.
//
// Policies only add up, so the line is shut in two steps. Once the program is here, `narrow` leaves charts'
// library as all that may still come. `shut` leaves nothing. It happens once all is here and the worker that warms
// up is done, and in any case before the page is given anything: the events that bring it come by here before the
// program sees them, and no worker that takes commands starts before. What charts need is asked for in the same moment,
// just before the policy: a request that carries something cannot be among those.
//
// A worker started from a URL takes its policy from its own response headers, and a static host
// sends none: it could fetch what it likes. One started from a `blob:` inherits the policies that
// the page has at that moment, so its text is put together here and the compiled wasm is sent to it.

const CLOSED = [
  "default-src 'none'",
  "connect-src 'none'",
  "img-src data:",
  "worker-src blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
];
// It needs no line: the wasm that is already here.
const RUN = "script-src 'wasm-unsafe-eval'";

// Whatever a user gives comes by one of these: files dropped or chosen, text pasted or typed.
const GIVING = ["drop", "paste", "beforeinput", "input", "change"];
// Where the program keeps marks (src/browser/store.rs): they name domains of logs.
const MARKS = "wakeful.marks";

// Behind the glue in the worker: takes the compiled module, and leaves the line to the program at the next message.
// What it reports of its end are names of errors and places in the wasm, no data.
const WORKER_TAIL = `
addEventListener("message", ({ data: { module, rest } }) => {
  const first = initSync({ module });
  globalThis.wakefulRest = () => rest && new WebAssembly.Instance(rest, { first });
  complete();
  addEventListener("message", () => wake(), { once: true });
}, { once: true });
addEventListener("unhandledrejection", (event) => {
  const reason = event.reason;
  const trace = reason instanceof WebAssembly.RuntimeError ? reason.stack : "";
  postMessage("Wakeful, worker: " + (reason?.name ?? "unknown error") + "\\n" + trace);
});
`;

// The only string that may become a script's address is a blob of our own.
const blobOnly = {
  createScriptURL(url) {
    if (!url.startsWith("blob:")) throw new TypeError("only a blob may be a worker");
    return url;
  },
};
const policy = globalThis.trustedTypes?.createPolicy("wakeful", blobOnly) ?? blobOnly;

class LoadError extends Error {}

async function get(link) {
  // A version cached for good by its hashed name is as good as a fresh one.
  const response = await fetch(link.href, { integrity: link.integrity });
  if (!response.ok) throw new LoadError(`${link.getAttribute("href")} answered ${response.status}`);
  return response;
}

async function compile(link) {
  const response = await get(link);
  const type = response.headers.get("content-type") ?? "";
  // Some static hosts do not know the type of .wasm; compiling while loading insists on it.
  return type.startsWith("application/wasm")
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

const restLink = document.querySelector('link[rel="wakeful-rest"]');
// What the first half exports, once it is here; the rest, compiled; whether they are one.
let first = null;
let rest = null;
let isWhole = restLink === null;

// The rest, now: nothing else happens until it is here.
function bring() {
  const request = new XMLHttpRequest();
  request.open("GET", restLink.href, false);
  // A request of this kind gives text alone: a byte a character.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  if (request.status !== 200) throw new LoadError(`${restLink.getAttribute("href")} answered ${request.status}`);
  return new WebAssembly.Module(Uint8Array.from(request.responseText, (byte) => byte.charCodeAt(0) & 0xff));
}

// The compiled rest, for a worker.
function restNow() {
  if (restLink !== null) rest ??= bring();
  return rest;
}

globalThis.wakefulRest = () => {
  if (isWhole) return;
  new WebAssembly.Instance(restNow(), { first });
  isWhole = true;
};

function add(...directives) {
  const meta = document.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = [...CLOSED, ...directives].join("; ");
  document.head.append(meta);
}

const later = [...document.getElementById("later").content.querySelectorAll("script, link")];

// The addresses, for a policy: its own separators must not stand in them.
function addresses(kind, attribute) {
  return later
    .filter((node) => node.localName === kind)
    .map((node) => new URL(node.getAttribute(attribute), document.baseURI).href.replace(/;/g, "%3B").replace(/,/g, "%2C"))
    .join(" ");
}

let isNarrow = false;

function narrow() {
  if (isNarrow) return;
  isNarrow = true;
  add(`${RUN} ${addresses("script", "src")}`, `style-src ${addresses("link", "href")}`);
}

let isShut = false;
let warming = null;
let charts = null;
// Workers that are up and wait until they are needed, one that counts and one that reads: each as what hands it out.
const STANDING_BY = 2;
const standingBy = [];

function arrive(inert) {
  const node = document.importNode(inert, true);
  // In the order in which they stand.
  if (node.localName === "script") node.async = false;
  return new Promise((resolve, reject) => {
    node.addEventListener("load", resolve);
    node.addEventListener("error", () => reject(new LoadError("their library could not be loaded")));
    document.head.append(node);
  });
}

// Asks for what charts need; all of it within this call, so that a policy that is added next finds it asked for.
function loadCharts() {
  charts ??= Promise.all(later.map(arrive)).then(
    () => {
      globalThis.wakefulChartsAreHere = true;
    },
    (error) => {
      // What is asked for after the line is shut comes from nowhere.
      if (!isShut) charts = null;
      throw error;
    },
  );
  return charts;
}

function shut() {
  if (isShut) return;
  // It comes before the line is shut, or never.
  restNow();
  narrow();
  // Who draws a chart says what is missing.
  loadCharts().catch(() => {});
  isShut = true;
  add(RUN);
  endWarming();
}

// What is given to the page waits behind this. Where the rest cannot be had, nothing is taken.
function shutFirst(event) {
  try {
    shut();
  } catch (error) {
    event.preventDefault();
    event.stopImmediatePropagation();
    fail(error);
  }
}

async function loadRest() {
  if (restLink === null || rest !== null) return;
  const compiled = await compile(restLink);
  rest ??= compiled;
}

function endWarming() {
  warming?.terminate();
  warming = null;
}

// Marks stand in the browser's storage, and words that the user once typed in an address.
function knowsSomething() {
  try {
    return location.hash.length > 1 || localStorage.getItem(MARKS) !== null;
  } catch {
    // No storage, no marks.
    return location.hash.length > 1;
  }
}

// What no policy covers (measured: WebRTC sends packets under `default-src 'none'`): calls between
// browsers, other windows, and being led to another address that carries data. No part of Wakeful
// does any of this, so the means are taken away. A navigation that a script begins is stopped where
// the browser can; the user's own (address bar, reload, back) and downloads are left alone.
const TAKEN = [
  "RTCPeerConnection",
  "webkitRTCPeerConnection",
  "RTCDataChannel",
  "open",
  // Ways to files without an event.
  "showOpenFilePicker",
  "showDirectoryPicker",
];

function shutDoors() {
  for (const name of TAKEN) {
    Object.defineProperty(globalThis, name, { value: undefined, writable: false, configurable: false });
  }
  globalThis.navigation?.addEventListener("navigate", (event) => {
    const ours = event.hashChange || event.downloadRequest !== null;
    const elsewhere = event.navigationType === "push" || event.navigationType === "replace";
    if (!ours && elsewhere && event.cancelable) event.preventDefault();
  });
}

function fail(error) {
  const what = !("WebAssembly" in globalThis)
    ? "This browser cannot run WebAssembly, which Wakeful is written in. Open the page in a current browser."
    : "A part of Wakeful could not be loaded. Reload the page. If you host it yourself, copy every file of the build and keep their names.";
  document.getElementById("app").hidden = true;
  document.getElementById("broken").hidden = false;
  document.getElementById("broken-what").textContent = what;
  document.getElementById("broken-report").textContent = `${error?.name}: ${error?.message}`;
  document.body.dataset.state = "failed";
}

// What charts' library asks of the browser when it is evaluated. The first time, the browser looks it up among its
// own data, which takes it 10 and 5 ms: here nobody waits for that.
const LOOK_UPS = [
  () => new Intl.NumberFormat(navigator.language),
  () => new Intl.DateTimeFormat().resolvedOptions(),
];

function lookUpEarly() {
  const atLeisure = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 200));
  for (const work of LOOK_UPS) atLeisure(work);
}

async function boot() {
  const glueLink = document.querySelector('link[rel="modulepreload"]');
  const wasmLink = document.querySelector('link[rel="preload"][as="fetch"]');
  const [glue, glueText, module] = await Promise.all([
    import(glueLink.href),
    get(glueLink).then((response) => response.text()),
    compile(wasmLink),
  ]);
  shutDoors();
  for (const kind of GIVING) addEventListener(kind, shutFirst, { capture: true });
  if (knowsSomething()) {
    await loadRest();
    shut();
  }
  const text = new Blob([glueText, WORKER_TAIL], { type: "text/javascript" });
  const address = policy.createScriptURL(URL.createObjectURL(text));
  const start = (name) => {
    const worker = new Worker(address, { type: "module", name });
    worker.postMessage({ module, rest: restNow() });
    return worker;
  };
  globalThis.wakefulCharts = loadCharts;
  const wake = (worker) => {
    worker.postMessage(null);
    return worker;
  };
  let isWorking = false;
  globalThis.wakefulSpawnWorker = () => {
    isWorking = true;
    shut();
    endWarming();
    return standingBy.shift()?.() ?? wake(start("wakeful"));
  };
  // One that is up before it is needed has said so by then: it is said again to who listens from now on.
  const standBy = () => {
    const worker = wake(start("wakeful"));
    let said = null;
    worker.addEventListener("message", ({ data }) => { said = data; }, { once: true });
    return () => {
      if (said !== null) queueMicrotask(() => worker.dispatchEvent(new MessageEvent("message", { data: said })));
      return worker;
    };
  };
  first = await glue.default({ module_or_path: module });
  glue.wake();
  await loadRest();
  glue.complete();
  narrow();
  if (!isWorking) {
    // It takes no commands, so nothing of a log can come to it; the program knows it by its name.
    warming = wake(start("wakeful-warming"));
    // Whatever it says, it is done. The page is shut, so that workers can come up that may take commands.
    warming.addEventListener("message", () => {
      if (isWorking) return;
      shut();
      while (standingBy.length < STANDING_BY) standingBy.push(standBy());
    }, { once: true });
  }
  lookUpEarly();
}

// Here and not in the program: it is for when the program has stopped.
document.getElementById("broken-copy").addEventListener("click", async ({ target }) => {
  const report = document.getElementById("broken-report");
  try {
    await navigator.clipboard.writeText(report.textContent);
    target.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(report);
    target.textContent = "Not allowed here: the text is selected";
  }
});

boot().catch(fail);
