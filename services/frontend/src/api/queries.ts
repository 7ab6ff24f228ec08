import {
  infiniteQueryOptions,
  keepPreviousData,
  MutationCache,
  QueryCache,
  QueryClient,
  queryOptions,
} from "@tanstack/react-query";
import { end } from "../session";
import { type Answer, ApiError, type Asked, type Readable, read } from "./client";
import type { BuildSummary, Page } from "./types";

const ENDED = "Your session has ended. Sign in again.";
/** The overview and lists look again by themselves after so many milliseconds. */
const AGAIN = 30_000;

/** What is known of the API. A token that is no longer taken ends the session, wherever it shows. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: endIfRefused }),
    mutationCache: new MutationCache({ onError: endIfRefused }),
    defaultOptions: { queries: { staleTime: 10_000, retry: isWorthAnother, retryDelay: 500 } },
  });
}

function endIfRefused(error: Error): void {
  if (error instanceof ApiError && error.status === 401) {
    end(ENDED);
  }
}

/** An answer in the 400s stays what it is; a backend that is away may be back. */
function isWorthAnother(failures: number, error: Error): boolean {
  const status = error instanceof ApiError ? error.status : 0;
  return failures < 1 && (status === 502 || status === 503);
}

export const image = (name: string) =>
  queryOptions({
    queryKey: ["images", name],
    queryFn: ({ signal }) => read("/api/v1/images/{name}", { place: { name } }, signal),
    refetchInterval: AGAIN,
  });

export const images = {
  ...pages("/api/v1/images", { query: { limit: 100 } }),
  refetchInterval: AGAIN,
};

export const buildsOf = (name: string) =>
  pages("/api/v1/builds", { query: { image: name, limit: 25 } });

export const build = (id: number) =>
  queryOptions({
    queryKey: ["builds", id],
    queryFn: ({ signal }) => read("/api/v1/builds/{build_id}", { place: { build_id: id } }, signal),
    // Until the worker has read the SBOM.
    refetchInterval: ({ state }) => (state.data?.sbom.state === "waiting" ? 2_000 : false),
  });

/** The builds of one digest: one, or none. */
export const buildOfDigest = (digest: string) =>
  queryOptions({
    queryKey: ["builds", "digest", digest],
    queryFn: ({ signal }) => read("/api/v1/builds", { query: { digest, limit: 1 } }, signal),
  });

/** The build of the same image that was recorded just before; null for the first. */
export const previous = (to: BuildSummary) =>
  queryOptions({
    queryKey: ["builds", to.id, "previous"],
    queryFn: async ({ signal }) => {
      const query = { image: to.image, limit: 200 };
      const { items } = await read("/api/v1/builds", { query }, signal);
      return items.find((build) => build.id < to.id) ?? null;
    },
  });

/** What changed between two builds. */
export const changes = (to: number, from: number | undefined) =>
  queryOptions({
    queryKey: ["builds", to, "comparison", from],
    queryFn: ({ signal }) => {
      const asked = { place: { build_id: to }, query: { with: from ?? to } };
      return read("/api/v1/builds/{build_id}/comparison", asked, signal);
    },
    enabled: from !== undefined,
  });

export const trialsOf = (buildId: number) =>
  queryOptions({
    queryKey: ["trials", "of", buildId],
    queryFn: ({ signal }) =>
      read("/api/v1/trials", { query: { build: buildId, limit: 20 } }, signal),
  });

export const trial = (run: string | undefined) =>
  queryOptions({
    queryKey: ["trials", run],
    queryFn: ({ signal }) => read("/api/v1/trials/{run}", { place: { run: run ?? "" } }, signal),
    enabled: run !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const componentsOf = (buildId: number, name: string | undefined) => ({
  ...pages("/api/v1/builds/{build_id}/components", {
    place: { build_id: buildId },
    query: { name, limit: 50 },
  }),
  placeholderData: keepPreviousData,
});

export interface ComponentFilter {
  name?: string | undefined;
  version?: string | undefined;
  type?: string | undefined;
  latest: boolean;
}

export const components = (filter: ComponentFilter) => ({
  ...pages("/api/v1/components", {
    query: { ...filter, limit: 50 },
  }),
  placeholderData: keepPreviousData,
});

export const deployments = (environment: string | undefined) => ({
  ...pages("/api/v1/deployments", {
    query: { environment, limit: 25 },
  }),
  refetchInterval: AGAIN,
});

export const keys = pages("/api/v1/keys", { query: { limit: 50 } });

type Paged = {
  [Path in Readable]: Answer<Path> extends Page<unknown> ? Path : never;
}[Readable];

/** A list that is read page by page. */
function pages<Path extends Paged>(path: Path, asked: Asked<Path>) {
  return infiniteQueryOptions({
    queryKey: [path, asked],
    queryFn: ({ pageParam, signal }) => {
      const query = Object.assign({}, asked.query, { cursor: pageParam });
      return read(path, { ...asked, query }, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last: Answer<Path>) => (last as Page<unknown>).next,
  });
}
