// The engine in a worker of its own: Python, the round's files in memory, one question at a time.
// A classic worker made from a blob. Pyodide refuses to run in one unless `importScripts` fails, which is all that it
// asks; what it would fetch is given to it from memory, so that nothing is ever asked of a network.
self.importScripts = () => { throw new Error("none"); };

const HOME = "/desk";
const parts = {};
let python = null;
let inside = null;
let most = Infinity; // bytes of memory that the engine may have at this moment

// Who asks for more is told that there is none, as on a machine that has no more: Python raises MemoryError then.
const grow = WebAssembly.Memory.prototype.grow;
WebAssembly.Memory.prototype.grow = function (pages) {
  if (this.buffer.byteLength + pages * 65536 > most) throw new RangeError("memory");
  return grow.call(this, pages);
};

/** Return what a part of the page unpacks to, as it comes. */
function unpacked(name, kind) {
  if (!(name in parts)) throw new TypeError(`nothing is fetched: ${name}`);
  return new Response(new Blob([parts[name]]).stream().pipeThrough(new DecompressionStream("gzip")), { headers: { "content-type": kind } });
}

async function bytes(name) {
  return new Uint8Array(await unpacked(name, "").arrayBuffer());
}

self.fetch = async (where) => {
  const name = String(where?.url ?? where).split("/").pop();
  return unpacked(name, name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream");
};

const LOADER = [ // Pyodide would wait for the memory before it compiles, and takes one over only if it has room for it
  ["`${e.indexURL}pyodide.asm.mjs`", "self.compiled"],
  ["let a=Ae(r,s,t)", "let a=Ae(r,await self.memory,t)"],
  ["s=i.restoreSnapshot(t)", "s=self.takenOver(e,t)"],
];

async function start(given) {
  Object.assign(parts, given.parts);
  self.memory = bytes("memory.bin");
  // addresses of blobs cannot be imported where a page comes from disk; those of data can
  self.compiled = module(await bytes("pyodide.asm.mjs"));
  let own = await unpacked("pyodide.mjs", "").text();
  for (const [theirs, ours] of LOADER) own = own.replace(theirs, ours);
  const { loadPyodide } = await import(module(new TextEncoder().encode(own)));
  python = await loadPyodide({ indexURL: "memory://engine/", env: { HOME: "/home" }, stdout: () => {}, stderr: () => {}, _loadSnapshot: new Uint8Array(64) });
  delete self.memory;
  unpack(await bytes("site.zip"), "/site");
  for (const name of Object.keys(parts)) delete parts[name];
  python.FS.mkdirTree(HOME);
  // where the engine was made it drew its chance
  inside = python.runPython(`import random\nrandom.seed()\nfrom xlperf.desk.inside import Inside\nInside("${HOME}")`);
  return {};
}

/** Put memory in place as it was when the engine was made, see compile.mjs; returns what Pyodide kept beside it. */
function takenOver(engine, data) {
  const view = new DataView(data.buffer);
  const [size, length] = [view.getUint32(0, true), view.getUint32(4, true)];
  engine.HEAP8.fill(0, engine.___heap_base);
  engine._emscripten_resize_heap(size);
  for (let at = 8 + length; at < data.length; ) {
    const [to, long] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    engine.HEAPU8.set(data.subarray(at + 8, at + 8 + long), to);
    at += 8 + long;
  }
  return JSON.parse(new TextDecoder().decode(data.subarray(8, 8 + length)));
}
self.takenOver = takenOver;

/** Lay the files of a zip that holds them as they are; Python itself would take ten times as long for it. */
function unpack(zip, to) {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const made = new Set();
  for (let at = 0; view.getUint32(at, true) === 0x04034b50; ) { // the header of a file
    const [size, named, more] = [view.getUint32(at + 18, true), view.getUint16(at + 26, true), view.getUint16(at + 28, true)];
    const file = `${to}/${new TextDecoder().decode(zip.subarray(at + 30, at + 30 + named))}`;
    const folder = file.slice(0, file.lastIndexOf("/"));
    if (!made.has(folder)) python.FS.mkdirTree(folder);
    made.add(folder);
    at += 30 + named + more;
    python.FS.writeFile(file, zip.subarray(at, at + size));
    at += size;
  }
}

function module(data) {
  let text = "";
  for (let i = 0; i < data.length; i += 32768) text += String.fromCharCode(...data.subarray(i, i + 32768));
  return `data:text/javascript;base64,${btoa(text)}`;
}

function put({ path, data, time }) {
  const file = `${HOME}/${path}`;
  python.FS.mkdirTree(file.slice(0, file.lastIndexOf("/")));
  python.FS.writeFile(file, data);
  if (time) python.FS.utime(file, time, time);
}

const answers = {
  start,
  /** Forget all files and take these. */
  files({ files }) {
    python.runPython(`import shutil, pathlib\nfor at in pathlib.Path("${HOME}").iterdir():\n    shutil.rmtree(at) if at.is_dir() else at.unlink()`);
    files.forEach(put);
    inside = python.runPython(`Inside("${HOME}")`);
    const found = changes(); // a ledger whose last entries stood in a file beside it
    inside.known();
    return found;
  },
  /** Take in what others did to the folder. */
  others({ changed, gone }) {
    changed.forEach(put);
    inside.others(python.toPy(changed.map((file) => file.path)), python.toPy(gone));
    return {};
  },
  ask({ action, words, language, number, lost = [] }) {
    const report = (done, total, text) => self.postMessage({ number, at: [done, total, text] });
    const begun = (job, seconds, memory) => {
      most = memory ? python._module.HEAP8.length + memory : Infinity;
      self.postMessage({ number, job, time: seconds * 1000 });
    };
    try {
      const answer = JSON.parse(inside.ask(action, JSON.stringify(words), language, report, begun, JSON.stringify(lost)));
      return { answer, looked: inside.looks(action), ...changes() };
    } finally {
      most = Infinity;
    }
  },
  file({ path }) {
    return { data: python.FS.readFile(`${HOME}/${path}`) };
  },
  known() {
    inside.known();
    return {};
  },
};

function changes() {
  const found = inside.changes();
  const [changed, removed, recorded] = found.toJs();
  found.destroy();
  return { changed: changed.map((path) => [path, python.FS.readFile(`${HOME}/${path}`)]), removed, recorded };
}

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ number: data.number, done: await answers[data.what](data) });
  } catch (fault) {
    // a fault that is none of Python's leaves no engine behind
    self.postMessage({ number: data.number, fault: String(fault?.message ?? fault), died: data.what === "ask" && fault?.name !== "PythonError" });
  }
};
