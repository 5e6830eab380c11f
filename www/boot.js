// Loads the program, shuts the line, starts the page.
//
// In: the two preload links of index.html (the glue and the wasm, with their integrity).
// Out: a running page, and `wakefulSpawnWorker()` for it.
// Must not know: anything of logs.
//
// A worker started from a URL takes its policy from its own response headers, and a static host
// sends none: it could fetch what it likes. One started from a `blob:` inherits the policies of
// the page, so its text is put together here and the compiled wasm is sent to it.

// Policies only add up: with this one in the document, neither the page nor a worker started
// from it can reach any address, its own host included. It allows what needs no line: running
// the wasm that is already here, and workers from a blob.
const LOCK = [
  "default-src 'none'",
  "connect-src 'none'",
  "script-src 'wasm-unsafe-eval'",
  "img-src data:",
  "worker-src blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

// Behind the glue in the worker: takes the compiled module, then leaves the line to the program.
// What it reports of its end are names of errors and places in the wasm, no data.
const WORKER_TAIL = `
addEventListener("message", (event) => initSync({ module: event.data }), { once: true });
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

function lock() {
  const meta = document.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = LOCK;
  document.head.append(meta);
}

// What no policy covers (measured: WebRTC sends packets under `default-src 'none'`): calls between
// browsers, other windows, and being led to another address that carries data. No part of Wakeful
// does any of this, so the means are taken away. A navigation that a script begins is stopped where
// the browser can; the user's own (address bar, reload, back) and downloads are left alone.
function shutDoors() {
  for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "RTCDataChannel", "open"]) {
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

async function boot() {
  const glueLink = document.querySelector('link[rel="modulepreload"]');
  const wasmLink = document.querySelector('link[rel="preload"][as="fetch"]');
  const [glue, glueText, module] = await Promise.all([
    import(glueLink.href),
    get(glueLink).then((response) => response.text()),
    compile(wasmLink),
  ]);
  lock();
  shutDoors();
  const text = new Blob([glueText, WORKER_TAIL], { type: "text/javascript" });
  const address = policy.createScriptURL(URL.createObjectURL(text));
  globalThis.wakefulSpawnWorker = () => {
    const worker = new Worker(address, { type: "module", name: "wakeful" });
    worker.postMessage(module);
    return worker;
  };
  await glue.default({ module_or_path: module });
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
