import { queryOptions } from "@tanstack/react-query";

/** What the server of this page tells about itself. */
export interface Server {
  /** The commit that this page was built from; null where the image has no stamp. */
  describe: string | null;
  /** A spoke speaks to its hub with a key of its own: nobody need sign in. */
  mode: "hub" | "spoke";
}

const UNKNOWN: Server = { describe: null, mode: "hub" };

/** Never fails: the page works without its stamp, and asks who is there where it does not know. */
export const server = queryOptions({
  queryKey: ["server"],
  queryFn: () => readServer().catch(() => UNKNOWN),
  staleTime: Number.POSITIVE_INFINITY,
});

async function readServer(): Promise<Server> {
  const response = await fetch("/healthz", { cache: "no-store" });
  const told: unknown = response.ok ? await response.json() : null;
  return {
    describe: textAt(told, "version", "describe"),
    mode: textAt(told, "wired", "mode") === "spoke" ? "spoke" : "hub",
  };
}

function textAt(value: unknown, ...path: string[]): string | null {
  let found = value;
  for (const name of path) {
    found = found !== null && typeof found === "object" ? Reflect.get(found, name) : undefined;
  }
  return typeof found === "string" ? found : null;
}
