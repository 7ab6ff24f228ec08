import { AreaClosed, Bar, LinePath } from "@visx/shape";
import type { HistoryPoint } from "../api/types";
import { barScale, lineScale } from "./scales";

const WIDTH = 132;
const HEIGHT = 34;
const BOX = { top: 4, bottom: HEIGHT - 4, left: 2, right: WIDTH - 5 };

interface Props {
  values: number[];
  /** What the picture shows, in words. */
  label: string;
}

/** A small line, oldest first; the newest value has a dot. */
export function SparkLine({ values, label }: Props) {
  const y = lineScale(values, BOX);
  const step = (BOX.right - BOX.left) / Math.max(1, values.length - 1);
  // A single value is drawn as the line that it will become.
  const drawn = values.length === 1 ? [...values, ...values] : values;
  const x = (_: number, index: number) => BOX.left + index * step;
  const last = drawn.at(-1) ?? 0;
  return (
    <svg className="spark" role="img" aria-label={label} viewBox={`0 0 ${WIDTH} ${HEIGHT}`}>
      <AreaClosed className="spark-area" data={drawn} x={x} y={(value) => y(value)} yScale={y} />
      <LinePath className="spark-line" data={drawn} x={x} y={(value) => y(value)} />
      <circle className="spark-dot" cx={x(last, drawn.length - 1)} cy={y(last)} r={2.75} />
    </svg>
  );
}

/** Small bars from nothing, oldest first; the newest is the strongest. */
export function SparkBars({ values, label }: Props) {
  const y = barScale(values, BOX);
  const slot = (BOX.right - BOX.left) / Math.max(12, values.length);
  const start = BOX.right - slot * values.length;
  return (
    <svg className="spark" role="img" aria-label={label} viewBox={`0 0 ${WIDTH} ${HEIGHT}`}>
      {values.map((value, index) => (
        <Bar
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place in the row
          key={index}
          className={index === values.length - 1 ? "spark-bar last" : "spark-bar"}
          x={start + index * slot}
          y={y(value)}
          width={Math.max(1, slot - 2)}
          height={Math.max(1, BOX.bottom - y(value))}
        />
      ))}
    </svg>
  );
}

/** The verdicts of the last builds as a row of signs, oldest first. */
export function VerdictStrip({ history }: { history: HistoryPoint[] }) {
  const kept = history.filter((point) => point.verdict === "kept").length;
  const tried = history.filter((point) => point.verdict !== null).length;
  const slot = (BOX.right - BOX.left) / Math.max(12, history.length);
  const start = BOX.right - slot * history.length;
  const middle = HEIGHT / 2;
  const label = tried === 0 ? "No build was tried" : `${kept} of ${tried} trials kept`;
  return (
    <svg className="spark" role="img" aria-label={label} viewBox={`0 0 ${WIDTH} ${HEIGHT}`}>
      {history.map((point, index) => {
        const x = start + index * slot;
        const width = Math.max(1, slot - 2);
        if (point.verdict === null) {
          return (
            <Bar
              key={point.build_id}
              className="mark none"
              x={x}
              y={middle - 1}
              width={width}
              height={2}
            />
          );
        }
        // Broken hangs below the line, kept stands above it: not told by colour alone.
        const y = point.verdict === "kept" ? middle - 10 : middle;
        return (
          <Bar
            key={point.build_id}
            className={`mark ${point.verdict}`}
            x={x}
            y={y}
            width={width}
            height={10}
          />
        );
      })}
    </svg>
  );
}
