// A parent in Node, on the published @procwire/core: `node parent.mjs <folder> <worker> [arguments]`.
import { ModuleManager } from "@procwire/core";
import { CountedModule } from "./count.mjs";

const [folder, worker, ...args] = process.argv.slice(2);
if (!worker) throw new Error("usage: node parent.mjs FOLDER WORKER [ARGUMENTS]");

const start = performance.now();
// Prints what was asked, and what came of it.
function line(call, kind, answer) {
  const elapsed = (performance.now() - start).toFixed(1).padStart(8);
  console.log(`${elapsed} ms  ${call.padEnd(32)}${kind.padEnd(8)}${answer}`.trimEnd());
}

// The variant of the declared error that a call fails with.
async function declared(call) {
  const error = await call.then(
    () => Promise.reject(new Error("this should have failed")),
    (error) => error,
  );
  return `declared error: ${error.data.data.type}`;
}

const library = new CountedModule("library")
  .executable(worker, args)
  .method("index", { response: "ack" })
  .method("search", { response: "stream", cancellable: true })
  .method("summary", { response: "result" })
  .method("log", { response: "none" })
  .event("progress");
const manager = new ModuleManager();
manager.register(library);

await manager.spawn();
line("spawn", "", "is ready");

await library.send("log", { level: "Info", text: "a parent on @procwire/core is here" });
line('log(Info, "..")', "none", "");

line('summary("README.md")', "result", await declared(library.send("summary", { file: "README.md" })));

const events = [];
const indexed = new Promise((resolve) => {
  library.onEvent("progress", ({ done, total }) => {
    events.push(`progress: ${done} of ${total} files`);
    if (done === total) resolve();
  });
});
const plan = await library.send("index", { folder, skip: ["target", "node_modules", ".git", ".venv", "dist"] });
line("index(folder)", "ack", `${plan.files} files, ${plan.bytes} bytes`);
await indexed;
for (const event of events) line("", "event", event);

const hits = [];
for await (const hit of library.stream("search", { pattern: "procwire", ignore_case: true, limit: 3 })) {
  hits.push(`${hit.file}:${hit.line}`);
}
line('search("procwire", limit 3)', "stream", `${hits.join(", ")}; end`);

const summary = await library.send("summary", { file: "README.md" });
line('summary("README.md")', "result", `${summary.lines} lines, ${summary.words} words`);

line('search("(")', "stream", await declared(library.stream("search", { pattern: "(" }).next()));

const leaving = new AbortController();
const many = library.stream("search", { pattern: "e" }, { signal: leaving.signal });
const { value: hit } = await many.next();
leaving.abort();
await many.return();
line('search("e")', "stream", `${hit.file}:${hit.line}; abort`);
// The connection is as good as before.
await library.send("summary", { file: "README.md" });

await manager.shutdown();
line("shutdown", "", "has ended");
console.log(`parent: ${library.read.frames} frames read, ${library.written.frames} frames written`);
