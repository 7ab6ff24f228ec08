import { expect, test } from "bun:test";
import { familiesOf, readReport } from "../src/report";
import { trial } from "./records";

test("a report is read with its checks and findings", () => {
  const report = readReport(trial().report);
  expect(report.engine).toBe("28.5.2");
  expect(report.checks.map((check) => check.outcome)).toEqual(["pass", "fail", "skip"]);
  expect(report.checks[1]?.findings[0]?.evidence).toEqual(["tcp LISTEN 0.0.0.0:9090"]);
});

test.each([{}, { results: "none" }, { results: [null, 7, {}, { name: "x", outcome: "maybe" }] }])(
  "a strange report %j has no checks",
  (report) => {
    expect(readReport(report).checks).toEqual([]);
  },
);

test("a finding that is no object has nothing to tell", () => {
  const results = [{ name: "x", outcome: "fail", findings: [null, { evidence: [1, "line"] }] }];
  expect(readReport({ results }).checks[0]?.findings).toEqual([
    { expected: "", found: "", hint: "", evidence: [] },
    { expected: "", found: "", hint: "", evidence: ["line"] },
  ]);
});

test("families come in the order of their first check", () => {
  const { checks } = readReport(trial().report);
  expect(familiesOf(checks).map(([family]) => family)).toEqual(["health", "network", "limits"]);
});
