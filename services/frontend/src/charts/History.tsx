import { useNavigate } from "@tanstack/react-router";
import { Bar, LinePath } from "@visx/shape";
import { useState } from "react";
import type { HistoryPoint } from "../api/types";
import { formatMoment, shortened } from "../format";
import { type Box, barScale, lineScale, placeScale } from "./scales";
import { useWidth } from "./useWidth";

const HEIGHT = 176;
const WIDEST_PLACE = 64;

interface Props {
  title: string;
  points: HistoryPoint[];
  value: (point: HistoryPoint) => number;
  format: (value: number) => string;
  kind: "line" | "bars";
}

/** A history, oldest first. The table below the charts tells the same; a click opens the build. */
export function History({ title, points, value, format, kind }: Props) {
  const [box, width] = useWidth<HTMLDivElement>(560);
  const [pointed, setPointed] = useState<number | null>(null);
  const values = points.map(value);
  const area: Box = { top: 12, bottom: HEIGHT - 22, left: 62, right: width - 4 };
  const y = kind === "line" ? lineScale(values, area) : barScale(values, area);
  const x = placeScale(points.length, area, WIDEST_PLACE);
  const shown = pointed === null ? undefined : points[pointed];
  const last = points.at(-1);

  return (
    <figure className="history">
      <figcaption>
        <span className="history-title">{title}</span>
        <span className="history-now">
          {shown
            ? `${format(value(shown))} · ${formatMoment(shown.built_at)}`
            : last && `${format(value(last))} in the latest build`}
        </span>
      </figcaption>
      <div ref={box}>
        <svg
          role="img"
          aria-label={summaryOf(title, values, format)}
          width={width}
          height={HEIGHT}
          onPointerLeave={() => setPointed(null)}
        >
          <Lines ticks={y.ticks(3).map((tick) => [y(tick), shortened(format(tick))])} area={area} />
          <Ends points={points} area={area} x={x} />
          {kind === "line" ? (
            <Line values={values} place={(index) => middleOf(x, index)} y={y} points={points} />
          ) : (
            values.map((each, index) => (
              <Bar
                key={points[index]?.build_id}
                className={`history-bar ${index === pointed ? "pointed" : ""}`}
                x={x(index) ?? 0}
                width={x.bandwidth()}
                y={y(each)}
                height={Math.max(1, area.bottom - y(each))}
              />
            ))
          )}
          <Places points={points} x={x} area={area} pointed={pointed} onPoint={setPointed} />
        </svg>
      </div>
    </figure>
  );
}

type Place = ReturnType<typeof placeScale>;

function middleOf(x: Place, index: number): number {
  return (x(index) ?? 0) + x.bandwidth() / 2;
}

interface LineProps {
  values: number[];
  points: HistoryPoint[];
  place: (index: number) => number;
  y: (value: number) => number;
}

function Line({ values, points, place, y }: LineProps) {
  return (
    <>
      <LinePath
        className="history-line"
        data={values}
        x={(_, index) => place(index)}
        y={(each) => y(each)}
      />
      {values.map((each, index) => {
        const verdict = points[index]?.verdict ?? "none";
        const [cx, cy] = [place(index), y(each)];
        const key = points[index]?.build_id;
        // A broken one is square: not told by colour alone.
        return verdict === "broken" ? (
          <rect key={key} className="point broken" x={cx - 4} y={cy - 4} width={8} height={8} />
        ) : (
          <circle key={key} className={`point ${verdict}`} cx={cx} cy={cy} r={4} />
        );
      })}
    </>
  );
}

function Lines({ ticks, area }: { ticks: [number, string][]; area: Box }) {
  return ticks.map(([at, text]) => (
    <g key={text} className="tick">
      <line x1={area.left} x2={area.right} y1={at} y2={at} />
      <text x={area.left - 8} y={at} dy="0.32em" textAnchor="end">
        {text}
      </text>
    </g>
  ));
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

function Ends({ points, area, x }: { points: HistoryPoint[]; area: Box; x: Place }) {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) {
    return null;
  }
  const y = area.bottom + 16;
  const [from, to] = [first, last].map((point) => new Date(point.built_at));
  const isOneDay = from?.toDateString() === to?.toDateString();
  const format = isOneDay ? CLOCK : DAY;
  const end = (x(points.length - 1) ?? 0) + x.bandwidth();
  return (
    <g className="tick">
      <text x={area.left} y={y}>
        {format.format(from)}
      </text>
      {points.length > 3 && (
        <text x={end} y={y} textAnchor="end">
          {format.format(to)}
        </text>
      )}
    </g>
  );
}

interface PlacesProps {
  points: HistoryPoint[];
  x: Place;
  area: Box;
  pointed: number | null;
  onPoint: (index: number) => void;
}

/** What is pointed at: the whole height of each place, so that nobody must aim. */
function Places({ points, x, area, pointed, onPoint }: PlacesProps) {
  const navigate = useNavigate();
  return points.map((point, index) => (
    // biome-ignore lint/a11y/noStaticElementInteractions: a short way for the mouse; the table has links
    <rect
      key={point.build_id}
      className={index === pointed ? "place pointed" : "place"}
      x={(x(index) ?? 0) - 3}
      y={area.top - 8}
      width={x.bandwidth() + 6}
      height={area.bottom - area.top + 8}
      onPointerEnter={() => onPoint(index)}
      onClick={() => navigate({ to: "/builds/$id", params: { id: String(point.build_id) } })}
    />
  ));
}

function summaryOf(title: string, values: number[], format: (value: number) => string): string {
  const last = values.at(-1);
  if (last === undefined) {
    return `${title}: nothing is recorded`;
  }
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${title} of the last ${values.length}: ${format(least)} to ${format(most)}, now ${format(last)}`;
}
