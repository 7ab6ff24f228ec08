import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { deployments } from "../api/queries";
import type { Deployment } from "../api/types";
import { formatCount } from "../format";
import { Ago, Digest, Moment } from "../parts/marks";
import { Answered, Empty, More } from "../parts/states";
import { Title } from "../parts/Title";
import { useTyped } from "../useTyped";

/** What runs where, and what ran there before. */
export function Deployments({ search }: { search: { environment?: string } }) {
  const navigate = useNavigate();
  const [typed, setTyped] = useTyped(search.environment ?? "", (environment) =>
    navigate({ to: "/deployments", search: { environment }, replace: true }),
  );
  const list = useInfiniteQuery(deployments(search.environment));
  return (
    <>
      <div className="head">
        <Title name="Deployments">Deployments</Title>
        <input
          type="search"
          className="head-field"
          aria-label="Environment"
          placeholder="Environment"
          autoCapitalize="none"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      <Answered what="The deployments" answer={list} lines={4}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return items.length === 0 ? (
            <Nothing environment={search.environment} />
          ) : (
            <ol className="deployments">
              {items.map((item) => (
                <li key={item.id}>
                  <One deployment={item} />
                </li>
              ))}
            </ol>
          );
        }}
      </Answered>
      <More name="Show older deployments" list={list} />
    </>
  );
}

function Nothing({ environment }: { environment: string | undefined }) {
  return environment ? (
    <Empty title={`Nothing was deployed to “${environment}”`} />
  ) : (
    <Empty title="No deployment is recorded yet">
      <p>
        <code>invoke compose-up</code> records what it brings up.
      </p>
    </Empty>
  );
}

function One({ deployment }: { deployment: Deployment }) {
  const { environment, generation, state, services, sha, started_at } = deployment;
  return (
    <article className={`deployment ${state}`}>
      <div className="deployment-head">
        <h2>
          {environment} <span className="generation">generation {generation}</span>
        </h2>
        <span className={`state ${state}`}>{state}</span>
      </div>
      <p className="soft">
        <Moment at={started_at} /> (<Ago at={started_at} />) · commit{" "}
        <code className="hash" title={sha}>
          {sha.slice(0, 7)}
        </code>
      </p>
      {state === "deployed" ? (
        <Services deployment={deployment} />
      ) : (
        <details className="was">
          <summary>{formatCount(services.length, "service")}</summary>
          <Services deployment={deployment} />
        </details>
      )}
    </article>
  );
}

function Services({ deployment }: { deployment: Deployment }) {
  const { environment, generation, services } = deployment;
  return (
    <table className="rows tight">
      <caption className="unseen">
        Services of {environment}, generation {generation}
      </caption>
      <thead>
        <tr>
          <th scope="col">Service</th>
          <th scope="col">Image</th>
          <th scope="col">Digest</th>
        </tr>
      </thead>
      <tbody>
        {services.map((service) => (
          <tr key={service.service}>
            <th scope="row">{service.service}</th>
            <td data-label="Image">
              <Link to="/images/$name" params={{ name: service.image }}>
                {service.image}
              </Link>
              <span className="sub">{service.reference}</span>
            </td>
            <td data-label="Digest">
              <Link
                {...(typeof service.build_id === "number"
                  ? { to: "/builds/$id", params: { id: String(service.build_id) } }
                  : { to: "/digests/$digest", params: { digest: service.digest } })}
              >
                <Digest digest={service.digest} />
              </Link>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
