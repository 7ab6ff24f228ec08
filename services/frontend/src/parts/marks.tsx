import type { BuildSummary, Verdict } from "../api/types";
import { formatAgo, formatMoment, shortDigest } from "../format";

const WORDS = { kept: "kept", broken: "broken", none: "not tried" } as const;

/** A verdict as a sign and a word: never by colour alone. */
export function VerdictMark({ verdict }: { verdict: Verdict | null }) {
  const known = verdict ?? "none";
  return (
    <span className={`verdict ${known}`}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        {known === "kept" && <path d="M2 6.5 4.8 9.2 10 3.2" />}
        {known === "broken" && <path d="M3 3l6 6M9 3l-6 6" />}
        {known === "none" && <path d="M3 6h6" />}
      </svg>
      {WORDS[known]}
    </span>
  );
}

/** A moment as people say it; the moment itself is shown when pointed at. */
export function Ago({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatMoment(at)}>
      {formatAgo(at)}
    </time>
  );
}

/** A moment in full. */
export function Moment({ at }: { at: string }) {
  return <time dateTime={at}>{formatMoment(at)}</time>;
}

export function Digest({ digest }: { digest: string }) {
  return (
    <code className="hash" title={digest}>
      {shortDigest(digest)}
    </code>
  );
}

/** The commit of a build, and whether the tree held more than it. */
export function Commit({ build }: { build: BuildSummary }) {
  return (
    <span className="commit">
      <code className="hash" title={build.sha}>
        {build.short_sha}
      </code>
      {build.dirty && <span className="badge warn">dirty</span>}
    </span>
  );
}

export function Policy({ policy }: { policy: string }) {
  return <span className={policy === "registry" ? "badge" : "badge warn"}>{policy}</span>;
}

/** Tags without their repository; the commit's own are left out, for they are told beside them. */
export function ownTags(build: BuildSummary): string[] {
  const told = new Set([build.sha, build.short_sha, build.describe]);
  const tags = build.tags.map((tag) => tag.slice(tag.lastIndexOf(":") + 1));
  return [...new Set(tags)].filter((tag) => !told.has(tag));
}
