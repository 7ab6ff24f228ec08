import { expect, test } from "bun:test";
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { json, list, problem, visitAsOwner } from "./backend";
import { image, summary } from "./records";

const IMAGE = "/api/v1/images/backend";
const BUILDS = "/api/v1/builds?image=backend&limit=25";

test("the charts tell in words what they show", async () => {
  visitAsOwner("/images/backend", { [IMAGE]: json(image()), [BUILDS]: list() });

  const size = "Size of the last 3: 100 MB to 123 MB, now 123 MB";
  expect(await screen.findByRole("img", { name: size })).toBeTruthy();
  const time = "Build time of the last 3: 10.0 s to 20.0 s, now 12.3 s";
  expect(screen.getByRole("img", { name: time })).toBeTruthy();
});

test("every build is a row with its verdict, and tells what its size gained", async () => {
  const older = summary({ id: 6, describe: "v1.2.2", verdict: "broken", size_bytes: 120_000_000 });
  visitAsOwner("/images/backend", { [IMAGE]: json(image()), [BUILDS]: list(summary(), older) });

  const table = await screen.findByRole("table", { name: "Recorded builds, newest first" });
  const names = within(table)
    .getAllByRole("columnheader")
    .map((name) => name.textContent);
  expect(names).toEqual([
    "Build",
    "Verdict",
    "Commit",
    "Built",
    "Size",
    "Build time",
    "Components",
    "Bases",
  ]);
  const row = within(within(table).getByRole("row", { name: /v1\.2\.3/ }));
  for (const text of ["kept", "0f0f0f0", "123 MB", "+3.5 MB", "3 of 9 cached", "134", "latest"]) {
    expect(row.getByText(text)).toBeTruthy();
  }
  expect(row.getByRole("link", { name: "v1.2.3" }).getAttribute("href")).toBe("/builds/7");
  expect(within(table).getByRole("row", { name: /v1\.2\.2.*broken/ })).toBeTruthy();
});

test("older builds are added below the ones shown", async () => {
  visitAsOwner("/images/backend", {
    [IMAGE]: json(image()),
    [BUILDS]: json({ items: [summary({ describe: "newer" })], next: "b2xk" }),
    [`${BUILDS}&cursor=b2xk`]: list(summary({ id: 6, describe: "older" })),
  });

  await userEvent.click(await screen.findByRole("button", { name: "Show older builds" }));

  await waitFor(() => expect(screen.getAllByRole("rowheader")).toHaveLength(2));
  const rows = screen.getAllByRole("rowheader").map((header) => header.firstChild?.textContent);
  expect(rows).toEqual(["newer", "older"]);
  expect(screen.queryByRole("button", { name: "Show older builds" }) === null).toBe(true);
});

test("an image that nobody recorded is told in the API's words", async () => {
  visitAsOwner("/images/backend", {
    [IMAGE]: problem(404, "There is no image backend."),
    [BUILDS]: list(),
  });

  expect((await screen.findByRole("alert")).textContent).toContain("There is no image backend.");
});
