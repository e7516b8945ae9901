// A parent in TypeScript: `node dist/parent.js <folder> <worker> [arguments]` starts the worker and asks it for this
// and that.
import { SearchError, TextSearchClient } from "./textsearch.js";

const [folder, worker, ...args] = process.argv.slice(2);
if (folder === undefined || worker === undefined) throw new Error("usage: parent.js FOLDER WORKER [ARGUMENTS]");

const start = performance.now();
/** Prints what was asked, and what came of it. */
function line(call: string, kind: string, answer: string) {
  const elapsed = (performance.now() - start).toFixed(1).padStart(8);
  console.log(`${elapsed} ms  ${call.padEnd(32)}${kind.padEnd(8)}${answer}`.trimEnd());
}

/** The variant of the declared error that a call fails with. */
async function declared(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof SearchError) return `declared error: ${error.data.type}`;
    throw error;
  }
  throw new Error("this should have failed");
}

const library = await TextSearchClient.spawn(worker, args);
line("spawn", "", "is ready");

await library.log({ level: "Info", text: "a parent in TypeScript is here" });
line('log(Info, "..")', "none", "");

const early = await declared(library.summary({ file: "README.md" }));
line('summary("README.md")', "result", early);

const progress = library.events.progress[Symbol.asyncIterator]();
const plan = await library.index({ folder, skip: ["target", "node_modules", ".git", ".venv", "dist"] });
line("index(folder)", "ack", `${plan.files} files, ${plan.bytes} bytes`);
for await (const { done, total } of progress) {
  line("", "event", `progress: ${done} of ${total} files`);
  if (done === total) break;
}

const hits: string[] = [];
for await (const hit of library.search({ pattern: "procwire", ignore_case: true, limit: 3 })) {
  hits.push(`${hit.file}:${hit.line}`);
}
line('search("procwire", limit 3)', "stream", `${hits.join(", ")}; end`);

const summary = await library.summary({ file: "README.md" });
line('summary("README.md")', "result", `${summary.lines} lines, ${summary.words} words`);

const wrong = library.search({ pattern: "(" })[Symbol.asyncIterator]();
line('search("(")', "stream", await declared(wrong.next()));

for await (const hit of library.search({ pattern: "e" })) {
  line('search("e")', "stream", `${hit.file}:${hit.line}; abort`);
  break;
}
// The connection is as good as before.
await library.summary({ file: "README.md" });

await library.shutdown();
line("shutdown", "", "has ended");
const counts = library.peer.counts();
console.log(`parent: ${counts.framesRead} frames read, ${counts.framesWritten} frames written`);
