import { expect, test } from "bun:test";
import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { KeySummary } from "../src/api/types";
import { json, list, problem, visit, visitAsOwner } from "./backend";

const KEYS = "/api/v1/keys?limit=50";
const MAKE = "/api/v1/keys";

function key(changes: Partial<KeySummary> = {}): KeySummary {
  return {
    id: 3,
    name: "build machine",
    scopes: ["read", "record"],
    created_at: "2026-11-20T10:00:00Z",
    last_used_at: null,
    revoked_at: null,
    ...changes,
  };
}

test("a key is made with its scopes and shown once", async () => {
  const { calls } = visitAsOwner("/keys", {
    [KEYS]: [list(), list(key())],
    [MAKE]: json({ ...key(), key: "lbk_3_secret" }, 201),
  });
  await screen.findByText("No key was made yet");

  await userEvent.type(screen.getByLabelText("Whose key it is"), "build machine");
  await userEvent.selectOptions(screen.getByLabelText("What it may do"), "read and record");
  await userEvent.click(screen.getByRole("button", { name: "Make a key" }));

  expect(await screen.findByText("lbk_3_secret")).toBeTruthy();
  expect(await screen.findByRole("row", { name: /build machine.*never/ })).toBeTruthy();
  const sent = calls.find(({ method }) => method === "POST");
  expect(sent?.body).toEqual({ name: "build machine", scopes: ["read", "record"] });
});

test("revoking asks once more, and tells what became of the key", async () => {
  const { calls } = visitAsOwner("/keys", {
    [KEYS]: [list(key()), list(key({ revoked_at: "2026-11-20T11:00:00Z" }))],
    "/api/v1/keys/3": new Response(null, { status: 204 }),
  });
  const row = within(await screen.findByRole("row", { name: /build machine/ }));

  await userEvent.click(row.getByText("Revoke …"));
  await userEvent.click(row.getByRole("button", { name: "Revoke it for good" }));

  expect(await screen.findByText(/^revoked/)).toBeTruthy();
  expect(calls.filter(({ method }) => method === "DELETE")).toHaveLength(1);
});

test("a key that cannot be made is told in the API's words", async () => {
  visitAsOwner("/keys", { [KEYS]: list(), [MAKE]: problem(503, "The database is away.") });

  await userEvent.type(await screen.findByLabelText("Whose key it is"), "x");
  await userEvent.click(screen.getByRole("button", { name: "Make a key" }));

  expect((await screen.findByRole("alert")).textContent).toContain("The database is away.");
});

test("a spoke, which is nobody's owner, is shown no way to the keys", async () => {
  visit("/deployments", {
    "/healthz": json({ wired: { mode: "spoke" } }),
    "/api/v1/deployments?limit=25": list(),
  });

  await screen.findByText("No deployment is recorded yet");
  expect(screen.queryByRole("link", { name: "Keys" }) === null).toBe(true);
});
