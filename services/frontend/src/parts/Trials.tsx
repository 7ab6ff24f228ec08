import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { trial, trialsOf } from "../api/queries";
import type { Page, Trial, TrialSummary } from "../api/types";
import { formatDuration } from "../format";
import { readReport } from "../report";
import { Checks } from "./Checks";
import { Ago, VerdictMark } from "./marks";
import { Answered, Empty } from "./states";

interface Props {
  buildId: number;
  /** Which trial is shown; the last one where none is chosen. */
  run: string | undefined;
}

/** What the trials of a build found. */
export function Trials({ buildId, run }: Props) {
  const list = useQuery(trialsOf(buildId));
  const shown = run ?? list.data?.items[0]?.run;
  const answer = useQuery(trial(shown));
  return (
    <Answered what="The trials" answer={list} lines={3}>
      {(trials: Page<TrialSummary>) =>
        shown === undefined ? (
          <Empty title="This build was not tried yet">
            <p>
              <code>nox -s verify_prod</code> tries every image against its contract.
            </p>
          </Empty>
        ) : (
          <>
            {trials.items.length > 1 && <Runs trials={trials.items} shown={shown} />}
            <Answered what="The trial" answer={answer} lines={3}>
              {(known) => <Verdict trial={known} />}
            </Answered>
          </>
        )
      }
    </Answered>
  );
}

function Runs({ trials, shown }: { trials: TrialSummary[]; shown: string }) {
  return (
    <ul className="runs" aria-label="Trials of this build, newest first">
      {trials.map((each) => (
        <li key={each.run}>
          <Link
            to="."
            search={(before) => ({ ...before, trial: each.run })}
            replace
            resetScroll={false}
            aria-current={each.run === shown ? "true" : undefined}
          >
            <VerdictMark verdict={each.verdict} /> <Ago at={each.started_at} />
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Verdict({ trial: known }: { trial: Trial }) {
  const report = readReport(known.report);
  return (
    <>
      <div className={`ruling ${known.verdict}`}>
        <VerdictMark verdict={known.verdict} />
        <p>
          {known.passed} passed, {known.failed} failed, {known.skipped} skipped
          {known.strict ? " · strict" : ""}
        </p>
        <p className="soft">
          <Ago at={known.started_at} /> · {formatDuration(known.duration_seconds)}
          {report.engine && ` · engine ${report.engine}`}
        </p>
      </div>
      <Checks checks={report.checks} />
    </>
  );
}
