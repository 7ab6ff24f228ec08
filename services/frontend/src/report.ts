/** What a trial's report tells of one check, as far as this page shows it. */
export interface Check {
  name: string;
  family: string;
  outcome: "pass" | "fail" | "skip";
  /** What is so when it passes. */
  page: string;
  promise: string;
  /** Why it was skipped. */
  reason: string;
  findings: Finding[];
}

export interface Finding {
  expected: string;
  found: string;
  hint: string;
  evidence: string[];
}

export interface Report {
  reference: string;
  engine: string;
  checks: Check[];
}

/** Read a recorded report; what is missing in it is empty, and what is no check is left out. */
export function readReport(report: { [name: string]: unknown }): Report {
  return {
    reference: textOf(report, "reference"),
    engine: textOf(report, "engine"),
    checks: listOf(report, "results").flatMap(readCheck),
  };
}

function readCheck(check: unknown): Check[] {
  const name = textOf(check, "name");
  const outcome = textOf(check, "outcome");
  if (name === "" || (outcome !== "pass" && outcome !== "fail" && outcome !== "skip")) {
    return [];
  }
  return [
    {
      name,
      outcome,
      family: textOf(check, "family"),
      page: textOf(check, "page"),
      promise: textOf(check, "promise"),
      reason: textOf(check, "reason"),
      findings: listOf(check, "findings").map(readFinding),
    },
  ];
}

function readFinding(finding: unknown): Finding {
  return {
    expected: textOf(finding, "expected"),
    found: textOf(finding, "found"),
    hint: textOf(finding, "hint"),
    evidence: listOf(finding, "evidence").filter((line) => typeof line === "string"),
  };
}

/** Checks by family, in the order in which the families come. */
export function familiesOf(checks: Check[]): [string, Check[]][] {
  const families = new Map<string, Check[]>();
  for (const check of checks) {
    families.set(check.family, [...(families.get(check.family) ?? []), check]);
  }
  return [...families];
}

function partOf(value: unknown, name: string): unknown {
  return value !== null && typeof value === "object" ? Reflect.get(value, name) : undefined;
}

function textOf(value: unknown, name: string): string {
  const part = partOf(value, name);
  return typeof part === "string" ? part : "";
}

function listOf(value: unknown, name: string): unknown[] {
  const part = partOf(value, name);
  return Array.isArray(part) ? part : [];
}
