import { expect, test } from "bun:test";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "../src/App";
import { BUILDS, build, type Call, fakeBackend, json, LOGIN, problem, TOKEN } from "./backend";

async function signIn(password = "secret") {
  await userEvent.type(screen.getByLabelText("Username"), "owner");
  await userEvent.type(screen.getByLabelText("Password"), password);
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
}

async function openBuilds(answers: Parameters<typeof fakeBackend>[0]): Promise<Call[]> {
  const calls = fakeBackend({ [LOGIN]: [json(TOKEN)], ...answers });
  render(<App />);
  await signIn();
  await screen.findByRole("heading", { name: "Builds" });
  return calls;
}

test("signing in sends the credentials and lists builds with the token", async () => {
  const calls = await openBuilds({ [BUILDS]: [json({ items: [build()], next: null })] });

  const row = await screen.findByRole("row", { name: /^backend/ });
  for (const text of ["0f0f0f0", "123 MB", "12.3 s", "3 of 9 cached", "registry", "1.2.3"]) {
    expect(within(row).getByText(text)).toBeTruthy();
  }
  expect(within(row).queryByText("0f".repeat(20))).toBeNull();
  expect(calls).toEqual([
    {
      path: LOGIN,
      method: "POST",
      authorization: null,
      body: { username: "owner", password: "secret" },
    },
    { path: BUILDS, method: "GET", authorization: "Bearer abc", body: null },
  ]);
});

test("the columns have names that are headers of the table", async () => {
  await openBuilds({ [BUILDS]: [json({ items: [build()], next: null })] });

  const table = await screen.findByRole("table", { name: "Recorded builds, newest first" });
  const names = within(table).getAllByRole("columnheader");
  expect(names.map((name) => name.textContent)).toEqual([
    "Image",
    "Tags",
    "Commit",
    "Built",
    "Size",
    "Duration",
    "Bases",
  ]);
});

test("the token is kept in no store", async () => {
  await openBuilds({ [BUILDS]: [json({ items: [build()], next: null })] });
  await screen.findByRole("table");

  expect(localStorage.length + sessionStorage.length).toBe(0);
  expect(document.cookie).toBe("");
});

test("a wrong password is told and leaves the form in place", async () => {
  fakeBackend({ [LOGIN]: [problem(401, "The username or the password is wrong.")] });
  render(<App />);

  await signIn("wrong");

  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toBe("The username or the password is wrong.");
  expect(screen.getByRole("button", { name: "Sign in" })).toBeTruthy();
});

test("a backend that is away is told at the form", async () => {
  fakeBackend({ [LOGIN]: [new TypeError("Failed to fetch")] });
  render(<App />);

  await signIn();

  expect((await screen.findByRole("alert")).textContent).toContain("cannot be reached");
});

test("the list says that it is loading until the answer comes", async () => {
  let answer: (response: Response) => void = () => undefined;
  const waiting = new Promise<Response>((resolve) => {
    answer = resolve;
  });
  await openBuilds({ [BUILDS]: [waiting] });

  expect(screen.getByRole("status").textContent).toBe("Loading…");
  answer(json({ items: [build()], next: null }));
  await screen.findByRole("table");
  expect(screen.getByRole("status").textContent).toBe("1 recorded");
});

test("an empty logbook says so", async () => {
  await openBuilds({ [BUILDS]: [json({ items: [], next: null })] });

  expect(await screen.findByRole("heading", { name: "No build is recorded yet" })).toBeTruthy();
  expect(screen.queryByRole("table")).toBeNull();
});

test("a failure is told with its reason and can be tried again", async () => {
  const answers = [problem(503, "The database is away."), json({ items: [build()], next: null })];
  await openBuilds({ [BUILDS]: answers });

  expect((await screen.findByRole("alert")).textContent).toContain("The database is away.");
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));

  expect(await screen.findByRole("table")).toBeTruthy();
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a token that is no longer taken leads back to the form, with the reason", async () => {
  fakeBackend({ [LOGIN]: [json(TOKEN)], [BUILDS]: [problem(401, "The token has expired.")] });
  render(<App />);

  await signIn();

  expect(await screen.findByText("Your session has ended. Sign in again.")).toBeTruthy();
  expect(screen.getByLabelText("Password")).toBeTruthy();
});

test("older builds are added below the ones shown", async () => {
  await openBuilds({
    [BUILDS]: [json({ items: [build({ id: 2, image: "newer" })], next: "b2xk" })],
    [`${BUILDS}&cursor=b2xk`]: [json({ items: [build({ id: 1, image: "older" })], next: null })],
  });

  await userEvent.click(await screen.findByRole("button", { name: "Show older builds" }));

  await waitFor(() => expect(screen.getAllByRole("rowheader")).toHaveLength(2));
  const images = screen.getAllByRole("rowheader").map((header) => header.firstChild?.textContent);
  expect(images).toEqual(["newer", "older"]);
  expect(screen.queryByRole("button", { name: "Show older builds" })).toBeNull();
});

test("signing out forgets the builds", async () => {
  await openBuilds({ [BUILDS]: [json({ items: [build()], next: null })] });
  await screen.findByRole("table");

  await userEvent.click(screen.getByRole("button", { name: "Sign out" }));

  expect(screen.queryByRole("table")).toBeNull();
  expect(screen.getByLabelText("Username")).toBe(document.activeElement as HTMLElement);
});

test("a build on stand-ins and from a dirty tree is marked", async () => {
  const marked = build({ base_policy: "stand-in", dirty: true, tags: ["0f0f0f0-dirty"] });
  await openBuilds({ [BUILDS]: [json({ items: [marked], next: null })] });

  expect((await screen.findByText("stand-in")).className).toContain("warn");
  expect(screen.getByText("dirty").className).toContain("warn");
  expect(screen.getByText("0f0f0f0-dirty")).toBeTruthy();
});

test("the page tells the commit it was built from", async () => {
  fakeBackend({ "/version.json": [json({ describe: "v1.2.3-4-g0f0f0f0" })] });
  render(<App />);

  expect(await screen.findByText("Logbook v1.2.3-4-g0f0f0f0")).toBeTruthy();
});
