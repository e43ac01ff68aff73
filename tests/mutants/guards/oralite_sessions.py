"""Guards of oralite: who is let in, what each may do, and how calls travel."""

from __future__ import annotations

from tests.mutants.mutation import Edit, also, mutation
from tests.mutants.places import (
    ORALITE_CONVERSATION,
    ORALITE_ENGINE,
    ORALITE_RIGHTS,
    ORALITE_TRANSLATE,
    ORALITE_TRANSPORT,
    named,
)

SESSION_TESTS = "oralite/test_sessions"

MUTATIONS = (
    mutation(
        "oralite: a break does not end a hanging call",
        "a break ends a call that hangs, and the session goes on",
        f"{ORALITE_CONVERSATION}.faults_in_force.strike",
        "ends = transport.interrupted",
        "ends = transport.is_closed",
        tests=named(SESSION_TESTS, "a_call_timeout_ends_a_call_and_keeps_the_session"),
    ),
    mutation(
        "oralite: a break ends the session",
        "a break ends the call and never the session",
        f"{ORALITE_CONVERSATION}.session.Session.run",
        "self._reset(OraError(CANCELLED,",
        "return (OraError(CANCELLED,",
        tests=named(SESSION_TESTS, "a_call_timeout_ends_a_call_and_keeps_the_session"),
    ),
    mutation(
        "oralite: a query computes on after a break",
        "a call time-out ends a query that computes",
        "oralite.sql.connections.Link.__init__",
        "self.connection.set_progress_handler(interrupted, _STEPS_BETWEEN_POLLS)",
        "pass",
        tests=named(SESSION_TESTS, "a_call_timeout_ends_a_query_that_computes"),
    ),
    mutation(
        "oralite: one session more than allowed",
        "a user never has more sessions than its profile allows",
        "oralite.sql.sessions.Sessions.add",
        ">= int(limit)",
        "> int(limit)",
        tests=named("oralite/test_profiles", "one_session_more_than_the_profile_allows_is_refused"),
    ),
    mutation(
        "oralite: a session counts after its log-off",
        "a session that has logged off counts no more",
        f"{ORALITE_CONVERSATION}.requests.Requests._log_off",
        "self._sql.close()",
        "pass",
        tests=named(
            "oralite/test_profiles",
            "a_session_that_logged_off_counts_no_more_though_its_connection_is_there",
        ),
    ),
    mutation(
        "oralite: any password",
        "only who knows the password is logged in",
        f"{ORALITE_CONVERSATION}.login._LogIn._verify",
        "if not is_right:",
        "if not is_right and password is None:",
        tests=named("oralite/test_login", "a_wrong_password_is_ora_01017"),
    ),
    mutation(
        "oralite: unknown users look different",
        "an unknown user gets the same answer as a wrong password",
        f"{ORALITE_CONVERSATION}.login._LogIn._verify",
        "if not is_right:",
        'if password is None:\n    raise OraError(1918, "user does not exist")\nif not is_right:',
        tests=named(
            "oralite/test_login", "an_unknown_user_gets_the_same_answer_as_a_wrong_password"
        ),
    ),
    mutation(
        "oralite: a log-in without CREATE SESSION",
        "a user without CREATE SESSION cannot log in",
        f"{ORALITE_ENGINE}.open_session",
        'if not self.catalog.has(user, "CREATE SESSION"):',
        'if not self.catalog.has(user, "CREATE SESSION") and False:',
        tests=named("oralite/test_rights", "a_user_without_create_session_cannot_log_in"),
    ),
    mutation(
        "oralite: administrators' modes",
        "nobody is logged in as an administrator",
        f"{ORALITE_CONVERSATION}.login._refuse_unsupported",
        "if request.mode & _ADMINISTRATOR_MODES:",
        "if request.mode & _ADMINISTRATOR_MODES & 0:",
        tests=named("oralite/test_login", "administrators_modes_are_refused"),
    ),
    mutation(
        "oralite: one right is all rights",
        "a right is for what it names only",
        f"{ORALITE_RIGHTS}.require",
        "if privilege in granted:",
        "if granted:",
        tests=named("oralite/test_rights", "a_right_is_for_what_it_names"),
    ),
    mutation(
        "oralite: a table that nobody may see",
        "a table without any right on it does not exist",
        f"{ORALITE_RIGHTS}.require",
        "if granted:",
        "if granted or True:",
        tests=named("oralite/test_rights", "a_table_without_any_right_on_it_does_not_exist"),
    ),
    also(
        mutation(
            "oralite: a revoked right stays in plans",
            "a revoked right is gone at once",
            "oralite.catalog.catalog.Catalog.with_grants",
            "self.version + 1",
            "self.version",
            tests=named("oralite/test_rights", "a_revoked_right_is_gone_at_once"),
        ),
        # The time of an object's last change is one more change of the catalog.
        Edit("oralite.ddl.users.revoke", "_touch(change, gone)", "pass"),
    ),
    mutation(
        "oralite: a synonym opens its table",
        "through a synonym one may do only what the rights on its table allow",
        f"{ORALITE_TRANSLATE}.newrows.target",
        "draft.catalog.require(draft.user, found.owner, found.name, privilege)",
        "pass",
        tests=named("oralite/test_synonyms", "the_rights_are_those_on_what_the_synonym_stands_for"),
    ),
    mutation(
        "oralite: ALTER SYSTEM for all",
        "only a DBA alters the system",
        "oralite.sql.system.alter_system",
        'if not shared.catalog.has(user, "ANY"):',
        'if not shared.catalog.has(user, "ANY") and False:',
        tests=named("oralite/test_rights", "creating_tables_takes_a_right"),
    ),
    mutation(
        "oralite: a loop of synonyms",
        "a synonym that leads back to itself is ORA-01775",
        "oralite.catalog.catalog.Catalog.follow",
        'raise OraError(1775, "looping chain of synonyms")',
        "break",
        tests=named(
            "oralite/test_synonyms", "synonyms_of_synonyms_are_followed_and_loops_are_reported"
        ),
    ),
    mutation(
        "oralite: pieces of a LOB one off",
        "a LOB is read from the offset that the client names, which counts from 1",
        f"{ORALITE_CONVERSATION}.lobs.Lob.read",
        "max(offset - 1, 0)",
        "max(offset, 0)",
        tests=named("oralite/test_lobs", "locators_read_whole_and_in_pieces"),
    ),
    mutation(
        "oralite: a LOB read to its end",
        "no more of a LOB is given than the client asks for",
        f"{ORALITE_CONVERSATION}.lobs.Lob.read",
        "self.content[start : start + amount * self.unit_bytes]",
        "self.content[start:]",
        tests=named("oralite/test_lobs", "locators_read_whole_and_in_pieces"),
    ),
    mutation(
        "oralite: LOBs that the client forgot stay",
        "a LOB is found until it is freed, and never afterwards",
        f"{ORALITE_CONVERSATION}.lobs.Lobs.free",
        "self._lobs.pop(identity_of(locator), None)",
        "self._lobs.get(identity_of(locator), None)",
        tests=named(
            "oralite/test_lob_store", "a_lob_is_found_until_it_is_freed_and_never_afterwards"
        ),
    ),
    mutation(
        "oralite: packets of any length",
        "a packet of an impossible length is refused",
        f"{ORALITE_TRANSPORT}.Transport.read_packet",
        "if not _HEADER_BYTES <= length <= _LARGEST_PACKET_BYTES:",
        "if not _HEADER_BYTES <= length:",
        tests=named("oralite/test_transport", "a_packet_of_an_impossible_length_is_refused"),
    ),
    mutation(
        "oralite: packets larger than agreed",
        "an answer is cut into packets no larger than agreed",
        f"{ORALITE_TRANSPORT}.Transport.send",
        "self._sdu_bytes - _DATA_OVERHEAD_BYTES",
        "self._sdu_bytes",
        tests=named(
            "oralite/test_transport", "an_answer_is_cut_into_packets_no_larger_than_agreed"
        ),
    ),
    mutation(
        "oralite: a request without end",
        "a request longer than its limit is refused",
        "oralite.protocol.wire.Reader._next_piece",
        "if self._allowed < 0:",
        "if self._allowed < -(10**9):",
        tests=named("oralite/test_wire", "a_request_longer_than_the_limit_is_refused"),
    ),
    mutation(
        "oralite: a value longer than its request",
        "a length beyond the limit is refused before a byte of it arrives",
        "oralite.protocol.wire.Reader._gather",
        "if size > self.limit_bytes:",
        "if size > 10**12:",
        tests=named(
            "oralite/test_wire",
            "a_length_beyond_the_limit_is_refused_before_a_byte_of_it_arrives",
        ),
    ),
)
