// A folder that a person has picked: read, looked at again, written back. Several may work in it at once, pages and
// programs. Who writes says so by a mark in the round's folder and withdraws it where somebody else's stands there: each
// sets his own before he looks for others', so two never both go on. Nothing is written over that was not read before.
const MARK = ".writing-"; // a program's begins with .writing-program-, see rounds/turns.py
const ROUND = "round.yaml";
const LEDGER = "ledger.sqlite";
const LEFT = [/^\.writing-/, /\.crswap$/, /^~\$/, /^\.~/]; // marks, halves the browser left, what says that a file is open
const DEAD = 60000; // milliseconds after which an unchanged mark is taken for one whose owner is gone
const BEAT = 5000; // milliseconds after which who writes renews his own

/** Raised where the disk refuses. code: of a problem; file: which; lock: what says that it is open elsewhere. */
export class Refusal extends Error {
  constructor(code, file, cause = "", lock = "") {
    super(`${code} ${file}`);
    Object.assign(this, { code, file, why: cause, lock });
  }
}

const CODES = { QuotaExceededError: "DISK_FULL", NotAllowedError: "DESK_NOT_ALLOWED", NoModificationAllowedError: "FILE_DENIED", InvalidStateError: "FILE_DENIED", NotFoundError: "FILE_GONE" };

export class Folder {
  #handle;
  #seen = new Map(); // path → {time, size, digest of a ledger}
  #rounds = new Set(); // folders of rounds, "" or with a slash at the end
  #own = "";
  #beaten = 0;

  constructor(handle) {
    this.#handle = handle;
  }

  /** Read everything. at(done, total): how far. Returns [{path, data, time}]. */
  async read(at = () => {}) {
    this.#seen.clear();
    const found = new Map();
    for (;;) {
      const { changed, gone } = await this.look(at);
      changed.forEach((file) => found.set(file.path, file));
      gone.forEach((path) => found.delete(path));
      if (!changed.length && !gone.length) return [...found.values()];
    }
  }

  /** Return what is otherwise on the disk than when it was last read, once nobody writes: {changed, gone, recorded}. */
  async look(at = () => {}) {
    const there = await this.#walked();
    const changed = [];
    const other = [...there].filter(([path, file]) => !same(this.#seen.get(path), file));
    for (let i = 0; i < other.length; i += 16) {
      const taken = await Promise.all(other.slice(i, i + 16).map(([path, file]) => this.#taken(path, file)));
      changed.push(...taken.filter(Boolean));
      at(Math.min(i + 16, other.length), other.length);
    }
    const gone = [...this.#seen.keys()].filter((path) => !there.has(path));
    gone.forEach((path) => this.#seen.delete(path));
    return { changed, gone, recorded: changed.some((file) => file.path.endsWith(LEDGER)) };
  }

  /** Write back in this order; false, and nothing written, where somebody else has moved what was read. */
  async write(changed, removed, at = () => {}) {
    const paths = [...changed.map(([path]) => path), ...removed];
    const round = this.#roundOf(paths[0]);
    const fresh = await this.#enter(round);
    try {
      await this.#free(changed.map(([path]) => path));
      if (await this.#moved(round, new Map(changed), removed, fresh)) return false;
      let done = 0;
      for (const [path, data] of changed) {
        if (path.endsWith(LEDGER)) await this.#still(round);
        await this.#put(path, data);
        await this.#beat(round);
        at((done += 1), paths.length);
      }
      for (const path of removed) await this.#gone(path);
      this.#rounds.add(round);
      return true;
    } finally {
      await this.#leave(round);
    }
  }

  // ---- turns --------------------------------------------------------------------------------------

  #roundOf(path) {
    const known = [...this.#rounds].find((round) => path.startsWith(round));
    return known ?? (path.includes("/") ? path.slice(0, path.indexOf("/") + 1) : "");
  }

  /** Wait for the turn in a round's folder; returns whether somebody's who is gone was taken over. */
  async #enter(round) {
    const here = await this.#directory(round, true);
    let others = "";
    let since = 0;
    for (let taken = false; ; ) {
      this.#own = `${MARK}page-${crypto.randomUUID()}`;
      await here.getFileHandle(this.#own, { create: true });
      const found = (await marks(here)).filter((name) => name !== this.#own);
      if (!found.length) {
        this.#beaten = Date.now();
        return taken;
      }
      await erase(here, this.#own);
      if (found.join() !== others) [others, since] = [found.join(), Date.now()];
      else if (Date.now() - since > DEAD) {
        for (const name of found) await erase(here, name);
        taken = true;
      }
      await pause(50 + Math.random() * 250);
    }
  }

  async #leave(round) {
    await erase(await this.#directory(round, false), this.#own).catch(() => { /* the folder is gone */ });
  }

  async #beat(round) {
    if (Date.now() - this.#beaten < BEAT) return;
    const here = await this.#directory(round, false);
    const [before, next] = [this.#own, `${MARK}page-${crypto.randomUUID()}`];
    await here.getFileHandle(next, { create: true });
    this.#own = next;
    await erase(here, before);
    this.#beaten = Date.now();
  }

  /** Stop where somebody took this turn for one that was over: a machine that slept in the middle of it. */
  async #still(round) {
    const found = await marks(await this.#directory(round, false));
    if (found.length !== 1 || found[0] !== this.#own) throw new Refusal("LEDGER_BUSY", `${round}${LEDGER}`);
  }

  // ---- what stands in the way -----------------------------------------------------------------------

  /** Refuse where a file that would be written over is open in Excel, WPS or LibreOffice. */
  async #free(paths) {
    const listed = new Map();
    for (const path of paths) {
      const [folder, name] = split(path);
      if (!listed.has(folder)) listed.set(folder, await this.#names(folder));
      const lock = [`~$${name}`, `.~${name}`, `.~lock.${name}#`].find((n) => listed.get(folder).has(n));
      if (lock) throw new Refusal("DESK_FILE_OPEN", path, "", lock);
    }
  }

  async #names(folder) {
    const found = new Set();
    try {
      for await (const name of (await this.#directory(folder, false)).keys()) found.add(name);
    } catch (fault) {
      if (fault.name !== "NotFoundError") throw fault;
    }
    return found;
  }

  /** Return whether anything that would be written or removed, or the ledger, is not what was read. */
  async #moved(round, changed, removed, fresh) {
    const begun = this.#rounds.has(round);
    if (!begun && !fresh && (await this.#foreign(round))) throw new Refusal("FOLDER_NOT_EMPTY", round);
    for (const path of new Set([`${round}${LEDGER}`, ...changed.keys(), ...removed])) {
      const there = await this.#there(path);
      const seen = this.#seen.get(path);
      if (!there && (!seen || !changed.has(path))) continue;
      if (!there || (!seen && begun && !(await equal(there, changed.get(path)))) || (seen && !same(seen, there))) return true;
      if (seen?.digest && (await digest(await bytes(there))) !== seen.digest) return true;
    }
    return false;
  }

  /** Return whether a folder in which a round is to begin holds something of somebody else's. */
  async #foreign(round) {
    for await (const name of (await this.#directory(round, false)).keys()) if (!name.startsWith(MARK)) return true;
    return false;
  }

  // ---- single files ---------------------------------------------------------------------------------

  async #walked() {
    for (;;) {
      const [found, rounds] = await this.#swept();
      if (found) {
        this.#rounds = new Set(rounds);
        return found;
      }
      await pause(200);
    }
  }

  /** Return path → file of the rounds of the folder, or of the folder where it is one; null while somebody writes. */
  async #swept() {
    const rounds = [];
    if (await has(this.#handle, ROUND)) rounds.push(["", this.#handle]);
    else for await (const [name, handle] of this.#handle.entries()) if (handle.kind === "directory" && (await has(handle, ROUND))) rounds.push([`${name}/`, handle]);
    const found = new Map();
    for (const [path, handle] of rounds) {
      if (await this.#written(path, handle)) return [null, []];
      for (const [name, file] of await below(handle, path)) found.set(name, file);
    }
    return [found, rounds.map(([path]) => path)];
  }

  #marked = new Map(); // round → marks that stand there, since when

  /** Return whether somebody is writing in a round; marks that stand for too long count no more. */
  async #written(path, handle) {
    const found = (await marks(handle)).join();
    const [before, since] = this.#marked.get(path) ?? ["", 0];
    if (found !== before) this.#marked.set(path, [found, Date.now()]);
    return Boolean(found) && (found !== before || Date.now() - since < DEAD);
  }

  /** Read a file; null where it is being written at this moment, or held by a program that lets nobody read. */
  async #taken(path, file) {
    const data = await bytes(file).catch(() => null);
    if (!data) return null;
    this.#seen.set(path, { time: file.lastModified, size: file.size, digest: path.endsWith(LEDGER) ? await digest(data) : "" });
    return { path, data, time: file.lastModified };
  }

  async #there(path) {
    try {
      const [folder, name] = split(path);
      return await (await (await this.#directory(folder, false)).getFileHandle(name)).getFile();
    } catch (fault) {
      if (fault.name === "NotFoundError") return null;
      throw refusal(fault, path);
    }
  }

  /** Write a file whole: the browser puts it in place only when it is closed, but an empty one stands there before. */
  async #put(path, data) {
    const [folder, name] = split(path);
    let stream = null;
    let made = null;
    try {
      const here = await this.#directory(folder, true);
      if (!(await has(here, name))) made = here;
      const handle = await here.getFileHandle(name, { create: true });
      stream = await handle.createWritable();
      await stream.write(data);
      await stream.close();
      const file = await handle.getFile();
      this.#seen.set(path, { time: file.lastModified, size: file.size, digest: path.endsWith(LEDGER) ? await digest(data) : "" });
    } catch (fault) {
      await stream?.abort().catch(() => { /* it is closed */ });
      if (made) await erase(made, name).catch(() => { /* it is not there */ });
      throw refusal(fault, path);
    }
  }

  async #gone(path) {
    const [folder, name] = split(path);
    try {
      await erase(await this.#directory(folder, false), name);
    } catch (fault) {
      if (fault.name !== "NotFoundError") throw refusal(fault, path);
    }
    this.#seen.delete(path);
  }

  async #directory(path, create) {
    try {
      let here = this.#handle;
      for (const part of path.split("/").filter(Boolean)) here = await here.getDirectoryHandle(part, { create });
      return here;
    } catch (fault) {
      if (fault.name === "NotFoundError" && !create) throw fault;
      throw refusal(fault, path);
    }
  }
}

/** Return what the disk refused as a Refusal; any other fault as it is. */
export function refusal(fault, path) {
  if (fault instanceof Refusal || !(fault.name in CODES || fault instanceof DOMException)) return fault;
  return new Refusal(CODES[fault.name] ?? "FILE_FAULT", path, fault.message);
}

async function below(folder, path) {
  const files = [];
  const found = [];
  for await (const [name, handle] of folder.entries()) {
    if (LEFT.some((left) => left.test(name))) continue;
    if (handle.kind === "directory") found.push(...(await below(handle, `${path}${name}/`)));
    else files.push([`${path}${name}`, handle]);
  }
  // one that is gone between the list and the look is simply not there
  const got = await Promise.all(files.map(async ([name, handle]) => [name, await handle.getFile().catch(() => null)]));
  return [...found, ...got.filter(([, file]) => file)];
}

async function has(folder, name) {
  try {
    await folder.getFileHandle(name);
    return true;
  } catch {
    return false;
  }
}

async function marks(folder) {
  const found = [];
  for await (const name of folder.keys()) if (name.startsWith(MARK)) found.push(name);
  return found.sort();
}

async function erase(folder, name) {
  try {
    await folder.removeEntry(name);
  } catch (fault) {
    if (fault.name !== "NotFoundError") throw fault;
  }
}

function same(seen, file) {
  return seen !== undefined && seen.time === file.lastModified && seen.size === file.size;
}

async function equal(file, data) {
  const there = await bytes(file);
  return data !== undefined && there.length === data.length && there.every((byte, i) => byte === data[i]);
}

async function bytes(file) {
  return new Uint8Array(await file.arrayBuffer());
}

function split(path) {
  const at = path.lastIndexOf("/");
  return [path.slice(0, at + 1), path.slice(at + 1)];
}

function pause(time) {
  return new Promise((go) => { setTimeout(go, time); });
}

export async function digest(data) {
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", data))].map((b) => b.toString(16).padStart(2, "0")).join("");
}
