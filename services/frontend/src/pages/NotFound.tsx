import { Link } from "@tanstack/react-router";
import { Empty } from "../parts/states";
import { Title } from "../parts/Title";

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <>
      <div className="head">
        <Title name="Not found">Not found</Title>
      </div>
      <Empty title="The logbook has nothing at this address">
        <p>
          It may have been pruned, or the address is mistyped.{" "}
          <Link to="/">Go to the overview</Link>.
        </p>
      </Empty>
    </>
  );
}
