// The text files below a folder.
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** A file that is there to be read. */
export interface Found {
  /** Relative to the folder. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/** A text file, once it was read. */
export interface TextFile {
  readonly name: string;
  readonly text: string;
  readonly modified: Date;
}

/** The files below a folder, sorted by name, without those in a folder that is skipped. */
export async function list(folder: string, skip: readonly string[]): Promise<Found[]> {
  const found: Found[] = [];
  const folders = [""];
  for (let current = folders.pop(); current !== undefined; current = folders.pop()) {
    for (const entry of await readdir(join(folder, current), { withFileTypes: true })) {
      const name = join(current, entry.name);
      const path = join(folder, name);
      if (entry.isDirectory() && !skip.includes(entry.name)) folders.push(name);
      else if (entry.isFile()) found.push({ name, path, bytes: (await stat(path)).size });
    }
  }
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The file's text; nothing where it is no text or cannot be read. */
export async function read(file: Found): Promise<TextFile | undefined> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readFile(file.path));
    return { name: file.name, text, modified: (await stat(file.path)).mtime };
  } catch {
    return undefined;
  }
}
