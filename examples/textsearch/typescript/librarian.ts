// The service itself.
import type { Context } from "procwire";
import { type Found, list, read, type TextFile } from "./files.js";
import { type Hit, SearchError, type TextSearchEmit, type TextSearchWorker } from "./textsearch.js";

/** How often the reading tells of its progress. */
const REPORTS = 4;

/** Knows the text files of one folder. */
export class Librarian implements TextSearchWorker {
  #index: Promise<TextFile[]> | undefined;

  async index({ folder, skip }: { folder: string; skip: readonly string[] }, cx: Context<TextSearchEmit>) {
    const found = await list(folder, skip).catch((error: Error) => {
      throw new SearchError({ type: "NoFolder", folder, reason: error.message });
    });
    // The acknowledgement goes out now; events need no call that is under way.
    this.#index = readAll(found, cx.events);
    return { files: found.length, bytes: BigInt(found.reduce((sum, file) => sum + file.bytes, 0)) };
  }

  async *search(args: { pattern: string; ignore_case: boolean; limit?: number }): AsyncGenerator<Hit> {
    const { pattern, ignore_case, limit = Number.POSITIVE_INFINITY } = args;
    const files = await this.#ready();
    const expression = compile(pattern, ignore_case);
    let hits = 0;
    try {
      for (const { name, text } of files) {
        for (const [at, line] of text.split("\n").entries()) {
          if (!expression.test(line)) continue;
          hits += 1;
          yield { file: name, line: at + 1, text: line.trimEnd() };
          if (hits === limit) return;
        }
      }
    } finally {
      // A stream that is left early, or has reached its limit, ends here.
      console.log(`worker: the search for \`${pattern}\` ended after ${hits} hits`);
    }
  }

  async summary({ file }: { file: string }) {
    const found = (await this.#ready()).find((known) => known.name === file);
    if (found === undefined) throw new SearchError({ type: "UnknownFile", value: file });
    const lines = found.text.split("\n");
    if (lines.at(-1) === "") lines.pop();
    return {
      lines: lines.length,
      words: found.text.split(/\s+/).filter((word) => word !== "").length,
      bytes: BigInt(Buffer.byteLength(found.text)),
      longest_line: lines.reduce((longest, line) => Math.max(longest, [...line].length), 0),
      modified: found.modified,
    };
  }

  log({ level, text }: { level: string; text: string }) {
    console.log(`worker: ${level}: ${text}`);
  }

  /** The index, once it is read. */
  #ready(): Promise<TextFile[]> {
    if (this.#index === undefined) throw new SearchError({ type: "NoIndex" });
    return this.#index;
  }
}

async function readAll(found: readonly Found[], events: TextSearchEmit): Promise<TextFile[]> {
  const size = Math.max(1, Math.ceil(found.length / REPORTS));
  const files: TextFile[] = [];
  for (let done = 0; done < found.length; ) {
    const part = await Promise.all(found.slice(done, done + size).map(read));
    files.push(...part.filter((file) => file !== undefined));
    done = Math.min(done + size, found.length);
    await events.progress({ done, total: found.length });
  }
  return files;
}

function compile(pattern: string, ignoreCase: boolean): RegExp {
  try {
    return new RegExp(pattern, ignoreCase ? "iu" : "u");
  } catch (error) {
    throw new SearchError({ type: "BadPattern", pattern, reason: (error as Error).message });
  }
}
