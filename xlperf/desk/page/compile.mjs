// Get the engine ready in advance, with the Python that will run it: node compile.mjs PYODIDE SITE.zip OUT KEPT.zip
// Written to the folder OUT: memory.bin, the memory of a Python that has begun and read what the page asks for, which the
// page takes over instead of beginning itself; site.zip and stdlib.zip, what is not read by then, compiled. Neither
// sources nor their docstrings are in them: nothing there is shown or compiled. The same files in make the same out.
// KEPT.zip holds what was compiled before, by the digest of what it was compiled from; it is made and brought up to date.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodide, site, out, kept] = process.argv.slice(2).map((path) => resolve(path));
process.argv[1] = "/engine"; // Python keeps the name it was started by; where this file lies is nobody's business
const PAGE = 256; // bytes: memory is compared by so many
const STILL = 1577836800000; // what the engine is made at, so that its memory is the same each time
Date.now = () => STILL;
performance.now = () => 0;
globalThis.crypto.getRandomValues = (some) => some.fill(7);

// Pyodide takes over the memory it is given once it has grown to its size; here it is only asked for its own
const source = readFileSync(join(pyodide, "pyodide.mjs"), "utf8").replace("s=i.restoreSnapshot(t)", "t.took(e),s={}");
if (!source.includes("t.took(e)")) throw new Error("not the Pyodide that this was written for");
const { loadPyodide: loadFresh } = await import(`data:text/javascript;base64,${Buffer.from(source).toString("base64")}`);
const { loadPyodide } = await import(pathToFileURL(join(pyodide, "pyodide.mjs")).href);
const common = { indexURL: pyodide, args: ["-X", "no_debug_ranges"], env: { HOME: "/home", PYTHONHASHSEED: "0", LANG: "C" }, stdout: () => {}, stderr: () => {} };

/** Return what memory holds before Python begins in it. */
async function fresh() {
  return new Promise((done) => {
    const given = new Uint8Array(64);
    given.took = (module) => { done(module.HEAP8.slice()); throw new Error("enough"); };
    loadFresh({ ...common, _loadSnapshot: Promise.resolve(given) }).catch(() => { /* it was told to stop */ });
  });
}

// ---- compiling -----------------------------------------------------------------------------------

const compiler = await loadPyodide(common);
compiler.FS.writeFile("/stdlib-given.zip", readFileSync(join(pyodide, "python_stdlib.zip")));
compiler.FS.writeFile("/site-given.zip", readFileSync(site));
if (existsSync(kept)) compiler.FS.writeFile("/kept.zip", readFileSync(kept));
compiler.runPython(`
import ast, hashlib, importlib.util, io, os, pathlib, re, zipfile

LEFT_OUT = re.compile(
    "(_pyrepl|_sysconfigdata|bdb|cProfile|doctest|ensurepip|ftplib|idlelib|imaplib|mailbox|multiprocessing|nntplib|pdb|"
    "pickletools|poplib|profile|pstats|pydoc|pydoc_data|smtplib|tabnanny|test|this|trace|turtle|unittest|venv|wsgiref|"
    "xmlrpc|zipapp)([./]|_|$)"
)

def bare(text, kept):
    """Return a module without docstrings; a class keeps one, for want of which some would make it up."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and not kept:
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
                if isinstance(node, ast.ClassDef):
                    first.value.value = " "
                elif len(node.body) > 1:
                    del node.body[0]  # nothing may stand before what is imported from the future
                else:
                    node.body[0] = ast.copy_location(ast.Pass(), first)
    return ast.fix_missing_locations(tree)

def kept_before():
    if not os.path.exists("/kept.zip"):
        return {}
    with zipfile.ZipFile("/kept.zip") as kept:
        return {digest: kept.read(digest) for digest in kept.namelist()}

before, now = kept_before(), {}

def code_of(data, file, whole):
    """Return a module compiled; whole: with its docstrings."""
    digest = hashlib.sha256(repr((file, whole)).encode() + data).hexdigest()
    if digest not in before:
        code = compile(bare(data, whole), file, "exec", dont_inherit=True, optimize=0)
        before[digest] = bytes(importlib._bootstrap_external._code_to_hash_pyc(code, bytes(8), False))
    now[digest] = before[digest]
    return now[digest]

def compiled(name, root, skip):
    found = {}
    with zipfile.ZipFile(f"/{name}-given.zip") as given:
        for file in given.namelist():
            if file.endswith("/") or (skip and LEFT_OUT.match(file)):
                continue
            data = given.read(file)
            if file.endswith(".py"):
                # what a rule says of itself is shown, and Pyodide copies what its own says
                data = code_of(data, f"{root}/{file}", "/rules/" in file or "pyodide/" in file)
                file = f"{file}c"
            found[file] = data
    return found

def write(name, files, but=frozenset()):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as out:
        for file in sorted(set(files) - but):
            out.writestr(zipfile.ZipInfo(file, (2020, 1, 1, 0, 0, 0)), files[file])
    pathlib.Path(f"/{name}.zip").write_bytes(made.getvalue())

def without(name, files, modules):
    """Write those files whose modules are not read yet."""
    paths = {module.replace(".", "/") for module in modules}
    write(name, files, {f"{path}{end}" for path in paths for end in (".pyc", "/__init__.pyc")})

stdlib, packages = compiled("stdlib", "/lib", True), compiled("site", "/site", False)
write("stdlib", stdlib)
write("site", packages)
write("now", now)
`);
writeFileSync(`${kept}.${process.pid}`, compiler.FS.readFile("/now.zip"));
renameSync(`${kept}.${process.pid}`, kept);
const stdlib = join(out, "stdlib.zip");
writeFileSync(stdlib, compiler.FS.readFile("/stdlib.zip"));

/** Lay the compiled packages before an engine. */
function lay(python) {
  const files = compiler.globals.get("packages").toJs({ dict_converter: (pairs) => [...pairs] });
  for (const [name, data] of files) {
    const path = `/site/${name}`;
    python.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    python.FS.writeFile(path, data);
  }
  python.runPython("import sys; sys.path.insert(0, '/site')");
}

// ---- what the page will ask for ------------------------------------------------------------------

/** Go through a round, so that all is read that it needs; returns the names of the modules. */
async function needed() {
  const python = await loadPyodide({ ...common, stdLibURL: stdlib });
  lay(python);
  return python.runPython(`
import json, pathlib, sys
from importlib import import_module
from xlperf.desk.door import ACTIONS
for where in sorted({where.partition(":")[0] for where in ACTIONS.values()}):
    import_module(f"xlperf.desk.{where}")
from xlperf.desk.inside import Inside
pathlib.Path("/desk").mkdir()
inside = Inside("/desk")
def asked(action, **words):
    answer = json.loads(inside.ask(action, json.dumps(words), "zh", lambda *_: None, lambda *_: None, "[]"))
    assert not answer["failed"], answer
    return answer["data"]
asked("home")
asked("demo", round="", scheme="three-units", name="一轮")
for action in ("steps", "check", "distribute", "status", "collect", "score", "ranking", "cells", "versions", "papers", "appeals", "readings"):
    asked(action, round="一轮")
asked("publish", round="一轮", day="2026-01-08", incomplete="试发")
line = asked("ranking", round="一轮")["lists"][0]["lines"][0]
asked("explain", round="一轮", unit=f"{line['sheet']}:{line['key']}" if line["sheet"] else line["key"])
json.dumps(sorted(name for name, module in sys.modules.items() if getattr(module, "__file__", None)))
`);
}

// ---- the memory ----------------------------------------------------------------------------------

const modules = JSON.parse(await needed());
const python = await loadPyodide({ ...common, stdLibURL: stdlib, _makeSnapshot: true });
lay(python);
const read = JSON.parse(python.runPython(`
import gc, importlib, json, random, sys, zipimport
for name in ${JSON.stringify(modules)}:
    importlib.import_module(name)
from xlperf.desk.inside import Inside
random.seed(0)  # the page draws its own; files may lie elsewhere there
sys.path_importer_cache.clear()
zipimport._zip_directory_cache.clear()
gc.collect()
json.dumps(sorted(sys.modules))
`));
compiler.globals.set("read", compiler.toPy(read));
compiler.runPython('without("stdlib", stdlib, read); without("site", packages, read)');
for (const name of ["stdlib", "site"]) writeFileSync(join(out, `${name}.zip`), compiler.FS.readFile(`/${name}.zip`));
writeFileSync(join(out, "memory.bin"), differing(python.makeMemorySnapshot(), await fresh(), python._module.___heap_base));

/** Return memory as the pieces that are not what stands there from the beginning: size, state, then start, length, bytes. */
function differing(snapshot, before, base) {
  const head = new DataView(snapshot.buffer);
  const [start, length] = [head.getUint32(4, true), head.getUint32(8, true)];
  const memory = snapshot.subarray(start);
  const same = (at) => {
    for (let i = at; i < at + PAGE; i += 1) if (memory[i] !== (i < base ? before[i] & 255 : 0)) return false;
    return true;
  };
  const pieces = [];
  for (let at = 0; at < memory.length; at += PAGE) {
    if (same(at)) continue;
    const from = at;
    while (at < memory.length && !same(at)) at += PAGE;
    pieces.push(words(from, at - from), memory.subarray(from, at));
  }
  const state = snapshot.subarray(48, 48 + length);
  return Buffer.concat([words(memory.length, state.length), state, ...pieces]);
}

function words(...numbers) {
  return new Uint8Array(new Uint32Array(numbers).buffer);
}
process.exit(0);
