import { expect, test } from "bun:test";
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { begin, restore } from "../src/session";
import { IMAGES, json, LOGIN, list, problem, TOKEN, visit, visitAsOwner } from "./backend";
import { image } from "./records";

async function signIn(password = "secret") {
  await userEvent.type(await screen.findByLabelText("Username"), "owner");
  await userEvent.type(screen.getByLabelText("Password"), password);
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
}

const heading = (name: string) => screen.findByRole("heading", { level: 1, name });

test("signing in sends the credentials and reads with the token", async () => {
  const { calls } = visit("/", { [LOGIN]: json(TOKEN), [IMAGES]: list(image()) });

  await signIn();

  await screen.findByRole("link", { name: "backend" });
  expect(calls).toEqual([
    {
      path: LOGIN,
      method: "POST",
      authorization: null,
      body: { username: "owner", password: "secret" },
    },
    { path: IMAGES, method: "GET", authorization: "Bearer abc", body: null },
  ]);
});

test("after signing in, readers start at the page's heading", async () => {
  visit("/", { [LOGIN]: json(TOKEN), [IMAGES]: list(image()) });

  await signIn();

  const title = await heading("Overview");
  await waitFor(() => expect(document.activeElement === title).toBe(true));
});

test("an address that was asked for is where signing in leads to", async () => {
  const { history } = visit("/deployments", {
    [LOGIN]: json(TOKEN),
    "/api/v1/deployments?limit=25": list(),
  });

  await signIn();

  await heading("Deployments");
  expect(history.location.pathname).toBe("/deployments");
});

test("a wrong password is told and leaves the form in place", async () => {
  visit("/", { [LOGIN]: problem(401, "The username or the password is wrong.") });

  await signIn("wrong");

  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toBe("The username or the password is wrong.");
  expect(screen.getByRole("button", { name: "Sign in" })).toBeTruthy();
});

test("who is locked out is told for how long", async () => {
  visit("/", { [LOGIN]: problem(429, "Too many.", { "Retry-After": "900" }) });

  await signIn("wrong");

  expect((await screen.findByRole("alert")).textContent).toContain("Try again in 15 min 0 s.");
});

test("a backend that is away is told at the form", async () => {
  visit("/", { [LOGIN]: new TypeError("Failed to fetch") });

  await signIn();

  expect((await screen.findByRole("alert")).textContent).toContain("cannot be reached");
});

test("a reload keeps the session, and another tab's store is not used", async () => {
  begin("abc", 3600);
  expect(localStorage.length).toBe(0);
  expect(document.cookie).toBe("");

  restore();
  visit("/", { [IMAGES]: list(image()) });

  await screen.findByRole("link", { name: "backend" });
});

test("a session that is over is not taken up again", async () => {
  begin("abc", -1);
  restore();
  visit("/");

  expect(await screen.findByLabelText("Username")).toBeTruthy();
});

test("a store with something else in it is no session", async () => {
  sessionStorage.setItem("logbook.session", '{"token": 7}');
  restore();
  visit("/");

  expect(await screen.findByLabelText("Username")).toBeTruthy();
});

test("a token that is no longer taken leads back to the form, with the reason", async () => {
  visitAsOwner("/", { [IMAGES]: problem(401, "The token has expired.") });

  expect(await screen.findByText("Your session has ended. Sign in again.")).toBeTruthy();
  expect(sessionStorage.length).toBe(0);
});

test("signing out forgets what was read", async () => {
  const { calls } = visitAsOwner("/", { [IMAGES]: list(image()), [LOGIN]: json(TOKEN) });
  await screen.findByRole("link", { name: "backend" });

  await userEvent.click(screen.getByRole("button", { name: "Sign out" }));

  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Username")));
  expect(screen.queryByRole("link", { name: "backend" }) === null).toBe(true);
  expect(sessionStorage.length).toBe(0);
  await signIn();
  await screen.findByRole("link", { name: "backend" });
  expect(calls.filter(({ path }) => path === IMAGES)).toHaveLength(2);
});

test("a spoke asks nobody to sign in: its server speaks with a key", async () => {
  const { calls } = visit("/", {
    "/healthz": json({ wired: { hub: true, mode: "spoke" } }),
    [IMAGES]: list(image()),
  });

  await screen.findByRole("link", { name: "backend" });
  expect(calls).toEqual([{ path: IMAGES, method: "GET", authorization: null, body: null }]);
});

test("the page tells the commit it was built from", async () => {
  visit("/", { "/healthz": json({ version: { describe: "v1.2.3-4-g0f0f0f0" } }) });

  expect(await screen.findByText("Logbook v1.2.3-4-g0f0f0f0")).toBeTruthy();
});

test("an address that leads nowhere says so", async () => {
  visitAsOwner("/nowhere");

  await heading("Not found");
});

test("the key / leads to the search from everywhere", async () => {
  const { history } = visitAsOwner("/", { [IMAGES]: list(image()) });
  await screen.findByRole("link", { name: "backend" });

  await userEvent.keyboard("/");

  await heading("Components");
  expect(history.location.pathname).toBe("/components");
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Name")));
});

test("a chosen theme is kept, and the system's is taken again", async () => {
  visit("/");
  const choice = await screen.findByLabelText("Colours");

  await userEvent.selectOptions(choice, "Dark");
  expect(document.documentElement.dataset["theme"]).toBe("dark");
  expect(localStorage.getItem("logbook.theme")).toBe("dark");

  await userEvent.selectOptions(choice, "Auto");
  expect(document.documentElement.dataset["theme"]).toBeUndefined();
});
