// A folder of this machine's disk as a browser gives it to a page. gate(what, path): asked before every step; what it
// raises stops there, so that a test can cut anywhere or let several take turns step by step.
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

function missing(name) {
  return new DOMException(name, "NotFoundError");
}

function state(path) {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

export class DiskFile {
  kind = "file";

  constructor(path, gate) {
    Object.assign(this, { path, gate, name: path.split("/").pop() });
  }

  async getFile() {
    await this.gate("look", this.path);
    const found = state(this.path);
    if (!found) throw missing(this.path);
    const { path, gate } = this;
    return { name: this.name, size: found.size, lastModified: Math.floor(found.mtimeMs), arrayBuffer: async () => {
      await gate("read", path);
      return new Uint8Array(readFileSync(path));
    } };
  }

  async createWritable() {
    await this.gate("begin", this.path);
    const half = `${this.path}.crswap`;
    writeFileSync(half, "");
    return {
      write: async (data) => {
        writeFileSync(half, data.subarray(0, data.length / 2));
        await this.gate("write", this.path);
        writeFileSync(half, data);
      },
      close: async () => {
        await this.gate("close", this.path);
        renameSync(half, this.path);
      },
      abort: async () => {
        await this.gate("abort", this.path);
        rmSync(half, { force: true });
      },
    };
  }
}

export class DiskFolder {
  kind = "directory";

  constructor(path, gate = async () => {}) {
    Object.assign(this, { path, gate, name: path.split("/").pop() });
  }

  async *entries() {
    await this.gate("list", this.path);
    for (const found of readdirSync(this.path, { withFileTypes: true })) {
      const path = join(this.path, found.name);
      yield [found.name, found.isDirectory() ? new DiskFolder(path, this.gate) : new DiskFile(path, this.gate)];
    }
  }

  async *keys() {
    for await (const [name] of this.entries()) yield name;
  }

  async getFileHandle(name, { create = false } = {}) {
    const path = join(this.path, name);
    if (create) await this.gate("make", path);
    if (!state(path)?.isFile()) {
      if (!create) throw missing(path);
      writeFileSync(path, "");
    }
    return new DiskFile(path, this.gate);
  }

  async getDirectoryHandle(name, { create = false } = {}) {
    const path = join(this.path, name);
    if (!state(path)?.isDirectory()) {
      if (!create) throw missing(path);
      await this.gate("folder", path);
      mkdirSync(path);
    }
    return new DiskFolder(path, this.gate);
  }

  async removeEntry(name) {
    const path = join(this.path, name);
    await this.gate("remove", path);
    if (!state(path)) throw missing(path);
    rmSync(path);
  }
}
