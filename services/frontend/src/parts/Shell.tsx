import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { server } from "../api/server";
import { SignIn } from "../pages/SignIn";
import { end, useSession } from "../session";
import { ThemeChoice } from "./ThemeChoice";

/** What stands around every page: the way between them, and out. */
export function Shell() {
  const session = useSession();
  const told = useQuery(server).data;
  const main = useRef<HTMLElement>(null);
  const isStranger = session.token === null && (told?.mode !== "spoke" || session.notice !== null);
  useSlash(!isStranger);

  return (
    <>
      <button type="button" className="skip-link" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header className="bar">
        <div className="bar-inner">
          <Brand />
          {!isStranger && <Ways isOwner={session.token !== null} />}
          <div className="bar-end">
            <ThemeChoice />
            {session.token !== null && (
              <button type="button" className="quiet" onClick={() => end()}>
                Sign out
              </button>
            )}
          </div>
        </div>
      </header>
      <main id="main" tabIndex={-1} ref={main}>
        {isStranger ? told && <SignIn notice={session.notice} /> : <Outlet />}
      </main>
      <footer className="stamp">
        <span>{told?.describe ? `Logbook ${told.describe}` : "Logbook"}</span>
        {!isStranger && (
          <span className="wide-only">
            <kbd>/</kbd> finds a component
          </span>
        )}
      </footer>
    </>
  );
}

function Brand() {
  return (
    <Link to="/" className="brand" activeOptions={{ exact: true }}>
      <img src="/favicon.svg" alt="" width="26" height="26" />
      <span>Logbook</span>
    </Link>
  );
}

/** Only the owner may make keys; a spoke speaks with one. */
function Ways({ isOwner }: { isOwner: boolean }) {
  return (
    <nav className="ways" aria-label="Pages">
      <Link to="/" activeOptions={{ exact: true }}>
        Overview
      </Link>
      <Link to="/components" activeOptions={{ includeSearch: false }}>
        Components
      </Link>
      <Link to="/deployments" activeOptions={{ includeSearch: false }}>
        Deployments
      </Link>
      {isOwner && <Link to="/keys">Keys</Link>}
    </nav>
  );
}

/** The key `/` leads to the search from everywhere but a field. */
function useSlash(isOn: boolean) {
  const navigate = useNavigate();
  useEffect(() => {
    if (!isOn) {
      return;
    }
    function press(event: KeyboardEvent) {
      const isField =
        event.target instanceof HTMLElement && event.target.closest("input, select, textarea");
      if (event.key === "/" && !isField && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        const field = document.querySelector<HTMLElement>("[data-search]");
        if (field === null) {
          navigate({ to: "/components" });
        } else {
          field.focus();
        }
      }
    }
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [isOn, navigate]);
}
