// Compile the engine with the Python that will run it: node compile.mjs PYODIDE SITE.zip OUT.zip
// Sources are left out then: what starts the page is read once and never compiled there.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodide, site, out] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(resolve(pyodide, "pyodide.mjs")).href);
const python = await loadPyodide({ indexURL: resolve(pyodide) });
python.unpackArchive(new Uint8Array(readFileSync(site)), "zip", { extractDir: "/site" });
python.runPython(`
import compileall, io, pathlib, py_compile, zipfile
root = pathlib.Path("/site")
assert compileall.compile_dir(
    root, legacy=True, quiet=1, stripdir="/site", invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
)
made = io.BytesIO()
with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as out:
    for file in sorted(f for f in root.rglob("*") if f.is_file() and f.suffix != ".py"):
        out.writestr(zipfile.ZipInfo(file.relative_to(root).as_posix(), (2020, 1, 1, 0, 0, 0)), file.read_bytes())
pathlib.Path("/out.zip").write_bytes(made.getvalue())
`);
writeFileSync(out, python.FS.readFile("/out.zip"));
