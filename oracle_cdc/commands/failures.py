"""`failures list`, `show`, `replay`, `discard`: works through what any pipeline set aside."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.table import Table
from rich.text import Text

from oracle_cdc.commands.failures_items import Body, Choice, Item, Pile, Tried
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.errors import CdcError, ExitCode, SettingsError, worst
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.programs import Enabled
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.privacy import escape
from oracle_cdc.running.terminal import Terminal, complain, confirm, say

#: What was chosen of each pile.
Chosen = Sequence[tuple[Pile, Sequence[Item]]]

#: How wide the list is where no terminal says it.
LIST_WIDTH = 200


def failures(enabled: Enabled, options: Namespace) -> int:
    """Do what was asked for, and return the exit code.

    It is 1 when something is not there, or is kept.
    """
    configure_console("WARNING")
    if options.action in ("replay", "discard"):
        require_choice(options)
    piles = open_piles(enabled, options)
    command = Command(piles, options)
    try:
        if options.action == "list":
            return command.show_all()
        if options.action == "show":
            return command.show_one()
        if options.action == "replay":
            return command.replay()
        return command.discard()
    finally:
        for pile in piles:
            pile.close()


def require_choice(options: Namespace) -> None:
    """Raise SettingsError unless exactly one kind of choice was made."""
    asked = [
        bool(options.ids),
        options.call is not None,
        options.older_than is not None,
        options.all,
    ]
    if sum(asked) != 1:
        raise SettingsError("say which: IDs, or one of --call, --older-than, --all")


def open_piles(enabled: Enabled, options: Namespace) -> Sequence[Pile]:
    """Return what each enabled pipeline set aside, which is asked for at its first use."""
    piles: list[Pile] = []
    is_of_call = getattr(options, "call", None) is not None
    if is_of_call:
        enabled.need(Settings, "failures --call")
    conversations, events = enabled.find(Settings), enabled.find(EventsSettings)
    if conversations is not None:
        from oracle_cdc.commands.conversations.failures import FailedCalls

        piles.append(FailedCalls(conversations, sends=options.action == "replay"))
    if events is not None and not is_of_call:
        from oracle_cdc.commands.events.failures import FailedEvents

        piles.append(FailedEvents(events))
    processor = enabled.find(ProcessorSettings)
    if processor is not None and not is_of_call:
        from oracle_cdc.commands.processor.failures import FailedChanges

        piles.append(FailedChanges(processor))
    if not piles:
        raise SettingsError("failures: of changes it needs processor in PIPELINES; or dlq status")
    return piles


class Command:
    """One action on the piles. What fails in one keeps no other from being asked.

    codes: what the command exits with for what failed.
    """

    def __init__(self, piles: Sequence[Pile], options: Namespace) -> None:
        self.piles = piles
        self.options = options
        self.codes: list[ExitCode] = []

    def show_all(self) -> int:
        """Print what is set aside, as a table or as JSON."""
        found: list[Item] = []
        for _, items in self.choose(Choice()):
            found += items
        if self.options.as_json and not self.codes:
            say(json.dumps([item.shown for item in found], ensure_ascii=False))
        elif not self.options.as_json:
            if found:
                print_table(found)
            if not self.codes:
                say(f"{len(found)} set aside")
        return self.exit_code(is_done=True)

    def show_one(self) -> int:
        """Print one item, with its body if that was asked for."""
        chosen = self.choose(Choice([self.options.id]))
        for pile, items in chosen:
            for item in items:
                return self.show(pile, item)
        self.complain_missing(chosen, [self.options.id])
        return self.exit_code(is_done=False)

    def show(self, pile: Pile, item: Item) -> int:
        body = None
        if self.options.body:
            body = pile.read_body(item)
        if self.options.as_json:
            shown = dict(item.shown)
            if body is not None:
                shown["body"] = body.text
            say(json.dumps(shown, ensure_ascii=False))
        else:
            print_fields(item)
            if body is not None:
                print_body(body)
        return ExitCode.DONE

    def replay(self) -> int:
        """Try the chosen items again."""
        chosen, is_complete = self.choose_as_asked()
        question = f"{count_all(chosen)} will be tried again: {describe_sources(chosen)}"
        done = 0
        if chosen and confirm(question, self.options.yes):
            for pile, items in chosen:
                with self.noting_failure():
                    for tried in pile.replay(items):
                        report(tried)
                        done += tried.is_done
            kept = count_items(chosen) - done
            say(f"{done} replayed, {kept} kept")
            is_complete &= not kept
        return self.exit_code(is_done=is_complete)

    def discard(self) -> int:
        """Delete the chosen items.

        A call's row in the ledger stays FAILED until a new segment of it comes.
        """
        chosen, is_complete = self.choose_as_asked()
        question = (
            f"{count_all(chosen)} will be deleted for good; what was not sent is not sent then"
        )
        if chosen and confirm(question, self.options.yes):
            removed = 0
            for pile, items in chosen:
                with self.noting_failure():
                    removed += pile.discard(items)
            say(f"{removed} discarded")
        return self.exit_code(is_done=is_complete)

    def choose_as_asked(self) -> tuple[Chosen, bool]:
        """Return the items that were asked for, and whether all of them are there."""
        options = self.options
        days = -1.0
        if options.older_than is not None:
            days = options.older_than
        ids = list(dict.fromkeys(options.ids))
        chosen = self.choose(Choice(ids or None, options.call, days))
        if ids:
            return chosen, self.complain_missing(chosen, ids)
        if not chosen and not self.codes:
            say("nothing of that kind is set aside")
        return chosen, True

    def choose(self, choice: Choice) -> Chosen:
        """Return the chosen items of each pile that has any."""
        chosen: list[tuple[Pile, Sequence[Item]]] = []
        for pile in self.piles:
            with self.noting_failure():
                items = pile.find(choice)
                if items:
                    chosen.append((pile, items))
        return chosen

    def complain_missing(self, chosen: Chosen, ids: Sequence[str]) -> bool:
        """Say which ids are nowhere, and return whether all are there.

        Where a pile could not be asked nobody knows.
        """
        found = set()
        for _, items in chosen:
            found |= {item.failure_id for item in items}
        missing = [failure_id for failure_id in ids if failure_id not in found]
        if not self.codes:
            for failure_id in missing:
                complain(failure_id, "no such failure; see `failures list`")
        return not missing

    @contextmanager
    def noting_failure(self) -> Iterator[None]:
        """Stand around what is asked of one pile, and say why it failed."""
        try:
            yield
        except SettingsError:
            raise
        except CdcError as error:
            sys.stderr.write(f"❌ {error}\n")
            self.codes.append(error.exit_code)

    def exit_code(self, *, is_done: bool) -> int:
        """Return what to exit with: for what failed, else for what is missing or kept."""
        if self.codes:
            return worst(self.codes) or ExitCode.FAILED
        if is_done:
            return ExitCode.DONE
        return ExitCode.FAILED


def print_table(found: Sequence[Item]) -> None:
    table = Table("ID", "direction", "call or key", "attempts", "failed at", "reason", box=None)
    for item in found:
        failed_at = ""
        if item.failed_at:
            failed_at = item.failed_at.isoformat(" ", "seconds")
        table.add_row(
            item.failure_id,
            item.direction,
            Text(item.subject),
            str(item.attempts),
            failed_at,
            Text(item.reason),
        )
    terminal = Terminal()
    if not terminal.is_terminal:
        terminal = Terminal(width=LIST_WIDTH)
    terminal.print(table)


def print_fields(item: Item) -> None:
    for name, value in item.shown.items():
        if value is None:
            value = ""
        say(f"{name:<15} {escape(str(value))}")


def print_body(body: Body) -> None:
    """Print a body, or why there is none."""
    if body.text is None:
        say(body.reason)
    else:
        say(body.text)


def count_all(chosen: Chosen) -> str:
    """Return how many items were chosen, in words."""
    return ", ".join(pile.count(items) for pile, items in chosen)


def count_items(chosen: Chosen) -> int:
    return sum(len(items) for _, items in chosen)


def describe_sources(chosen: Chosen) -> str:
    """Return where what is tried again comes from."""
    return ", ".join(pile.how for pile, _ in chosen)


def report(tried: Tried) -> None:
    """Print how it ended that an item was tried again."""
    subject = f"{tried.item.failure_id} {tried.item.named}"
    if tried.is_done:
        say(f"✅ {subject}: {tried.what}")
    else:
        complain(subject, tried.what)
