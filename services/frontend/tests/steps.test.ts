import { expect, test } from "bun:test";
import { marksOf, readTimeline, splitSteps } from "../src/steps";
import { STEPS } from "./records";

test("steps are timed from the first start, in order", () => {
  const { steps, length } = readTimeline([...STEPS].reverse());
  expect(steps.map((step) => [step.start, step.length])).toEqual([
    [0, 0.5],
    [0.5, 0],
    [1, 4],
    [5, 5],
  ]);
  expect(length).toBe(10);
});

test("what is no step is left out, and what is strange in one is empty", () => {
  const { steps } = readTimeline([
    { started: 1 },
    { note: "no times" },
    { started: 5, ended: 4, stage: 7, error: "" },
  ]);
  expect(steps).toEqual([
    { stage: "", number: 0, instruction: "", start: 0, length: 0, cached: false, error: null },
  ]);
});

test("no steps are no time", () => {
  expect(readTimeline([])).toEqual({ steps: [], length: 0 });
});

test("what the Dockerfile says is told from what the builder does besides", () => {
  const { written, besides } = splitSteps(readTimeline(STEPS).steps);
  expect([written.length, besides.length]).toEqual([3, 1]);
});

test.each([
  [10, [0, 2, 4, 6, 8, 10]],
  [0.9, [0, 0.2, 0.4, 0.6, 0.8]],
  [301, [0, 100, 200, 300]],
  [0, [0]],
])("a time of %d s has round marks", (length, marks) => {
  const found = marksOf(length).map((mark) => Number(mark.toPrecision(6)));
  expect(found).toEqual(marks);
});

test("steps that were told at once stand in their stage's order", () => {
  const told = { started: 7, ended: 7, cached: true };
  const { steps } = readTimeline([
    { ...told, stage: "build", number: 2, started: 7.001 },
    { ...told, stage: "runtime", number: 1 },
    { ...told, stage: "build", number: 1, started: 7.002 },
  ]);
  expect(steps.map((step) => `${step.stage} ${step.number}`)).toEqual([
    "build 1",
    "build 2",
    "runtime 1",
  ]);
});
