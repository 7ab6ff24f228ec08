import { expect, test } from "bun:test";
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { list, visitAsOwner } from "./backend";
import { deployment } from "./records";

const ALL = "/api/v1/deployments?limit=25";

test("a deployment tells its generation, its state and what runs", async () => {
  visitAsOwner("/deployments", { [ALL]: list(deployment()) });

  await screen.findByRole("heading", { name: "local generation 2" });
  expect(screen.getByText("deployed")).toBeTruthy();
  const row = within(screen.getByRole("row", { name: /^api/ }));
  expect(row.getByRole("link", { name: "backend" }).getAttribute("href")).toBe("/images/backend");
  const digest = row.getByRole("link", { name: "abababababab" });
  expect(digest.getAttribute("href")).toContain("/digests/sha256");
});

test("they are narrowed by environment, in the address", async () => {
  const { history } = visitAsOwner("/deployments", {
    [ALL]: list(deployment()),
    "/api/v1/deployments?environment=staging&limit=25": list(),
  });
  await screen.findByRole("heading", { name: "local generation 2" });

  await userEvent.type(screen.getByLabelText("Environment"), "staging");

  expect(await screen.findByText("Nothing was deployed to “staging”")).toBeTruthy();
  await waitFor(() => expect(history.location.search).toBe("?environment=staging"));
});

test("a logbook without deployments says what records one", async () => {
  visitAsOwner("/deployments", { [ALL]: list() });

  expect(await screen.findByText("No deployment is recorded yet")).toBeTruthy();
});

test("what was replaced is folded", async () => {
  visitAsOwner("/deployments", { [ALL]: list(deployment({ state: "replaced" })) });

  const fold = (await screen.findByText("1 service")).closest("details");
  expect(fold?.open).toBe(false);
});
