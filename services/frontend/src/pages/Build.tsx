import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { ApiError } from "../api/client";
import { build } from "../api/queries";
import type { Build as Known } from "../api/types";
import { formatDuration, formatSize } from "../format";
import { Copy } from "../parts/Copy";
import { Crumbs } from "../parts/Crumbs";
import { Held } from "../parts/Held";
import { Commit, Moment, ownTags, Policy, VerdictMark } from "../parts/marks";
import { Since } from "../parts/Since";
import { Answered } from "../parts/states";
import { TimeLine } from "../parts/TimeLine";
import { Title } from "../parts/Title";
import { Trials } from "../parts/Trials";
import { NotFound } from "./NotFound";

interface Props {
  id: number;
  search: { trial?: string; component?: string };
}

/** One build: what it is, how it was made, what its trial found, what is inside. */
export function Build({ id, search }: Props) {
  const answer = useQuery(build(id));
  const known = answer.data;
  if (answer.error instanceof ApiError && answer.error.status === 404) {
    return <NotFound />;
  }
  return (
    <>
      <Crumbs image={known?.image} />
      <div className="head">
        <Title name={known ? `${known.image} ${known.describe}` : `Build ${id}`}>
          {known ? (
            <>
              {known.image} <span className="soft">{known.describe}</span>
            </>
          ) : (
            `Build ${id}`
          )}
        </Title>
        {known && <VerdictMark verdict={known.verdict} />}
      </div>
      <Answered what="The build" answer={answer} lines={6}>
        {(found) => <Parts build={found} search={search} />}
      </Answered>
    </>
  );
}

function Parts({ build: known, search }: { build: Known; search: Props["search"] }) {
  return (
    <>
      <Facts build={known} />
      <Since build={known} />
      <Part title="Time line">
        <TimeLine steps={known.steps} />
      </Part>
      <Part title="Trial">
        <Trials buildId={known.id} run={search.trial} />
      </Part>
      <Part title="Components">
        <Held build={known} name={search.component} />
      </Part>
    </>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  const id = useId();
  return (
    <section className="part" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

function Facts({ build: known }: { build: Known }) {
  const tags = ownTags(known);
  return (
    <dl className="facts">
      <Fact name="Built">
        <Moment at={known.built_at} />
      </Fact>
      <Fact name="Commit">
        <Commit build={known} />
      </Fact>
      <Fact name="Size">{formatSize(known.size_bytes)}</Fact>
      <Fact name="Build time">
        {formatDuration(known.duration_seconds)}
        <span className="sub">
          {known.cached_steps} of {known.total_steps} steps cached
        </span>
      </Fact>
      <Fact name="Bases">
        <Policy policy={known.base_policy} />
      </Fact>
      {tags.length > 0 && <Fact name="Tags">{tags.join(", ")}</Fact>}
      <Fact name="Digest" wide>
        <code className="long">{known.digest}</code> <Copy text={known.digest} what="the digest" />
      </Fact>
    </dl>
  );
}

interface FactProps {
  name: string;
  wide?: boolean;
  children: React.ReactNode;
}

function Fact({ name, wide = false, children }: FactProps) {
  return (
    <div className={wide ? "wide" : undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
