/** A step of a build, as BuildKit told it and seatrial recorded it. */
export interface Step {
  stage: string;
  /** Its place in its stage, from 1; 0 where it stands in no Dockerfile. */
  number: number;
  instruction: string;
  /** Seconds after the first step's start. */
  start: number;
  /** Seconds. */
  length: number;
  cached: boolean;
  error: string | null;
}

export interface Timeline {
  steps: Step[];
  /** Seconds from the first start to the last end. */
  length: number;
}

/** Seconds. */
const MOMENT = 0.05;

/** Read recorded steps, in the order in which they started; what is no step is left out. */
export function readTimeline(recorded: { [name: string]: unknown }[]): Timeline {
  const timed = recorded.filter(
    (step): step is { started: number; ended: number } =>
      typeof step["started"] === "number" && typeof step["ended"] === "number",
  );
  const zero = Math.min(...timed.map((step) => step.started));
  const read = timed.map((step) => readStep(step, zero));
  const stages = read.map((step) => step.stage);
  const steps = read.sort(
    (a, b) =>
      momentOf(a) - momentOf(b) ||
      stages.indexOf(a.stage) - stages.indexOf(b.stage) ||
      a.number - b.number,
  );
  const length = Math.max(0, ...steps.map((step) => step.start + step.length));
  return { steps, length };
}

/** Cached steps are told all at once, in any order: within a moment a stage's own order holds. */
function momentOf(step: Step): number {
  return Math.round(step.start / MOMENT);
}

function readStep(
  step: { started: number; ended: number } & { [name: string]: unknown },
  zero: number,
): Step {
  return {
    stage: textOf(step["stage"]),
    number: typeof step["number"] === "number" ? step["number"] : 0,
    instruction: textOf(step["instruction"]),
    start: step.started - zero,
    length: Math.max(0, step.ended - step.started),
    cached: step["cached"] === true,
    error: typeof step["error"] === "string" && step["error"] !== "" ? step["error"] : null,
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The steps that stand in the Dockerfile, and what the builder did besides. */
export function splitSteps(steps: Step[]): { written: Step[]; besides: Step[] } {
  return {
    written: steps.filter((step) => step.number > 0),
    besides: steps.filter((step) => step.number === 0),
  };
}

/** Round marks of a time of `length` seconds: at most six of them, the first at 0. */
export function marksOf(length: number): number[] {
  if (length <= 0) {
    return [0];
  }
  const rough = length / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((part) => part * power).find((part) => part >= rough) ?? rough;
  const count = Math.floor(length / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}
