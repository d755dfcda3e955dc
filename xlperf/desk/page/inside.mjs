// The engine inside the file: the folder is read into memory, every answer's changes are written back in an order that
// a cut at any point does not harm, and a ledger that somebody else has moved meanwhile is read again instead.
import { Lost } from "desk/call";
import { button, el, fill } from "desk/dom";
import { problems } from "desk/desk";
import { Folder, Refusal, refusal } from "desk/folder";
import { language, say } from "desk/words";

const SILENT = 90000; // milliseconds without a sign after which the engine is ended
const NEEDED = ["DecompressionStream", "WebAssembly", "Worker"]; // what a browser that is too old lacks
const SLOWER = 3; // times as long as the program on this machine that a job may take here

/** Raised where the engine gave no sign for too long, or died. */
class Hung extends Lost {}

export class Inside {
  inside = true;
  name = ""; // of the folder that was picked
  #worker = null;
  #waiting = new Map();
  #count = 0;
  #folder = null;
  #started = null;
  #queue = Promise.resolve();
  #stale = false; // what the engine has is not what stands in the folder
  #first = null; // what is written back before anything else: a ledger put together
  #job = 0; // the job of a question that the engine is at, from 1
  #read = () => {};

  /** Start the engine beside what the person does: the words of the page stand in it, and the folder can be picked. */
  async ready() {
    this.#begin();
  }

  #begin() {
    this.#started = this.#start();
    this.#started.then(() => performance.mark("engine"), () => { /* told to whoever asks */ });
  }

  /** Called once the page has its words: ask for the folder, again where it cannot be read. */
  async choose(place) {
    for (let why = NEEDED.every((name) => name in globalThis) ? null : el("p", { class: "error", role: "alert" }, say("too_old")); ; ) {
      const picked = await this.#picked(place, why);
      const said = el("p", { role: "status" }, say("getting_ready"));
      this.#read = (done, total) => { said.textContent = `${say("getting_ready")} ${done}/${total}`; };
      fill(place, said);
      try {
        await this.open(picked);
        return;
      } catch (fault) {
        why = await this.#told(refusal(fault, ""));
      }
    }
  }

  /** Return why a folder could not be opened, for a person to read. */
  async #told(fault) {
    this.#folder = null;
    if (!(fault instanceof Refusal)) return el("p", { class: "error", role: "alert" }, fault.message);
    return problems((await this.#send("ask", refused(fault))).answer.problems);
  }

  #picked(place, why) {
    return new Promise((resolve) => {
      const picker = el("input", { type: "file", webkitdirectory: true, multiple: true, class: "hidden", id: "folder", on: { change: () => resolve([...picker.files]) } });
      const pick = async () => {
        try {
          resolve(await window.showDirectoryPicker({ id: "xlperf", mode: "readwrite" }));
        } catch {
          fill(said, el("p", { class: "error", role: "alert" }, say("not_picked")));
        }
      };
      const said = el("div");
      const ways = window.showDirectoryPicker ? [button(say("pick_folder"), pick, { class: "main" }), el("p", {}, say("pick_hint"))] : [el("label", { for: "folder", class: "button" }, say("pick_folder")), picker, el("p", {}, say("no_picker"))];
      fill(place, el("h2", {}, say("pick_folder")), why, ways, said);
    });
  }

  /** Read a folder: a handle that can be written to, or a list of files that cannot. */
  async open(picked) {
    this.#folder = Array.isArray(picked) ? picked : new Folder(picked);
    this.name = Array.isArray(picked) ? picked[0]?.webkitRelativePath.split("/")[0] : picked.name;
    await this.#reread();
  }

  async #reread() {
    this.#stale = false;
    if (!this.#folder) return;
    const files = Array.isArray(this.#folder) ? await listed(this.#folder) : await this.#folder.read((done, total) => this.#read(done, total));
    this.#first = await this.#send("files", { files });
  }

  /** Take in what others, or the person in another program, did to the folder since; returns whether a ledger moved. */
  look() {
    return this.#inTurn(async () => {
      if (!this.#folder || Array.isArray(this.#folder)) return false;
      const { changed, gone, recorded } = await this.#folder.look();
      if (changed.length || gone.length) await this.#send("others", { changed, gone });
      return recorded;
    });
  }

  /** Ask the engine. seen: nothing is done where others did something that the person has not seen. */
  async ask(action, words = {}, at = () => {}, number = "", seen = false) {
    if (seen && (await this.look())) return moved();
    if (action === "texts") return { data: JSON.parse(document.getElementById("texts").textContent)[language], failed: false, problems: [] };
    return this.#inTurn(() => this.#asked(action, words, at, number));
  }

  /** One question after the other: an answer is written back before the next one is looked for. */
  #inTurn(work) {
    const done = this.#queue.then(async () => {
      if (this.#stale) await this.#reread();
      return work();
    });
    this.#queue = done.catch(() => { /* told to whoever asked */ });
    return done;
  }

  async #asked(action, words, at, number) {
    const { answer, changed, removed, recorded, looked } = await this.#worked(action, words, at, number);
    if (Array.isArray(this.#folder) || !(changed.length || removed.length)) return answer;
    try {
      const begin = this.#first;
      this.#first = null;
      const begun = !begin?.changed.length || (await this.#folder.write(begin.changed, begin.removed));
      if (begun && await this.#folder.write(changed, removed, (done, total) => at(done, total, say("writing_back")))) {
        await this.#send("known", {});
        return answer;
      }
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      const told = (await this.#send("ask", refused(fault))).answer;
      if (recorded) await this.#reread();
      return recorded && !looked ? told : { ...answer, problems: [...answer.problems, ...told.problems] }; // what was worked out is shown
    }
    await this.#reread();
    return moved();
  }

  /** Let the engine answer; a job that hangs or kills it is given up, and the question asked again without it. */
  async #worked(action, words, at, number) {
    for (const lost = []; ; ) {
      this.#job = 0;
      try {
        return await this.#send("ask", { action, words, language, lost }, at, number);
      } catch (fault) {
        this.#stale = true; // the engine may have stopped in the middle of it
        if (!(fault instanceof Hung) || !this.#job || lost.includes(this.#job)) throw fault;
        lost.push(this.#job);
        await this.#reread();
      }
    }
  }

  async drop(round, file) {
    const data = new Uint8Array(await file.arrayBuffer());
    let text = "";
    for (let i = 0; i < data.length; i += 32768) text += String.fromCharCode(...data.subarray(i, i + 32768));
    return this.ask("drop", { round, name: file.name, data: btoa(text) });
  }

  /** End what goes on: nothing of it was written back, so the folder stands as it did. */
  end() {
    this.#restart(new Lost(say("stopped")));
  }

  #restart(fault) {
    this.#worker.terminate();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#stale = true;
    this.#begin();
    for (const { fail, timer } of waiting) {
      clearTimeout(timer);
      fail(fault);
    }
  }

  async file(round, name) {
    return new Blob([(await this.#send("file", { path: round ? `${round}/${name}` : name })).data]);
  }

  async #start() {
    const parts = read();
    const program = new Response(new Blob([parts["worker.mjs"]]).stream().pipeThrough(new DecompressionStream("gzip")));
    this.#worker = new Worker(URL.createObjectURL(new Blob([await program.text()], { type: "text/javascript" })));
    this.#worker.onmessage = ({ data }) => this.#heard(data);
    this.#worker.onerror = () => this.#restart(new Hung(say("hung"))); // it has run out of memory
    const given = Object.fromEntries(Object.entries(parts).filter(([name]) => name !== "worker.mjs"));
    await this.#post("start", { parts: given });
  }

  async #send(what, words, at = () => {}, number = "") {
    await this.#started.catch((fault) => { throw new Lost(`${say("not_started")} (${fault.message})`); });
    return this.#post(what, words, at, number);
  }

  #post(what, words, at = () => {}, number = "") {
    const key = number || `own${++this.#count}`;
    return new Promise((resolve, fail) => {
      this.#waiting.set(key, { resolve, fail, at, timer: what === "ask" ? this.#watch(SILENT) : 0 });
      this.#worker.postMessage({ what, ...words, number: key });
    });
  }

  /** End the engine where it gives no sign for so long. */
  #watch(time) {
    return setTimeout(() => this.#restart(new Hung(say("hung"))), time);
  }

  #heard({ number, done, fault, died, at, job, time }) {
    const waiting = this.#waiting.get(number);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    if (job) this.#job = job;
    if (at) waiting.at(...at);
    if (at || job) {
      waiting.timer = this.#watch(time ? SLOWER * time : SILENT);
      return;
    }
    if (died) {
      this.#restart(new Hung(say("hung")));
      return;
    }
    this.#waiting.delete(number);
    if (fault) waiting.fail(new Lost(fault));
    else waiting.resolve(done);
  }
}

/** The question for the words of what the disk refused. */
function refused({ code, file, why, lock }) {
  return { action: "refused", words: { code, file, cause: why, lock }, language };
}

/** The answer where somebody else did something to the round that the person at this desk has not seen. */
function moved() {
  return { data: null, failed: true, problems: [{ code: "MOVED", severity: "warning", where: {}, message: say("moved_on"), remedy: say("retry") }] };
}

// ---- the parts of the engine, packed into the page ----------------------------------------------

let kept = null;

/** Return the bytes of a text each of whose characters holds fifteen bits, see build.py. */
function bytes(text, size) {
  const made = new Uint8Array(size);
  let [held, bits, at] = [0, 0, 0];
  for (let i = 0; i < text.length; i += 1) {
    held = ((held << 15) | (text.charCodeAt(i) - 256)) & 0x3fffff;
    bits += 15;
    while (bits >= 8) {
      bits -= 8;
      made[at] = held >> bits;
      at += 1;
    }
  }
  return made;
}

function read() {
  if (kept) return kept;
  const found = [...document.querySelectorAll("script[data-part]")];
  kept = Object.fromEntries(found.map((part) => [part.dataset.part, bytes(part.textContent, Number(part.dataset.size))]));
  found.forEach((part) => part.remove());
  return kept;
}

/** Return the files of a folder that can only be looked at. */
async function listed(files) {
  return Promise.all(files.map(async (f) => ({ path: f.webkitRelativePath.split("/").slice(1).join("/"), data: new Uint8Array(await f.arrayBuffer()), time: f.lastModified })));
}
