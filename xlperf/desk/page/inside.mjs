// The engine inside the file: the folder is read into memory, every answer's changes are written back in an order that
// a cut at any point does not harm, and a ledger that somebody else has moved meanwhile is read again instead.
import { Lost } from "desk/call";
import { button, el, fill } from "desk/dom";
import { language, say } from "desk/words";

const LEDGER = "ledger.sqlite";
const SILENT = 90000; // milliseconds without a sign after which the engine is ended: a file that hangs it
const ROUND = "round.yaml";

export class Inside {
  inside = true;
  #worker = null;
  #waiting = new Map();
  #count = 0;
  #folder = null;
  #ledgers = new Map();
  #started = null;

  /** Start the engine beside what the person does: the words of the page stand in it, and the folder can be picked. */
  async ready() {
    this.#begin();
  }

  #begin() {
    this.#started = this.#start();
    this.#started.then(() => performance.mark("engine"), () => { /* told to whoever asks */ });
  }

  /** Called once the page has its words: ask for the folder. */
  async choose(place) {
    const picked = await new Promise((resolve) => {
      const picker = el("input", { type: "file", webkitdirectory: true, multiple: true, class: "hidden", id: "folder", on: { change: () => resolve([...picker.files]) } });
      const pick = async () => {
        try {
          resolve(await window.showDirectoryPicker({ id: "xlperf", mode: "readwrite" }));
        } catch (fault) {
          if (fault.name !== "AbortError") fill(said, el("p", { class: "error" }, fault.message));
        }
      };
      const said = el("div");
      const ways = window.showDirectoryPicker ? [button(say("pick_folder"), pick, { class: "main" }), el("p", {}, say("pick_hint"))] : [el("label", { for: "folder", class: "button" }, say("pick_folder")), picker, el("p", {}, say("no_picker"))];
      fill(place, el("h2", {}, say("pick_folder")), ways, said);
    });
    fill(place, el("p", { role: "status" }, say("getting_ready")));
    await this.open(picked);
  }

  /** Read a folder: a handle that can be written to, or a list of files that cannot. */
  async open(folder) {
    this.#folder = folder;
    const files = Array.isArray(folder) ? await listed(folder) : await walked(folder);
    this.#ledgers = new Map();
    for (const file of files) if (file.path.endsWith(LEDGER)) this.#ledgers.set(file.path, await digest(file.data));
    await this.#send("files", { files });
  }

  async ask(action, words = {}, at = () => {}, number = "") {
    if (action === "texts") return { data: JSON.parse(document.getElementById("texts").textContent)[language], failed: false, problems: [] };
    const { answer, changed, removed } = await this.#send("ask", { action, words, language }, at, number);
    if (changed.length || removed.length) {
      if (!(await this.#write(changed, removed))) {
        await this.open(this.#folder);
        return { data: null, failed: true, problems: [{ code: "MOVED", severity: "warning", where: {}, message: say("moved_on"), remedy: say("retry") }] };
      }
      await this.#send("known", {});
    }
    return answer;
  }

  async drop(round, file) {
    const data = new Uint8Array(await file.arrayBuffer());
    let text = "";
    for (let i = 0; i < data.length; i += 32768) text += String.fromCharCode(...data.subarray(i, i + 32768));
    return this.ask("drop", { round, name: file.name, data: btoa(text) });
  }

  /** End what goes on: nothing of it was written back, so the folder stands as it did. */
  async end() {
    this.#worker.terminate();
    for (const { fail } of this.#waiting.values()) fail(new Lost(say("retry")));
    this.#waiting.clear();
    this.#begin();
    await this.open(this.#folder);
  }

  async file(round, name) {
    return new Blob([(await this.#send("file", { path: round ? `${round}/${name}` : name })).data]);
  }

  async #start() {
    const parts = await unpacked();
    this.#worker = new Worker(URL.createObjectURL(new Blob([parts["worker.mjs"]], { type: "text/javascript" })));
    this.#worker.onmessage = ({ data }) => this.#heard(data);
    this.#worker.onerror = (fault) => { for (const { fail } of this.#waiting.values()) fail(new Lost(fault.message)); };
    const given = Object.fromEntries(Object.entries(parts).filter(([name]) => name !== "worker.mjs"));
    await this.#post("start", { parts: given });
    this.#post("warm", {}); // reads the rest of the engine while the person looks for the folder
  }

  async #send(what, words, at = () => {}, number = "") {
    await this.#started;
    return this.#post(what, words, at, number);
  }

  #post(what, words, at = () => {}, number = "") {
    const key = number || `own${++this.#count}`;
    return new Promise((resolve, fail) => {
      this.#waiting.set(key, { resolve, fail, at, timer: this.#watch(what) });
      this.#worker.postMessage({ what, ...words, number: key });
    });
  }

  /** End the engine where it gives no sign for too long. */
  #watch(what) {
    return what === "ask" ? setTimeout(() => this.end(), SILENT) : 0;
  }

  #heard({ number, done, fault, at }) {
    const waiting = this.#waiting.get(number);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    if (at) {
      waiting.at(...at);
      waiting.timer = this.#watch("ask");
      return;
    }
    this.#waiting.delete(number);
    if (fault) waiting.fail(new Lost(fault));
    else waiting.resolve(done);
  }

  /** Write back; false where a ledger on the disk is not the one that was read. */
  async #write(changed, removed) {
    if (Array.isArray(this.#folder)) return true;
    for (const [path] of changed) {
      if (!path.endsWith(LEDGER) || !this.#ledgers.has(path)) continue;
      const there = await read(this.#folder, path);
      if (!there || (await digest(there)) !== this.#ledgers.get(path)) return false;
    }
    for (const [path, data] of changed) {
      await put(this.#folder, path, data);
      if (path.endsWith(LEDGER)) this.#ledgers.set(path, await digest(data));
    }
    for (const path of removed) await gone(this.#folder, path);
    return true;
  }
}

// ---- the parts of the engine, packed into the page ----------------------------------------------

let kept = null;

function bytes(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const made = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) made[i] = binary.charCodeAt(i);
  return made;
}

async function unpacked() {
  if (kept) return kept;
  const found = await Promise.all([...document.querySelectorAll("script[data-part]")].map(async (part) => {
    const packed = bytes(part.textContent.trim());
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const data = new Uint8Array(await new Response(stream).arrayBuffer());
    part.remove();
    return [part.dataset.part, data];
  }));
  kept = Object.fromEntries(found);
  return kept;
}

// ---- a folder of the person's ---------------------------------------------------------------------

/** Read the rounds of a folder, or the folder where it is one. */
async function walked(folder) {
  const rounds = [];
  for await (const [name, handle] of folder.entries()) {
    if (handle.kind === "file" && name === ROUND) return below(folder, "");
    if (handle.kind === "directory" && (await has(handle, ROUND))) rounds.push([name, handle]);
  }
  return (await Promise.all(rounds.map(([name, handle]) => below(handle, `${name}/`)))).flat();
}

async function has(folder, name) {
  try {
    await folder.getFileHandle(name);
    return true;
  } catch {
    return false;
  }
}

async function below(folder, path) {
  const found = [];
  for await (const [name, handle] of folder.entries()) {
    if (handle.kind === "directory") found.push(...(await below(handle, `${path}${name}/`)));
    else found.push(await one(await handle.getFile(), `${path}${name}`));
  }
  return found;
}

async function listed(files) {
  return Promise.all(files.map((f) => one(f, f.webkitRelativePath.split("/").slice(1).join("/"))));
}

async function one(file, path) {
  return { path, data: new Uint8Array(await file.arrayBuffer()), time: file.lastModified };
}

async function at(folder, path, create) {
  const parts = path.split("/");
  const name = parts.pop();
  let here = folder;
  for (const part of parts) here = await here.getDirectoryHandle(part, { create });
  return [here, name];
}

async function read(folder, path) {
  try {
    const [here, name] = await at(folder, path, false);
    return new Uint8Array(await (await (await here.getFileHandle(name)).getFile()).arrayBuffer());
  } catch {
    return null;
  }
}

/** Write a file whole: the browser puts it in place only when it is closed. */
async function put(folder, path, data) {
  const [here, name] = await at(folder, path, true);
  const stream = await (await here.getFileHandle(name, { create: true })).createWritable();
  await stream.write(data);
  await stream.close();
}

async function gone(folder, path) {
  try {
    const [here, name] = await at(folder, path, false);
    await here.removeEntry(name);
  } catch { /* it is gone already */ }
}

async function digest(data) {
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", data))].map((b) => b.toString(16).padStart(2, "0")).join("");
}
