import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { buildOfDigest } from "../api/queries";
import { Answered, Empty } from "../parts/states";
import { Title } from "../parts/Title";

/** Leads from a digest, which is all that a deployment knows, to its build. */
export function Digest({ digest }: { digest: string }) {
  const answer = useQuery(buildOfDigest(digest));
  return (
    <>
      <div className="head">
        <Title name="Digest">Digest</Title>
      </div>
      <Answered what="The build" answer={answer}>
        {({ items: [found] }) =>
          found ? (
            <Navigate to="/builds/$id" params={{ id: String(found.id) }} replace />
          ) : (
            <Empty title="No build of this digest is recorded">
              <code className="long">{digest}</code>
            </Empty>
          )
        }
      </Answered>
    </>
  );
}
