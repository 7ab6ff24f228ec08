import type { Build } from "../api/types";
import { formatDuration, formatMoment, formatSize, shortDigest } from "../format";

/** Builds as a table; on a narrow screen each row becomes a card (style/builds.css). */
export function BuildTable({ builds }: { builds: Build[] }) {
  return (
    <table className="builds">
      <caption className="unseen">Recorded builds, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Image</th>
          <th scope="col">Tags</th>
          <th scope="col">Commit</th>
          <th scope="col">Built</th>
          <th scope="col" className="number">
            Size
          </th>
          <th scope="col" className="number">
            Duration
          </th>
          <th scope="col">Bases</th>
        </tr>
      </thead>
      <tbody>
        {builds.map((build) => (
          <BuildRow key={build.id} build={build} />
        ))}
      </tbody>
    </table>
  );
}

function BuildRow({ build }: { build: Build }) {
  return (
    <tr>
      <th scope="row">
        {build.image}
        <code className="sub" title={build.digest}>
          {shortDigest(build.digest)}
        </code>
      </th>
      <td data-label="Tags">
        <Tags build={build} />
      </td>
      <td data-label="Commit">
        <code title={build.sha}>{build.short_sha}</code>
        {build.dirty && <span className="badge warn">dirty</span>}
        <span className="sub">{build.describe}</span>
      </td>
      <td data-label="Built">
        <time dateTime={build.built_at}>{formatMoment(build.built_at)}</time>
      </td>
      <td data-label="Size" className="number">
        {formatSize(build.size_bytes)}
      </td>
      <td data-label="Duration" className="number">
        {formatDuration(build.duration_seconds)}
        <span className="sub">
          {build.cached_steps} of {build.total_steps} cached
        </span>
      </td>
      <td data-label="Bases">
        <span className={build.base_policy === "registry" ? "badge" : "badge warn"}>
          {build.base_policy}
        </span>
      </td>
    </tr>
  );
}

/** The commit's own tag is left out: the next column tells it. */
function Tags({ build }: { build: Build }) {
  const tags = build.tags.filter((tag) => tag !== build.sha && tag !== build.short_sha);
  if (tags.length === 0) {
    return <span className="sub">none</span>;
  }
  return tags.map((tag) => (
    <span key={tag} className="badge">
      {tag}
    </span>
  ));
}
