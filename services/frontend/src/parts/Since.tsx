import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId } from "react";
import { changes, previous } from "../api/queries";
import type { BuildSummary, Changes, PackageChanges } from "../api/types";
import { formatCount, formatSizeChange } from "../format";
import { Answered } from "./states";

/** What changed since the build of the same image before this one; nothing for the first. */
export function Since({ build }: { build: BuildSummary }) {
  const title = useId();
  const before = useQuery(previous(build)).data;
  const answer = useQuery(changes(build.id, before?.id));
  if (!before) {
    return null;
  }
  return (
    <section className="part" aria-labelledby={title}>
      <h2 id={title}>
        Since{" "}
        <Link to="/builds/$id" params={{ id: String(before.id) }}>
          {before.describe}
        </Link>
      </h2>
      <Answered what="The comparison" answer={answer} lines={1}>
        {(known) => <Differences changes={known} />}
      </Answered>
    </section>
  );
}

function Differences({ changes: { size, packages, findings } }: { changes: Changes }) {
  return (
    <dl className="since">
      <div>
        <dt>Size</dt>
        <dd>{size.difference === 0 ? "the same" : formatSizeChange(size.difference)}</dd>
      </div>
      <div>
        <dt>Components</dt>
        <dd>
          {packages === null ? "not known: one has no SBOM" : <Packages packages={packages} />}
        </dd>
      </div>
      <div>
        <dt>Findings</dt>
        <dd>
          {findings === null ? "not known: one was not tried" : <Findings findings={findings} />}
        </dd>
      </div>
    </dl>
  );
}

function Packages({ packages }: { packages: PackageChanges }) {
  const { added = [], removed = [], changed = [], truncated } = packages;
  const count = added.length + removed.length + changed.length;
  if (count === 0) {
    return "the same";
  }
  return (
    <details>
      <summary>{`${added.length} added, ${removed.length} removed, ${changed.length} changed`}</summary>
      <ul className="differences">
        {changed.map((each) => (
          <li key={`c ${each.type} ${each.name} ${each.from} ${each.to}`}>
            {each.name} <code>{each.from || "–"}</code> → <code>{each.to || "–"}</code>
          </li>
        ))}
        {added.map((each) => (
          <li key={`a ${each.type} ${each.name} ${each.version}`}>
            <b>+</b> {each.name} <code>{each.version || "–"}</code>
          </li>
        ))}
        {removed.map((each) => (
          <li key={`r ${each.type} ${each.name} ${each.version}`}>
            <b>−</b> {each.name} <code>{each.version || "–"}</code>
          </li>
        ))}
      </ul>
      {truncated && <p className="soft">And more than are told here.</p>}
    </details>
  );
}

function Findings({ findings }: { findings: NonNullable<Changes["findings"]> }) {
  const names = (list: { check: string }[]) =>
    [...new Set(list.map((each) => each.check))].join(", ");
  if (findings.new.length === 0 && findings.gone.length === 0) {
    return "the same";
  }
  return (
    <>
      {findings.new.length > 0 && (
        <span className="worse">
          {formatCount(findings.new.length, "new one", "new ones")}: {names(findings.new)}
        </span>
      )}
      {findings.gone.length > 0 && (
        <span className="better">
          {findings.gone.length} gone: {names(findings.gone)}
        </span>
      )}
    </>
  );
}
