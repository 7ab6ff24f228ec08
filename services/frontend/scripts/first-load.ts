import { join } from "node:path";

/** What an import at a module's top level names; `import("…")` is loaded later and does not count. */
const IMPORT =
  /(?:^|[;}\s])(?:import|export)\s*(?:[\w*${},\s]*?from\s*)?["'](\.{0,2}\/[^"']+)["']/g;
const IN_PAGE = /<(?:script|link)\b[^>]*?\b(?:src|href)="(\/[^"]+)"/g;

/** The files that a browser reads before the page is there, as paths in `folder`, the page first. */
export async function firstLoad(folder: string): Promise<string[]> {
  const page = await Bun.file(join(folder, "index.html")).text();
  const found = new Set(["index.html"]);
  const left = [...page.matchAll(IN_PAGE)].map(([, path = ""]) => path.slice(1));
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (found.has(path)) {
      continue;
    }
    found.add(path);
    if (path.endsWith(".js")) {
      const text = await Bun.file(join(folder, path)).text();
      left.push(...[...text.matchAll(IMPORT)].map(([, to = ""]) => resolved(path, to)));
    }
  }
  return [...found];
}

/** Bytes of all the files together, each gzip'ed as nginx does it. */
export async function weigh(folder: string, files: string[]): Promise<number> {
  const sizes = files.map(async (path) => {
    const bytes = await Bun.file(join(folder, path)).bytes();
    return Bun.gzipSync(bytes, { level: 5 }).length;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function resolved(from: string, to: string): string {
  return new URL(to, `http://page/${from}`).pathname.slice(1);
}
