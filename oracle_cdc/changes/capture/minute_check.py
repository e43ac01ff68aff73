"""The minute check: captured tables that lose changes or stop an application are reported."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from oracle_cdc.changes.capture.earlier_looks import EarlierLooks
from oracle_cdc.changes.capture.findings import Finding, Limits, explain_unseen, find_all
from oracle_cdc.changes.capture.survey import Survey, read_survey
from oracle_cdc.oracle.database import Database
from oracle_cdc.running.chore import Chore, Result
from oracle_cdc.running.concerns import Concerns
from oracle_cdc.running.repeats import RepeatLimiter

logger = logging.getLogger(__name__)


class Watch(Chore):
    """Looks at all captured tables, and reports what is wrong with the cure.

    Parameters:
        every_seconds: between two looks.
        repeats: what keeps a finding that lasts from filling the log.
        concerns: what keeps a copy from being ready, also where it could ship.
    """

    name = "the check of captured tables"

    def __init__(
        self,
        database: Database,
        limits: Limits,
        every_seconds: float,
        repeats: RepeatLimiter,
        concerns: Concerns,
    ) -> None:
        self.database = database
        self.limits = limits
        self.every_seconds = every_seconds
        self.repeats = repeats
        self.concerns = concerns
        #: What was seen last, None before the first look.
        self.latest: Survey | None = None
        self.findings: Sequence[Finding] = ()
        self.earlier = EarlierLooks()
        #: What was said of what can't be seen.
        self.said: set[str] = set()

    def run_once(self) -> Result:
        """Look once. Raises what Oracle raises."""
        with self.database.session() as session:
            survey = read_survey(session)
        findings = [*find_all(survey, self.limits), *self.earlier.find_lost(survey)]
        self.report(survey, findings)
        self.earlier.keep(survey)
        return Result(self.every_seconds)

    def report(self, survey: Survey, findings: Sequence[Finding]) -> None:
        """Log what is wrong, what is well again, and once what is not seen or may be lost."""
        for finding in findings:
            self.repeats.failure(finding.subject, logger, "%s", finding, level=logging.CRITICAL)
            self.concerns.note(finding.subject, str(finding))
        wrong = {finding.subject for finding in findings}
        for former in self.findings:
            if former.subject not in wrong:
                self.repeats.recovered(former.subject)
                self.concerns.withdraw(former.subject)
        for look in survey.looks:
            if altered := self.earlier.explain_ddl(look):
                logger.warning("%s", altered)
            unseen = explain_unseen(look)
            if unseen and unseen not in self.said:
                self.said.add(unseen)
                logger.warning("%s", unseen)
        self.latest = survey
        self.findings = findings
