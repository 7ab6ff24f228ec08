import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { componentsOf } from "../api/queries";
import type { Build, Component } from "../api/types";
import { formatCount } from "../format";
import { useTyped } from "../useTyped";
import { Answered, Empty, More } from "./states";

interface Props {
  build: Build;
  /** What the list is narrowed to, from the address. */
  name: string | undefined;
}

/** What is inside a build, from its SBOM. */
export function Held({ build, name }: Props) {
  const { state, error } = build.sbom;
  switch (state) {
    case "none":
      return (
        <Empty title="No SBOM was recorded for this build">
          <p>
            <code>invoke sbom --image {build.image}</code> makes one and records it.
          </p>
        </Empty>
      );
    case "waiting":
      return (
        <p className="notice" role="status">
          The SBOM has come and waits to be read. This page looks again by itself.
        </p>
      );
    case "failed":
      return (
        <p className="notice bad">
          <span>
            <strong>The SBOM could not be read.</strong> {error ?? "No reason is known."}
          </span>
        </p>
      );
    default:
      return <Components build={build} name={name} />;
  }
}

function Components({ build, name }: Props) {
  const navigate = useNavigate();
  const [typed, setTyped] = useTyped(name ?? "", (text) =>
    navigate({
      to: ".",
      search: (before) => ({ ...before, component: text }),
      replace: true,
      resetScroll: false,
    }),
  );
  const list = useInfiniteQuery(componentsOf(build.id, name));
  return (
    <>
      <div className="filter">
        <input
          type="search"
          aria-label="Narrow the components by name"
          placeholder="Narrow by name"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <span className="soft">
          {typeof build.sbom.components === "number" &&
            `${formatCount(build.sbom.components, "component")} in all`}
        </span>
      </div>
      <Answered what="The components" answer={list} lines={6}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return items.length === 0 ? (
            <Empty
              title={name ? `Nothing in it is called “${name}”` : "The SBOM names no component"}
            />
          ) : (
            <Table items={items} />
          );
        }}
      </Answered>
      <More name="Show more components" list={list} />
    </>
  );
}

function Table({ items }: { items: Component[] }) {
  return (
    <table className="rows">
      <caption className="unseen">Components of this build</caption>
      <thead>
        <tr>
          <th scope="col">Component</th>
          <th scope="col">Version</th>
          <th scope="col">Type</th>
          <th scope="col">Package URL</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={`${item.type} ${item.name} ${item.version} ${item.purl}`}>
            <th scope="row">{item.name}</th>
            <td data-label="Version" className="version">
              <code>{item.version || "–"}</code>
            </td>
            <td data-label="Type">{item.type}</td>
            <td data-label="Package URL" className="broad">
              <code className="soft long">{item.purl || "–"}</code>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
