import { expect, test } from "bun:test";
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { list, visitAsOwner } from "./backend";
import { component } from "./records";

const OPENSSL = "/api/v1/components?name=openssl&version=3.0&latest=true&limit=50";

test("an address asks: which images contain openssl 3.0", async () => {
  visitAsOwner("/components?name=openssl&version=3.0", { [OPENSSL]: list(component()) });

  const row = within(await screen.findByRole("row", { name: /^openssl/ }));
  expect(row.getByRole("link", { name: "backend 0f0f0f0" }).getAttribute("href")).toBe("/builds/7");
  expect(row.getByText("3.0.17")).toBeTruthy();
  expect(screen.getByText("1 component in 1 image.")).toBeTruthy();
});

test("nothing is asked before something is typed", async () => {
  const { calls } = visitAsOwner("/components");

  expect(await screen.findByText("Which images contain it?")).toBeTruthy();
  expect(calls).toEqual([]);
});

test("what is typed is asked after a pause, and stands in the address", async () => {
  const { calls, history } = visitAsOwner("/components", { [OPENSSL]: list(component()) });

  await userEvent.type(await screen.findByLabelText("Name"), "openssl");
  await userEvent.type(screen.getByLabelText("Version begins with"), "3.0");

  await screen.findByRole("row", { name: /^openssl/ });
  expect(history.location.search).toBe("?name=openssl&version=3.0");
  expect(calls.length).toBeLessThan(4);
});

test("older builds are looked into on demand", async () => {
  const older = { ...component().images[0], build_id: 3, short_sha: "abc1234", latest: false };
  visitAsOwner("/components?name=openssl&version=3.0", {
    [OPENSSL]: list(),
    [OPENSSL.replace("true", "false")]: list({ ...component(), images: [older] }),
  });
  await screen.findByText("No image contains it.");

  await userEvent.selectOptions(screen.getByLabelText("In"), "all builds");

  const link = await screen.findByRole("link", { name: "backend abc1234" });
  expect(link.parentElement?.textContent).toContain("older");
});

test("the way back brings the question before", async () => {
  const { history } = visitAsOwner("/components?name=openssl&version=3.0", {
    [OPENSSL]: list(component()),
  });
  await screen.findByRole("row", { name: /^openssl/ });

  history.push("/components?name=zlib");
  await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>("Name").value).toBe("zlib"));
  history.back();

  await waitFor(() =>
    expect(screen.getByLabelText<HTMLInputElement>("Name").value).toBe("openssl"),
  );
});
