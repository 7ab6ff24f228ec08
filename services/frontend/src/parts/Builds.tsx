import { Link } from "@tanstack/react-router";
import type { BuildSummary } from "../api/types";
import { formatDuration, formatSize, formatSizeChange } from "../format";
import { Commit, Moment, ownTags, Policy, VerdictMark } from "./marks";

/** Builds of one image as a table, newest first; on a narrow screen each row becomes a card. */
export function Builds({ builds }: { builds: BuildSummary[] }) {
  return (
    <table className="rows">
      <caption className="unseen">Recorded builds, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Build</th>
          <th scope="col">Verdict</th>
          <th scope="col">Commit</th>
          <th scope="col">Built</th>
          <th scope="col" className="number">
            Size
          </th>
          <th scope="col" className="number">
            Build time
          </th>
          <th scope="col" className="number">
            Components
          </th>
          <th scope="col">Bases</th>
        </tr>
      </thead>
      <tbody>
        {builds.map((build, index) => (
          <Row key={build.id} build={build} before={builds[index + 1]} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ build, before }: { build: BuildSummary; before: BuildSummary | undefined }) {
  const change = before ? build.size_bytes - before.size_bytes : 0;
  return (
    <tr>
      <th scope="row">
        <Link to="/builds/$id" params={{ id: String(build.id) }}>
          {build.describe}
        </Link>
        <Tags build={build} />
      </th>
      <td data-label="Verdict">
        <VerdictMark verdict={build.verdict} />
      </td>
      <td data-label="Commit">
        <Commit build={build} />
      </td>
      <td data-label="Built">
        <Moment at={build.built_at} />
      </td>
      <td data-label="Size" className="number">
        {formatSize(build.size_bytes)}
        {change !== 0 && <span className="sub">{formatSizeChange(change)}</span>}
      </td>
      <td data-label="Build time" className="number">
        {formatDuration(build.duration_seconds)}
        <span className="sub">
          {build.cached_steps} of {build.total_steps} cached
        </span>
      </td>
      <td data-label="Components" className="number">
        {build.components === null ? (
          <span className="soft">–</span>
        ) : (
          build.components.toLocaleString("en")
        )}
      </td>
      <td data-label="Bases">
        <Policy policy={build.base_policy} />
      </td>
    </tr>
  );
}

function Tags({ build }: { build: BuildSummary }) {
  const tags = ownTags(build);
  return tags.length > 0 && <span className="sub">{tags.join(", ")}</span>;
}
