/** A recorded build, as `GET /api/v1/builds` gives it. */
export interface Build {
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
  base_policy: "registry" | "stand-in";
  size_bytes: number;
  duration_seconds: number;
  cached_steps: number;
  total_steps: number;
  /** ISO 8601 */
  recorded_at: string;
}

/** Builds, newest first; `next` is the cursor of the older ones. */
export interface BuildPage {
  items: Build[];
  next: string | null;
}

/** What signing in gives: a bearer token and the seconds it lasts. */
export interface Token {
  access_token: string;
  token_type: "bearer";
  expires_in: number;
}
