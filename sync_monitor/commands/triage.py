"""`monitor triage`: what is probably wrong with a sync, and what a model would be sent."""

from __future__ import annotations

import sys
from argparse import Namespace

from oracle_cdc.errors import ExitCode, SettingsError
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.commands.shared.history import reading_history
from sync_monitor.errors import TriageUnavailable
from sync_monitor.explaining import case_of_history, question_about
from sync_monitor.history.consultations import CLAUDE, newest_consultation
from sync_monitor.history.reader import Reader
from sync_monitor.history.store import Store
from sync_monitor.model import Sync
from sync_monitor.triage.answer import Answer
from sync_monitor.triage.case import Aliases, Case, aliases_of
from sync_monitor.triage.consulting import is_as_before
from sync_monitor.triage.payload import Question, build_payload
from sync_monitor.verdicts import Reason
from sync_monitor.web.json_objects import moment
from sync_monitor.wiring.edges import history_directory
from sync_monitor.wiring.notices_and_model import make_consultant
from sync_monitor.wiring.syncs import choose, make_syncs


def command(settings: MonitorSettings, options: Namespace) -> int:
    """Print the rules' answer or the payload, and return the exit code. Neither side is asked."""
    (sync,) = choose(make_syncs(settings), options.name)
    with reading_history(settings) as reader:
        return answer(settings, options, sync, reader)


def answer(settings: MonitorSettings, options: Namespace, sync: Sync, reader: Reader) -> ExitCode:
    """Print what the rules, or a model, say of a sync, as the history has it."""
    try:
        case = reader.read(lambda connection: case_of_history(connection, sync))
    except LookupError as error:
        sys.stderr.write(f"{error}\n")
        return ExitCode.FAILED
    question = reader.read(lambda connection: question_about(connection, case))
    if question is None:
        sys.stdout.write(f"{well_words(case)}, so no model would be asked\n")
        return ExitCode.DONE
    payload = build_payload(case, question.rules, send_names=settings.triage_send_names)
    if options.show_payload:
        sys.stdout.write(f"{payload.text}\n")
        return ExitCode.DONE
    if options.ask:
        ask(settings, question)
    aliases = aliases_of(case)
    show(question.rules, aliases)
    asked = reader.read(lambda connection: newest_consultation(connection, sync.name, CLAUDE))
    if asked is not None and is_as_before(asked, payload):
        sys.stdout.write(f"\n{asked.model}, {moment(asked.asked_at)}: ")
        show(Answer.model_validate_json(asked.answer), aliases)
    return ExitCode.DONE


def well_words(case: Case) -> str:
    """Return why the rules have nothing to say. What was not judged is not called well."""
    if case.verdict.has(Reason.NOTHING_JUDGED):
        return "nothing was judged yet"
    if case.verdict.has(Reason.PARTLY_MEASURED):
        return "nothing is wrong in what was measured, which is not all"
    return "nothing is wrong"


def ask(settings: MonitorSettings, question: Question) -> None:
    """Ask the model now, whatever state it was asked about before.

    Raises SettingsError where nobody set a model, and while another monitor writes the history.
    """
    with Store(history_directory(settings)) as store:
        try:
            consultant = make_consultant(settings, store)
        except TriageUnavailable as error:
            raise SettingsError(f"--ask: {error}") from None
        try:
            consultant.consult(question, by_person=True)
        finally:
            consultant.close()


def show(answer: Answer, aliases: Aliases) -> None:
    """Print an answer, with names in the place of aliases."""
    sys.stdout.write(f"{answer.cause.value} ({answer.confidence.value})\n{answer.summary}\n")
    for action in answer.actions:
        target = aliases.name_of(action.target) or ""
        runbook = "" if action.runbook is None else f"monitor runbook {action.runbook}"
        sys.stdout.write(f"  {action.code.value} {target} {runbook}".rstrip() + "\n")
