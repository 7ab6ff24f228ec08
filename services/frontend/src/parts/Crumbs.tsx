import { Link } from "@tanstack/react-router";

/** The way up: the overview, and the image where one is given. */
export function Crumbs({ image }: { image?: string | undefined }) {
  return (
    <nav className="crumbs" aria-label="Way up">
      <Link to="/">Overview</Link>
      {image !== undefined && (
        <>
          <span aria-hidden="true">/</span>
          <Link to="/images/$name" params={{ name: image }}>
            {image}
          </Link>
        </>
      )}
    </nav>
  );
}
