import {
  createRootRoute,
  createRoute,
  createRouter,
  type RouterHistory,
} from "@tanstack/react-router";
import { Build } from "./pages/Build";
import { Components } from "./pages/Components";
import { Deployments } from "./pages/Deployments";
import { Digest } from "./pages/Digest";
import { Image } from "./pages/Image";
import { Keys } from "./pages/Keys";
import { NotFound } from "./pages/NotFound";
import { Overview } from "./pages/Overview";
import { Shell } from "./parts/Shell";

const NUMBER = /^[1-9][0-9]{0,14}$/;

/** Every page and its address. What a page can be asked for stands in its search, as plain text. */

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const overview = createRoute({ getParentRoute: () => root, path: "/", component: Overview });

const image = createRoute({
  getParentRoute: () => root,
  path: "/images/$name",
  component: function ImageRoute() {
    const { name } = image.useParams();
    return <Image key={name} name={name} />;
  },
});

const build = createRoute({
  getParentRoute: () => root,
  path: "/builds/$id",
  validateSearch: (search) => texts(search, "trial", "component", "type"),
  component: function BuildRoute() {
    const { id } = build.useParams();
    const search = build.useSearch();
    return NUMBER.test(id) ? <Build key={id} id={Number(id)} search={search} /> : <NotFound />;
  },
});

const digest = createRoute({
  getParentRoute: () => root,
  path: "/digests/$digest",
  component: function DigestRoute() {
    return <Digest digest={digest.useParams().digest} />;
  },
});

const components = createRoute({
  getParentRoute: () => root,
  path: "/components",
  validateSearch: (search) => texts(search, "name", "version", "type", "builds"),
  component: function ComponentsRoute() {
    return <Components search={components.useSearch()} />;
  },
});

const deployments = createRoute({
  getParentRoute: () => root,
  path: "/deployments",
  validateSearch: (search) => texts(search, "environment"),
  component: function DeploymentsRoute() {
    return <Deployments search={deployments.useSearch()} />;
  },
});

const keys = createRoute({ getParentRoute: () => root, path: "/keys", component: Keys });

const routeTree = root.addChildren([overview, image, build, digest, components, deployments, keys]);

/** The router of the page; a test gives a history of its own. */
export function newRouter(history?: RouterHistory) {
  return createRouter({
    routeTree,
    // As people write addresses: `?version=3.0` is a text and no number.
    parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
    stringifySearch: (search) => {
      const given = Object.entries(search).filter(([, value]) => value);
      const text = new URLSearchParams(
        given.map(([key, value]) => [key, String(value)]),
      ).toString();
      return text && `?${text}`;
    },
    scrollRestoration: true,
    ...(history && { history }),
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}

/** The named parts of a search that are texts and not empty. */
function texts<Name extends string>(search: Record<string, unknown>, ...names: Name[]) {
  const given = names.filter((name) => typeof search[name] === "string" && search[name] !== "");
  return Object.fromEntries(given.map((name) => [name, search[name]])) as {
    [name in Name]?: string;
  };
}
