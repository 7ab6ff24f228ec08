/** The API's shapes, under the names by which this page knows them. */

export type Verdict = "kept" | "broken";

/** A recorded build, as lists give it. */
export interface BuildSummary {
  id: number;
  image: string;
  digest: string;
  tags: string[];
  sha: string;
  short_sha: string;
  describe: string;
  dirty: boolean;
  /** ISO 8601 */
  built_at: string;
  base_policy: string;
  size_bytes: number;
  duration_seconds: number;
  cached_steps: number;
  total_steps: number;
  /** ISO 8601 */
  recorded_at: string;
  /** Of its last trial; null where none is recorded. */
  verdict: Verdict | null;
  /** How many are in its SBOM; null where none is read. */
  components: number | null;
}

export interface Build extends BuildSummary {
  steps: { [name: string]: unknown }[];
  sbom: {
    state: "none" | "waiting" | "done" | "failed";
    components: number | null;
    error: string | null;
  };
}

/** Some of a list; `next` is the cursor of what follows. */
export interface Page<Item> {
  items: Item[];
  next: string | null;
}

export interface HistoryPoint {
  build_id: number;
  built_at: string;
  size_bytes: number;
  duration_seconds: number;
  verdict: Verdict | null;
}

export interface ImageSummary {
  name: string;
  builds: number;
  latest: BuildSummary;
  /** Oldest first, the last 20. */
  history: HistoryPoint[];
}

export interface TrialSummary {
  id: number;
  build_id: number | null;
  run: string;
  image: string;
  digest: string;
  verdict: Verdict;
  started_at: string;
  duration_seconds: number;
  passed: number;
  failed: number;
  skipped: number;
  strict: boolean;
  recorded_at: string;
}

export interface Trial extends TrialSummary {
  report: { [name: string]: unknown };
}

export interface Component {
  name: string;
  version: string | null;
  type: string;
  purl: string | null;
}

export interface ComponentPlace {
  image: string;
  build_id: number;
  digest: string;
  short_sha: string;
  latest: boolean;
}

export interface FoundComponent extends Component {
  images: ComponentPlace[];
}

export interface Changes {
  from: BuildSummary;
  to: BuildSummary;
  size: { from: number; to: number; difference: number };
  packages: {
    added: { name: string; version: string | null; type: string }[];
    removed: { name: string; version: string | null; type: string }[];
    changed: { name: string; type: string; from: string | null; to: string | null }[];
  } | null;
  findings: { new: { check: string }[]; gone: { check: string }[] } | null;
}

export interface Deployment {
  id: number;
  generation: number;
  environment: string;
  state: "deployed" | "replaced" | "ended";
  services: { service: string; image: string; digest: string; reference: string }[];
  sha: string;
  started_at: string;
}

export interface Token {
  access_token: string;
  token_type: string;
  expires_in: number;
}
