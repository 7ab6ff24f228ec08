import { useId, useState } from "react";
import { formatCount, formatDuration } from "../format";
import { marksOf, readTimeline, type Step, splitSteps } from "../steps";
import { Empty } from "./states";

/** When each step of a build ran and for how long: a picture that is a table as well. */
export function TimeLine({ steps }: { steps: { [name: string]: unknown }[] }) {
  const [showsAll, setShowsAll] = useState(false);
  const box = useId();
  const timeline = readTimeline(steps);
  const { written, besides } = splitSteps(timeline.steps);
  if (timeline.steps.length === 0) {
    return <Empty title="No steps were recorded with this build" />;
  }
  const shown = showsAll || written.length === 0 ? timeline.steps : written;
  const stages = [...new Set(written.map((step) => step.stage))];
  return (
    <>
      <Legend stages={stages} />
      <table className="timeline">
        <caption className="unseen">
          Steps in the order in which they started, over {formatDuration(timeline.length)}
        </caption>
        <Head length={timeline.length} />
        <tbody>
          {shown.map((step) => (
            <Row
              key={`${step.stage} ${step.number} ${step.start} ${step.instruction}`}
              step={step}
              length={timeline.length}
              hue={stages.indexOf(step.stage)}
            />
          ))}
        </tbody>
      </table>
      {besides.length > 0 && written.length > 0 && (
        <label className="check" htmlFor={box}>
          <input
            id={box}
            type="checkbox"
            checked={showsAll}
            onChange={(event) => setShowsAll(event.target.checked)}
          />
          Show what the builder did besides ({formatCount(besides.length, "step")})
        </label>
      )}
    </>
  );
}

function Head({ length }: { length: number }) {
  return (
    <thead>
      <tr>
        <th scope="col">Step</th>
        <th scope="col">
          <span className="unseen">When it ran</span>
          <Marks length={length} />
        </th>
        <th scope="col" className="number">
          Took
        </th>
      </tr>
    </thead>
  );
}

function Legend({ stages }: { stages: string[] }) {
  return (
    <ul className="legend stages" aria-label="Stages">
      {stages.map((stage, hue) => (
        <li key={stage}>
          <span className={`key ${hueOf(hue)}`} aria-hidden="true" />
          {stage || "export"}
        </li>
      ))}
    </ul>
  );
}

function Marks({ length }: { length: number }) {
  return (
    <span className="marks" aria-hidden="true">
      {marksOf(length).map((mark) => (
        <span key={mark} style={{ left: part(mark, length) }}>
          {mark === 0 ? "0" : `${Number(mark.toPrecision(3))} s`}
        </span>
      ))}
    </span>
  );
}

interface RowProps {
  step: Step;
  length: number;
  hue: number;
}

function Row({ step, length, hue }: RowProps) {
  const state = step.error ? "failed" : step.cached ? "cached" : hueOf(hue);
  return (
    <tr className={step.error ? "failed" : undefined}>
      <th scope="row">
        <span className="step-stage">
          {step.stage || "export"}
          {step.number > 0 && ` ${step.number}`}
        </span>
        <details className="step">
          <summary>
            <code>{step.instruction}</code>
          </summary>
        </details>
        {step.error && <span className="step-error">{step.error}</span>}
      </th>
      <td className="lane">
        {marksOf(length).map((mark) => (
          <span
            key={mark}
            className="lane-mark"
            aria-hidden="true"
            style={{ left: part(mark, length) }}
          />
        ))}
        <span
          className={`span ${state}`}
          style={{ left: part(step.start, length), width: part(step.length, length) }}
        />
        <span className="unseen">from {step.start.toFixed(1)} s</span>
      </td>
      <td className="number">
        {step.cached ? <span className="soft">cached</span> : formatDuration(step.length)}
      </td>
    </tr>
  );
}

const HUES = 6;

function hueOf(index: number): string {
  return index < 0 ? "hue-none" : `hue-${index % HUES}`;
}

function part(seconds: number, length: number): string {
  return `${length > 0 ? ((seconds / length) * 100).toFixed(3) : 0}%`;
}
