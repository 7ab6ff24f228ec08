import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { buildsOf, image } from "../api/queries";
import type { ImageSummary } from "../api/types";
import { History } from "../charts/History";
import { formatCount, formatDuration, formatSize } from "../format";
import { Builds } from "../parts/Builds";
import { Crumbs } from "../parts/Crumbs";
import { VerdictMark } from "../parts/marks";
import { Answered, More } from "../parts/states";
import { Title } from "../parts/Title";

/** One image: how its size, its build time and its verdicts went, and every build of it. */
export function Image({ name }: { name: string }) {
  const answer = useQuery(image(name));
  const latest = answer.data?.latest;
  return (
    <>
      <Crumbs />
      <div className="head">
        <Title name={name}>{name}</Title>
        {latest && <VerdictMark verdict={latest.verdict} />}
        {answer.data && <p className="soft">{formatCount(answer.data.builds, "build")}</p>}
      </div>
      <Answered what="The image" answer={answer} lines={2}>
        {(known) => <Charts image={known} />}
      </Answered>
      <Every name={name} />
    </>
  );
}

function Charts({ image: { history } }: { image: ImageSummary }) {
  return (
    <>
      <section className="charts" aria-label={`The last ${formatCount(history.length, "build")}`}>
        <History
          title="Size"
          kind="line"
          points={history}
          value={(point) => point.size_bytes}
          format={formatSize}
        />
        <History
          title="Build time"
          kind="bars"
          points={history}
          value={(point) => point.duration_seconds}
          format={formatDuration}
        />
      </section>
      <p className="legend">
        <span className="key kept" aria-hidden="true" /> kept
        <span className="key broken" aria-hidden="true" /> broken
        <span className="key none" aria-hidden="true" /> not tried
      </p>
    </>
  );
}

function Every({ name }: { name: string }) {
  const list = useInfiniteQuery(buildsOf(name));
  return (
    <section aria-labelledby="builds-title" className="part">
      <h2 id="builds-title">Builds</h2>
      <Answered what="The builds" answer={list} lines={5}>
        {({ pages }) => <Builds builds={pages.flatMap((page) => page.items)} />}
      </Answered>
      <More name="Show older builds" list={list} />
    </section>
  );
}
