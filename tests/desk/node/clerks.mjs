// Desks as the page has them, over folders of this machine: node clerks.mjs FOLDER_MJS, a line of JSON in, one out.
//   {"do": "open", clerk, folder, memory}        read the folder into `memory`, as the page lays it before the engine
//   {"do": "write", clerk, changed, removed, cut} write back from `memory` or `from`; cut: the step before which it ends
//   {"do": "look", clerk}                         take in what others did since
//   {"do": "both", seed, writes: [{clerk, changed, removed}]}  several at once, their steps in an order drawn by the seed
import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { DiskFolder } from "./disk.mjs";

const { Folder } = await import(pathToFileURL(resolve(process.argv[2])).href);

class Cut extends Error {}

const clerks = new Map();

async function open({ clerk, folder, memory }) {
  const made = { memory, steps: 0, gate: async () => {} };
  made.folder = new Folder(new DiskFolder(folder, (what, path) => made.gate(what, path)));
  clerks.set(clerk, made);
  rmSync(memory, { recursive: true, force: true });
  mkdirSync(memory, { recursive: true });
  lay(made, await made.folder.read());
  return {};
}

function lay({ memory }, files) {
  for (const { path, data, time } of files) {
    mkdirSync(dirname(join(memory, path)), { recursive: true });
    writeFileSync(join(memory, path), data);
    utimesSync(join(memory, path), time / 1000, time / 1000);
  }
}

async function look({ clerk }) {
  const made = clerks.get(clerk);
  const { changed, gone } = await made.folder.look();
  lay(made, changed);
  gone.forEach((path) => rmSync(join(made.memory, path), { force: true }));
  return { changed: changed.map((file) => file.path), gone };
}

function given(made, changed) {
  return changed.map((path) => [path, new Uint8Array(readFileSync(join(made.memory, path)))]);
}

/** Write back; `cut` ends the desk as a power cut does: nothing of it happens any more from that step on. */
async function write({ clerk, changed, removed, cut = -1, from = "" }) {
  const made = clerks.get(clerk);
  let steps = 0;
  made.gate = async () => {
    if (cut >= 0 && steps >= cut) throw new Cut();
    steps += 1;
  };
  try {
    return { written: await made.folder.write(given(from ? { memory: from } : made, changed), removed), steps };
  } catch (fault) {
    if (fault instanceof Cut) return { cut: true, steps };
    return { refused: fault.code ?? String(fault.stack), file: fault.file, lock: fault.lock };
  }
}

/** Return random numbers below a limit, the same for a seed. */
function drawn(seed) {
  let state = seed + 1;
  return (limit) => {
    state = (state * 48271) % 2147483647;
    return state % limit;
  };
}

/** Several write at once; before each of their steps as many steps of the others pass as the seed draws. */
async function both({ seed, writes }) {
  const draw = drawn(seed);
  return { found: await Promise.all(writes.map(async ({ clerk, changed, removed }) => {
    const made = clerks.get(clerk);
    made.gate = async () => {
      for (let left = draw(6); left > 0; left -= 1) await new Promise((go) => { setImmediate(go); });
    };
    try {
      return { written: await made.folder.write(given(made, changed), removed) };
    } catch (fault) {
      return { refused: fault.code ?? String(fault.stack) };
    } finally {
      made.gate = async () => {};
    }
  })) };
}

const works = { open, look, write, both };
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await works[asked.do](asked))}\n`);
}
