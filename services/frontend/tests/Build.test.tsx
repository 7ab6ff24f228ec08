import { expect, test } from "bun:test";
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type Answers, json, list, problem, visitAsOwner } from "./backend";
import { build, STEPS, summary, trial } from "./records";

const BUILD = "/api/v1/builds/7";
const TRIALS = "/api/v1/trials?build=7&limit=20";
const BUILDS = "/api/v1/builds?image=backend&limit=200";

function open(answers: Answers, address = "/builds/7") {
  return visitAsOwner(address, {
    [BUILD]: json(build()),
    [BUILDS]: list(),
    [TRIALS]: list(),
    ...answers,
  });
}

test("a build tells what it is", async () => {
  open({});

  await screen.findByRole("heading", { level: 1, name: "backend v1.2.3" });
  for (const text of ["0f0f0f0", "123 MB", "12.3 s", "3 of 9 steps cached", "registry"]) {
    expect(screen.getByText(text)).toBeTruthy();
  }
  expect(screen.getByText(`sha256:${"ab".repeat(32)}`)).toBeTruthy();
});

test("the time line shows each step where it ran", async () => {
  open({ [BUILD]: json(build({ steps: STEPS })) });

  const table = await screen.findByRole("table", { name: /^Steps in the order/ });
  const headers = within(table).getAllByRole("rowheader");
  expect(headers.map((header) => header.textContent)).toEqual([
    "build 1WORKDIR /app",
    "build 2RUN uv sync",
    "runtime 1COPY --from=build /app /app",
  ]);
  const sync = within(table).getByRole("row", { name: /uv sync/ });
  const bar = sync.querySelector<HTMLElement>(".span");
  expect([bar?.style.left, bar?.style.width]).toEqual(["10.000%", "40.000%"]);
  expect(within(sync).getByText("4.0 s")).toBeTruthy();
  expect(within(table).getByRole("row", { name: /WORKDIR.*cached/ })).toBeTruthy();
});

test("what the builder did besides is shown on demand", async () => {
  open({ [BUILD]: json(build({ steps: STEPS })) });
  await screen.findByText("RUN uv sync");
  expect(screen.queryByText("load build definition") === null).toBe(true);

  await userEvent.click(screen.getByLabelText("Show what the builder did besides (1 step)"));

  expect(screen.getByText("load build definition")).toBeTruthy();
});

test("a build without steps says so", async () => {
  open({});

  expect(await screen.findByText("No steps were recorded with this build")).toBeTruthy();
});

test("a broken promise is told with expected, found, what to do and the evidence", async () => {
  open({ [TRIALS]: list(trial()), "/api/v1/trials/6b00761eba7483": json(trial()) });

  const finding = (await screen.findByRole("heading", { level: 3 })).closest("article");
  expect(finding?.textContent).toContain("listens-as-promised");
  for (const text of [
    "network.listen",
    "8000 and nothing else",
    "9090 as well",
    "take the listener out",
    "tcp LISTEN 0.0.0.0:9090",
  ]) {
    expect(finding?.textContent).toContain(text);
  }
  expect(screen.getByText("1 passed, 1 failed, 1 skipped · strict")).toBeTruthy();
  expect(screen.getByText("skipped: the engine has no cgroups")).toBeTruthy();
  expect(screen.getByText("becomes-healthy")).toBeTruthy();
});

test("an older trial can be chosen, and its address is its own", async () => {
  const kept = trial({ run: "older", verdict: "kept", failed: 0, report: {} });
  const { history } = open({
    [TRIALS]: list(trial(), kept),
    "/api/v1/trials/6b00761eba7483": json(trial()),
    "/api/v1/trials/older": json(kept),
  });
  const runs = await screen.findByRole("list", { name: "Trials of this build, newest first" });

  await userEvent.click(within(runs).getByRole("link", { name: /kept/ }));

  expect(await screen.findByText("1 passed, 0 failed, 1 skipped · strict")).toBeTruthy();
  expect(history.location.search).toBe("?trial=older");
});

test("a build that was not tried says so", async () => {
  open({});

  expect(await screen.findByText("This build was not tried yet")).toBeTruthy();
});

test("components are listed, and narrowed by name in the address", async () => {
  const sbom = { state: "done", components: 2, error: null } as const;
  const item = { name: "openssl", version: "3.0.17", type: "library", purl: null };
  const { history } = open({
    [BUILD]: json(build({ sbom })),
    "/api/v1/builds/7/components?limit=50": list(item, { ...item, name: "zlib1g" }),
    "/api/v1/builds/7/components?name=open&limit=50": list(item),
  });
  await screen.findByText("zlib1g");

  await userEvent.type(screen.getByLabelText("Narrow the components by name"), "open");

  await waitFor(() => expect(screen.queryByText("zlib1g") === null).toBe(true));
  expect(screen.getByText("openssl")).toBeTruthy();
  expect(history.location.search).toBe("?component=open");
});

test.each([
  ["none", "No SBOM was recorded for this build"],
  ["waiting", "The SBOM has come and waits to be read. This page looks again by itself."],
  ["failed", "The SBOM could not be read."],
] as const)("an SBOM in the state %s says so", async (state, text) => {
  open({ [BUILD]: json(build({ sbom: { state, components: null, error: "no JSON" } })) });

  expect(await screen.findByText(text)).toBeTruthy();
});

test("what changed since the build before is told", async () => {
  const before = summary({ id: 5, describe: "v1.2.2" });
  open({
    [BUILDS]: list(summary({ id: 9 }), summary(), before),
    "/api/v1/builds/7/comparison?with=5": json({
      from: before,
      to: summary(),
      size: { from: 1, to: 1_500_001, difference: 1_500_000 },
      packages: {
        added: [{ name: "orjson", version: "3.11", type: "library" }],
        removed: [],
        changed: [{ name: "openssl", type: "library", from: "3.0.16", to: "3.0.17" }],
      },
      findings: { new: [{ check: "listens-as-promised" }], gone: [] },
    }),
  });

  const title = await screen.findByRole("heading", { name: "Since v1.2.2" });
  const section = within(title.closest("section") as HTMLElement);
  expect(await section.findByText("+1.5 MB")).toBeTruthy();
  expect(section.getByText("1 added, 0 removed, 1 changed")).toBeTruthy();
  expect(section.getByText("1 new one: listens-as-promised")).toBeTruthy();
});

test.each(["/builds/7", "/builds/x"])("%s that is no build is not found", async (address) => {
  open({ [BUILD]: problem(404, "There is no build 7.") }, address);

  await screen.findByRole("heading", { level: 1, name: "Not found" });
});

test("a digest leads to its build", async () => {
  const digest = `sha256:${"ab".repeat(32)}`;
  const { history } = open(
    { [`/api/v1/builds?digest=${encodeURIComponent(digest)}&limit=1`]: list(summary()) },
    `/digests/${digest}`,
  );

  await screen.findByRole("heading", { level: 1, name: "backend v1.2.3" });
  expect(history.location.pathname).toBe("/builds/7");
});
