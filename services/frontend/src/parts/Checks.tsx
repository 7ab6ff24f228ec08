import { type Check, type Finding, familiesOf } from "../report";

/** The checks of a trial: broken promises first and open, then the rest by family. */
export function Checks({ checks }: { checks: Check[] }) {
  const broken = checks.filter((check) => check.outcome === "fail");
  const rest = checks.filter((check) => check.outcome !== "fail");
  return (
    <>
      {broken.map((check) => (
        <Broken key={check.name} check={check} />
      ))}
      <div className="families">
        {familiesOf(rest).map(([family, of]) => (
          <Family key={family} family={family} checks={of} />
        ))}
      </div>
    </>
  );
}

function Broken({ check }: { check: Check }) {
  return (
    <article className="broken-check">
      <h3>
        <code>{check.name}</code>
        {check.promise && <span className="promise">promised by {check.promise}</span>}
      </h3>
      {check.findings.map((finding) => (
        <Found key={`${finding.expected} ${finding.found}`} finding={finding} />
      ))}
      <Page page={check.page} />
    </article>
  );
}

function Found({ finding }: { finding: Finding }) {
  return (
    <dl className="finding">
      <dt>Expected</dt>
      <dd>{finding.expected}</dd>
      <dt>Found</dt>
      <dd className="found">{finding.found}</dd>
      {finding.hint && (
        <>
          <dt>To do</dt>
          <dd>{finding.hint}</dd>
        </>
      )}
      {finding.evidence.length > 0 && (
        <>
          <dt>Evidence</dt>
          <dd>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by key */}
            <pre tabIndex={0}>{finding.evidence.join("\n")}</pre>
          </dd>
        </>
      )}
    </dl>
  );
}

function Page({ page }: { page: string }) {
  const rest = page.slice(page.indexOf("\n") + 1).trim();
  return (
    page !== "" &&
    rest !== "" && (
      <details className="about">
        <summary>About this check</summary>
        <p className="page">{page}</p>
      </details>
    )
  );
}

function Family({ family, checks }: { family: string; checks: Check[] }) {
  const skipped = checks.filter((check) => check.outcome === "skip").length;
  const passed = checks.length - skipped;
  return (
    <details className="family" open={skipped > 0}>
      <summary>
        <span className="family-name">{family}</span>
        <span className="soft">
          {passed} passed{skipped > 0 && `, ${skipped} skipped`}
        </span>
      </summary>
      <ul>
        {checks.map((check) => (
          <li key={check.name} className={check.outcome}>
            <code>{check.name}</code>
            <span className="soft">
              {check.outcome === "skip" ? `skipped: ${check.reason}` : firstLine(check.page)}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
