import { expect, test } from "bun:test";
import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { held, IMAGES, json, list, problem, visitAsOwner } from "./backend";
import { image, point, summary } from "./records";

async function card(name: string): Promise<HTMLElement> {
  const link = await screen.findByRole("link", { name });
  const found = link.closest("article");
  expect(found).not.toBeNull();
  return found as HTMLElement;
}

test("a card tells verdict, size, build time and how they went", async () => {
  visitAsOwner("/", { [IMAGES]: list(image()) });

  const shown = within(await card("backend"));
  for (const text of [
    "kept",
    "123 MB",
    "+3.5 MB",
    "12.3 s",
    "1 of 2",
    "3 builds · 134 components",
  ]) {
    expect(shown.getByText(text)).toBeTruthy();
  }
  expect(
    shown.getByRole("img", { name: "Size of the last 3 builds: 100 MB to 123 MB" }),
  ).toBeTruthy();
  expect(
    shown.getByRole("img", { name: "Build time of the last 3 builds: 10.0 s to 20.0 s" }),
  ).toBeTruthy();
  expect(shown.getByRole("img", { name: "1 of 2 trials kept" })).toBeTruthy();
});

test("the verdicts are counted", async () => {
  visitAsOwner("/", {
    [IMAGES]: list(
      image(),
      image({ name: "frontend", latest: summary({ verdict: "broken" }) }),
      image({ name: "toy", latest: summary({ verdict: null }) }),
    ),
  });

  const tally = await screen.findByRole("list", { name: "Last verdicts" });
  expect(tally.textContent).toBe("3 images1 kept1 broken1 not tried");
});

test("an image of one build, on stand-ins, from a dirty tree, never tried, is shown as such", async () => {
  const latest = summary({ base_policy: "stand-in", dirty: true, verdict: null, components: null });
  const history = [point({ verdict: null })];
  visitAsOwner("/", { [IMAGES]: list(image({ latest, history, builds: 1 })) });

  const shown = within(await card("backend"));
  for (const text of ["stand-in", "dirty", "not tried", "1 build"]) {
    expect(shown.getByText(text)).toBeTruthy();
  }
  expect(shown.getByRole("img", { name: "No build was tried" })).toBeTruthy();
});

test("a card leads to its image and to its build", async () => {
  const { history } = visitAsOwner("/", { [IMAGES]: list(image({ name: "a/b c" })) });
  const shown = within(await card("a/b c"));
  expect(shown.getByRole("link", { name: "0f0f0f0" }).getAttribute("href")).toBe("/builds/7");

  await userEvent.click(shown.getByRole("link", { name: "a/b c" }));

  expect(history.location.pathname).toBe("/images/a%2Fb%20c");
  history.back();
  await card("a/b c");
});

test("it says that it is loading until the answer comes", async () => {
  const { answer, letGo } = held();
  visitAsOwner("/", { [IMAGES]: answer });

  expect((await screen.findByRole("status")).textContent).toBe("Loading the images…");
  letGo(list(image()));
  await card("backend");
  expect(screen.queryByRole("status") === null).toBe(true);
});

test("an empty logbook says what to do", async () => {
  visitAsOwner("/", { [IMAGES]: list() });

  expect(await screen.findByText("No build is recorded yet")).toBeTruthy();
});

test("a failure is told with its reason and request, and can be tried again", async () => {
  const failure = problem(500, "It broke.", { "X-Request-ID": "0123abcd" });
  visitAsOwner("/", { [IMAGES]: [failure, json({ items: [image()], next: null })] });

  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("The images could not be read. It broke.");
  expect(alert.textContent).toContain("Request 0123abcd");
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));

  await card("backend");
  expect(screen.queryByRole("alert") === null).toBe(true);
});

test("more images than one answer holds are shown on demand", async () => {
  visitAsOwner("/", {
    [IMAGES]: json({ items: [image()], next: "b2xk" }),
    [`${IMAGES}&cursor=b2xk`]: list(image({ name: "frontend" })),
  });
  expect((await screen.findByRole("list", { name: "Last verdicts" })).textContent).toContain(
    "the first 1 image",
  );

  await userEvent.click(screen.getByRole("button", { name: "Show more images" }));

  await card("frontend");
  await card("backend");
});
