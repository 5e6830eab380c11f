// Loads the program into the look-up tab.
//
// In: index.html beside it, whose links name the styles of this build; the tab's own program, which has
// the same name in every build and is asked for anew. Out: a running tab. Must not know: what is looked up.

const PROGRAM = "wakeful-lookup-tab";

class LoadError extends Error {}

async function get(address, integrity) {
  const response = await fetch(address, integrity ? { integrity } : { cache: "no-cache" });
  if (!response.ok) throw new LoadError(`a file of the build answered ${response.status}`);
  return response;
}

/** The attributes of the links in a document's text. */
function links(text) {
  return [...text.matchAll(/<link\b([^>]*)>/g)].map(([, inside]) =>
    Object.fromEntries([...inside.matchAll(/([\w-]+)\s*=\s*"([^"]*)"/g)].map(([, name, value]) => [name, value])));
}

// No policy covers calls between browsers and new windows, and nothing here needs them.
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "RTCDataChannel", "open"]) {
  Object.defineProperty(globalThis, name, { value: undefined, writable: false, configurable: false });
}

async function boot() {
  const all = links(await (await get("index.html")).text());
  for (const { href, integrity } of all.filter(({ rel }) => rel === "stylesheet")) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href, integrity: integrity ?? "" }));
  }
  // What is imported comes from the cache, which this brings up to date.
  await get(`${PROGRAM}.js`);
  const [glue, wasm] = await Promise.all([
    import(new URL(`${PROGRAM}.js`, document.baseURI).href),
    get(`${PROGRAM}_bg.wasm`).then((response) => response.arrayBuffer()),
  ]);
  await glue.default({ module_or_path: await WebAssembly.compile(wasm) });
}

boot().catch((error) => {
  document.getElementById("app").hidden = true;
  document.getElementById("broken").hidden = false;
  document.getElementById("broken-report").textContent = `${error?.name}: ${error?.message}`;
});
