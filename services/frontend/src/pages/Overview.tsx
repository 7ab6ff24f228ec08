import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { images } from "../api/queries";
import type { HistoryPoint, ImageSummary } from "../api/types";
import { SparkBars, SparkLine, VerdictStrip } from "../charts/Spark";
import { formatCount, formatDuration, formatSize, formatSizeChange } from "../format";
import { Ago, Commit, Policy, VerdictMark } from "../parts/marks";
import { Answered, Empty, More } from "../parts/states";
import { Title } from "../parts/Title";

/** Every image with its last verdict and how its size and build time went. */
export function Overview() {
  const list = useInfiniteQuery(images);
  const known = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <div className="head">
        <Title name="Overview">Overview</Title>
        {known.length > 0 && <Tally images={known} isCut={list.hasNextPage} />}
      </div>
      <Answered what="The images" answer={list} lines={3}>
        {() => (known.length === 0 ? <Nothing /> : <Cards images={known} />)}
      </Answered>
      <More name="Show more images" list={list} />
    </>
  );
}

/** The last verdicts, counted; `isCut` where there are more images than are known here. */
function Tally({ images, isCut }: { images: ImageSummary[]; isCut: boolean }) {
  const count = (verdict: string | null) =>
    images.filter((image) => image.latest.verdict === verdict).length;
  const [kept, broken, untried] = [count("kept"), count("broken"), count(null)];
  return (
    <ul className="tally" aria-label="Last verdicts">
      <li>
        {isCut && "the first "}
        {formatCount(images.length, "image")}
      </li>
      {kept > 0 && <li className="kept">{kept} kept</li>}
      {broken > 0 && <li className="broken">{broken} broken</li>}
      {untried > 0 && <li>{untried} not tried</li>}
    </ul>
  );
}

function Nothing() {
  return (
    <Empty title="No build is recorded yet">
      <p>
        Give <code>LOGBOOK_URL</code> and <code>LOGBOOK_KEY</code> to <code>invoke build-prod</code>
        : what it builds appears here.
      </p>
    </Empty>
  );
}

function Cards({ images }: { images: ImageSummary[] }) {
  return (
    <ul className="cards">
      {images.map((image) => (
        <li key={image.name}>
          <Card image={image} />
        </li>
      ))}
    </ul>
  );
}

function Card({ image }: { image: ImageSummary }) {
  const { latest, history, name } = image;
  const before = history.at(-2);
  const verdict = latest.verdict ?? "none";
  return (
    <article className={`card ${verdict}`}>
      <div className="card-head">
        <h2>
          <Link to="/images/$name" params={{ name }}>
            {name}
          </Link>
        </h2>
        <VerdictMark verdict={latest.verdict} />
      </div>
      <p className="card-build">
        <Link to="/builds/$id" params={{ id: String(latest.id) }} title={`Build ${latest.id}`}>
          <Commit build={latest} />
        </Link>
        <span className="soft">
          <Ago at={latest.built_at} />
        </span>
        {latest.base_policy !== "registry" && <Policy policy={latest.base_policy} />}
      </p>
      <dl className="measures">
        <Size history={history} now={latest.size_bytes} before={before} />
        <BuildTime history={history} now={latest.duration_seconds} />
        <div>
          <dt>Kept</dt>
          <dd>{triedOf(history)}</dd>
          <dd className="picture">
            <VerdictStrip history={history} />
          </dd>
        </div>
      </dl>
      <p className="card-foot">
        {formatCount(image.builds, "build")}
        {latest.components !== null && ` · ${formatCount(latest.components, "component")}`}
      </p>
    </article>
  );
}

interface SizeProps {
  history: HistoryPoint[];
  now: number;
  before: HistoryPoint | undefined;
}

function Size({ history, now, before }: SizeProps) {
  const sizes = history.map((point) => point.size_bytes);
  const change = before ? now - before.size_bytes : 0;
  return (
    <div>
      <dt>Size</dt>
      <dd>
        {formatSize(now)}
        {change !== 0 && <span className="change">{formatSizeChange(change)}</span>}
      </dd>
      <dd className="picture">
        <SparkLine values={sizes} label={rangeOf("Size", sizes, formatSize)} />
      </dd>
    </div>
  );
}

function BuildTime({ history, now }: { history: HistoryPoint[]; now: number }) {
  const times = history.map((point) => point.duration_seconds);
  return (
    <div>
      <dt>Build time</dt>
      <dd>{formatDuration(now)}</dd>
      <dd className="picture">
        <SparkBars values={times} label={rangeOf("Build time", times, formatDuration)} />
      </dd>
    </div>
  );
}

function triedOf(history: HistoryPoint[]): string {
  const tried = history.filter((point) => point.verdict !== null);
  const kept = tried.filter((point) => point.verdict === "kept");
  return tried.length === 0 ? "none" : `${kept.length} of ${tried.length}`;
}

function rangeOf(what: string, values: number[], format: (value: number) => string): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${what} of the last ${formatCount(values.length, "build")}: ${format(least)} to ${format(most)}`;
}
