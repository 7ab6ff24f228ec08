import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstLoad, weigh } from "../scripts/first-load";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "first-load-"));
  const page =
    '<link rel="stylesheet" crossorigin href="/assets/a.css"><script type="module" src="/assets/a.js"></script>';
  await Bun.write(join(folder, "index.html"), page);
  await Bun.write(join(folder, "assets/a.css"), "p{}");
  await Bun.write(
    join(folder, "assets/a.js"),
    'import{x as y}from"./b.js";import "./c.js";const z=()=>import("./late.js");',
  );
  await Bun.write(
    join(folder, "assets/b.js"),
    'import"./a.js";export const x=1;export*from"./d.js"',
  );
  for (const name of ["c", "d", "late"]) {
    await Bun.write(join(folder, `assets/${name}.js`), "1");
  }
});
afterEach(() => rm(folder, { recursive: true }));

test("what is imported at the top counts, what is loaded later does not", async () => {
  const files = await firstLoad(folder);
  expect(files.sort()).toEqual([
    "assets/a.css",
    "assets/a.js",
    "assets/b.js",
    "assets/c.js",
    "assets/d.js",
    "index.html",
  ]);
});

test("each file is weighed as it travels", async () => {
  await Bun.write(join(folder, "zeros.js"), "0".repeat(100_000));
  const weight = await weigh(folder, ["zeros.js", "assets/c.js"]);
  expect(weight).toBeGreaterThan(50);
  expect(weight).toBeLessThan(1000);
});

async function budget(): Promise<{ code: number; told: string }> {
  const script = join(import.meta.dir, "../scripts/budget.ts");
  const run = Bun.spawn(["bun", script, folder], { stdout: "pipe", stderr: "pipe" });
  const told = (await new Response(run.stdout).text()) + (await new Response(run.stderr).text());
  return { code: await run.exited, told };
}

test("a first load that is too heavy ends the build", async () => {
  expect((await budget()).code).toBe(0);
  const noise = crypto.getRandomValues(new Uint8Array(60_000));
  await Bun.write(join(folder, "assets/d.js"), `"${Array(5).fill(noise.toHex()).join("")}"`);
  await Bun.write(join(folder, "assets/c.js"), crypto.getRandomValues(new Uint8Array(65_000)));
  for (const name of ["e", "f", "g"]) {
    await Bun.write(
      join(folder, `assets/${name}.js`),
      crypto.getRandomValues(new Uint8Array(65_000)),
    );
  }
  await Bun.write(join(folder, "assets/b.js"), 'import"./e.js";import"./f.js";import"./g.js"');

  const { code, told } = await budget();

  expect(code).toBe(1);
  expect(told).toContain("the first load weighs");
});
