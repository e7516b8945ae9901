// A parent in Node, on the published @procwire/core: `node parent.mjs <worker> <folder>`.
import { ModuleManager } from "@procwire/core";
import { CountedModule } from "./count.mjs";

const [worker, folder] = process.argv.slice(2);
if (!folder) throw new Error("usage: node parent.mjs <worker> <folder>");

const start = performance.now();
const line = (who, text) => console.log(`${(performance.now() - start).toFixed(1).padStart(8)} ms  ${who}  ${text}`);
const call = (text, kind = "") => line("node parent ──▶ worker", `${text.padEnd(30)}  ${kind}`.trimEnd());
const answer = (text) => line("node parent ◀── worker", text);
const event = (text) => line("node parent ◀╌╌ worker", text);

// What a promise fails with.
const failure = (promise) =>
  promise.then(
    () => Promise.reject(new Error("this should have failed")),
    (error) => error,
  );

const library = new CountedModule("library")
  .executable(worker)
  .method("index", { response: "ack" })
  .method("search", { response: "stream", cancellable: true })
  .method("summary", { response: "result" })
  .method("log", { response: "none" })
  .event("progress");
const manager = new ModuleManager();
manager.register(library);

call("starts the worker");
await manager.spawn();
answer("is ready");

call("log(Info, ..)", "none");
await library.send("log", { level: "Info", text: "the Node parent is here" });

call('summary("README.md")', "result");
const early = await failure(library.send("summary", { file: "README.md" }));
answer(`declared error: ${early.data.data.type}`);

call("index(folder)", "ack");
const indexed = new Promise((resolve) => {
  library.onEvent("progress", ({ done, total }) => {
    event(`progress: ${done} of ${total} files`);
    if (done === total) resolve();
  });
});
const plan = await library.send("index", { folder, skip: ["target", "node_modules", ".git"] });
answer(`acknowledged: ${plan.files} files, ${plan.bytes} bytes`);
await indexed;

call('search("procwire", limit = 3)', "stream");
for await (const hit of library.stream("search", { pattern: "procwire", ignore_case: true, limit: 3 })) {
  answer(`item: ${hit.file}:${hit.line}: ${hit.text.slice(0, 50)}`);
}
answer("end");

call('summary("README.md")', "result");
const summary = await library.send("summary", { file: "README.md" });
answer(`result: ${summary.lines} lines, ${summary.words} words`);

call('search("(")', "stream");
const wrong = await failure(library.stream("search", { pattern: "(" }).next());
answer(`declared error: ${wrong.data.data.type}, ${wrong.data.data.reason}`);

call('search("e")', "stream");
const leaving = new AbortController();
const hits = library.stream("search", { pattern: "e" }, { signal: leaving.signal });
await hits.next();
answer("item, and many more to come");
leaving.abort();
call("abort");
await hits.return();
// The connection is as good as before.
await library.send("summary", { file: "README.md" });

call("shutdown");
await manager.shutdown();
answer("has ended");
console.log(`node parent: ${library.read.frames} frames read, ${library.written.frames} frames written`);
